"""Whether a text tells an editor what to do with a cut instead of what is said in it.

"Put the mayor first", "删除所有悲伤情绪片段": a verb of editing with something that is edited in
the same line. Half of the lines must be such, so that a narration with one of them stays one.
"""

import re
from collections.abc import Sequence

_ENGLISH = re.compile(
    r"^(?:please |can you |let'?s |and |then |also )*(?:put|move|remove|delete|cut|drop|lose|use"
    r"|keep|make|shorten|lengthen|trim|tighten|swap|replace|add|insert|end|start|open|close|begin"
    r"|no|without)\b"
    r".*\b(?:clips?|shots?|takes?|scenes?|first|last|front|shorter|longer|faster|slower|seconds?"
    r"|minutes?|min|secs?|music|cut|version|sound ?bites?|interviews?|intro|outro|opening|ending"
    r"|beginning|b-?roll|footage|it short|at most|at least)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^(?:please )?(?:open|start|begin|end|close) (?:on|with)\b", re.IGNORECASE)
_CHINESE = re.compile(
    r"(?:删除|删掉|去掉|去除|剪掉|剪短|缩短|加长|延长|换成|替换|调整|控制在|只用|只保留|保留|不要|移到"
    r"|移动|放到|放在|挪到|插入|加入|添加).*"
    r"(?:片段|镜头|画面|音乐|素材|开头|结尾|前面|后面|最前|最后|秒|分钟|情绪|版本|字幕|采访|配乐)"
    r"|(?:把|将).*(?:片段|镜头|画面|音乐|素材).*(?:删|剪|换|放|移|挪|缩|调)"
    r"|(?:把|将).*(?:放|移|挪|提)(?:到|在)?.*(?:最前|最后|开头|结尾|前面|后面)"
)
_SHARE = 2


def instructs(lines: Sequence[str]) -> bool:
    """Whether at least half of the lines are instructions."""
    found = sum(
        any(form.search(line.strip()) for form in (_ENGLISH, _OPENING, _CHINESE)) for line in lines
    )
    return found > 0 and found * _SHARE >= len(lines)
