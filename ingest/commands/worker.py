"""`stringout worker`: work on one lane, as one of many processes."""

from typing import Annotated

import typer

from catalog.work import Queue
from config import log
from ingest.commands.options import Config, settings_of


def worker(
    queue: Annotated[Queue, typer.Option(help="The lane to work on.")], config: Config = None
) -> None:
    """Work on one lane until SIGTERM, beside `stringout watch` and other workers."""
    from tasks.worker import work

    settings = settings_of(config)
    log.start(settings.log)
    work(settings, queue)
