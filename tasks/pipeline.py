"""What happens to each kind of item: the plain list of stages, in order.

To add a stage, an indexer or a renderer: write its class in a file of its own and add one
line here (docs/adding-a-stage.md). A stage runs when the stages in its `needs` are done.
"""

from catalog.models import Kind
from catalog.runs import Needs
from catalog.work import Stage
from config.watching import Priority
from indexers.checksum import Checksum
from indexers.clips import Clips
from indexers.embeddings import Embeddings
from indexers.emotions import Emotions
from indexers.index import Index
from indexers.match import Match
from indexers.moderate import Moderate
from indexers.probe import Probe
from indexers.scan import Scan
from indexers.script import Parse
from indexers.transcript import Transcript
from indexers.vision import Vision
from indexers.wording import Wording
from renderers.assembly import Cut
from renderers.captions import Captions
from renderers.export import Export
from renderers.log import Log
from renderers.master.stage import Master
from renderers.movie import Movie
from renderers.prefetch import Prefetch
from renderers.report import Report
from renderers.stream import Stream

PIPELINE: dict[Kind, tuple[Stage, ...]] = {
    Kind.FOOTAGE: (
        Checksum(),  # the same bytes twice are one asset
        Probe(),
        Scan(),  # the one decoding pass: proxy, sound, shots, loudness
        Vision(),  # the scan's pictures as vectors, where CLIP's weights are
        Transcript(),
        Emotions(),
        Moderate(),  # marks sensitive words, removes nothing
        Clips(),
        Embeddings(),
        Index(),  # from here on it can be searched and cut
        Captions(),
        Log(),
    ),
    Kind.SCRIPT: (
        Parse(),
        Wording(),  # marks sensitive words, too
        Match(),  # waits for the story's footage; again when more comes
        Cut(),
        Prefetch(),  # brings its clips near while the movie waits for its turn
        Export(),
        Movie(),
        Stream(),
        Report(),
        Master(),
    ),
    Kind.SIDECAR: (),  # attached to its footage, whose transcript runs again
    Kind.NOTE: (),
    Kind.PART: (),  # read with its clip
    Kind.MANIFEST: (),  # what it says is compared when the files it names are read
}

_LEVELS = {Priority.BULK: 0, Priority.NORMAL: 3, Priority.BREAKING: 6}  # each has three

STAGES: dict[str, Stage] = {stage.name: stage for stages in PIPELINE.values() for stage in stages}


def needs(kind: Kind) -> Needs:
    """The dependency graph of a kind of item, in pipeline order."""
    return {stage.name: stage.needs for stage in PIPELINE[kind]}


def priority(stage: str, item: Priority = Priority.NORMAL) -> int:
    """0 to 9, higher first: breaking news before all else; among equals what is further along
    goes first, so that stories get finished. Brokers know ten levels."""
    for stages in PIPELINE.values():
        names = [each.name for each in stages]
        if stage in names:
            return _LEVELS[item] + names.index(stage) * 3 // len(names)
    raise KeyError(stage)
