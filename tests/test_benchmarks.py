"""What `make bench` runs."""

from pathlib import Path

import benchmarks.__main__ as bench


def test_make_bench_runs_every_benchmark_there_is():
    folder = Path(bench.__file__).parent
    runnable = [path for path in folder.glob("*.py") if "__main__" in path.read_text()]
    assert sorted(bench.ALL) == sorted(path.stem for path in runnable if path.stem != "__main__")
