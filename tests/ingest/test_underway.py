from pathlib import Path

from sqlmodel import Session

from catalog import overview
from catalog.models import Item, Kind, StageRun, Status, Story
from config.settings import Settings
from ingest.underway import with_progress
from media.progress import NAME


def test_status_says_how_far_a_long_run_is(session: Session, settings: Settings) -> None:
    story = Story(name="news", created_at=0)
    session.add(story)
    session.flush()
    item = Item(
        root="drop", path="news/a.mov", size=1, mtime_ns=1, kind=Kind.FOOTAGE,
        story_id=story.id or 0, accepted_at=0,
    )  # fmt: skip
    session.add(item)
    session.flush()
    session.add(StageRun(item_id=item.id or 0, stage="scan", status=Status.RUNNING, token=3))
    session.commit()
    found = overview.stories(session, ["scan"])
    assert with_progress(found, settings) == found
    folder = _scratch(settings.folders.output, f"{item.id}-scan-3")
    (folder / NAME).write_text('{"part": 0.5, "speed": 4.0, "left": 90}')
    [told] = with_progress(found, settings)
    assert "50%, 4.0 times real time, 1 min 30 s left" in told.items[0].message


def _scratch(output: Path, name: str) -> Path:
    folder = output / ".stringout" / "scratch" / name
    folder.mkdir(parents=True)
    return folder
