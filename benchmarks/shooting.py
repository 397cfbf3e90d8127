"""A day of shooting with ground truth: scripts, takes good and bad, and what a recogniser hears.

Everything is generated and seeded: no data is needed. Scenes are shot take by take; a take is
good, flubbed (words said twice, a false start), partial (the end or the beginning is missing),
off-script (words of its own), repeated at once, or picked up later out of order. Some lines
are never said, and some recordings belong to no script.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from indexers.matching.spoken import Heard, Speech, words_of

RATE = 25.0  # frames per second
_PAUSE, _BREATH = 30, 14  # frames between takes, and between lines


class Kind(StrEnum):
    """How a line is delivered. The first is what an editor wants."""

    GOOD = "good"
    FLUBBED = "flubbed"
    PARTIAL = "partial"
    OFF_SCRIPT = "off-script"


@dataclass(frozen=True)
class Delivery:
    """One time that a line is said: in asset `asset`, as its `utterance`-th utterance."""

    line: int  # of the script; -1 when no line asks for it
    kind: Kind
    asset: int
    utterance: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shoot:
    """A script, what was said, and what was heard of it."""

    script: tuple[str, ...]
    absent: frozenset[int]  # lines that nobody says
    deliveries: tuple[Delivery, ...]
    speeches: tuple[Speech, ...]

    def said(self, line: int) -> list[Delivery]:
        """All deliveries of a line."""
        return [each for each in self.deliveries if each.line == line]


ENGLISH = {
    "who": "my brother|the captain|your mother|the old doctor|our neighbour|the mayor|that"
    " engineer"
    "|the girl from the bakery|a stranger|the whole village|the night nurse|his lawyer|the pilot"
    "|this teacher|the youngest sailor|her cousin|the inspector|an honest witness|the gardener",
    "did": "carried|repaired|forgot|painted|discovered|sold|burned|followed|promised|borrowed"
    "|measured|photographed|buried|returned|hid|believed|refused|delivered|weighed|signed",
    "what": "the broken radio|eleven letters|a silver key|the harbour map|two empty boats|her"
    " passport"
    "|the last candle|a heavy suitcase|the stolen painting|our telephone|the winter coat|a"
    " new engine"
    "|some medicine|the red bicycle|every single photograph|a wooden box|the family recipe"
    "|that strange machine|the garden gate|a copy of the contract",
    "where": "behind the station|under the bridge|near the lighthouse|in the cellar|at the market"
    "|across the river|on the ferry|beside the chapel|outside the hospital|in the northern forest"
    "|above the bakery|along the coast road|inside the tunnel|at the airport|by the fountain",
    "when": "last night|before the storm|on Tuesday morning|during the war|after the funeral"
    "|at sunrise|every winter|two years ago|while we were sleeping|in the middle of August"
    "|the day you left|just before midnight|when the bells rang|without a word",
    "ask": "do you remember how|nobody told me that|I still don't know why|you said that|they"
    " swear that"
    "|I was there when|it is not true that|everyone knows that|tell the police that|I dreamed"
    " that",
}
CHINESE = {
    "who": "我哥哥|船长|你母亲|老医生|邻居|市长|工程师|面包店的女孩|陌生人|全村的人|护士|律师"
    "|飞行员"
    "|老师|水手|表妹|检查员|证人|园丁|司机",
    "did": "搬走了|修好了|忘记了|卖掉了|发现了|烧掉了|跟踪了|借走了|拍下了|埋起来了|还回了"
    "|藏起来了"
    "|拒绝了|送来了|签下了|偷走了",
    "what": "那台收音机|十一封信|一把银钥匙|港口的地图|两条空船|她的护照|最后一支蜡烛|沉重的箱子"
    "|失窃的油画|我们的电话|冬天的大衣|新发动机|一些药品|红色自行车|每一张照片|木头盒子|那份合同",
    "where": "在车站后面|在桥底下|在灯塔附近|在地下室里|在市场上|在河对岸|在渡船上|在医院门口"
    "|在北边的森林里"
    "|在隧道里|在机场|在喷泉旁边",
    "when": "昨天晚上|暴风雨来之前|星期二早上|战争期间|葬礼之后|日出的时候|每年冬天|两年以前"
    "|八月中旬|半夜以前",
    "ask": "你还记得吗|没有人告诉我|我不明白为什么|你说过|大家都知道|告诉警察|我梦见|他们发誓",
}
_SHORT = {"en": ("Yes, of course.", "I never said that.", "Who told you?", "Not"
" tonight.", "Wait for me."),
          "zh": ("当然可以。", "我没说过。", "谁告诉你的？", "今晚不行。", "等等我。")}  # fmt: skip
_SMALL = frozenset(("the", "a", "to", "and", "of", "i", "you", "it", "that", "in"))
_AGAIN = {"en": ("sorry again please", "cut one more", "let me start over"),
          "zh": ("不好意思再来一条", "重来一遍", "再来一次")}  # fmt: skip
_PRAISED = {"en": ("perfect moving on", "great got it"), "zh": ("很好过了", "就这条很好")}
_FILLERS = {"en": ("um", "uh", "well"), "zh": ("嗯", "呃", "那个")}


def sentences(
    count: int, language: str, rng: random.Random, short: float = 0.06, apart: Sequence[str] = ()
) -> list[str]:
    """Different lines that share their words, as a script's do; a few are short.

    No two of them, and none of `apart`, have more than two parts in common: a line that stands
    word by word inside another one is said whenever that one is.
    """
    parts = ENGLISH if language == "en" else CHINESE
    words = {key: text.split("|") for key, text in parts.items()}
    used = [_parts(text, words) for text in apart]
    made: list[str] = []
    for _ in range(count * 400):
        text = _line({key: rng.choice(options) for key, options in words.items()}, language, rng)
        mine = _parts(text, words)
        if all(len(mine & other) <= 2 for other in used):
            used.append(mine)
            made.append(text)
        if len(made) == count:
            break
    unused = [text for text in _SHORT[language] if text not in made]
    for at, text in zip(rng.sample(range(len(made)), int(short * len(made))), unused, strict=False):
        made[at] = text
    return made


def _parts(text: str, words: dict[str, list[str]]) -> frozenset[str]:
    lower = text.lower()
    return frozenset(
        part for options in words.values() for part in options if part.lower() in lower
    )


def _line(pick: dict[str, str], language: str, rng: random.Random) -> str:
    form = rng.randrange(4)
    if language == "zh":
        core = f"{pick['who']}{pick['when']}{pick['where']}{pick['did']}{pick['what']}"
        forms = (
            f"{pick['ask']}，{core}。",
            f"{core}。",
            f"{pick['when']}，{pick['who']}{pick['did']}{pick['what']}。",
            f"{pick['who']}{pick['where']}{pick['did']}{pick['what']}。",
        )
        return forms[form]
    core = f"{pick['who']} {pick['did']} {pick['what']}"
    text = (f"{pick['ask']} {core} {pick['where']}", f"{core} {pick['where']} {pick['when']}",
            f"{pick['when']} {core}", f"{core} {pick['where']}")[form]  # fmt: skip
    return f"{text[0].upper()}{text[1:]}."


@dataclass(frozen=True)
class Habit:
    """How a set works. `last`: it stops with the take that is right; else any of them is.

    `cues`: the share of takes after which somebody says what they were like.
    """

    last: bool = True
    cues: float = 0.0


LAST_IS_RIGHT = Habit()


@dataclass
class Day:
    """Shoots a script: scene by scene, take by take."""

    script: Sequence[str]
    language: str
    rng: random.Random
    errors: float
    absent: frozenset[int]
    habit: Habit = LAST_IS_RIGHT
    utterances: list[list[Delivery]] = field(default_factory=list)

    def shoot(self, scene_length: int, takes: int, order: str) -> None:
        """`order`: "script", "scenes" (shuffled scenes), or "shuffled" (interview answers)."""
        lines = [n for n in range(len(self.script)) if n not in self.absent]
        scenes = [lines[i : i + scene_length] for i in range(0, len(lines), scene_length)]
        if order == "shuffled":
            scenes = [[line] for line in lines]
        if order != "script":
            self.rng.shuffle(scenes)
        for scene in scenes:
            right = takes - 1 if self.habit.last else self.rng.randrange(takes)
            for take in range(takes):
                self._take(scene, right=take == right)
        for line in self.rng.sample(lines, max(1, len(lines) // 12)):
            self.utterances.append([self._delivery(line, Kind.GOOD)])  # a pick-up, out of order

    def distract(self, count: int) -> None:
        """Recordings that no line asks for."""
        others = sentences(count * 6, self.language, self.rng, 0, self.script)
        for start in range(0, len(others), 6):
            chunk = [
                Delivery(-1, Kind.GOOD, 0, 0, tuple(words_of(t))) for t in others[start : start + 6]
            ]
            self.utterances.insert(self.rng.randrange(len(self.utterances) + 1), chunk)

    def _take(self, scene: Sequence[int], *, right: bool) -> None:
        bad = set() if right else set(self.rng.sample(list(scene), k=max(1, len(scene) // 3)))
        rolled = []
        for line in scene:
            kinds = (Kind.FLUBBED, Kind.PARTIAL, Kind.OFF_SCRIPT)
            kind = self.rng.choice(kinds) if line in bad else Kind.GOOD
            rolled.append(self._delivery(line, kind))
            if self.rng.random() < 0.05:  # said again at once
                rolled.append(self._delivery(line, Kind.GOOD))
        if self.habit.cues and self.rng.random() < self.habit.cues:
            said = self.rng.choice((_PRAISED if right else _AGAIN)[self.language])
            rolled.append(Delivery(-1, Kind.GOOD, 0, 0, tuple(words_of(said))))
        self.utterances.append(rolled)

    def _delivery(self, line: int, kind: Kind) -> Delivery:
        words = words_of(self.script[line])
        if len(words) < 6 and kind != Kind.GOOD:
            kind = Kind.FLUBBED
        return Delivery(line, kind, 0, 0, tuple(self._spoilt(words, kind)))

    def _spoilt(self, words: list[str], kind: Kind) -> list[str]:
        if kind == Kind.FLUBBED:
            # Inside the line: a false start at its very beginning is cut off with the edge.
            at = self.rng.randint(min(3, len(words) - 1), len(words) - 1)
            filler = self.rng.choice(_FILLERS[self.language])
            return [*words[:at], filler, *words[max(0, at - 2) :]]
        if kind == Kind.PARTIAL:
            kept = max(3, int(len(words) * self.rng.uniform(0.5, 0.75)))
            return words[:kept] if self.rng.random() < 0.6 else words[-kept:]
        if kind == Kind.OFF_SCRIPT:
            other = words_of(" ".join(sentences(3, self.language, self.rng, 0)))
            changed = set(self.rng.sample(range(len(words)), max(1, len(words) // 4)))
            return [self.rng.choice(other) if i in changed else w for i, w in enumerate(words)]
        return words

    def developed(self) -> Shoot:
        """What was shot, as it is heard with word errors."""
        vocabulary = sorted({w for roll in self.utterances for d in roll for w in d.words})
        ear = Ear(self.errors, vocabulary, self.rng)
        deliveries, speeches = [], []
        for asset, roll in enumerate(self.utterances, start=1):
            frame, words = 0, list[Heard]()
            for number, each in enumerate(roll):
                deliveries.append(replace(each, asset=asset, utterance=number))
                frame += _PAUSE if number == 0 else _BREATH + self.rng.randrange(12)
                for word in ear.hear(each.words):
                    length = 2 + 2 * len(word)
                    words.append(Heard(word, frame, frame + length, number))
                    frame += length
            speeches.append(Speech(asset, tuple(words), RATE, self.errors == 0))
        return Shoot(tuple(self.script), self.absent, tuple(deliveries), tuple(speeches))


@dataclass(frozen=True)
class Ear:
    """Hears words wrong at a rate: another word, a misspelt one, none, or one too many."""

    errors: float
    vocabulary: Sequence[str]
    rng: random.Random

    def hear(self, words: Sequence[str]) -> list[str]:
        """The words as a recogniser writes them."""
        heard = []
        for word in words:
            kind = self.rng.random() if self.rng.random() < self.errors else 1.0
            if kind < 0.35:
                heard.append(self.rng.choice(self.vocabulary))
            elif kind < 0.7:
                at = self.rng.randrange(len(word))
                heard.append(word[:at] + self.rng.choice("aeiostn") + word[at + 1 :])
            elif kind < 0.85:
                continue
            elif kind < 1.0:
                heard += [self.rng.choice(self.vocabulary), word]
            else:
                heard.append(word)
        return heard


def scripted(
    lines: int,
    errors: float,
    seed: int,
    language: str = "en",
    order: str = "scenes",
    habit: Habit = LAST_IS_RIGHT,
) -> Shoot:
    """A day of scripted scenes or, in "shuffled" order, of interview answers."""
    rng = random.Random(seed)
    script = sentences(lines, language, rng)
    absent = frozenset(rng.sample(range(lines), lines // 10))
    day = Day(script, language, rng, errors, absent, habit)
    day.shoot(8, 3, order)
    day.distract(max(2, lines // 20))
    return day.developed()


def long_library(lines: int, clips: int, errors: float, seed: int) -> Shoot:
    """A library of unrelated clips in which each line of a script is said once."""
    rng = random.Random(seed)
    syllables = [a + b for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u", "ai", "ee")]
    vocabulary = [
        "".join(rng.choice(syllables) for _ in range(rng.randint(2, 4))) for _ in range(8_000)
    ]
    odds = [1 / (rank + 20) for rank in range(len(vocabulary))]
    small = sorted(_SMALL)

    def said() -> tuple[str, ...]:
        words = rng.choices(vocabulary, odds, k=rng.randint(6, 12))
        return tuple(rng.choice(small) if rng.random() < 0.4 else word for word in words)

    script = [said() for _ in range(lines)]
    rolled = [Delivery(number, Kind.GOOD, 0, 0, words) for number, words in enumerate(script)]
    rolled += [Delivery(-1, Kind.GOOD, 0, 0, said()) for _ in range(clips - lines)]
    rng.shuffle(rolled)
    day = Day([" ".join(words) for words in script], "en", rng, errors, frozenset())
    day.utterances = [rolled[i : i + 100] for i in range(0, len(rolled), 100)]
    return day.developed()
