"""The words of the report, in English and in Chinese: all of them, in one place."""

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, str]] = {
    "report": "Rough cut report",
    "story": "Story",
    "version": "Version {number}",
    "found": "of {total} lines found",
    "missing": "missing",
    "runs": "running time",
    "files_used": "files used",
    "summary": "{found} of {total} lines found · {missing} missing · runs {runs} · {files} files",
    "what_is_missing": "What is missing",
    "nothing_is_missing": "Every line of the script was found.",
    "missing_line": "Missing",
    "gap": "No take says this. A gap of {seconds} s holds its place.",
    "gap_heard": "Only heard, without picture. A gap of {seconds} s holds its place.",
    "not_in_cut": "No take says this, and the cut holds no place for it.",
    "what_changed": "What changed since version {number}",
    "first_version": "This is the first version.",
    "no_changes": "No changes were noted.",
    "movie": "The cut",
    "movie_hint": "Click a line of the script, or the curve, to watch it.",
    "no_movie": "There is no movie of this version.",
    "curve": "Emotion curve",
    "curve_hint": "The higher the wave, the surer the emotion. Hatched: missing lines.",
    "script": "The script, line by line",
    "before_first_scene": "Before the first scene",
    "scene_found": "{found} of {total} found",
    "watch": "Watch this line",
    "heard": "Heard: “{text}”",
    "other_takes": "Other takes",
    "more_takes": "and {number} more",
    "says": "says {number} of {total} words",
    "reel": "reel",
    "score": "score",
    "unused": "Unused footage",
    "unused_files": "Files that the cut does not use",
    "unused_speech": "Spoken, but no line of the script asks for it",
    "more": "and {number} more",
    "no_speech": "no speech",
    "all_used": "Every file that could be read is in the cut.",
    "unreadable": "{name} could not be used: {why}",
    "warnings": "Please check",
    "no_timecode": "{name} has no embedded timecode: its frames are counted from 00:00:00:00.",
    "variable_rate": "{name} has a variable frame rate: it was treated as {rate} fps throughout.",
    "mixed_rates": "The cut mixes frame rates: {rates}. It runs at {rate} fps.",
    "reels_renamed": "Reel names were shortened for the EDL: {names}.",
    "reel_name": "{short} is {name}",
    "how": "How it was made",
    "speech": "Speech",
    "emotions": "Emotions",
    "search": "Search",
    "made_by": "Stage “{stage}”",
    "files": "Files in this folder",
    "seconds": "{seconds} s",
    "footer": "Made by Stringout without altering an original. What could not be found is shown, "
    "never guessed.",
}

CHINESE: Final[Mapping[str, str]] = {
    "report": "粗剪报告",
    "story": "故事",
    "version": "第 {number} 版",
    "found": "/ {total} 句台词已找到",
    "missing": "句缺失",
    "runs": "总时长",
    "files_used": "个素材文件",
    "summary": "{total} 句台词找到 {found} 句 · 缺 {missing} 句 · 时长 {runs} · {files} 个文件",
    "what_is_missing": "缺失的台词",
    "nothing_is_missing": "剧本中的每一句都已找到。",
    "missing_line": "缺失",
    "gap": "没有素材说出这一句。此处留空 {seconds} 秒。",
    "gap_heard": "只有声音，没有画面。此处留空 {seconds} 秒。",
    "not_in_cut": "没有素材说出这一句，粗剪中也没有为它留空。",
    "what_changed": "与第 {number} 版相比的变化",
    "first_version": "这是第一版。",
    "no_changes": "没有记录到变化。",
    "movie": "粗剪",
    "movie_hint": "点击台词或情绪曲线即可观看。",
    "no_movie": "这一版没有影片。",
    "curve": "情绪曲线",
    "curve_hint": "波形越高，情绪越确定。斜线处为缺失的台词。",
    "script": "逐句剧本",
    "before_first_scene": "第一场之前",
    "scene_found": "{total} 句中找到 {found} 句",
    "watch": "观看这一句",
    "heard": "听到：“{text}”",
    "other_takes": "其他条次",
    "more_takes": "另有 {number} 条",
    "says": "{total} 个词中说出 {number} 个",
    "reel": "卷名",
    "score": "得分",
    "unused": "未使用的素材",
    "unused_files": "粗剪未使用的文件",
    "unused_speech": "有人说了，但剧本没有要求",
    "more": "另有 {number} 条",
    "no_speech": "无语音",
    "all_used": "所有可读的文件都已用上。",
    "unreadable": "{name} 无法使用：{why}",
    "warnings": "请检查",
    "no_timecode": "{name} 没有内嵌时间码：从 00:00:00:00 开始计数。",
    "variable_rate": "{name} 为可变帧率：全程按 {rate} fps 处理。",
    "mixed_rates": "粗剪混合了多种帧率：{rates}。以 {rate} fps 运行。",
    "reels_renamed": "EDL 中的卷名已缩短：{names}。",
    "reel_name": "{short} 即 {name}",
    "how": "制作方式",
    "speech": "语音",
    "emotions": "情绪",
    "search": "检索",
    "made_by": "阶段“{stage}”",
    "files": "此文件夹中的文件",
    "seconds": "{seconds} 秒",
    "footer": "由 Stringout 制作，未改动任何原始素材。找不到的内容会如实标出，绝不猜测。",
}


class Phrases:
    """The phrases of one language, by name: `say("gap", seconds="2.4")`."""

    def __init__(
        self,
        language: str,
        english: Mapping[str, str] = ENGLISH,
        chinese: Mapping[str, str] = CHINESE,
    ) -> None:
        """`language`: ISO 639-1. Whatever is not Chinese is told in English.

        `english`, `chinese`: the words of a page; those of the report if nothing else is said.
        """
        self.language = "zh" if language == "zh" else "en"
        self._phrases = chinese if self.language == "zh" else english

    def __call__(self, name: str, /, **values: object) -> str:
        """The phrase called `name`, filled in. Raises KeyError for a name that isn't there."""
        return self._phrases[name].format(**values)
