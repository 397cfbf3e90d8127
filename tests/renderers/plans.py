"""Small cuts to test with: sources, events laid one after the other, where originals lie."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import assume
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.database import Catalog
from catalog.models import Cut, Item, Kind, Story
from catalog.work import Work
from config.settings import load
from media.timecode import Timecode, nominal, rescale
from renderers import rules
from renderers.exports.delivery import Delivery
from renderers.sequence import (
    Alternate,
    Event,
    Marker,
    MarkerKind,
    Sequence,
    Source,
    Track,
    to_json,
)

PAL = Fraction(25)
NTSC = Fraction(30000, 1001)
FILM = Fraction(24000, 1001)
RATES = (
    *(FILM, Fraction(24), PAL, NTSC, Fraction(30)),
    *(Fraction(50), Fraction(60000, 1001), Fraction(60)),
)


def source(asset_id: int = 1, rate: Fraction = PAL, **values: object) -> Source:
    start = values.pop("start", "10:00:00:00")
    drop = bool(values.pop("drop_frame", ";" in str(start)))
    made = Source(
        asset_id=asset_id,
        name=f"A{asset_id:03}.mov",
        path=f"drop/story/A{asset_id:03}.mov",
        reel=f"A{asset_id:03}",
        rate=rate,
        drop_frame=drop,
        start_frame=Timecode.parse(str(start), rate, drop).frames,
        frames=int(60 * rate),
        channels=2,
        width=1920,
        height=1080,
        proxy=f"story/assets/A{asset_id:03}.mov/proxy.mp4",
    )
    return replace(made, **values)  # type: ignore[arg-type]


def use(of: Source, first: int, end: int, **values: object) -> Event:
    """An event of `first` to `end` of a source; `sequence` gives it its place."""
    event = Event(1, 0, "Hello there.", "MARA", of, first, end, 0, 0, heard="hello there")
    return replace(event, **values)  # type: ignore[arg-type]


def frozen(of: Source, frame: int, length: int, **values: object) -> Event:
    """One frame that stands for `length` record frames."""
    return use(of, frame, frame + 1, speed=Fraction(0), record_out=length, **values)


def gap(length: int, text: str = "Nobody said this.") -> Event:
    return Event(1, 0, text, "MARA", None, 0, 0, 0, length)


def sequence(events: Iterable[Event], rate: Fraction = PAL, **values: object) -> Sequence:
    laid: list[Event] = []
    for number, event in enumerate(events, 1):
        begin = laid[-1].record_out if laid else 0
        length = event.duration
        if event.source and not event.frozen:
            frames = event.out_frame - event.in_frame
            length = int(frames * rate / event.source.rate / event.speed + Fraction(1, 2))
        place = {"record_in": begin, "record_out": begin + max(1, length)}
        laid.append(replace(event, number=number, line=number - 1, **place))
    drop = bool(values.pop("drop_frame", False))
    start = Timecode.parse("01:00:00:00", rate, drop).frames
    made = Sequence("Ferry", rate, drop, start, 1920, 1080, tuple(laid))
    return replace(made, **values)  # type: ignore[arg-type]


def locate(of: Source) -> Path:
    return Path("/media") / of.path


def delivery(cut: Sequence, **values: object) -> Delivery:
    return Delivery(cut, locate, **values)  # type: ignore[arg-type]


NAMES = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30
)


@st.composite
def cuts(draw: st.DrawFn, rates: tuple[Fraction, ...] = RATES) -> Sequence:
    """Any cut: mixed rates, numberings and names, gaps, speeds, freeze frames, dissolves, split
    edits, alternates, tracks above V1, markers. The planner makes only cuts that keep the rules."""
    rate = draw(st.sampled_from(rates))
    drop = nominal(rate) % 30 == 0 and draw(st.booleans())
    sources = [draw(_sources(number, rates)) for number in range(1, draw(st.integers(1, 4)) + 1)]
    events = [draw(_events(sources, rate)) for _ in range(draw(st.integers(1, 8)))]
    plan = sequence(events, rate, title=draw(NAMES), drop_frame=drop)
    plan = replace(plan, events=tuple(_joined(draw, plan)))
    over = draw(_tracks(sources, plan))
    spans = st.tuples(st.integers(0, plan.duration - 1), st.integers(1, 50))
    markers = tuple(
        Marker(kind, first, min(plan.duration, first + length), text, "joy", (60, 80))
        for kind in draw(st.lists(st.sampled_from(MarkerKind), max_size=2))
        for (first, length), text in [(draw(spans), draw(NAMES))]
    )
    plan = replace(plan, tracks=over, markers=markers)
    assume(not list(rules.problems(plan)))
    return plan


@st.composite
def _sources(draw: st.DrawFn, number: int, rates: tuple[Fraction, ...]) -> Source:
    rate = draw(st.sampled_from(rates))
    drop = nominal(rate) % 30 == 0 and draw(st.booleans())
    day = Timecode.parse("23:59:58:00", rate, drop).frames
    channels = draw(st.sampled_from((0, 1, 2, 3, 4, 10)))
    seen = channels == 0 or draw(st.integers(0, 4)) > 0
    return replace(
        source(number, rate),
        name=draw(NAMES) + ".mov",
        path=f"drop/story/{number} {draw(NAMES).replace('/', '_')}.mov",
        reel=draw(NAMES),
        drop_frame=drop,
        start_frame=draw(st.integers(0, day)),
        frames=draw(st.integers(10, 100_000)),
        channels=channels,
        width=1920 if seen else 0,
        height=1080 if seen else 0,
    )


@st.composite
def _events(draw: st.DrawFn, sources: list[Source], rate: Fraction) -> Event:
    if draw(st.integers(0, 4)) == 0:
        return gap(draw(st.integers(1, 500)))
    of = draw(st.sampled_from(sources))
    first = draw(st.integers(0, of.frames - 4))
    if of.has_picture and of.rate == rate and draw(st.integers(0, 4)) == 0:
        return frozen(of, first, draw(st.integers(1, 500)))
    end = draw(st.integers(first + 3, min(of.frames, first + 3000)))
    speed = draw(
        st.sampled_from((Fraction(1),) * 5 + (Fraction(1, 2), Fraction(2), Fraction(3, 4)))
    )
    others = tuple(
        Alternate(one, 2, 9, max(1, int(7 * rate / one.rate)), score=0.5)
        for one in draw(st.lists(st.sampled_from(sources), max_size=2))
    )
    return use(of, first, end, speed=speed, alternates=others)


def _joined(draw: st.DrawFn, plan: Sequence) -> Iterator[Event]:
    """The events with a dissolve or a split edit where both neighbours have the handles."""
    for index, event in enumerate(plan.events):
        before = plan.events[index - 1] if index else None
        room = min(before.duration, event.duration) // 3 if before else 0
        how = draw(st.sampled_from(("cut", "dissolve", "split")))
        changed = event
        if how == "dissolve" and room >= 2:
            changed = replace(event, dissolve=draw(st.integers(2, min(255, room))))
        elif how == "split" and room >= 2:
            changed = replace(event, split=draw(st.integers(-room, room)))
        pair = (*plan.events[:index], changed)
        broken = [
            f for f in rules.problems(replace(plan, events=pair)) if f"event {event.number} " in f
        ]
        yield event if broken else changed


@st.composite
def _tracks(draw: st.DrawFn, sources: list[Source], plan: Sequence) -> tuple[Track, ...]:
    """B-roll: now and then a track with one short event."""
    seen = [of for of in sources if of.has_picture]
    if not seen or plan.duration < 3 or draw(st.booleans()):
        return ()
    of = draw(st.sampled_from(seen))
    first = draw(st.integers(0, plan.duration - 2))
    length = min(plan.duration - first, max(1, int(8 * plan.rate / of.rate)))
    end = 1 + max(1, rescale(length, plan.rate, of.rate))
    event = replace(use(of, 1, end), record_in=first, record_out=first + length)
    return (Track("V2", (event,)),)


@contextmanager
def script_work(folder: Path) -> Iterator[Work]:
    """The run of a stage of a script item, in a catalog that holds nothing else."""
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    catalog.migrate()
    with Session(catalog.engine) as session:
        story = Story(name="渡轮", created_at=0)
        session.add(story)
        session.flush()
        item = Item(
            root="drop", path="渡轮/night ferry.v2.fountain", size=1, mtime_ns=1,
            kind=Kind.SCRIPT, story_id=story.id, accepted_at=0,
        )  # fmt: skip
        session.add(item)
        session.commit()
        scratch, output = folder / "scratch", folder / "output"
        scratch.mkdir()
        watch = [{"name": "drop", "path": str(folder / "in coming")}]
        folders = {"output": str(output), "state": str(folder), "free_floor_gb": 0}
        yield Work(
            item, folder, scratch, output, output, load(watch=watch, folders=folders), session
        )
    catalog.close()


def add_cut(work: Work, version: int, plan: Sequence) -> None:
    assert work.item.id is not None
    work.session.add(
        Cut(
            story_id=work.item.story_id, item_id=work.item.id, name="night ferry.v2.fountain",
            version=version, digest=f"d{version}", sequence=to_json(plan), changes=[], created_at=0,
        )
    )  # fmt: skip
    work.session.commit()
