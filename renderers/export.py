"""Write the cut for editing systems: one file per format, each proved before it is published."""

from collections.abc import Callable
from collections.abc import Sequence as Many
from dataclasses import dataclass
from pathlib import Path

from catalog.places import file_stem
from catalog.work import Facts, File, Queue, Work
from renderers import edl, gates, otio, subtitles
from renderers.cuts import Locate, already_made, latest, originals, provenance
from renderers.sequence import Sequence, from_json


@dataclass(frozen=True)
class Format:
    """One export: `write` makes its files (one, or several where the format has a limit),
    `prove` reads them back and raises Rejected when they differ from the plan."""

    kind: str  # of the rendition, and the file's suffix
    write: Callable[[Sequence, Path, Locate], list[Path]]
    prove: Callable[[Sequence, Many[Path]], None]


EXPORTS = (
    Format("edl", edl.write, gates.prove_edl),
    Format("otio", otio.write, gates.prove_otio),
    Format("srt", subtitles.write, gates.prove_srt),
)


class Export:
    """The stage: the latest cut in every format of EXPORTS."""

    name = "export"
    needs = ("cut",)
    queue = Queue.IO
    version = 1
    limit = 300
    makes = ()

    def run(self, work: Work) -> Facts:
        """Skipped when this version of the cut was exported. Raises Rejected at a failing gate."""
        cut = latest(work.session, work.item)
        if already_made(work, self, cut):
            return Facts("the cut did not change", skipped=True)
        sequence = from_json(cut.sequence)
        files = export(sequence, work.scratch / file_stem(work.item), originals(work.settings))
        return Facts(
            f"v{cut.version:03} as {', '.join(file.name for file in files)}",
            files=files,
            settings=provenance(cut),
        )


def export(sequence: Sequence, base: Path, locate: Locate) -> list[File]:
    """Write `sequence` as `base` plus each format's suffix, and prove every file."""
    gates.require(sequence)
    files = []
    for form in EXPORTS:
        paths = form.write(sequence, base.with_name(f"{base.name}.{form.kind}"), locate)
        form.prove(sequence, paths)
        files += [File(path.name, form.kind) for path in paths]
    return files
