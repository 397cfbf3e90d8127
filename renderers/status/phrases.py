"""The words of status.html, in English and in Chinese."""

from collections.abc import Mapping
from typing import Final

from catalog.models import Deed, Kind
from catalog.overview import State
from renderers.page.phrases import Phrases

ENGLISH: Final[Mapping[str, str]] = {
    "status": "Status",
    "as_of": "as of {when}",
    "empty": "Nothing has been taken yet.",
    "all_done": "Everything is done.",
    "held": "Everything is done. Waiting for a person to look at it: {count}.",
    "busy": "Being worked on: {done} of {total} files are done.",
    "waits": "Waiting: {done} of {total} files are done.",
    "attention": "{count} of {total} files could not be used.",
    "paused": "Paused. It goes on by itself when the reason is gone.",
    "away": "The watched folder of these files can't be used now. What was taken is safe; work "
    "on the rest goes on when it is back.",
    "stale": "Nothing new has been heard since {when}: the service may have been stopped. "
    "Please ask whoever looks after it. Your files are safe.",
    "files_done": "of {total} files done",
    "files_working": "being worked on",
    "files_waiting": "waiting",
    "files_arriving": "still arriving",
    "files_lost": "could not be used",
    "progress": "{percent} % of all steps",
    "needs_you": "These files could not be used",
    "needs_you_hint": "The originals are where you put them, untouched. Drop a whole copy under "
    "the same name, or touch the file to have it tried again as it is.",
    "owner": "dropped by {who}",
    "cuts": "Rough cuts",
    "version": "Version {number}",
    "open_report": "Open the report",
    "in_the_making": "in the making",
    "arriving": "Still arriving",
    "arriving_hint": "A file is taken when it is quiet, closed and whole.",
    "since": "since {when}",
    "files": "Files",
    "more_files": "and {number} more that are done",
    "steps": "{done} of {total} steps",
    "latest": "What happened last",
    "made_by": "Renewed by Stringout as long as it works. Originals are never altered, moved or "
    "deleted.",
    **{f"state_{state}": str(state) for state in State},
    "state_failed": "not usable",
    **{f"kind_{kind}": str(kind) for kind in Kind},
    "deed_dropped": "{path} was taken",
    "deed_done": "{path} is done",
    "deed_rejected": "{path} could not be used",
    "deed_failed": "{path} has failed",
    "deed_approved": "{path} was let out by {who}",
    "deed_archived": "{path} is in the archive",
    "deed_retried": "tried again",
    "deed_cancelled": "{path} was cancelled by {who}",
    "deed_paused": "paused by {who}",
    "deed_resumed": "goes on",
    "deed_expired": "proxies were removed after their time",
}

CHINESE: Final[Mapping[str, str]] = {
    "status": "进度",
    "as_of": "截至 {when}",
    "empty": "还没有收到任何文件。",
    "all_done": "全部完成。",
    "held": "全部完成。等待人工查看后才发布：{count} 项。",
    "busy": "处理中：{total} 个文件已完成 {done} 个。",
    "waits": "等待中：{total} 个文件已完成 {done} 个。",
    "attention": "{total} 个文件中有 {count} 个需要您处理。",
    "paused": "已暂停。原因消除后会自动继续。",
    "away": "这些文件所在的监视文件夹目前无法使用。已接收的内容是安全的，恢复后会自动继续。",
    "stale": "自 {when} 起没有新消息：服务可能已停止，请联系管理员。您的文件是安全的。",
    "files_done": "/ {total} 个文件已完成",
    "files_working": "处理中",
    "files_waiting": "等待中",
    "files_arriving": "正在传入",
    "files_lost": "需要您处理",
    "progress": "全部步骤的 {percent} %",
    "needs_you": "以下文件无法使用",
    "needs_you_hint": "原始文件仍在原处，未被改动。请以同名重新放入完整的副本；"
    "或更新文件的修改时间（touch），即可原样重试。",
    "owner": "由 {who} 放入",
    "cuts": "粗剪",
    "version": "第 {number} 版",
    "open_report": "打开报告",
    "in_the_making": "制作中",
    "arriving": "正在传入",
    "arriving_hint": "文件静止、关闭且完整后才会被接收。",
    "since": "始于 {when}",
    "files": "文件",
    "more_files": "另有 {number} 个已完成",
    "steps": "{total} 步已完成 {done} 步",
    "latest": "最近动态",
    "made_by": "Stringout 运行期间会自动更新本页。原始素材绝不会被改动、移动或删除。",
    "state_working": "处理中",
    "state_waiting": "等待中",
    "state_done": "完成",
    "state_failed": "无法使用",
    "state_cancelled": "已取消",
    "kind_footage": "素材",
    "kind_script": "剧本",
    "kind_sidecar": "附属文件",
    "kind_note": "修改意见",
    "deed_dropped": "已接收 {path}",
    "deed_done": "{path} 已完成",
    "deed_rejected": "{path} 无法使用",
    "deed_failed": "{path} 处理失败",
    "deed_approved": "{who} 放行了 {path}",
    "deed_archived": "{path} 已归档",
    "deed_retried": "重试",
    "deed_cancelled": "{who} 取消了 {path}",
    "deed_paused": "由 {who} 暂停",
    "deed_resumed": "继续",
    "deed_expired": "代理文件已到期清除",
}

# What a stage does, for people; a stage that is not named here is told by its name.
STAGES: Final[Mapping[str, tuple[str, str]]] = {
    "checksum": ("checking the copy", "校验"),
    "probe": ("looking at the format", "识别格式"),
    "scan": ("making the proxy", "制作代理"),
    "transcript": ("listening", "听写台词"),
    "emotions": ("feeling the mood", "识别情绪"),
    "vision": ("looking at the pictures", "识别画面"),
    "clips": ("cutting into clips", "划分片段"),
    "embeddings": ("preparing the search", "准备检索"),
    "index": ("filing for search", "入库"),
    "captions": ("writing captions", "写字幕"),
    "log": ("writing the log", "写场记"),
    "parse": ("reading the script", "读剧本"),
    "moderation": ("looking for what is sensitive", "查找敏感内容"),
    "prefetch": ("bringing its clips near", "预取片段"),
    "wording": ("looking for sensitive words", "查找敏感词"),
    "match": ("matching takes", "匹配条次"),
    "cut": ("cutting", "粗剪"),
    "export": ("writing the exports", "导出"),
    "movie": ("rendering the movie", "渲染影片"),
    "stream": ("making the movie's HLS ladder", "生成 HLS 自适应码流"),
    "report": ("writing the report", "写报告"),
    "master": ("rendering from the originals", "用原始素材渲染成片"),
}

SHOWN = frozenset(Deed) - {Deed.MADE, Deed.RELOADED}  # deeds that are told to people


def phrases(language: str) -> Phrases:
    """The phrases of the page in the language of its story."""
    return Phrases(language, ENGLISH, CHINESE)


def doing(stage: str, language: str) -> str:
    """What a stage does, in a few words."""
    english, chinese = STAGES.get(stage, (stage, stage))
    return chinese if language == "zh" else english
