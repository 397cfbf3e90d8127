"""Flags that hold a cut back, and letting them out."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session, col, select

from catalog import clock
from catalog.models import AnyFlag, Approval, Flag, PictureFlag, ScriptFlag
from catalog.words import counted

HELD = "held back until a person has looked at "  # the message of a stage begins so
Spans = Iterable[tuple[int, int, int]]  # asset, [in, out) frames


def flagged(session: Session, spans: Spans) -> list[Flag | PictureFlag]:
    """The flags of what is shown, in the order of the spans, each once: words, then pictures."""
    wanted = list(spans)
    assets = {asset_id for asset_id, _, _ in wanted}
    said = select(Flag).where(col(Flag.asset_id).in_(assets)).order_by(col(Flag.number))
    seen = select(PictureFlag).where(col(PictureFlag.asset_id).in_(assets))
    of_asset: defaultdict[int, list[Flag | PictureFlag]] = defaultdict(list)
    for flag in (*session.exec(said), *session.exec(seen.order_by(col(PictureFlag.number)))):
        of_asset[flag.asset_id].append(flag)
    found = {
        flag.key: flag
        for asset_id, first, end in wanted
        for flag in of_asset[asset_id]
        if flag.in_frame < end and flag.out_frame > first
    }
    return list(found.values())


def named(flags: Iterable[AnyFlag]) -> str:
    """How many there are of what: `2 sensitive words and 1 sensitive picture`."""
    seen = [isinstance(flag, PictureFlag) for flag in flags]
    counts = ((seen.count(False), "sensitive word"), (seen.count(True), "sensitive picture"))
    return " and ".join(counted(number, noun) for number, noun in counts if number)


def written(session: Session, item_id: int, lines: Iterable[int]) -> list[ScriptFlag]:
    """The flags of these lines of a script (-1: its title), each once, in its order."""
    chosen = select(ScriptFlag).where(
        ScriptFlag.item_id == item_id, col(ScriptFlag.line).in_(set(lines))
    )
    ordered = session.exec(chosen.order_by(col(ScriptFlag.number)))
    return list({flag.key: flag for flag in ordered}.values())


def waiting(session: Session, story_id: int, flags: Iterable[AnyFlag]) -> list[AnyFlag]:
    """Those that nobody has let out of the story."""
    let_out = set(session.exec(select(Approval.key).where(Approval.story_id == story_id)))
    return [flag for flag in flags if flag.key not in let_out]


def approve(session: Session, story_id: int, flags: Iterable[AnyFlag], who: str) -> list[AnyFlag]:
    """Let them out; those that were not before."""
    held, now = waiting(session, story_id, flags), clock.read(session)
    session.add_all(Approval(story_id=story_id, key=f.key, by=who, at=now) for f in held)
    session.flush()
    return held
