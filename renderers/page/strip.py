"""The cut as a strip of thumbnails in the order in which it is seen."""

from dataclasses import dataclass

from catalog.models import Label
from renderers.page.album import Album
from renderers.page.curve import COLOURS
from renderers.page.lines import seconds_at
from renderers.page.rows import Feeling, feeling
from renderers.sequence import Sequence


@dataclass(frozen=True)
class Frame:
    """One event. `anchor`: its line on the page; `seek`: seconds into the movie."""

    picture: str
    record: str
    seconds: str
    character: str
    text: str
    missing: bool
    dissolve: bool
    feeling: Feeling | None
    anchor: str
    seek: str

    @property
    def colour(self) -> str:
        """Of its emotion; "" where nothing is known."""
        return COLOURS[Label(self.feeling.name)] if self.feeling else ""


def strip(sequence: Sequence, album: Album) -> tuple[Frame, ...]:
    """Every event of V1 with a picture of its middle."""
    found = []
    for event in sequence.events:
        source = event.source
        picture = ""
        if source:
            picture = album.picture(source.asset_id, event.in_frame, event.out_frame)
        found.append(
            Frame(
                picture=picture,
                record=str(sequence.timecode(event.record_in)),
                seconds=f"{float(event.duration / sequence.rate):.1f}",
                character=event.character,
                text=event.text,
                missing=source is None,
                dissolve=event.dissolve > 0,
                feeling=feeling(event.emotion),
                anchor=f"line-{event.line}",
                seek=seconds_at(event.record_in, sequence.rate),
            )
        )
    return tuple(found)
