"""Reasons in Chinese: what a file waits for, and why one could not be used.

Each sentence is written once, in English, where it is known; the pages of Chinese stories say the
usual ones in Chinese. A sentence that is not here is shown as it is: better than none.
"""

import re
from typing import Final

_CHECK = "请检查副本，或从存储卡重新放入"
_GROWING = "still growing; "  # what a growing file waits for follows
_IF_SCRIPT = "若是剧本，请以“张三：”或 NAME: 开头写每句台词，或另存为 .fountain"
_SCRIPT = "请写好剧本后重新放入"
# Sentence → its Chinese; what its groups found is put in.
_CHINESE: Final[dict[str, str]] = {
    # ingest: a file that is not complete
    r"it is empty": "文件为空",
    r"(\d+) bytes of it are still missing": "还缺 {0} 字节",
    r"its index \(moov\) is still missing": "索引（moov）尚未写入",
    r"its pictures and sound \(mdat\) are still missing": "画面和声音（mdat）尚未写入",
    r"its header is still incomplete": "文件头尚不完整",
    r"its length is not written yet": "长度尚未写入",
    r"its footer is still missing": "文件尾尚未写入",
    r"its end is not written yet": "结尾尚未写入",
    r"ffprobe can't open it": "ffprobe 无法打开",
    r"the Finder is still copying it": "访达仍在复制",
    r"it can't be read \((.+)\)": "无法读取（{0}）",
    r"its writer still has it open": "写入方尚未关闭文件",
    r"it is arriving: it changed (\d+) s ago": "正在传入：{0} 秒前有变化",
    r"its marker (.+) is still missing": "尚缺标记文件 {0}",
    r"(.+), which belongs to it, is not complete yet": "同属一条素材的 {0} 尚不完整",
    r"the playlist of its card is still missing": "尚缺存储卡的播放列表",
    r"it grows, and its kind can only be read when it is complete":
        "文件仍在增长，这种格式要等完整后才能读取",
    r"it is a copy of a finished MP4, which is taken when it is complete":
        "这是成品 MP4 的副本，完整后接收",
    r"it grows, but a plain MP4 can't be read before its index \(moov\) is written at its end: .+":
        "文件仍在增长，普通 MP4 要等结尾的索引（moov）写入后才能读取；"
        "如需边录边剪，请录制分段 MP4、MPEG-TS 或 MXF",
    # the ledger: what a file waits for
    r"waits for its hours: heavy work of the folder '(.+)' begins (.+)":
        "等待开放时段：文件夹“{0}”的重任务将于 {1} 开始",
    r"held back until a person has looked at (\d+) sensitive words? \(.+\): .+ `(.+)` lets .+":
        "暂缓发布：有 {0} 处敏感词等待人工查看（见报告）；查看后运行“{1}”即可放行",
    r"held back until a person has looked at (\d+) sensitive pictures? \(.+\): (.+) from (\S+) to "
    r"(\S+) looks like “.+” \((\d+) %\); .+ `(.+)` lets .+":
        "暂缓发布：有 {0} 处敏感画面等待人工查看（见报告），如 {1} 的 {2} 至 {3}（可能性 {4}%）；"
        "查看后运行“{5}”即可放行",
    r"held back until a person has looked at (\d+) sensitive words? and (\d+) sensitive pictures? "
    r"\(.+\): (.+) from (\S+) to (\S+) looks like “.+” \((\d+) %\); .+ `(.+)` lets .+":
        "暂缓发布：有 {0} 处敏感词、{1} 处敏感画面等待人工查看（见报告），如 {2} 的 {3} 至 {4}"
        "（可能性 {5}%）；查看后运行“{6}”即可放行",
    r"waits until no more footage comes": "等待素材到齐",
    r"waits for (\d+) files? of the story \((.+)\)": "等待本故事的 {0} 个文件（{1}）",
    r"waits for ([a-z]+)": "等待：{0}",
    r"waits for ([a-z]+) to run again": "等待重新进行：{0}",
    r"offline: its file was moved or removed; .+":
        "离线：原始文件已移动或删除；已有成果会保留到它回来",
    r"service is paused by (.+) since (.+): (.+)": "{0} 自 {1} 起暂停了服务：{2}",
    r"story (.+) is paused by (.+) since (.+): (.+)": "{1} 自 {2} 起暂停了故事 {0}：{3}",
    r"(.+) is gone \((.+)\): waiting for it": "{0} 不见了（{1}）：等待恢复",
    r"(.+) is not the folder that was watched: .+ \(it was: (.+?)\); .+":
        "{0} 不是原来监视的文件夹：请重新挂载共享（原为 {1}）；若确认就是它，"
        "请在其中放一个名为 .stringout 的空文件。在此之前不接收其中的文件，也不认为有文件被删除",
    r"kept for the footage of its name": "留待同名素材使用",
    # why a file can't be used
    r"(.+) is empty: check the copy, .+": "{0} 是空文件：" + _CHECK,
    r"(.+) is empty: write a script .+": "{0} 是空文件：" + _SCRIPT,
    r"(.+) has no lines in it: .+": "{0} 中没有台词：" + _SCRIPT,
    r"(.+) has no usable figures in its header \((.+)\): .+":
        "{0} 的文件头数据不可用（{1}）：" + _CHECK,
    r"(.+) is a picture, not footage: .+": "{0} 是图片而非素材：保留在原处",
    r"(.+) has neither picture nor sound that ffmpeg can decode: .+":
        "{0} 中没有 ffmpeg 能解码的画面或声音：" + _CHECK,
    r"(.+) is (.+), which ffmpeg can't decode: .+":
        "{0} 是 {1}，ffmpeg 无法解码：请放入转码文件（ProRes、DNxHR、H.264）；原始文件保留在原处",
    r"(.+) is not footage that ffmpeg can open \((.+)\): .+":
        "{0} 不是 ffmpeg 能打开的素材（{1}）：" + _CHECK,
    r"(.+): ffmpeg can't read it \((.+)\)": "{0}：ffmpeg 无法读取（{1}）",
    r"(.+) has no line that is said or seen in it. If .+":
        "{0} 中没有台词或画面描述：" + _IF_SCRIPT,
    r"(.+) reads like notes: .+": "{0} 读起来像备注，而不是剧本：" + _IF_SCRIPT,
    r"(.+) is named like notes, and has neither scene headings nor names that speak.+":
        "{0} 的名称像备注，其中既无场景标题，也无说话人：" + _IF_SCRIPT,
    r"(.+) is larger than 16 MB and can't be a script": "{0} 超过 16 MB，不可能是剧本",
    r"(.+) is not text: .+": "{0} 不是文本：请导出为 Fountain 或 UTF-8 纯文本",
    r"(.+) is damaged, or not what its name says: save it again as (.+)":
        "{0} 已损坏，或与扩展名不符：请重新存为 {1}",
}  # fmt: skip
_KNOWN: Final = [(re.compile(english), chinese) for english, chinese in _CHINESE.items()]


def told(sentence: str, language: str) -> str:
    """The sentence in the language of the page: "zh", or any other for English."""
    if language != "zh":
        return sentence
    if sentence.startswith(_GROWING):
        return f"仍在增长；{told(sentence.removeprefix(_GROWING), language)}"
    for english, chinese in _KNOWN:
        if found := english.fullmatch(sentence):
            return chinese.format(*found.groups())
    return sentence
