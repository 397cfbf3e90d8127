"""All benchmarks, one after the other: `make bench`.

    python -m benchmarks [--quick] [--check] [--data FOLDER]

`--quick`: each within about a minute. `--check`: exit 1 when one of them misses a goal. Without
`--data` (what `benchmarks.feeling` needs) that one is left out, and said so.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

NEEDS_DATA = "feeling"
ALL = (
    "embedded", "watch", "scale", "chaos", "scan", "shots", "proxies", "fuzz",
    "hearing", NEEDS_DATA, "matching", "conform", "cache", "render", "stories",
)  # fmt: skip


def main() -> int:
    """Run them; 1 if one of them has failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--data", type=Path, help=f"the folder of benchmarks.{NEEDS_DATA}")
    asked = parser.parse_args()
    given = [f"--{name}" for name in ("quick", "check") if getattr(asked, name)]
    ended = {name: _ended(name, given, asked.data) for name in ALL}
    print("\n" + "\n".join(f"{name:10} {how}" for name, how in ended.items()))
    return int(any(how.startswith("failed") for how in ended.values()))


def _ended(name: str, given: list[str], data: Path | None) -> str:
    if name == NEEDS_DATA and data is None:
        return "left out: name its data with --data FOLDER"
    extra = ["--data", str(data)] if name == NEEDS_DATA else []
    print(f"\n== benchmarks.{name} {' '.join(given)}", flush=True)
    began = time.monotonic()
    command = [sys.executable, "-m", f"benchmarks.{name}", *given, *extra]
    code = subprocess.run(command, check=False).returncode
    how = "done" if code == 0 else f"failed with {code}"
    return f"{how}, {time.monotonic() - began:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
