"""The whole workflow as a user runs it: first time, with compiled kernels, on one core, again after an edit.

`python -m benchmarks.workflow [--configfile FILE ...]` runs it on a copy of the project in a scratch folder and writes
workflow.json, memory.json and storage.json; by default with the small grids of config/minimal.yaml.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from benchmarks.collect import OUTPUT, Row, collect
from benchmarks.finished_run import NoRunError, read_run
from benchmarks.overhead import KERNELS, Measured, measure, overhead_lines

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("Snakefile", "config", "envs", "resources", "workflow")
MINIMAL = "config/minimal.yaml"
EDITED = Path("workflow/src/nudipole/stellar/limit.py")
"""A file of one subpackage that holds no kernel."""
POINT_TABLES = ("likelihood", "cosmology/parts", "supernova/parts")
SHORTEST_RUN_S = 1.0
SAMPLED_S = 1.0
"""Snakemake looks at the memory of shorter jobs before they have loaded anything."""


@dataclass(frozen=True)
class Scenario:
    """One way to start the workflow, after those before it."""

    name: str
    cores: int
    removed: tuple[str, ...] = ()
    """What is deleted first."""
    edited: Path | None = None
    """A file to which a comment is appended first."""


EVERYTHING, RESULTS = ("results", ".snakemake"), ("results", ".snakemake/metadata")
SCENARIOS = (
    Scenario("cold: nothing there", 2, EVERYTHING),
    Scenario("resume: nothing to do", 2),
    Scenario("resume: one subpackage edited", 2, edited=EDITED),
    Scenario("warm: kernels compiled before", 2, RESULTS),
    Scenario("warm: kernels compiled before", 1, RESULTS),
    Scenario("cold: nothing there", 1, EVERYTHING),
)


def copy_project(target: Path) -> None:
    """Copy what a run needs, without results."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy2(source, target / name)


def run_workflow(project: Path, cores: int, configfiles: Sequence[str]) -> float:
    """Run Snakemake in a copy of the project and return its wall time; its words are shown if it fails."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
    command += ["--workflow-profile", "workflow/profiles/default"]
    command += ["--configfile", *configfiles] if configfiles else []
    dropped = ("PYTHONPATH", "NUMBA_CACHE_DIR", "SNAKEMAKE_PROFILE")
    variables = {name: value for name, value in os.environ.items() if name not in dropped}
    variables["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), variables["PATH"]])
    start = time.perf_counter()
    done = subprocess.run(command, cwd=project, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the workflow failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


def prepared(project: Path, scenario: Scenario) -> None:
    """Bring a copy of the project to where a scenario begins."""
    for name in scenario.removed:
        shutil.rmtree(project / name, ignore_errors=True)
    shutil.rmtree(project / ".snakemake" / "log", ignore_errors=True)
    if scenario.edited:
        path = project / scenario.edited
        path.write_text(path.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")


def row_of(scenario: Scenario, project: Path, wall_s: float, costs: Measured | None) -> tuple[Row, Measured]:
    """Return a line of the table, and the costs of starts and imports, which are measured after the first run only."""
    row: Row = {"scenario": scenario.name, "cores": scenario.cores, "wall_s": wall_s}
    run = read_run(project)
    costs = costs or measure(run, 1)
    lines = overhead_lines(run, costs, scenario.cores) if run.wall_s > SHORTEST_RUN_S else []
    kernels_s = sum(line.wall_s for line in lines if line.cause == KERNELS)
    row |= {"jobs": len(run.jobs), "kernels_s": kernels_s, "overhead_s": wall_s - kernels_s}
    return row | {"overhead_share": 1.0 - kernels_s / wall_s}, costs


def memory_of(project: Path) -> list[Row]:
    """Return what the jobs of each rule took of a finished run: memory at its peak, and time."""
    rules: dict[str, list[tuple[float, float]]] = {}
    for job in read_run(project).jobs:
        rules.setdefault(job.rule, []).append((job.peak_MB, job.script_s))
    return [
        {
            "rule": rule,
            "jobs": len(found),
            "peak_MB": max((peak for peak, seconds in found if seconds >= SAMPLED_S), default=None),
            "median_s": statistics.median(seconds for _, seconds in found),
            "longest_s": max(seconds for _, seconds in found),
        }
        for rule, found in sorted(rules.items())
    ]


def storage_of(project: Path) -> list[Row]:
    """Return the bytes of a row of the tables that have one for each point."""
    rows = []
    for table in POINT_TABLES:
        paths = sorted((project / "results" / table).glob("*.parquet"))
        total = sum(pq.read_metadata(path).num_rows for path in paths)
        if total:
            size = sum(path.stat().st_size for path in paths)
            rows.append({"table": table, "rows": total, "bytes_per_row": size / total})
    return rows


def measured(project: Path, scenarios: Iterable[Scenario], configfiles: Sequence[str]) -> dict[str, list[Row]]:
    """Return the tables of scenarios, of which the first is cold."""
    rows: list[Row] = []
    memory: list[Row] = []
    costs: Measured | None = None
    for scenario in scenarios:
        print(f"{scenario.name}, {scenario.cores} core(s)", flush=True)
        prepared(project, scenario)
        wall_s = run_workflow(project, scenario.cores, configfiles)
        memory = memory or memory_of(project)
        row, costs = row_of(scenario, project, wall_s, costs)
        print(f"  {row}", flush=True)
        rows.append(row)
    return {"workflow": rows, "memory": memory, "storage": storage_of(project)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the scenarios and write their tables."""
    parser = argparse.ArgumentParser(description="Times of the whole workflow.")
    parser.add_argument("--configfile", nargs="*", default=[MINIMAL], help="none: the default configuration")
    parser.add_argument("--quick", action="store_true", help="the first run alone")
    parser.add_argument("--scenarios", type=int, default=5, help="how many; the sixth is cold on one core")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        copy_project(Path(folder))
        try:
            tables = measured(Path(folder), SCENARIOS[: 1 if options.quick else options.scenarios], options.configfile)
        except NoRunError as error:
            sys.exit(str(error))
    for name, table in tables.items():
        (options.output / f"{name}.json").write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    print(collect(options.output), end="")


if __name__ == "__main__":
    main()
