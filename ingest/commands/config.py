"""`stringout config`: the configuration in force."""

from config.settings import load
from ingest.commands.options import Config, Json, print_json


def show_config(config: Config = None, as_json: Json = False) -> None:
    """Print the configuration in force, checked."""
    from ingest import screen

    settings = load(config)
    if as_json:
        print_json(settings.model_dump(mode="json"))
    else:
        screen.show_settings(settings)
