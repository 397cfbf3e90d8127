"""What the report says of takes and shots that are not in the cut."""

from dataclasses import replace

from sqlmodel import select

from catalog.models import Cut, Take
from catalog.work import Work
from renderers.sequence import from_json, to_json
from tests.renderers.page import report
from tests.renderers.story_content import SHOOTINGS


def test_a_file_of_takes_that_were_not_chosen_says_so(fresh: Work) -> None:
    cut = fresh.session.get_one(Cut, 2)
    sequence = from_json(cut.sequence)
    events = [
        replace(event, source=None) if event.source and event.source.asset_id == 2 else event
        for event in sequence.events
    ]
    cut.sequence = to_json(replace(sequence, events=tuple(events)))
    unused = [take.text for take in report(fresh)[0].by_id("unused").all("div", "take")]
    told = next(text for text in unused if SHOOTINGS[1].name in text)
    assert "other takes, lines: 3" in told
    assert "no speech" not in told


def test_what_could_show_an_action_is_told_where_it_is_not_laid_over_the_cut(fresh: Work) -> None:
    clip = fresh.session.exec(select(Take)).first()
    assert clip
    fresh.session.add(Take(**{**clip.model_dump(), "number": 1, "rank": 0, "asset_id": 4}))
    root = report(fresh)[0]
    action = next(one for one in root.all("p", "action") if one.attrs["id"] == "line-1")
    assert action.text.endswith("Could be shown by C010_platform_wide.mxf")
    assert "could show “Rain on the glass roof." in root.by_id("unused").text
