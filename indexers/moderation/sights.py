"""Pictures that show something sensitive, by an engine that compares them with descriptions.

Zero-shot classification (Radford et al. 2021, "Learning transferable visual models from natural
language supervision", section 3.1): the likelihood of a description is the softmax of the logits
over all of them, sensitive and harmless ones. That of a category is the sum of its descriptions'.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indexers.engines.vision import Vision
from indexers.matching.sight import Seen
from indexers.moderation.prompts import Prompt

Span = tuple[int, int]  # [in, out) frames
# The likelihood from which a picture is marked. Set by hand: they were not measured on pictures
# that people have judged, so "high" marks what is more likely than not, "low" what is nearly sure.
LEAST = {"low": 0.95, "normal": 0.8, "high": 0.5}


@dataclass(frozen=True)
class Sight:
    """Pictures in a row that show one category. `likelihood`: that of the surest, 0 to 1;
    `prompt`: the description that is nearest to it."""

    in_frame: int
    out_frame: int
    prompt: Prompt
    likelihood: float


def sights(
    seen: Seen, shots: Sequence[Span], prompts: Sequence[Prompt], engine: Vision, least: float
) -> list[Sight]:
    """In order of time, then of category. `shots` are those of the asset, in order."""
    read = [prompt for prompt in prompts if prompt.read_by(engine)]
    if not read or not len(seen.frames):
        return []
    likely = _likely(seen, read, engine)
    found: list[Sight] = []
    for category in sorted({prompt.category for prompt in read} - {""}):
        columns = [n for n, prompt in enumerate(read) if prompt.category == category]
        found += _of_category(likely[:, columns], [read[n] for n in columns], seen, shots, least)
    return sorted(found, key=lambda one: (one.in_frame, one.prompt.category))


def _likely(seen: Seen, prompts: Sequence[Prompt], engine: Vision) -> NDArray[np.float32]:
    """Pictures × prompts; each picture's likelihoods sum up to 1."""
    asked, scale = _read(engine, tuple(prompt.read_by(engine) for prompt in prompts))
    logits = scale * (seen.vectors @ asked.T)
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


@lru_cache(4)
def _read(engine: Vision, texts: tuple[str, ...]) -> tuple[NDArray[np.float32], float]:
    """The vectors of the descriptions, and the engine's scale: the same for all footage, and with
    them no model need be in memory."""
    return engine.of_texts(texts), engine.scale


def _of_category(
    likely: NDArray[np.float32],
    prompts: Sequence[Prompt],
    seen: Seen,
    shots: Sequence[Span],
    least: float,
) -> Iterator[Sight]:
    total = likely.sum(axis=1)
    last: Sight | None = None
    for number in np.flatnonzero(total >= least):
        first, end = _around(int(number), seen.frames, shots)
        prompt = prompts[int(likely[number].argmax())]
        one = Sight(first, end, prompt, min(1.0, float(total[number])))
        if last and last.out_frame >= first:
            surer = max(last, one, key=lambda each: each.likelihood)
            one = Sight(last.in_frame, end, surer.prompt, surer.likelihood)
        elif last:
            yield last
        last = one
    if last:
        yield last


def _around(number: int, frames: NDArray[np.int64], shots: Sequence[Span]) -> Span:
    """What a picture speaks for: its shot, as far as the pictures before and after it."""
    frame = int(frames[number])
    first = int(frames[number - 1]) + 1 if number else 0
    end = int(frames[number + 1]) if number + 1 < len(frames) else None
    for shot_in, shot_out in shots:
        if shot_in <= frame < shot_out:
            return max(shot_in, first), shot_out if end is None else min(shot_out, end)
    return first, frame + 1 if end is None else end
