"""report.html: what a producer reads in two minutes before opening the cut.

One file without outside help: pictures are inside it, and only the movie, the EDL and the
other files beside it are linked. The page is composed in renderers/report_view.py; the
template only prints it.
"""

from catalog.work import Facts, File, Queue, Work
from renderers.cuts import already_made, latest, provenance
from renderers.page.album import Album
from renderers.page.curve import COLOURS
from renderers.page.facts import gather
from renderers.page.phrases import Phrases
from renderers.page.printing import template
from renderers.page.view import Page, compose

_NAME = "report.html"


class Report:
    """Writes report.html into the folder of the latest version of a cut."""

    name = "report"
    needs = ("export", "movie")
    queue = Queue.IO
    version = 1
    limit = 300.0
    makes = ()

    def run(self, work: Work) -> Facts:
        """Skip what was told before; else gather, compose, print."""
        cut = latest(work.session, work.item)
        if already_made(work, self, cut):
            return Facts(f"version {cut.version} has its report", skipped=True)
        material = gather(work.session, cut)
        say = Phrases(material.script.language)
        page = compose(material, Album(work.published, material.media), say)
        (work.scratch / _NAME).write_text(printed(page, say), encoding="utf-8")
        return Facts(
            f"reported on version {cut.version}: {page.found} of {page.total} lines found",
            files=[File(_NAME, "report")],
            settings=provenance(cut),
        )


def printed(page: Page, say: Phrases) -> str:
    """The page as HTML."""
    return template("report.html.j2").render(page=page, say=say, colours=COLOURS)
