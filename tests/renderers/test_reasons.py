"""What Chinese pages say of waiting and of files that can't be used."""

import re
import struct
from pathlib import Path

import pytest

from catalog.models import PictureFlag, ScriptFlag
from ingest import container
from renderers import held
from renderers.status.phrases import SHOWN, doing, phrases
from renderers.status.reasons import _CHINESE, told
from tasks.pipeline import STAGES
from tests.renderers.plans import sequence, source, use

ANY = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    "data",
    [
        b"", struct.pack(">I4s", 900, b"ftyp") + bytes(40), struct.pack(">I4s", 48, b"ftyp") * 6,
        b"RIFF", b"RIFF" + bytes(40), bytes.fromhex("060e2b34020501010d010201") + bytes(90),
        b"\x1a\x45\xdf\xa3" + bytes(90), b"no container",
    ],
)  # fmt: skip
def test_whatever_a_container_lacks_is_said_in_chinese(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mov"
    path.write_bytes(data)
    lacks = container.missing(path)
    assert lacks
    assert ANY.search(told(lacks, "zh")), lacks


def test_names_and_figures_are_kept() -> None:
    assert told("12 bytes of it are still missing", "zh") == "还缺 12 字节"
    assert told("it can't be read (Permission denied)", "zh") == "无法读取（Permission denied）"


def test_english_pages_and_unknown_sentences_stay_as_they_are() -> None:
    assert told("it is empty", "en") == "it is empty"
    assert told("nobody has heard of this", "zh") == "nobody has heard of this"


def test_what_a_growing_file_waits_for_is_said_too() -> None:
    assert told("still growing; waits for transcript", "zh") == "仍在增长；等待：transcript"


def test_each_sentence_takes_what_its_groups_find() -> None:
    for english, chinese in _CHINESE.items():
        assert re.compile(english).groups == len(set(re.findall(r"\{\d\}", chinese))), english


def test_a_text_that_is_no_script_is_refused_in_chinese() -> None:
    refused = (
        "readme.txt is named like notes, and has neither scene headings nor names that speak. "
        "If it is a script, begin its lines with NAME: or 张三：, or save it as .fountain"
    )
    assert told(refused, "zh").startswith("readme.txt 的名称像备注")


def test_every_deed_and_every_stage_has_its_words_in_both_languages() -> None:
    for deed in SHOWN:
        english, chinese = (phrases(language)(f"deed_{deed}", path="a", who="b")
                            for language in ("en", "zh"))  # fmt: skip
        assert english != chinese
    for stage in STAGES:
        assert ANY.search(doing(stage, "zh")), stage


def test_what_is_held_back_is_said_in_chinese() -> None:
    flags = [ScriptFlag(item_id=1, number=0, key="k", line=0, text="t", category="violence",
                        term="murder", heard="murder", how="word", source="w")]  # fmt: skip
    sight = PictureFlag(asset_id=1, number=0, key="p", in_frame=50, out_frame=75,
                        category="violence", english="a fight", chinese="打架", likelihood=0.934,
                        engine="clip:b", source="w")  # fmt: skip
    cut = sequence([use(source(), 0, 100)])
    for found, words in (
        (flags, "1 处敏感词等待"),
        ([*flags, *flags], "2 处敏感词等待"),
        ([sight], "1 处敏感画面等待人工查看（见报告），如 A001.mov 的 10:00:02:00 至 10:00:03:00"),
        ([*flags, sight, sight], "1 处敏感词、2 处敏感画面等待"),
    ):
        chinese = told(held.told(found, "夜 渡", cut), "zh")
        assert words in chinese
        assert "stringout approve '夜 渡'" in chinese
