"""rejected/NAME.txt: why a file could not be used and what to do, for people on the share."""

import xxhash

from catalog.overview import ItemState, StoryState
from renderers.status.reasons import told

FOLDER = "rejected"
_NAME_BYTES = 240  # of the 255 that file systems allow, without ".txt"
_TEXTS = {
    "en": """{name}: {why}

The original is where it was, untouched: {original}
To have it tried again, drop a whole copy under the same name, touch the file, or ask for: {retry}
This note goes when it has worked.
""",
    "zh": """{name}：{why}

原始文件仍在原处，未被改动：{original}
重试方法：以同名重新放入完整的副本，或更新文件的修改时间（touch），或请管理员执行：{retry}
成功后本说明会自动消失。
""",
}


def notes(story: StoryState, language: str, originals: dict[str, str]) -> dict[str, str]:
    """Path of a note inside the story's folder → its text, for every file that has failed.

    `originals`: the path of each watch folder by its name.
    """
    failed = [item for item in story.items if item.failure]
    return {_path(item): _text(item, story, language, originals) for item in failed}


def _path(item: ItemState) -> str:
    *folders, name = item.place.split("/")
    if len(name.encode()) > _NAME_BYTES:
        short = name.encode()[: _NAME_BYTES - 18].decode(errors="ignore")
        name = f"{short}~{xxhash.xxh3_64_hexdigest(name.encode())}"
    return "/".join((FOLDER, *folders, f"{name}.txt"))


def _text(item: ItemState, story: StoryState, language: str, originals: dict[str, str]) -> str:
    assert item.failure
    return _TEXTS["zh" if language == "zh" else "en"].format(
        name=item.place,
        why=told(item.failure.message, language),
        original=f"{originals.get(item.root, item.root)}/{item.path}",
        retry=f"stringout retry '{story.name}'",
    )
