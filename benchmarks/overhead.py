"""Where the time of a finished run went: seconds by cause, so that what is no kernel can be seen and reduced.

From the top of the repository: `python -m benchmarks.overhead [FOLDER] --cores 2`, where FOLDER (default: here) holds
`results` and `.snakemake` of a run that nothing interrupted. When jobs ran and for how long is read from the run's own
records; process start, imports, loading of kernels and tables are measured now, so on a machine as busy as in the run.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.costs import (
    ROOT,
    Cost,
    environment,
    import_costs,
    loading_costs,
    project_of,
    snakemake_start,
    start_cost,
    table_seconds,
)
from benchmarks.finished_run import COMPILATION, DATA, NUMBERS, PAGES, PLOTTING, FinishedRun, Job, NoRunError, read_run

REST = {
    COMPILATION: "compilation",
    DATA: "reading and checking the data",
    NUMBERS: "kernels and numerical work",
    PLOTTING: "plotting",
    PAGES: "exports, pages, manifest",
}
KERNELS = REST[NUMBERS]
STARTS, IMPORTS, LOADING, TABLES = "process start", "imports", "loading compiled kernels", "Parquet tables"
SNAKEMAKE, AROUND, IDLE = "Snakemake alone (start, graph, end)", "Snakemake around jobs", "cores without a job"
CAUSES = (KERNELS, REST[COMPILATION], LOADING, STARTS, IMPORTS, TABLES, REST[PLOTTING], REST[PAGES], REST[DATA],
          AROUND, SNAKEMAKE, IDLE)  # fmt: skip
"""In the order of the table; all but the first are overhead."""


@dataclass(frozen=True)
class Measured:
    """Costs measured now, by what they belong to."""

    start: Cost
    snakemake: Cost
    imports: Mapping[str, Cost]
    """By script."""
    loading: Mapping[str, Cost]
    """By branch."""
    tables_s: Mapping[str, tuple[float, float]]
    """Seconds to read and write, by path."""


@dataclass(frozen=True)
class Line:
    """One cause of a run's time."""

    cause: str
    cpu_s: float
    """Processor seconds."""
    core_s: float
    """Seconds in which a core was taken by it, with waiting."""
    wall_s: float
    """Its share of the run's wall time: core_s over the number of cores."""


def measure(run: FinishedRun, repeats: int) -> Measured:
    """Measure what the jobs of a run paid beside their work."""
    variables = environment(run.folder)
    paths = {path for job in run.jobs for path in (*job.inputs, *job.outputs)}
    return Measured(
        start_cost(variables, repeats),
        snakemake_start(variables, repeats),
        import_costs((job.script for job in run.jobs), project_of(run.folder) / "workflow/scripts", variables, repeats),
        loading_costs((branch for job in run.jobs for branch in job.branches), variables),
        table_seconds((path for path in paths if (run.folder / path).is_file()), run.folder, variables),
    )


def job_lines(job: Job, measured: Measured) -> dict[str, Cost]:
    """Divide the time of one job; a cost measured now takes at most what is left of the job."""
    tables_s = sum(measured.tables_s.get(path, (0.0, 0.0))[0] for path in job.inputs) + sum(
        measured.tables_s.get(path, (0.0, 0.0))[1] for path in job.outputs
    )
    loading = [measured.loading[branch] for branch in job.branches]
    costs = {
        STARTS: measured.start,
        IMPORTS: measured.imports[job.script],
        LOADING: Cost(sum(cost.wall_s for cost in loading), sum(cost.cpu_s for cost in loading)),
        TABLES: Cost(tables_s, tables_s),
    }
    left, lines = Cost(job.script_s, job.cpu_s), {}
    for cause, cost in costs.items():
        lines[cause] = Cost(min(cost.wall_s, left.wall_s), min(cost.cpu_s, left.cpu_s))
        left = left.beyond(lines[cause])
    around = max(0.0, job.end_s - job.start_s - job.script_s)
    return {**lines, REST[job.work]: left, AROUND: Cost(around, 0.0)}


