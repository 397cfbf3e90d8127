"""The parse stage: a script file becomes script lines."""

from catalog.models import Script, ScriptLine
from catalog.places import file_stem
from catalog.words import counted, is_chinese
from catalog.work import Facts, Queue, Work
from indexers.scripts.formats import read
from indexers.scripts.screenplay import HEADING, Screenplay
from indexers.scripts.structure import structure


class Parse:
    """Reads a script. Facts: one Script, its ScriptLines."""

    name = "parse"
    needs = ()
    queue = Queue.IO
    version = 5
    limit = 60.0
    makes = (Script, ScriptLine)

    def run(self, work: Work) -> Facts:
        """Raises Rejected when the file is no script that can be read."""
        screenplay = read(work.source, file_stem(work.item))
        item_id = work.item.id
        assert item_id is not None
        words = " ".join(unit.text for unit in screenplay.dialogue or screenplay.units)
        script = Script(
            item_id=item_id,
            title=screenplay.title,
            format=screenplay.format,
            language="zh" if is_chinese(words) else "en",
            warnings=list(screenplay.warnings),
            structure=structure(screenplay),
        )
        lines = [
            ScriptLine(
                item_id=item_id,
                number=number,
                kind=unit.kind,
                scene=unit.scene,
                character=unit.character,
                parenthetical=unit.parenthetical,
                text=unit.text,
                source_line=unit.source_line,
            )
            for number, unit in enumerate(screenplay.units)
        ]
        return Facts(message=_summary(screenplay), rows=(script, *lines))


def _summary(screenplay: Screenplay) -> str:
    lines = len(screenplay.dialogue)
    people = len({unit.character for unit in screenplay.dialogue if unit.character})
    scenes = sum(unit.kind == HEADING for unit in screenplay.units)
    return ", ".join(
        (
            counted(lines, "dialogue line"),
            counted(people, "character"),
            counted(scenes, "heading"),
        )
    )
