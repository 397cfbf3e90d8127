"""What is sensitive in a cut, in its report."""

from dataclasses import replace

from sqlmodel import col, select

from catalog.models import (
    Cut,
    Flag,
    Footage,
    Line,
    PictureFlag,
    ScriptFlag,
)
from catalog.work import Work
from media.timecode import Timecode
from renderers.sequence import from_json
from tests.renderers.page import report


def test_sensitive_words_come_first_and_say_whether_they_hold_the_cut(fresh: Work) -> None:
    cut = fresh.session.exec(select(Cut).order_by(col(Cut.version).desc())).first()
    assert cut
    used = next(event for event in from_json(cut.sequence).events if event.source)
    assert used.source
    line = fresh.session.exec(
        select(Line)
        .where(Line.asset_id == used.source.asset_id, Line.out_frame > used.in_frame)
        .order_by(col(Line.number))
    ).first()
    assert line
    fresh.session.add(
        Flag(asset_id=line.asset_id, number=0, key="k", line=line.number, in_frame=used.in_frame,
             out_frame=used.out_frame, category="violence", term="murder", heard="mu.rder",
             how="variant", source="words_en.tsv")
    )  # fmt: skip
    fresh.session.add(
        ScriptFlag(item_id=20, number=0, key="s", line=-1, text="The Last Train to Hell",
                   category="profanity", term="hell", heard="hell", how="word",
                   source="words_en.tsv")
    )  # fmt: skip
    fresh.session.commit()
    media = fresh.session.get_one(Footage, line.asset_id)
    fresh.session.add(
        PictureFlag(asset_id=line.asset_id, number=0, key="p", in_frame=used.in_frame,
                    out_frame=used.out_frame, category="violence", english="a fight",
                    chinese="打架", likelihood=0.87, engine="clip:b", source="pictures.tsv")
    )  # fmt: skip
    fresh.session.commit()
    told = f"Sensitive (violence): “mu.rder”, a disguise of “murder”, said in “{line.text}”"
    assert report(fresh)[0].by_id("needs").all("li")[0].text.startswith(told)
    section = fresh.settings.moderation.model_copy(update={"hold": True})
    settings = fresh.settings.model_copy(update={"moderation": section})
    root = report(replace(fresh, settings=settings))[0]
    first, second, third, fourth = root.by_id("needs").all("li")[:4]
    waiting = "wait until a person has looked at 2 sensitive words and 1 sensitive picture;"
    assert waiting in first.text
    assert "stringout approve station" in first.text
    assert told in second.text
    start = Timecode(media.start_frame + used.in_frame, media.rate, media.drop_frame)
    assert f"Sensitive picture (violence): {used.source.name} from {start} to " in third.text
    assert "looks like “a fight” (87 %), in the cut at 01:00:" in third.text
    (blurred,) = third.all("span", "blurred")
    assert blurred.all("img")[0].attrs["src"].startswith("data:image/jpeg;base64,")
    assert not second.all("img")
    assert third.all("a")[0].attrs["href"] == f"#line-{used.line}"
    assert "“hell”, written in “The Last Train to Hell”" in fourth.text
