"""The wording stage: what a script says that a person should look at before others see it."""

from sqlmodel import col, select

from catalog.models import Script, ScriptFlag, ScriptLine
from catalog.work import Facts, Queue, Work
from indexers.moderate import inputs, looked_for
from indexers.moderation.keys import key
from indexers.moderation.summary import summary
from indexers.moderation.words import find

TITLE = -1


class Wording:
    """A script in, one ScriptFlag out for each sensitive word of each line."""

    name = "wording"
    needs = ("parse",)
    queue = Queue.IO
    version = 1
    limit = 300.0
    makes = (ScriptFlag,)

    def inputs(self, work: Work) -> str:
        """As Moderate.inputs."""
        return inputs(work)

    def run(self, work: Work) -> Facts:
        """See Stage. Raises Misconfigured for a list that can't be read."""
        if not work.settings.moderation.words:
            return Facts("moderation is switched off in the settings", skipped=True)
        item_id = work.item.id
        assert item_id is not None
        terms = looked_for(work)
        rows = [
            ScriptFlag(
                item_id=item_id,
                number=number,
                key=key(text, hit.term.text),
                line=line,
                text=text,
                **hit.as_columns(),
            )
            for number, (line, text, hit) in enumerate(
                (line, text, hit) for line, text in _texts(work) for hit in find(text, terms)
            )
        ]
        return Facts(summary(rows), rows=rows, engine="words")


def _texts(work: Work) -> list[tuple[int, str]]:
    """The title, and each line: what slates, titles and markers may show."""
    script = work.session.get_one(Script, work.item.id)
    lines = work.session.exec(
        select(ScriptLine)
        .where(ScriptLine.item_id == work.item.id)
        .order_by(col(ScriptLine.number))
    )
    return [(TITLE, script.title), *((line.number, line.text) for line in lines)]
