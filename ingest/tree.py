"""What has changed in a tree of folders, found by looking, and by looking as little as can be.

A folder's time of modification changes when something is created, renamed or deleted in it:
one `stat` per folder (1,000 for 100,000 files) tells where to list. What is written into an
existing file does not show there, so each folder is listed again now and then; soon after it
has changed, since network file systems cache times and some count them in whole seconds, and
seldom later. All of it is paid from an allowance of processor time and of waiting time.

Nothing here compares a time of the file server with a time of ours: clocks may differ.
"""

import os
import stat
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

_HOT = 60.0  # seconds that a folder is listed at each sweep after it has changed
_REST = 20  # … but not before this many times as long as its last listing took
_CPU = 0.01  # of one core, for cold folders
_WAITING = 0.1  # of the time, for the file server's answers
_SAVED = 30.0  # seconds of unspent allowance that are kept
_EVERY = 64  # folders between two looks at the clocks
_LOW = 0xFFFFFFFF


class Change(StrEnum):
    """What became of a path."""

    CREATED = "created"
    MODIFIED = "modified"
    FOLDER = "folder"  # new
    DELETED = "deleted"  # something in this folder, or the folder itself, is gone


@dataclass(slots=True)
class _Folder:
    mtime_ns: int = -1
    # Of each file, half a hash of its name and half of its size and time: 8 bytes a file.
    files: "array[int]" = field(default_factory=lambda: array("Q"))
    changed: float = 0.0  # on our clock: when a change was found
    listed: float = 0.0
    cost: float = 0.0  # seconds that its last listing took


class Tree:
    """The folders below `root`. Links are not followed. Not thread-safe."""

    def __init__(
        self,
        root: str,
        skip: Callable[[str], bool] = lambda _path: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`skip`: whether the file or folder at this path is none of our business."""
        self._root, self._skip, self._clock = root, skip, clock
        self._folders: dict[str, _Folder] = {}
        self._hot: dict[str, None] = {}  # in order of their last change
        self._cold: deque[str] = deque()  # in turn for a look at their times
        self._stale: deque[str] = deque()  # in turn for a listing
        self._paid_at = clock()
        self._cpu = self._waiting = 0.0  # allowance, seconds

    def __len__(self) -> int:
        return len(self._folders)

    def learn(self) -> Iterator[str]:
        """Look at everything once; what is there now is no change. Yields the paths.

        Raises OSError when the root is not there.
        """
        self._mtime(self._root)
        for _, path in self._list(self._root, _Folder(), first=True):
            yield path

    def sweep(self) -> Iterator[tuple[Change, str]]:
        """What has changed since the last call, as far as the allowance reaches.

        Each change is found in the end; one in a folder that has changed lately at once.
        Raises OSError when the root is not there: nothing is believed deleted then.
        """
        self._mtime(self._root)
        self._pay()
        now = self._clock()
        for path in list(self._hot):
            folder = self._folders.get(path)
            if folder is None or (now - folder.changed > _HOT and path != self._root):
                del self._hot[path]
                continue
            yield from self._look(path, folder, now >= folder.listed + _REST * folder.cost)
        yield from self._in_turn(self._cold, listing=False)
        yield from self._in_turn(self._stale, listing=True)

    def _in_turn(self, turns: deque[str], listing: bool) -> Iterator[tuple[Change, str]]:
        """Go on where the last sweep had to stop, once around at most."""
        for count in range(len(turns)):
            if (listing or count % _EVERY == 0) and not self._affords():
                return
            path = turns.popleft()
            folder = self._folders.get(path)
            if folder is None:
                continue
            turns.append(path)
            if path not in self._hot:
                yield from self._look(path, folder, listing)

    def _look(self, path: str, folder: _Folder, listing: bool) -> Iterator[tuple[Change, str]]:
        try:
            found = self._mtime(path)
        except (FileNotFoundError, NotADirectoryError):
            if path != self._root:
                self._folders.pop(path, None)
                yield Change.DELETED, path
            return
        except OSError:
            return  # the share does not answer, or we may not: what we know stays
        if found != folder.mtime_ns or listing:
            yield from self._list(path, folder)

    def _list(
        self, path: str, folder: _Folder, first: bool = False
    ) -> Iterator[tuple[Change, str]]:
        """List a folder and what is new in it, with everything below that."""
        waiting = [(path, folder)]
        while waiting:
            at, each = waiting.pop()
            started = self._clock()
            try:
                # Before the listing: what comes meanwhile changes it once more.
                each.mtime_ns = self._mtime(at)
                changes, folders = self._compare(at, each)
            except OSError:
                each.mtime_ns = -1  # look again
                self._enter(at, each)
                continue
            self._enter(at, each)
            each.listed = self._clock()
            each.cost = each.listed - started
            if changes and not first:
                each.changed = each.listed
                self._hot[at] = None
            yield from changes
            for new in folders:
                yield Change.FOLDER, new
                waiting.append((new, _Folder()))
            if folders and not first:
                each.changed = each.listed
                self._hot[at] = None

    def _compare(self, at: str, folder: _Folder) -> tuple[list[tuple[Change, str]], list[str]]:
        """The changes among the files of a folder, and the folders in it that are new."""
        before, names = set(folder.files), {known >> 32 for known in folder.files}
        now = array("Q")
        changes, folders = [], []
        with os.scandir(at) as entries:
            for entry in entries:
                if self._skip(entry.path):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if entry.path not in self._folders:
                        folders.append(entry.path)
                    continue
                digest = _digest(entry)
                if digest is None:
                    continue
                now.append(digest)
                if digest not in before:
                    known = digest >> 32 in names
                    changes.append((Change.MODIFIED if known else Change.CREATED, entry.path))
        if not {digest >> 32 for digest in now} >= names:
            changes.append((Change.DELETED, at))
        folder.files = now
        return changes, folders

    def _mtime(self, path: str) -> int:
        """Raises NotADirectoryError for what is no folder any more, as for a link in its place."""
        found = os.lstat(f"{path}/" if path == self._root else path)
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(path)
        return found.st_mtime_ns

    def _enter(self, path: str, folder: _Folder) -> None:
        if path not in self._folders:
            self._folders[path] = folder
            self._cold.append(path)
            self._stale.append(path)
            if path == self._root:
                self._hot[path] = None

    def _pay(self) -> None:
        now = self._clock()
        passed, self._paid_at = now - self._paid_at, now
        self._cpu = min(self._cpu + _CPU * passed, _CPU * _SAVED)
        self._waiting = min(self._waiting + _WAITING * passed, _WAITING * _SAVED)
        self._spent = time.thread_time(), now

    def _affords(self) -> bool:
        cpu, now = time.thread_time(), self._clock()
        self._cpu -= cpu - self._spent[0]
        self._waiting -= now - self._spent[1]
        self._spent = cpu, now
        return self._cpu > 0 and self._waiting > 0


def _digest(entry: "os.DirEntry[str]") -> int | None:
    """None for what is no regular file, and for what is gone."""
    try:
        if not entry.is_file(follow_symlinks=False):
            return None
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    state = hash((found.st_size, found.st_mtime_ns)) & _LOW
    return (hash(entry.name) & _LOW) << 32 | state
