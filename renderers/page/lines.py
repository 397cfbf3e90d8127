"""The script as the report shows it: scene by scene, what was chosen for a line and why."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Rows
from fractions import Fraction
from itertools import groupby
from urllib.parse import quote

from catalog.models import ScriptLine, Take
from catalog.words import folded, is_han, tokens
from media.timecode import Timecode
from renderers.page.album import Album
from renderers.page.facts import Material, Media
from renderers.page.felt import why
from renderers.page.phrases import Phrases
from renderers.page.reasons import told
from renderers.page.rows import Alternate, Chosen, Row, Scene, Span, feeling
from renderers.sequence import Event, Sequence, Source

_ALTERNATES = 5  # shown of a line; the stringout has all of them
_CHUNK = re.compile(r"[^\W_]+(?:['’‘ʼ,][^\W_]+)*|.", re.DOTALL)


def scenes(material: Material, album: Album, say: Phrases) -> tuple[Scene, ...]:
    """The whole script in its order, headings as scenes."""
    writer = _Writer(material, album, say)
    return tuple(
        Scene(heading, tuple(map(writer.row, lines)), writer.start(lines))
        for heading, lines in grouped(material.lines)
        if heading or lines
    )


def grouped(lines: Iterable[ScriptLine]) -> list[tuple[str, list[ScriptLine]]]:
    """Lines under their headings. Rundowns have no headings: there the scene's name is one."""
    groups: list[tuple[str, list[ScriptLine]]] = []
    scene: str | None = ""
    for line in lines:
        if line.kind == "heading":
            groups.append((line.text, []))
            scene = None
            continue
        if not groups or (scene is not None and line.scene != scene):
            groups.append((line.scene, []))
        scene = line.scene
        groups[-1][1].append(line)
    return groups


def marked(text: str, matched: Iterable[str]) -> tuple[Span, ...]:
    """`text` in spans that are heard or not. What stands between heard words counts as heard."""
    left = set(matched)
    spans: list[Span] = []
    between = ""
    for piece in _pieces(text):
        words = tokens(piece)
        if not words:
            between += piece
            continue
        heard = left.issuperset(words)
        if spans and spans[-1].heard == heard:
            spans[-1] = Span(spans[-1].text + between + piece, heard)
        else:
            spans += [Span(between, False)] if between else []
            spans.append(Span(piece, heard))
        between = ""
    return (*spans, Span(between, False)) if between else tuple(spans)


def seconds_at(frame: int, rate: Fraction) -> str:
    """Where a player finds a frame: its middle, so that rounding never shows the one before."""
    return f"{float((frame + Fraction(1, 2)) / rate):.3f}"


def played(material: Material, asset_id: int, span: tuple[int, int]) -> str:
    """The address of a span of a proxy, as a media fragment (W3C Media Fragments URI 1.0)."""
    address = material.proxies_at.get(asset_id)
    media = material.media.get(asset_id)
    if not address or media is None:
        return ""
    first, end = (f"{float(frame / media.footage.rate):.3f}" for frame in span)
    return f"{quote(address)}#t={first},{end}"


def spoken_seconds(frames: int, rate: Fraction, say: Phrases) -> str:
    """A duration as people say it, in tenths of a second."""
    return say("seconds", seconds=f"{float(frames / rate):.1f}")


def label(media: Media, frame: int) -> str:
    """The timecode of a frame of an asset."""
    footage = media.footage
    return str(Timecode(footage.start_frame + frame, footage.rate, footage.drop_frame))


def _pieces(text: str) -> Iterator[str]:
    """Words, single Chinese characters, and what stands between them."""
    for chunk in _CHUNK.findall(text):
        for han, group in groupby(chunk, key=is_han):
            letters = "".join(group)
            yield from letters if han else [letters]


