"""What a run waits for besides its needs: the window of its watch folder, then its own reasons.

The moment is written in the ledger (next_try_at), never in the broker.
"""

import time
from datetime import datetime

from catalog.work import Gated, Hold, Queue, Stage, Work
from config import schedule
from config.watching import WatchFolder


def may_hold(stage: Stage, folder: WatchFolder) -> bool:
    """Whether anything can keep a stage of this folder's files waiting, found out for nothing."""
    return isinstance(stage, Gated) or (stage.queue != Queue.IO and bool(folder.windows))


def holding(stage: Stage, work: Work) -> Hold | None:
    """None: it may start now."""
    if stage.queue != Queue.IO:
        hold = until_open(work.settings.folder(work.item.root), time.time())
        if hold:
            return hold
    return stage.holds(work) if isinstance(stage, Gated) else None


def until_open(folder: WatchFolder, now: float) -> Hold | None:
    """The hold of heavy work outside of its folder's windows."""
    opens = folder.opens(now)
    if opens <= now:
        return None
    local = datetime.fromtimestamp(opens, schedule.zone(folder.timezone))
    reason = (
        f"waits for its hours: heavy work of the folder {folder.name!r} begins "
        f"{', '.join(folder.windows)}, next on {local:%Y-%m-%d at %H:%M %Z}"
    )
    return Hold(reason, opens - now)
