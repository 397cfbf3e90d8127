"""Office files are ZIP archives: how large they may become is asked before they are opened."""

import io
from pathlib import Path
from zipfile import BadZipFile, LargeZipFile, ZipFile
from zlib import error as ZlibError

from media.errors import Rejected

# What readers of Office files raise for damaged ones: their XML's errors are SyntaxErrors, and
# whatever is missing or of another kind than they expect ends as one of the others.
DAMAGED = (
    BadZipFile, LargeZipFile, ZlibError, SyntaxError, LookupError, ValueError, AttributeError,
    TypeError, OSError, EOFError, ArithmeticError, RuntimeError, AssertionError,
)  # fmt: skip
_LARGEST = 256 * 1024 * 1024  # bytes unpacked; a feature script with pictures has under 50 MB


def require_modest(data: bytes, path: Path) -> None:
    """Raises Rejected when the archive is none, or unpacks to more than any script needs."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except DAMAGED as error:
        raise Rejected(
            f"{path.name} is damaged, or not what its name says: save it again as {path.suffix}"
        ) from error
    if size > _LARGEST:
        raise Rejected(f"{path.name} unpacks to {size >> 20} MB and can't be a script")
