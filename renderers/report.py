"""The report: what a producer reads in two minutes before opening the cut, as page, PDF and text.

report.html is one file without outside help: pictures are inside it, and only the movie, the
proxies and the other files beside it are linked. report.pdf and report.md tell the same. The
page is composed in renderers/page/view.py; the templates only print it.
"""

import json
import os
from dataclasses import replace

from markupsafe import Markup
from sqlmodel import col, select

from catalog.models import AnyFlag, Cut, Flag, Line, Rendition, ScriptFlag, Story
from catalog.places import PICTURE_PROXY, SOUND_PROXY, cut_home, script_name
from catalog.work import Facts, File, Queue, Work
from media.files import write_text
from renderers import held
from renderers.curve import Felt, curve, of_events
from renderers.cuts import already_made, latest, newest, provenance
from renderers.master.stage import Master
from renderers.page.album import Album
from renderers.page.curve import COLOURS
from renderers.page.exported import exported
from renderers.page.facts import Flagged, Material, Media, gather
from renderers.page.paper import FONTS, write_pdf
from renderers.page.phrases import Phrases
from renderers.page.printing import template
from renderers.page.view import Page, compose

_HTML, _PDF, _MARKDOWN = "report.html", "report.pdf", "report.md"
_CURVE = "emotions.json"  # of the cut, and of each file of the story


class Report:
    """Writes the report into the folder of the latest version of a cut."""

    name = "report"
    needs = ("export", "movie")
    queue = Queue.IO
    version = 4
    limit = 300.0
    makes = ()

    def inputs(self, work: Work) -> str:
        """The sensitive words that it tells of: lists may change after it was written. And the
        master, which takes its time and is linked when it is there."""
        cut = newest(work.session, work.item.story_id, script_name(work.item))
        return " ".join([held.marked(work), *(_masters(work, cut) if cut else ())]).strip()

    def run(self, work: Work) -> Facts:
        """Skip what was told before; else gather, compose, print."""
        cut = latest(work.session, work.item)
        flags = held.flags_of(work.session, cut)
        settings = {**provenance(cut), "flags": sorted(flag.key for flag in flags)}
        settings |= {"held": held.digest(work)} if flags else {}
        settings |= {"masters": masters} if (masters := _masters(work, cut)) else {}
        if already_made(work, self, cut, settings):
            return Facts(f"version {cut.version} has its report", skipped=True)
        material = replace(_beside(work, gather(work.session, cut)), flags=_flags(work, cut, flags))
        say = Phrases(material.script.language)
        page = compose(material, Album(work.published, material.media), say)
        for name in (_HTML, _MARKDOWN):
            text = printed(f"{name}.j2", page, say)
            (work.scratch / name).write_text(text, encoding="utf-8")
        write_text(work.scratch / _CURVE, _curves(material))
        write_pdf(printed("report.pdf.html.j2", page, say), work.scratch / _PDF)
        return Facts(
            f"reported on version {cut.version}: {page.found} of {page.total} lines found",
            files=[
                *(File(name, "report") for name in (_HTML, _PDF, _MARKDOWN)),
                File(_CURVE, "emotion curve"),
            ],
            settings=settings,
        )


def _beside(work: Work, material: Material) -> Material:
    """With what lies around the report: the exports' summary, and where the proxies are."""
    links = {}
    for media in material.media.values():
        name = PICTURE_PROXY if media.footage.has_picture else SOUND_PROXY
        path = work.published(f"{media.home}/{name}")
        if path.is_file():
            links[media.asset_id] = os.path.relpath(path, work.home)
    return replace(material, exports=exported(work.home), proxies_at=links)


def _masters(work: Work, cut: Cut) -> list[str]:
    """The checksums of what was made of the originals for this version."""
    home = cut_home(work.session.get_one(Story, cut.story_id), cut.name, cut.version)
    return list(
        work.session.exec(
            select(Rendition.checksum)
            .where(Rendition.stage == Master.name)
            .where(col(Rendition.path).startswith(f"{home}/", autoescape=True))
            .order_by(Rendition.path)
        )
    )


def _curves(material: Material) -> str:
    """The emotion curves of the cut, and of the story's files."""
    sequence = material.sequence
    files = {
        media.name: curve(_felt(media), media.footage.rate).as_data()
        for media in material.media.values()
        if media.in_story
    }
    cut = of_events(sequence.events, sequence.rate).as_data()
    told = {"schema": "stringout.emotions/1", "cut": cut, "story": files}
    return f"{json.dumps(told, indent=1, ensure_ascii=False)}\n"


def _felt(media: Media) -> list[Felt]:
    return [Felt(clip.in_frame, clip.out_frame, clip.scores) for clip in media.clips]


def _flags(work: Work, cut: Cut, flags: list[AnyFlag]) -> tuple[Flagged, ...]:
    """With the line that a word stands in, and whether it holds the cut back."""
    keys = {flag.key for flag in held.held(work, cut)}
    return tuple(Flagged(flag, _line(work, flag), flag.key in keys) for flag in flags)


def _line(work: Work, flag: AnyFlag) -> str:
    if isinstance(flag, Flag):
        return work.session.get_one(Line, (flag.asset_id, flag.line)).text
    return flag.text if isinstance(flag, ScriptFlag) else ""


def printed(name: str, page: Page, say: Phrases) -> str:
    """The page in the template called `name`."""
    return template(name).render(page=page, say=say, colours=COLOURS, fonts=Markup(FONTS))  # noqa: S704
