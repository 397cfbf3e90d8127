"""Who speaks: conversations of synthetic voices, or pieces of recordings of several readers.

The baseline gives every line to one speaker. A line is right when its speaker is the one that
its voice mostly is (one speaker for each voice, assigned for the most right lines).
"""

import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.signal import resample_poly

from benchmarks.listening.recordings import OTHERS, SPOKEN, Recording
from benchmarks.listening.sound import SPOKEN_RATE
from demo.speech import speak
from indexers.engines import vad
from indexers.engines.grouping import Groups, grouped
from indexers.engines.speech import SAMPLE_RATE, Samples
from indexers.engines.voices import voices

GOAL = 0.90  # of the lines of synthetic conversations have the right speaker
_VOICES = ("slt", "rms", "awb", "kal16", "en-gb", "en-us+f3", "en-us+m3", "en-us+f5")
_LINES = 16  # of a conversation
_PIECE = Fraction(3)  # seconds of a reader
_SURE = 0.9
_READER = re.compile(r"[a-z]+")  # files whose names begin with the same letters are one reader's


@dataclass(frozen=True)
class Talk:
    """Lines, and of each whose it is."""

    voices: NDArray[np.float32]
    seconds: NDArray[np.float64]
    speakers: list[str]


def measure(recordings: Sequence[Recording], *, synthetic: bool, quick: bool) -> float:
    """Print how many lines have the right speaker; return that part of all of them."""
    before = time.process_time()
    told = _synthetic(quick) if synthetic else _read(recordings)
    seconds = float(told.seconds.sum())
    cost = (time.process_time() - before) / seconds
    what = "synthetic voices" if synthetic else "readers"
    print(f"\n{len(set(told.speakers))} {what}, {len(told.speakers)} lines, {cost:.3f} CPU s per s")
    print(f"{'speakers in a talk':<20}{'talks':>6}{'right %':>9}{'one %':>7}{'count right %':>15}")
    right = total = 0
    sure: list[bool] = []
    for count in (1, 2, 3, 4):
        talks = list(_talks(told, count, 4 if quick else 40))
        found = [grouped(talk.voices, talk.seconds) for talk in talks]
        marks = [_right(talk, groups) for talk, groups in zip(talks, found, strict=True)]
        one = np.mean([max(map(t.speakers.count, t.speakers)) / len(t.speakers) for t in talks])
        counted = np.mean([len(set(groups.numbers)) == count for groups in found])
        share = np.mean([np.mean(mark) for mark in marks])
        figures = f"{share * 100:>9.1f}{one * 100:>7.1f}{counted * 100:>15.0f}"
        print(f"{count:<20}{len(talks):>6}{figures}")
        right, total = right + sum(map(sum, marks)), total + sum(map(len, marks))
        for mark, groups in zip(marks, found, strict=True):
            sure += [ok for ok, c in zip(mark, groups.confidence, strict=True) if c >= _SURE]
    print(f"{len(sure) / total * 100:.0f} % are called sure (≥ {_SURE}): "
          f"{np.mean(sure) * 100:.1f} % of these are right")  # fmt: skip
    return right / total


def _synthetic(quick: bool) -> Talk:
    names = _VOICES[: 4 if quick else None]
    texts = (*SPOKEN, *OTHERS)[: 4 if quick else None]
    told = [(name, text) for name in names for text in texts]
    pieces = [
        np.asarray(resample_poly(speak(text, name), SAMPLE_RATE, SPOKEN_RATE) / 32768, np.float32)
        for name, text in told
    ]
    return _talk(pieces, [name for name, _ in told])


def _read(recordings: Sequence[Recording]) -> Talk:
    found = [(piece, _reader(one)) for one in recordings for piece in _pieces(one.path)]
    return _talk([piece for piece, _ in found], [reader for _, reader in found])


def _pieces(sound: Path) -> Iterator[Samples]:
    """Speech, in pieces of three seconds; shorter rests are left out."""
    length = int(_PIECE * SAMPLE_RATE)
    for span in vad.speech_spans(sound):
        for start in range(span.start, span.end - length // 2, length):
            yield vad.read(sound, vad.Span(start, min(span.end, start + length)))


def _reader(recording: Recording) -> str:
    found = _READER.match(recording.path.stem)
    return found[0] if found else recording.path.stem


def _talk(pieces: Sequence[Samples], speakers: list[str]) -> Talk:
    seconds = np.array([len(piece) / SAMPLE_RATE for piece in pieces])
    return Talk(voices(pieces), seconds, speakers)


def _talks(told: Talk, count: int, most: int) -> Iterator[Talk]:
    """Conversations of `count` of the speakers, of at most 16 lines."""
    chance = random.Random(1)
    names = sorted(set(told.speakers))
    groups = list(combinations(names, count))
    for some in chance.sample(groups, min(most, len(groups))):
        lines = [at for at, name in enumerate(told.speakers) if name in some]
        picked = [next(at for at in lines if told.speakers[at] == name) for name in some]
        rest = [at for at in lines if at not in picked]
        picked += chance.sample(rest, min(len(rest), _LINES - count))
        chance.shuffle(picked)
        speakers = [told.speakers[at] for at in picked]
        yield Talk(told.voices[picked], told.seconds[picked], speakers)


def _right(talk: Talk, groups: Groups) -> list[bool]:
    """Of each line whether its group is its speaker's."""
    names = sorted(set(talk.speakers))
    table = np.zeros((len(names), max(groups.numbers) + 1))
    for name, number in zip(talk.speakers, groups.numbers, strict=True):
        table[names.index(name), number] += 1
    rows, columns = linear_sum_assignment(-table)
    own = {names[row]: column for row, column in zip(rows, columns, strict=True)}
    return [
        own.get(name) == number for name, number in zip(talk.speakers, groups.numbers, strict=True)
    ]
