"""`stringout watch`: watch, and let workers work."""

from functools import partial

from config import log
from config.settings import find
from ingest.commands.options import Config, settings_of


def watch(config: Config = None) -> None:
    """Watch until SIGTERM, beside `stringout worker`. Of several, one watches each folder."""
    from ingest import service
    from ingest.reload import Reload

    read = partial(settings_of, config)
    settings = read()
    log.start(settings.log)
    service.watch(settings, Reload(read, find(config)))
