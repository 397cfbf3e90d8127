"""The report on paper: HTML becomes PDF with WeasyPrint, without network, fonts embedded."""

import logging
from pathlib import Path

from media.errors import Misconfigured

# Latin first, then the Chinese fonts of debian-packages.txt and of usual desktops.
FONTS = (
    '"DejaVu Sans", "WenQuanYi Micro Hei", "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", '
    '"Microsoft YaHei", sans-serif'
)


def write_pdf(html: str, target: Path) -> None:
    """Write A4 pages. Only what is inside the HTML is used. Raises Misconfigured without Pango."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise Misconfigured(
            f"report.pdf needs Pango ({error}): apt install libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from error

    # It warns of every character that no font has, each time: a box on paper, no trouble.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    inside = URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
    HTML(string=html, url_fetcher=inside).write_pdf(target)
