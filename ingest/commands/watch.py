"""`stringout watch`: watch, and let workers work."""

from config import log
from ingest.commands.options import Config, settings_of


def watch(config: Config = None) -> None:
    """Watch until SIGTERM, beside `stringout worker`. Of several, one watches each folder."""
    from ingest import service

    settings = settings_of(config)
    log.start(settings.log)
    service.watch(settings)
