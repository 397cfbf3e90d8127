"""The GPUs of this host that this process may use."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

# NVIDIA, AMD, NVIDIA in Windows' Linux: where none of these is, torch finds no GPU either.
_DRIVERS = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
_COUNT = "import torch; print(torch.cuda.device_count())"
_PATIENCE = 120.0  # seconds, for the import of torch on a loaded host


@cache
def devices() -> tuple[str, ...]:
    """Each as CUDA_VISIBLE_DEVICES names it; none without a GPU that torch can use.

    Torch is asked in a process of its own: here it would take 300 MB for good.
    """
    return count_devices() if any(Path(driver).exists() for driver in _DRIVERS) else ()


def count_devices() -> tuple[str, ...]:
    """As `devices`, without a look whether there is a driver."""
    asked = subprocess.run(
        [sys.executable, "-P", "-c", _COUNT], capture_output=True, text=True, timeout=_PATIENCE
    )
    count = int(asked.stdout) if asked.returncode == 0 else 0
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    return tuple(named.split(",") if named else map(str, range(count)))[:count]
