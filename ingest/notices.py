"""What a notice says: one for each story, or one for all when it is about many."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from catalog.models import AuditEntry, Deed

_STORIES = 4  # more of them are told of in one notice
_LINES = 12  # of a story; the rest is counted
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "done": "{count} done", "rejected": "{count} not usable", "failed": "{count} failed",
        "paused": "paused", "resumed": "goes on", "more": "… and {count} more",
        "many": "{count} stories: {what}", "service": "The service", "line_done": "done",
        "line_rejected": "NOT USABLE", "line_failed": "FAILED", "line_paused": "paused by {who}",
        "line_resumed": "goes on", "status": "Status: {path}", "comma": ", ",
    },
    "zh": {
        "done": "{count} 个完成", "rejected": "{count} 个无法使用", "failed": "{count} 个失败",
        "paused": "已暂停", "resumed": "继续", "more": "……另有 {count} 条",
        "many": "{count} 个故事：{what}", "service": "服务", "line_done": "完成",
        "line_rejected": "无法使用", "line_failed": "失败", "line_paused": "由 {who} 暂停",
        "line_resumed": "继续", "status": "进度：{path}", "comma": "，",
    },
}  # fmt: skip
# What a person should see first comes first.
_ORDER = (Deed.REJECTED, Deed.FAILED, Deed.PAUSED, Deed.RESUMED, Deed.DONE)

Page = Callable[[str], Path | None]  # a story → its status.html


def write(entries: Sequence[AuditEntry], language: str, page: Page) -> list[tuple[str, str]]:
    """Titles and bodies of the notices about these entries."""
    by_story: dict[str, list[AuditEntry]] = defaultdict(list)
    for entry in entries:
        by_story[entry.story].append(entry)
    words = _WORDS[language]
    texts = [_story(story, some, words, page) for story, some in sorted(by_story.items())]
    if len(texts) <= _STORIES:
        return texts
    title = words["many"].format(count=len(texts), what=_counts(entries, words))
    return [(title, "\n\n".join(f"{title}\n{body}" for title, body in texts))]


def _story(
    story: str, entries: Sequence[AuditEntry], words: Mapping[str, str], page: Page
) -> tuple[str, str]:
    entries = sorted(entries, key=lambda entry: _ORDER.index(entry.deed))
    lines = [_line(entry, words) for entry in entries[:_LINES]]
    if len(entries) > _LINES:
        lines.append(words["more"].format(count=len(entries) - _LINES))
    shown = page(story) if story else None
    if shown:
        lines.append(words["status"].format(path=shown))
    return f"{story or words['service']}: {_counts(entries, words)}", "\n".join(lines)


def _counts(entries: Sequence[AuditEntry], words: Mapping[str, str]) -> str:
    counts = [(deed, sum(entry.deed == deed for entry in entries)) for deed in _ORDER]
    return words["comma"].join(words[deed].format(count=n) for deed, n in counts if n)


def _line(entry: AuditEntry, words: Mapping[str, str]) -> str:
    name = "/".join(PurePosixPath(entry.path).parts[2:]) or PurePosixPath(entry.path).name
    what = words[f"line_{entry.deed}"].format(who=entry.who)
    return ": ".join(part for part in (name, what, entry.message) if part)
