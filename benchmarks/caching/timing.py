"""What a step costs."""

import resource
import time
from collections.abc import Callable


def timed(step: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds, those of child processes included."""
    begun, before = time.perf_counter(), _cpu()
    step()
    return time.perf_counter() - begun, _cpu() - before


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)
