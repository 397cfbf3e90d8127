"""`stringout run`: watch and work."""

from functools import partial

from config import log
from config.settings import find
from ingest.commands.options import Config, Output, State, Watch, settings_of


def run(
    config: Config = None, watch: Watch = None, output: Output = None, state: State = None
) -> None:
    """Watch and work until Ctrl-C or SIGTERM. Killed in any way, it goes on where it was."""
    from ingest import service
    from ingest.reload import Reload

    read = partial(settings_of, config, watch=watch, output=output, state=state)
    settings = read()
    log.start(settings.log)
    service.run(settings, Reload(read, find(config)))
