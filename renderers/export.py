"""The export stage: the cut and its stringout for editing systems, each file proved first."""

import json
from dataclasses import replace
from typing import Any

from catalog.places import file_stem
from catalog.work import Facts, File, Queue, Work
from config.cutting import Transition
from config.settings import Settings
from media.errors import Rejected
from media.files import write_text
from renderers import held, rules
from renderers.cuts import already_made, latest, originals, provenance
from renderers.exports.deliver import Delivered, deliver
from renderers.exports.delivery import Delivery
from renderers.exports.files import filed
from renderers.exports.registry import chosen
from renderers.logs import logged
from renderers.sequence import Sequence, from_json
from renderers.stringout import NAME, stringout

SUMMARY = "exports.json"  # what was written and what was held back, for tools and the report


class Export:
    """The stage: the latest cut in the formats of [export]."""

    name = "export"
    needs = ("cut",)
    queue = Queue.IO
    version = 4
    limit = 300
    makes = ()

    def inputs(self, work: Work) -> str:
        """The settings of exports, and what is held back."""
        asked = work.settings.export.model_dump_json()
        told = " ".join(_transition(work.settings).values())
        return " ".join(each for each in (asked, told, held.digest(work)) if each)

    def run(self, work: Work) -> Facts:
        """Skipped when this version of the cut was exported so. Raises Rejected for a cut that
        breaks a rule, or when no format passes its gate; Misconfigured for an unknown format."""
        cut = latest(work.session, work.item)
        if held_back := held.back(work, cut):
            return held_back
        settings = {**provenance(cut), **_asked(work.settings)}
        if already_made(work, self, cut, settings):
            return Facts("the cut did not change", skipped=True)
        delivery = _delivery(work, from_json(cut.sequence))
        made = _deliver_both(work, delivery)
        if not made.files:
            raise Rejected("; ".join(blocked.reason for blocked in made.blocked))
        summary = json.dumps(_summary(delivery, made), indent=2, ensure_ascii=False, sort_keys=True)
        write_text(work.scratch / SUMMARY, f"{summary}\n")
        files = [File(path.name, kind) for kind, path in made.files]
        told = f"v{cut.version:03} as {', '.join(file.name for file in files)}"
        told += "".join(f"; held back: {one.name} ({one.reason})" for one in made.blocked)
        return Facts(told, files=(*files, File(SUMMARY, "exports")), settings=settings)


def _asked(settings: Settings) -> dict[str, Any]:
    return {"export": settings.export.model_dump(mode="json"), **_transition(settings)}


def _transition(settings: Settings) -> dict[str, str]:
    """Told where it is none of the usual: exports that are there stay as they are."""
    asked = settings.movie.transition
    return {} if asked is Transition.DISSOLVE else {"transition": asked.value}


def _delivery(work: Work, sequence: Sequence) -> Delivery:
    asked = work.settings.export
    return Delivery(
        sequence=sequence,
        locate=originals(work.settings),
        reel_length=asked.reel_length,
        fcpxml_version=asked.fcpxml_version,
        fcpxml_dtds=asked.fcpxml_dtds,
        clips=logged(work.session, work.item.story_id, sequence),
        transition=work.settings.movie.transition,
    )


def _deliver_both(work: Work, delivery: Delivery) -> Delivered:
    """The rough cut in every format, then the stringout in those of a sequence."""
    formats = chosen(work.settings.export.formats)
    rules.require(delivery.sequence)
    base = work.scratch / file_stem(work.item)
    made = deliver(delivery, formats, base)
    if not work.settings.export.stringout:
        return made
    other = replace(delivery, sequence=stringout(delivery.sequence))
    rules.require(other.sequence)
    again = deliver(
        other,
        [form for form in formats if not form.of_clips],
        base.with_name(f"{base.name}-{NAME}"),
    )
    return Delivered(made.files + again.files, made.blocked + again.blocked)


def _summary(delivery: Delivery, made: Delivered) -> dict[str, Any]:
    delivery = filed(delivery)
    return {
        "schema": "stringout.exports/1",
        "files": [{"format": kind, "name": path.name} for kind, path in made.files],
        "held_back": [{"format": one.name, "reason": one.reason} for one in made.blocked],
        "reels": [
            {
                "asset": source.asset_id,
                "reel": delivery.reels[source.asset_id],
                "file": str(delivery.locate(source)),
            }
            for source in delivery.sequence.all_sources()
        ],
    }
