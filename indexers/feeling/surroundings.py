"""What is known around the lines of an asset: its sound, its picture, its other lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from catalog.models import Cue, Footage, Line, Quality, Scan, Shot, SoundKind, SoundSpan
from catalog.words import tokens
from catalog.work import Work
from indexers.feeling import beside, fusion, picture, voice
from indexers.feeling.fusion import Evidence
from media import sound
from media.timecode import seconds_to_frames

_NEAR = 10  # seconds between lines that colour each other
_BESIDE = 1  # seconds from a line at which laughter belongs to it
_PICTURES = 60  # thumbnails at most whose colour is looked at
_LONGEST = 60  # seconds of noise that are read at once


@dataclass(frozen=True)
class Surroundings:
    """Rows of one asset. `sound`: its 16 kHz WAV, None where there is none to hear."""

    footage: Footage
    sound: Path | None
    noises: Sequence[SoundSpan]
    music: Sequence[SoundSpan]
    shots: Sequence[Shot]
    qualities: Sequence[Quality]
    kelvins: Sequence[tuple[int, float]]  # frame, colour temperature

    @classmethod
    def of(cls, work: Work, footage: Footage, path: Path | None, picture: bool) -> "Surroundings":
        """Read from the catalog and the asset's own folder."""
        spans = _rows(work, SoundSpan)
        seen = picture and footage.has_picture
        return cls(
            footage=footage,
            sound=path if path and path.is_file() else None,
            noises=[span for span in spans if span.kind is SoundKind.NOISE],
            music=[span for span in spans if span.kind is SoundKind.MUSIC],
            shots=_rows(work, Shot) if seen else [],
            qualities=_rows(work, Quality) if seen else [],
            kelvins=_kelvins(work) if seen else [],
        )

    def voices(self, lines: Sequence[Line]) -> dict[int, Evidence]:
        """By number of the line: how it is said, and what is heard beside it."""
        if not self.sound:
            return {}
        measured = {}
        for line in lines:
            samples = sound.read(self.sound, *self._seconds(line.in_frame, line.out_frame))
            found = voice.measure(samples, _words(line))
            if found:
                measured[line.number] = found
        compared = voice.against(measured, {line.number: line.speaker for line in lines})
        evidence = {number: fusion.of_voice(*both) for number, both in compared.items()}
        for line in lines:
            for cue in self._close(line):
                evidence.setdefault(line.number, Evidence()).cue(cue)
        return evidence

    def looks(self, lines: Sequence[Line]) -> dict[int, Evidence]:
        """By number of the line: what is seen during it."""
        found = {}
        for line in lines:
            span = line.in_frame, line.out_frame
            rate = self.footage.rate
            seen = picture.look(span, self.shots, self.qualities, self.kelvins, rate)
            if seen:
                found[line.number] = fusion.of_picture(seen)
        return found

    @cached_property
    def beside(self) -> list[Cue]:
        """Laughter and applause in what is no speech, in order of time."""
        if not self.sound:
            return []
        rate, found = self.footage.rate, []
        for span in self.noises:
            begin, end = self._seconds(span.in_frame, span.out_frame)
            while begin < end:
                part = min(end, begin + _LONGEST)
                samples = sound.read(self.sound, begin, part)
                found += beside.listen(samples, int(begin * sound.HERTZ))
                begin = part
        return [
            Cue(
                asset_id=self.footage.asset_id,
                number=number,
                kind=heard.kind,
                in_frame=seconds_to_frames(Fraction(heard.start, sound.HERTZ), rate),
                out_frame=seconds_to_frames(Fraction(heard.end, sound.HERTZ), rate),
                strength=heard.strength,
            )
            for number, heard in enumerate(found)
        ]

    def _close(self, line: Line) -> list[str]:
        reach = int(_BESIDE * self.footage.rate)
        cues = [
            cue.kind
            for cue in self.beside
            if cue.in_frame < line.out_frame + reach and line.in_frame - reach < cue.out_frame
        ]
        under = any(s.in_frame < line.out_frame and line.in_frame < s.out_frame for s in self.music)
        return [*dict.fromkeys(cues), *(["music"] if under else [])]

    def _seconds(self, first: int, end: int) -> tuple[Fraction, Fraction]:
        return first / self.footage.rate, end / self.footage.rate


def near(lines: Sequence[Line], rate: Fraction) -> list[list[int]]:
    """For each line the places of the one before and the one after, where they are close."""
    reach = _NEAR * rate
    found: list[list[int]] = [[] for _ in lines]
    for place in range(len(lines) - 1):
        if lines[place + 1].in_frame - lines[place].out_frame <= reach:
            found[place].append(place + 1)
            found[place + 1].append(place)
    return found


def _words(line: Line) -> float:
    """Chinese characters count as two thirds of a word."""
    said = tokens(line.text)
    return sum(1.0 if one.isascii() else 2 / 3 for one in said)


def _kelvins(work: Work) -> list[tuple[int, float]]:
    scan = work.session.get(Scan, work.asset_id)
    named = scan.thumbnails if scan else []
    step = max(1, len(named) // _PICTURES)
    return [
        (int(frame), picture.kelvin(work.home / name))
        for frame, name in named[::step]
        if (work.home / name).is_file()
    ]


def _rows(work: Work, table: Any) -> Sequence[Any]:
    found = select(table).where(table.asset_id == work.asset_id).order_by(col(table.number))
    return work.session.exec(found).all()
