"""Logging of the service: one line per thing that a person would want to know."""

import json
import logging
import sys
from datetime import UTC, datetime

from config.working import Log

_FIELDS = ("story", "path", "item", "stage")  # catalog/places.py, `about`


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        level = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        where = " ".join(str(getattr(record, f)) for f in ("path", "stage") if hasattr(record, f))
        text = f"{moment} {where + ': ' if where else ''}{level}{record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **{field: getattr(record, field) for field in _FIELDS if hasattr(record, field)},
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def start(settings: Log) -> None:
    """Send the log to stderr in the configured form. Libraries speak only when they warn."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if settings.format == "json" else _Text())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("stringout").setLevel(settings.level.upper())
