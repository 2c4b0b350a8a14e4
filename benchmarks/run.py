"""Run the benchmarks: every `bench_*.py` beside this file that defines `run() -> list[Record]`.

From the top of the repository: `make benchmark`, or `python -m benchmarks.run [--only NAME]`.
"""

import argparse
import importlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.record import Record

HERE = Path(__file__).resolve().parent
FIELDS = ("name", "case", "ours_s", "alternative", "alternative_s", "ratio", "relative_error")


def benchmark_names() -> list[str]:
    """Names of the benchmarks: `bench_NAME.py`."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def run_benchmark(name: str) -> list[Record]:
    """Records of one benchmark; none when its module has no `run`."""
    run = getattr(importlib.import_module(f"benchmarks.bench_{name}"), "run", None)
    return [] if run is None else list(run())


def as_rows(records: Iterable[Record]) -> list[dict[str, str | float]]:
    """Records as plain dictionaries, in the order of FIELDS."""
    return [{field: getattr(record, field) for field in FIELDS} for record in records]


def as_markdown(rows: Iterable[dict[str, str | float]]) -> str:
    """Rows as a Markdown table."""
    lines = ["| " + " | ".join(FIELDS) + " |", "|" + " --- |" * len(FIELDS)]
    for row in rows:
        cells = (f"{value:.3g}" if isinstance(value, float) else str(value) for value in row.values())
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks and write benchmarks.json and benchmarks.md."""
    parser = argparse.ArgumentParser(description="Run the benchmarks of nudipole.")
    parser.add_argument("--only", metavar="NAME", choices=benchmark_names(), help="run bench_NAME.py alone")
    parser.add_argument("--output", type=Path, default=HERE.parent / "results" / "benchmarks")
    options = parser.parse_args(arguments)

    records: list[Record] = []
    for name in [options.only] if options.only else benchmark_names():
        print(f"benchmark {name}", flush=True)
        records += run_benchmark(name)

    rows = as_rows(records)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "benchmarks.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    (options.output / "benchmarks.md").write_text(as_markdown(rows), encoding="utf-8")
    print(as_markdown(rows), end="")


if __name__ == "__main__":
    main()
