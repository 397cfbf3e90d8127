"""What flags are known by, so that a person's word about one outlives a rerun."""

import uuid

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "stringout/flag")  # never to change: keys are kept


def key(*parts: object) -> str:
    """The uuid5 of what a flag stands for."""
    return str(uuid.uuid5(_NAMESPACE, ":".join(map(str, parts))))
