"""Which accelerators this machine has; without loading a library for them."""

from pathlib import Path

_NVIDIA = Path("/proc/driver/nvidia/gpus")  # of the kernel's driver; containers see it too


def nvidia() -> int:
    """How many NVIDIA GPUs there are."""
    return len(list(_NVIDIA.glob("*")))
