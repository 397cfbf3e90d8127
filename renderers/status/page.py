"""status.html: one file without outside help, as text."""

import json
from dataclasses import asdict, dataclass

import xxhash

from renderers.page.printing import template
from renderers.status.phrases import phrases
from renderers.status.view import StatusPage, clock

NAME = "status.html"
RENEWED = 300.0  # seconds after which a page of unfinished work is written again unchanged
_STALE = 2.5 * RENEWED


@dataclass(frozen=True)
class Printed:
    """The page, and a digest of what it says (the moment it was made is not part of it)."""

    text: str
    digest: str


def printed(page: StatusPage, now: float) -> Printed:
    """The page as HTML, made at `now` (seconds since 1970)."""
    digest = xxhash.xxh3_64_hexdigest(json.dumps(asdict(page), sort_keys=True).encode())
    text = template("status.html.j2").render(
        page=page, say=phrases(page.language), digest=digest,
        made_at=clock(now), stale_at=int(now + _STALE),
    )  # fmt: skip
    return Printed(text, digest)
