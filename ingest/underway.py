"""How far long runs are, for `stringout status` and the status page."""

from collections.abc import Sequence
from dataclasses import replace

from catalog.models import Status
from catalog.overview import ItemState, StoryState
from config.settings import Settings
from media.progress import Progress, read
from tasks.publish import attempts


def with_progress(stories: Sequence[StoryState], settings: Settings) -> list[StoryState]:
    """The stories, where the message of what is running says how far it is."""
    told: dict[str, Progress] = {}
    for output in settings.outputs:
        for folder in attempts(output):
            if progress := read(folder):
                told[folder.name.rpartition("-")[0]] = progress  # of the newest attempt
    if not told:
        return list(stories)
    return [
        replace(story, items=tuple(_item(item, told) for item in story.items)) for story in stories
    ]


def _item(item: ItemState, told: dict[str, Progress]) -> ItemState:
    running = (run.stage for run in item.runs if run.status == Status.RUNNING)
    said = [f"{stage} {told[key]}" for stage in running if (key := f"{item.id}-{stage}") in told]
    return replace(item, message="; ".join([item.message, *said])) if said else item
