"""An emitter for watchdog that looks, where the kernel does not tell: NFS, SMB, FUSE.

In place of watchdog's PollingObserver, which walks everything at a fixed pace, keeps it all
in memory, and takes a share that is away for a deleted one.
"""

import logging
from collections.abc import Callable
from functools import partial

from watchdog.events import (
    DirCreatedEvent,
    DirModifiedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileSystemEvent,
)
from watchdog.observers.api import BaseObserver, EventEmitter, EventQueue, ObservedWatch

from ingest.tree import Change, Tree

_log = logging.getLogger("stringout.watch")
_EVENTS: dict[Change, type[FileSystemEvent]] = {
    Change.CREATED: FileCreatedEvent,
    Change.MODIFIED: FileModifiedEvent,
    Change.FOLDER: DirCreatedEvent,
    Change.DELETED: DirModifiedEvent,  # names are not remembered: compare the folder
}


class FolderEmitter(EventEmitter):
    """Sweeps a tree of folders and tells what has changed.

    When it has looked at everything once it says that the root was created: whoever compared
    the folder before that may do it again.
    """

    def __init__(
        self,
        event_queue: EventQueue,
        watch: ObservedWatch,
        *,
        timeout: float = 5.0,
        event_filter: list[type[FileSystemEvent]] | None = None,
        skip: Callable[[str], bool] = lambda _path: False,
    ) -> None:
        """`timeout`: seconds between two sweeps. `skip`: see Tree."""
        super().__init__(event_queue, watch, timeout=timeout, event_filter=event_filter)
        self._tree = Tree(str(watch.path), skip)
        self._learned = False

    def queue_events(self, timeout: float) -> None:
        """Wait, then look. A root that is not there is no change: whoever watches looks at it."""
        if not self._learned:
            self._learn()
        elif not self.stopped_event.wait(timeout):
            self._sweep()

    def _learn(self) -> None:
        try:
            for _ in self._tree.learn():
                if self.stopped_event.is_set():
                    return
        except OSError:
            self.stopped_event.wait(self.timeout)
            return
        self._learned = True
        self.queue_event(DirCreatedEvent(self.watch.path))

    def _sweep(self) -> None:
        try:
            for change, path in self._tree.sweep():
                self.queue_event(_EVENTS[change](path))
        except OSError as error:
            _log.debug("%s: %s", self.watch.path, error)


class FolderObserver(BaseObserver):
    """watchdog's observer with our emitter."""

    def __init__(
        self, *, timeout: float = 5.0, skip: Callable[[str], bool] = lambda _path: False
    ) -> None:
        """`timeout`: seconds between two sweeps. `skip`: see Tree."""
        emitter = partial(FolderEmitter, skip=skip)
        super().__init__(emitter, timeout=timeout)  # type: ignore[arg-type]
