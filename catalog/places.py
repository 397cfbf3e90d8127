"""Where files of an item are published, relative to the output folder.

    <story>/assets/<path of the original inside the story>/   proxy.mp4, captions.srt, log.json …
    <story>/cuts/<path of the script inside the story>/v001/  edl, otio, movie, report …

The dropped file's suffix is kept in the folder's name: `A001.mov` and `A001.mxf` never collide.
"""

from pathlib import PurePosixPath

from catalog.models import Item, Story

CUTS = "cuts"
PRIVATE = ".stringout"  # in the output folder: on its file system, so that a move is atomic
PICTURE_PROXY = "proxy.mp4"
SOUND_PROXY = "proxy.m4a"  # of sound without picture
CONTACT_SHEET = "contact.jpg"
_STEM_BYTES = 200  # of the 255 that file systems allow


def proxy_name(profile: str, plays: bool) -> str:
    """What the proxy of a further profile is called; one that no browser plays is QuickTime."""
    return f"proxy.{profile}.{'mp4' if plays else 'mov'}"


def ladder_folder(profile: str, of: str = "proxy") -> str:
    """Where the ladder of a profile is: of a proxy, or of a "movie"."""
    return f"{of}.{profile}"


def story_name(path: str, root: str) -> str:
    """The story a path (relative to the watch folder called `root`) belongs to."""
    parts = PurePosixPath(path).parts
    return parts[0] if len(parts) > 1 else root


def about(item: Item, stage: str = "") -> dict[str, object]:
    """What a line of the log about an item carries besides its words."""
    story = story_name(item.path, item.root)
    where: dict[str, object] = {"story": story, "path": item.path, "item": item.id}
    return where | {"stage": stage} if stage else where


def asset_home(item: Item, story: Story) -> str:
    """The folder of a footage item's files; that of a moved one is where it has always been."""
    return item.home or home_of(story.name, published_as(item))


def home_of(story: str, name: str) -> str:
    """The folder of what is published under a name among the assets of a story."""
    return f"{story}/assets/{name}"


def cut_home(story: Story, name: str, version: int) -> str:
    """The folder of one version of a script's cut."""
    return f"{story.name}/{CUTS}/{name}/v{version:03}"


def script_name(item: Item) -> str:
    """What a script's cuts are called: its path inside the story, which no other script has."""
    return published_as(item)


def file_stem(item: Item) -> str:
    """The stem of the files of a script's cuts: its own, short enough for any suffix."""
    stem = PurePosixPath(item.path).stem
    return stem.encode()[:_STEM_BYTES].decode(errors="ignore")


def inside(path: str) -> str:
    """The part of a path below its story's folder."""
    parts = PurePosixPath(path).parts
    return "/".join(parts[1:] or parts)


def published_as(item: Item) -> str:
    """The path inside its story that an item's files are published under; no other has it."""
    return item.published_as or inside(item.path)
