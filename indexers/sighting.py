"""The half of moderation that looks: pictures of an asset that a vision engine has seen."""

import logging
from functools import cache

import xxhash
from sqlmodel import col, select

from catalog.models import Asset, PictureFlag, Shot, ThumbnailVectors
from catalog.work import Facts, Work
from config.settings import Settings
from indexers.engines.vision import Vision, choose, vision
from indexers.matching.sight import Seen
from indexers.moderation.keys import key
from indexers.moderation.prompts import SHIPPED, Prompt, prompts
from indexers.moderation.sights import LEAST, Sight, sights
from indexers.moderation.summary import summary

_log = logging.getLogger("stringout.moderation")


def look(work: Work) -> Facts | None:
    """One PictureFlag for each span that seems to show something sensitive; None where nobody
    looks, or there is no picture. Raises Misconfigured."""
    if not work.settings.moderation.pictures:
        return None
    engine = vision(work.settings.vision)
    if engine is None:
        _say(told(work.settings))
        return _marked_before(work)
    row = work.session.get(ThumbnailVectors, work.asset_id)
    if row is None or row.engine != engine.name:
        return None
    asset = work.session.get_one(Asset, work.asset_id)
    rows = [_flag(asset, n, one, engine) for n, one in enumerate(_found(work, row, engine))]
    return Facts(summary(rows, "sensitive picture"), rows=rows, engine=engine.name)


def inputs(work: Work) -> str:
    """A digest of what is looked for in pictures, and by whom; "" where nobody looks. Raises
    Misconfigured."""
    section, chosen = work.settings.moderation, choose(work.settings.vision)
    if not section.pictures or chosen.folder is None:
        return ""
    told = f"{chosen.name} {section.sensitivity} {_asked(work)}"
    return xxhash.xxh3_64_hexdigest(told.encode())


def told(settings: Settings) -> str:
    """Who looks, for `stringout doctor`. Raises Misconfigured."""
    section, chosen = settings.moderation, choose(settings.vision)
    if not section.pictures:
        return "pictures: switched off"
    if chosen.folder is None:
        return f"nobody looks at pictures: {chosen.reason.partition(';')[0]}"
    count = len(prompts((*SHIPPED, *section.prompts)))
    return f"pictures: {count} descriptions by {chosen.name}, from {LEAST[section.sensitivity]:.0%}"


def _marked_before(work: Work) -> Facts | None:
    """What was held back must not be let out because weights are gone."""
    ordered = select(PictureFlag).where(PictureFlag.asset_id == work.asset_id)
    found = work.session.exec(ordered.order_by(col(PictureFlag.number))).all()
    if not found:
        return None
    for flag in found:
        work.session.expunge(flag)  # they are to be saved as new ones
    rows = [PictureFlag(**flag.model_dump()) for flag in found]
    told = summary(rows, "sensitive picture")
    return Facts(f"{told}, as marked before", rows=rows, engine=rows[0].engine)


def _found(work: Work, row: ThumbnailVectors, engine: Vision) -> list[Sight]:
    ordered = select(Shot).where(Shot.asset_id == work.asset_id).order_by(col(Shot.number))
    shots = [(shot.in_frame, shot.out_frame) for shot in work.session.exec(ordered)]
    least = LEAST[work.settings.moderation.sensitivity]
    return sights(Seen.of(row), shots, _asked(work), engine, least)


def _asked(work: Work) -> tuple[Prompt, ...]:
    return prompts((*SHIPPED, *work.settings.moderation.prompts))


def _flag(asset: Asset, number: int, one: Sight, engine: Vision) -> PictureFlag:
    assert asset.id is not None
    return PictureFlag(
        asset_id=asset.id,
        number=number,
        key=key(asset.checksum, one.in_frame, one.out_frame, one.prompt.category, "picture"),
        in_frame=one.in_frame,
        out_frame=one.out_frame,
        category=one.prompt.category,
        english=one.prompt.english,
        chinese=one.prompt.chinese,
        likelihood=one.likelihood,
        engine=engine.name,
        source=one.prompt.source,
    )


@cache
def _say(reason: str) -> None:
    """Once in a process: each file's vision stage says it anyway."""
    _log.warning("moderation: %s", reason)
