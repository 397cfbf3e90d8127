"""Writing a sequence in several formats: each file is proved, and a bad one blocks itself only."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from media.errors import Rejected
from renderers.exports.delivery import Delivery
from renderers.exports.files import filed
from renderers.exports.registry import Format


@dataclass(frozen=True)
class Blocked:
    """A format whose gate failed, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Delivered:
    """What came out: files with the name of their format, and what was held back."""

    files: tuple[tuple[str, Path], ...]
    blocked: tuple[Blocked, ...]


def deliver(delivery: Delivery, formats: Iterable[Format], base: Path) -> Delivered:
    """Write `base` plus each format's suffix into the folder of `base`, and read it back.

    A format that fails leaves no file. Disk trouble is raised: it is nobody's fault.
    """
    files: list[tuple[str, Path]] = []
    blocked: list[Blocked] = []
    by_file = filed(delivery)
    for form in formats:
        made = by_file if form.of_files else delivery
        try:
            paths = _proved(made, form, base.with_name(f"{base.name}.{form.suffix}"))
        except Rejected as error:
            blocked.append(Blocked(form.name, str(error)))
        else:
            files += [(form.name, path) for path in paths]
    return Delivered(tuple(files), tuple(blocked))


def _proved(delivery: Delivery, form: Format, target: Path) -> list[Path]:
    """The files of one format. Raises Rejected, also for what its writer can't express."""
    there = set(target.parent.iterdir())
    try:
        paths = form.write(delivery, target)
        form.prove(delivery, paths)
    except (Rejected, ValueError, ArithmeticError, LookupError) as error:
        for path in set(target.parent.iterdir()) - there:
            path.unlink()
        if isinstance(error, Rejected):
            raise
        raise Rejected(f"{target.name} can't hold this cut: {error}") from error
    return paths