def overhead_lines(run: FinishedRun, measured: Measured, cores: int) -> list[Line]:
    """Return the causes of a run's time; their wall times sum up to that of the run."""
    core_s, cpu_s = dict.fromkeys(CAUSES, 0.0), dict.fromkeys(CAUSES, 0.0)
    for job in run.jobs:
        for cause, cost in job_lines(job, measured).items():
            core_s[cause] += cost.wall_s
            cpu_s[cause] += cost.cpu_s
    taken_s = sum(job.end_s - job.start_s for job in run.jobs)
    core_s[SNAKEMAKE] = cores * (run.wall_s - run.busy_s + measured.snakemake.wall_s)
    cpu_s[SNAKEMAKE] = measured.snakemake.cpu_s
    core_s[IDLE] = cores * run.busy_s - taken_s
    return [Line(cause, cpu_s[cause], core_s[cause], core_s[cause] / cores) for cause in CAUSES]


def as_table(lines: Iterable[Line]) -> str:
    """Return causes as a Markdown table with their sum, and that of all but kernels."""
    lines = list(lines)
    others = [line for line in lines if line.cause != KERNELS]
    total, overhead = _sum("all", lines), _sum("overhead: all but kernels", others)
    rows = ["| cause | CPU s | core s | wall s | share of wall |", "| --- | ---: | ---: | ---: | ---: |"]
    for line in (*lines, overhead, total):
        share = line.wall_s / total.wall_s
        rows.append(f"| {line.cause} | {line.cpu_s:.1f} | {line.core_s:.1f} | {line.wall_s:.1f} | {share:.1%} |")
    return "\n".join(rows) + "\n"


def _sum(cause: str, lines: list[Line]) -> Line:
    parts = [(line.cpu_s, line.core_s, line.wall_s) for line in lines]
    return Line(cause, *(sum(column) for column in zip(*parts, strict=True)))


def by_rule(run: FinishedRun, measured: Measured) -> str:
    """Return the jobs and core seconds of each rule, the largest overhead first."""
    found: dict[str, list[float]] = {}
    for job in run.jobs:
        lines = job_lines(job, measured)
        row = found.setdefault(job.rule, [0.0] * 6)
        kernels = lines.get(KERNELS, Cost(0.0, 0.0)).wall_s
        columns = (lines[STARTS], lines[IMPORTS], lines[LOADING])
        numbers = (1.0, *(cost.wall_s for cost in columns), kernels, job.end_s - job.start_s)
        found[job.rule] = [a + b for a, b in zip(row, numbers, strict=True)]
    head = "| rule | jobs | start s | imports s | loading s | kernels s | other s | all s |"
    rows = [head, "|" + " --- |" + " ---: |" * 7]
    for rule, (jobs, *parts, total) in sorted(found.items(), key=lambda item: item[1][4] - item[1][5]):
        cells = " | ".join(f"{value:.1f}" for value in (*parts, total - sum(parts), total))
        rows.append(f"| {rule} | {jobs:.0f} | {cells} |")
    return "\n".join(rows) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print where the time of a run went."""
    parser = argparse.ArgumentParser(description="Where the time of a finished run went.")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT, help="where the run was made (default: here)")
    parser.add_argument("--cores", type=int, default=2, help="cores that the run was given")
    parser.add_argument("--repeats", type=int, default=3, help="how often each start is measured")
    parser.add_argument("--json", type=Path, help="write the causes to this file as well")
    options = parser.parse_args(arguments)
    try:
        run = read_run(options.folder.resolve())
    except NoRunError as error:
        sys.exit(str(error))
    measured = measure(run, options.repeats)
    lines = overhead_lines(run, measured, options.cores)
    print(f"{len(run.jobs)} jobs, {run.wall_s + measured.snakemake.wall_s:.1f} s\n\n{as_table(lines)}")
    print(by_rule(run, measured), end="")
    if options.json:
        options.json.write_text(json.dumps([asdict(line) for line in lines], indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
