"""The vision stage: what is seen in footage, as vectors that texts can be compared with."""

from collections.abc import Sequence

from catalog.models import Scan as ScanRow
from catalog.models import ThumbnailVectors
from catalog.words import counted
from catalog.work import Facts, Queue, Work
from indexers.engines.vision import Vision as Engine
from indexers.engines.vision import choose, vision


class Vision:
    """The scan's thumbnails in (one a second and shot), one Pictures out."""

    name = "vision"
    needs = ("scan",)
    queue = Queue.GPU
    version = 1
    limit = 4 * 3600.0  # 36,000 pictures of ten hours, 0.2 s each on an old core, with room
    makes = (ThumbnailVectors,)

    def inputs(self, work: Work) -> str:
        """The engine: with weights that come later, or others, all pictures are looked at again.
        Raises Misconfigured."""
        return choose(work.settings.vision).name

    def run(self, work: Work) -> Facts:
        """See Stage."""
        engine = vision(work.settings.vision)
        if engine is None:
            return Facts(choose(work.settings.vision).reason, skipped=True)
        scan = work.session.get(ScanRow, work.asset_id)
        named = scan.thumbnails if scan else []
        if not named:
            return Facts("there is no picture in it", skipped=True)
        row = look(work, named, engine)
        return Facts(f"{counted(len(row.frames), 'picture')} by {engine.name}", rows=[row],
                     engine=engine.name)  # fmt: skip


def look(work: Work, named: Sequence[Sequence[object]], engine: Engine) -> ThumbnailVectors:
    """The row of the pictures `named`: frame and file name under the asset's folder."""
    ordered = sorted((int(str(frame)), work.home / str(name)) for frame, name in named)
    vectors = engine.of_pictures([path for _, path in ordered])
    return ThumbnailVectors(
        asset_id=work.asset_id,
        engine=engine.name,
        frames=[frame for frame, _ in ordered],
        vectors=vectors.astype("<f2").tobytes(),
    )
