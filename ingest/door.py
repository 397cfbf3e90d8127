"""What a watcher asks of the catalog and hands to it."""

from typing import Protocol

from catalog.arrivals import Waiting
from catalog.drops import Drop
from config.watching import WatchFolder


class Door(Protocol):
    """Called in the watchers' threads. Everything may raise TryLater."""

    def folders(self, root: str) -> set[str]:
        """The folders directly in a watch folder that hold accepted files; they end with `/`."""

    def known(self, root: str, folder: str) -> dict[str, tuple[int, int]]:
        """Path → (size, mtime_ns) of what was accepted below a folder of a watch folder.

        `folder` is directly in the watch folder and ends with `/`; "": the files beside it.
        """

    def take(self, drops: list[Drop]) -> None:
        """Accept complete files; the same one any number of times is one item."""

    def lost(self, root: str, paths: list[str]) -> None:
        """The files at these paths are gone, though their watch folder is there."""

    def hold(self, root: str, waiting: list[Waiting]) -> None:
        """Keep for people which files of a watch folder are not complete yet."""

    def recognise(self, folder: WatchFolder) -> str:
        """Why what is at its path is not the folder that was watched; "" when it is.

        It is remembered then, and marked if it can be written. Raises OSError when it is away.
        """

    def tell(self, folder: WatchFolder, trouble: str, noticing: str) -> None:
        """Keep for people how the folder is watched, or why it is not."""
