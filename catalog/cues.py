"""Why a line feels as it does, in words: each cue that was found, English and Chinese.

Rules and their strengths: indexers/feeling/. `{0}` is the measure that is stored with the code.
"""

from catalog.models import CHINESE, Clip, Cue, Label

REASONS: dict[str, tuple[str, str]] = {
    "words": ("its words: {0}", "用词：{0}"),
    "louder": ("louder than this speaker's other lines by {0} dB", "比该说话人其他台词响 {0} dB"),
    "quieter": ("quieter than this speaker's other lines by {0} dB", "比该说话人其他台词轻 {0} dB"),
    "higher": ("voice higher than usual by {0} semitones", "音高比平时高 {0} 个半音"),
    "lower": ("voice lower than usual by {0} semitones", "音高比平时低 {0} 个半音"),
    "faster": ("speaks faster than usual by {0} words a second", "语速比平时快，每秒多 {0} 词"),
    "slower": ("speaks slower than usual by {0} words a second", "语速比平时慢，每秒少 {0} 词"),
    "halting": ("halting: {0} % of the line is pauses", "断断续续：停顿占 {0} %"),
    "shouting": ("shouted: {0} dB louder, and sharper", "喊叫：响 {0} dB，音色更尖锐"),
    "crying": ("as if crying: high, soft and broken", "似在哭泣：音高、声轻、断续"),
    "laughter": ("laughter beside it", "旁有笑声"),
    "applause": ("applause beside it", "旁有掌声"),
    "music": ("music under it", "有配乐"),
    "dark": ("dark picture, {0} % of white", "画面昏暗，亮度 {0} %"),
    "bright": ("bright picture, {0} % of white", "画面明亮，亮度 {0} %"),
    "cold": ("cold light, about {0} K", "冷光，约 {0} K"),
    "warm": ("warm light, about {0} K", "暖光，约 {0} K"),
    "moving": ("restless camera", "镜头晃动"),
    "fast cuts": ("{0} cuts in ten seconds", "十秒内 {0} 次剪切"),
    "chat": ("the chat model says {0}", "对话模型认为是 {0}"),
    "neighbours": ("the lines around it are {0}", "前后台词为 {0}"),
}  # fmt: skip


def told(code: str, measure: str, language: str = "en") -> str:
    """A cue as a phrase; a code of a later version as it is."""
    if code not in REASONS:
        return code
    chinese = language == "zh"
    if code in ("neighbours", "chat") and chinese:
        measure = CHINESE[Label(measure)]
    return REASONS[code][chinese].format(measure)


def over(cue: Cue, clip: Clip) -> bool:
    """Whether a cue is heard in a clip."""
    return cue.in_frame < clip.out_frame and clip.in_frame < cue.out_frame
