"""Run the benchmarks: every `bench_*.py` beside this file, with its `run(effort) -> list[Record]`.

From the top of the repository: `make benchmark`, or `python -m benchmarks.run [--only NAME ...] [--quick]`. Each one
leaves its rows in `parts/NAME.json`; `benchmarks.collect` makes one table of all, also of those that another
environment left with `--tag` (`make benchmark-peers`).
"""

import argparse
import importlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.collect import FIELDS, OUTPUT, PARTS, collect
from benchmarks.record import QUICK, Effort, Record

HERE = Path(__file__).resolve().parent


def benchmark_names() -> list[str]:
    """Names of the benchmarks: `bench_NAME.py`."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def run_benchmark(name: str, effort: Effort) -> list[Record]:
    """Records of one benchmark."""
    return list(importlib.import_module(f"benchmarks.bench_{name}").run(effort))


def as_rows(records: Iterable[Record]) -> list[dict[str, str | float]]:
    """Records as plain dictionaries, in the order of FIELDS."""
    return [{field: getattr(record, field) for field in FIELDS} for record in records]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks and collect the table."""
    parser = argparse.ArgumentParser(description="Run the benchmarks of nudipole.")
    parser.add_argument("--only", metavar="NAME", nargs="+", choices=benchmark_names(), default=benchmark_names())
    parser.add_argument("--quick", action="store_true", help="one round, without what is slow")
    parser.add_argument("--tag", default="", help="keep the rows beside those of another environment")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args(arguments)

    effort = QUICK if options.quick else Effort()
    # before NumPy is imported: both sides on one core, as in the jobs of the workflow
    os.environ.update({f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")})
    (options.output / PARTS).mkdir(parents=True, exist_ok=True)
    for name in options.only:
        print(f"benchmark {name}", flush=True)
        rows = as_rows(run_benchmark(name, effort))
        part = options.output / PARTS / f"{name}{options.tag}.json"
        part.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    print(collect(options.output), end="")


if __name__ == "__main__":
    main()
