"""What a watch folder may stand on, made for a test. All but `Local` need root, for mounting."""

import contextlib
import subprocess
import time
from pathlib import Path

import pytest


class Local:
    """A folder on this disk."""

    name = "local"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.drop = home / "drop"  # what is watched
        self.back = self.drop  # where writers write
        self.drop.mkdir(parents=True)

    def flap(self, seconds: float) -> None:
        """Be away for so long: here by another name."""
        away = self.drop.with_name("away")
        self.drop.rename(away)
        time.sleep(seconds)
        away.rename(self.drop)

    def close(self) -> None:
        """Leave nothing mounted."""


class Mounted(Local):
    """A mount at the watched folder, which is its empty mount point when it is away."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.mount()

    def mount(self) -> None:
        """Mount it. Skips the test where that is impossible."""
        raise NotImplementedError

    def flap(self, seconds: float) -> None:
        """Be unmounted for so long, as a share that is lost: also while files are open."""
        unmount(self.drop)
        time.sleep(seconds)
        self.mount()

    def close(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            unmount(self.drop)


class Image(Mounted):
    """A file system of its own in a file: an ext4 disk that can be lost and found."""

    name = "image"
    size = 64 * 1024 * 1024

    def mount(self) -> None:
        image = self.home / "image"
        if not image.exists():
            with image.open("wb") as file:
                file.truncate(self.size)
            run("mkfs.ext4", "-q", "-O", "^has_journal", str(image))
        run("mount", "-o", "loop", str(image), str(self.drop))
        if not (self.drop / "lost+found").exists():
            raise RuntimeError("the image is not mounted")


class Shared(Mounted):
    """A FUSE mount (bindfs) of a folder that others write to: inotify sees nothing of that."""

    name = "shared"

    def mount(self) -> None:
        self.back = self.home / "back"
        self.back.mkdir(exist_ok=True)
        run("bindfs", str(self.back), str(self.drop))


GROUNDS = {ground.name: ground for ground in (Local, Image, Shared)}


def run(*command: str) -> None:
    """Run a command that needs root; the test is skipped where it can't work."""
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    except FileNotFoundError:
        pytest.skip(f"{command[0]} is not installed")
    except subprocess.CalledProcessError as error:
        pytest.skip(f"{command[0]} needs root that may mount: {error.stderr.decode().strip()}")


def unmount(path: Path) -> None:
    """Lazily, as a share goes that is lost."""
    subprocess.run(["umount", "--lazy", str(path)], check=True, capture_output=True, timeout=60)
