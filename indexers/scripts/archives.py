"""Office files are ZIP archives: how large they may become is asked before they are opened."""

import io
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from media.errors import Rejected

_LARGEST = 256 * 1024 * 1024  # bytes unpacked; a feature script with pictures has under 50 MB


def require_modest(data: bytes, path: Path) -> None:
    """Raises Rejected when the archive is none, or unpacks to more than any script needs."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except BadZipFile as error:
        raise Rejected(
            f"{path.name} is damaged, or not what its name says: save it again as {path.suffix}"
        ) from error
    if size > _LARGEST:
        raise Rejected(f"{path.name} unpacks to {size >> 20} MB and can't be a script")