class _Writer:
    """Turns script lines into rows, with the cut at hand."""

    def __init__(self, material: Material, album: Album, say: Phrases) -> None:
        self._material = material
        self._album = album
        self._say = say
        self._events = _by_line(material.sequence)
        self._takes: dict[int, list[Take]] = {}
        for take in material.takes:
            self._takes.setdefault(take.number, []).append(take)

    def start(self, lines: Iterable[ScriptLine]) -> int | None:
        """Record frame of the first event of these lines."""
        events = [event for line in lines for event in self._events.get(line.number, [])]
        return min((event.record_in for event in events), default=None)

    def row(self, line: ScriptLine) -> Row:
        """One line with all that belongs to it."""
        events = self._events.get(line.number, [])
        if line.kind != "dialogue" and not events:
            spans = marked(line.text, ())
            kind = "detail" if line.kind == "detail" else "action"
            over = "" if kind == "detail" else self._over(line.number)
            return Row(kind, f"line-{line.number}", line.scene, "", "", spans, shown=over)
        takes = self._takes.get(line.number, [])
        chosen = next((take for take in takes for event in events if _is_of(event, take)), None)
        others = [take for take in takes if take is not chosen]
        rate, found = self._material.sequence.rate, [event for event in events if event.source]
        return Row(
            kind="dialogue",
            anchor=f"line-{line.number}",
            scene=line.scene,
            character=line.character,
            parenthetical=line.parenthetical.strip("()（） "),
            spans=marked(line.text, chosen.matched if chosen else ()),
            record=str(self._material.sequence.timecode(events[0].record_in)) if events else "",
            seek=seconds_at(events[0].record_in, rate) if events else "",
            until=seconds_at(events[-1].record_out, rate) if events else "",
            chosen=tuple(self._chosen(event, chosen) for event in found),
            gap="" if found else self._gap(events),
            alternates=tuple(self._alternate(take) for take in others[:_ALTERNATES]),
            more=max(0, len(others) - _ALTERNATES),
        )

    def _over(self, number: int) -> str:
        """What covers the cut for an action line, with record timecodes; else what could."""
        sequence, comma = self._material.sequence, self._say("comma")
        covers = [e for track in sequence.tracks for e in track.events if e.line == number]
        laid = comma.join(
            self._say(
                "shown",
                name=event.source.name,
                first=sequence.timecode(event.record_in),
                last=sequence.timecode(event.record_out),
            )
            for event in covers
            if event.source
        )
        takes = self._takes.get(number, [])
        names = dict.fromkeys(self._material.media[take.asset_id].name for take in takes)
        return laid or (self._say("could_show", names=comma.join(names)) if names else "")

    def _gap(self, events: Rows[Event]) -> str:
        if not events:
            return self._say("not_in_cut")
        frames = sum(event.duration for event in events)
        heard = any(event.line in self._takes for event in events)
        name = "gap_heard" if heard else "gap"
        return self._say(name, seconds=f"{float(frames / self._material.sequence.rate):.1f}")

    def _chosen(self, event: Event, take: Take | None) -> Chosen:
        assert event.source is not None
        source: Source = event.source
        reasons = event.reasons or self._says(event.text, take)
        return Chosen(
            picture=self._album.picture(source.asset_id, event.in_frame, event.out_frame),
            name=source.name,
            reel=self._material.reels.get(source.asset_id, source.reel),
            in_label=str(source.timecode(event.in_frame)),
            out_label=str(source.timecode(event.out_frame)),
            seconds=spoken_seconds(event.out_frame - event.in_frame, source.rate, self._say),
            feeling=feeling(event.emotion),
            felt=self._why(event),
            score=f"{event.score:.2f}",
            percent=round(100 * max(0.0, min(1.0, event.score))),
            reasons=self._told(reasons),
            heard="" if folded(event.heard) == folded(event.text) else event.heard,
            play=played(self._material, source.asset_id, (event.in_frame, event.out_frame)),
        )

    def _why(self, event: Event) -> str:
        media = self._material.media.get(event.source.asset_id) if event.source else None
        return why(event, media, self._say) if media else ""

    def _says(self, text: str, take: Take | None) -> tuple[str, ...]:
        if take is None:
            return ()
        return (self._say("says", number=len(take.matched), total=len(tokens(text))),)

    def _alternate(self, take: Take) -> Alternate:
        media = self._material.media[take.asset_id]
        return Alternate(
            picture=self._album.picture(take.asset_id, take.in_frame, take.out_frame),
            name=media.name,
            in_label=label(media, take.in_frame),
            out_label=label(media, take.out_frame),
            score=f"{take.score:.2f}",
            why_not=self._told(take.reasons),
            play=played(self._material, take.asset_id, (take.in_frame, take.out_frame)),
        )

    def _told(self, reasons: Iterable[str]) -> str:
        return " · ".join(told(reason, self._say.language) for reason in reasons)


def _by_line(sequence: Sequence) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = {}
    for event in sequence.events:
        found.setdefault(event.line, []).append(event)
    return found


def _is_of(event: Event, take: Take) -> bool:
    """Whether an event was cut from a take: the same clip, and their spans overlap."""
    return (
        event.clip_key == take.clip_key
        and take.in_frame < event.out_frame
        and event.in_frame < take.out_frame
    )
