"""What a large scan costs on a cluster, from the times of a point: the table of docs/use/cost.md.

`python -m benchmarks.plan` shows the table of benchmarks/reference.json; with `--measured FOLDER` it first makes that
file anew from what `make benchmark` left in FOLDER.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "benchmarks" / "reference.json"
JOB_S, CORES = 1200.0, 100
"""Length of a job, and the cores for which wall times are given."""
MOMENTS_PER_MASS, FLAVOURS, NETWORKS = 1000, 4, 2
SCRIPTS = {"likelihood evaluations": ("detectors", "detector.py"), "BBN points": ("cosmology", "cosmology_surface.py")}
RULES = {"likelihood evaluations": "detector", "BBN points": "cosmology_surface"}
TABLES = {"likelihood evaluations": "likelihood", "BBN points": "cosmology/parts"}


@dataclass(frozen=True)
class Campaign:
    """One large scan."""

    title: str
    branch: str
    points: float
    rows_per_point: int
    templates: float = 0.0
    """Masses for which signals are computed on the way."""
    most_per_job: float = inf
    """Points whose rows fit in the memory of a job, all columns as they are before compression."""


CAMPAIGNS = (
    Campaign(
        "10^9 likelihood points of one xenon experiment",
        "likelihood evaluations",
        1e9,
        1,
        1e9 / MOMENTS_PER_MASS / FLAVOURS,
        most_per_job=2e6,
    ),
    Campaign("10^6 BBN points, with both networks", "BBN points", 1e6, NETWORKS),
)


@dataclass(frozen=True)
class Cost:
    """What a campaign takes."""

    core_hours: float
    points_per_job: float
    jobs: int
    overhead: float
    """Share of a job that goes into its start."""
    wall_hours: float
    storage_GB: float


def cost_of(campaign: Campaign, reference: Mapping[str, Any]) -> Cost:
    """Return the cost of a campaign in jobs of JOB_S, or shorter ones where memory is the bound."""
    price_s = reference["point_s"][campaign.branch]
    work_s = campaign.points * price_s + campaign.templates * reference["point_s"]["detector templates"]
    start_s = reference["job_start_s"][campaign.branch]
    jobs = max(ceil(work_s / (JOB_S - start_s)), ceil(campaign.points / campaign.most_per_job))
    core_s = work_s + jobs * start_s
    size = campaign.points * campaign.rows_per_point * reference["bytes_per_row"][TABLES[campaign.branch]]
    # whole rounds of CORES jobs: the last one is rarely full
    wall_s = ceil(jobs / CORES) * (core_s / jobs)
    return Cost(core_s / 3600, campaign.points / jobs, jobs, jobs * start_s / core_s, wall_s / 3600, size / 1e9)


def as_table(reference: Mapping[str, Any]) -> str:
    """Return all campaigns as a Markdown table."""
    found = [(campaign, cost_of(campaign, reference)) for campaign in CAMPAIGNS]
    memory = [f"{reference['peak_MB'][RULES[campaign.branch]]:.0f} MB" for campaign, _ in found]
    price = [f"{_si(reference['point_s'][campaign.branch])}" for campaign, _ in found]
    lines = {
        "time of a point": price,
        "core hours": [f"{cost.core_hours:.2g}" for _, cost in found],
        "points in a job": [f"{cost.points_per_job:.1e}" for _, cost in found],
        "length of a job": [f"{_si(cost.core_hours * 3600 / cost.jobs)}" for _, cost in found],
        "jobs": [f"{cost.jobs}" for _, cost in found],
        "start of the jobs, of all time": [f"{cost.overhead:.2%}" for _, cost in found],
        f"hours on {CORES} cores": [f"{cost.wall_hours:.2g}" for _, cost in found],
        "Parquet": [f"{cost.storage_GB:.2g} GB" for _, cost in found],
        "memory of the largest job measured": memory,
    }
    head = "| | " + " | ".join(campaign.title for campaign in CAMPAIGNS) + " |"
    rule = "|---|" + "---:|" * len(CAMPAIGNS)
    return "\n".join([head, rule, *(f"| {name} | {' | '.join(cells)} |" for name, cells in lines.items())]) + "\n"


def _si(seconds: float) -> str:
    unit, scale = next((unit, scale) for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)) if seconds >= scale)
    return f"{seconds / scale:.2g} {unit}"


def measured_reference(folder: Path) -> dict[str, Any]:
    """Return the numbers of a plan from the tables in a folder; the start of a job is measured now."""
    from benchmarks.costs import environment, import_costs, loading_costs, start_cost

    tables = {name: json.loads((folder / f"{name}.json").read_text()) for name in ("scaling", "memory", "storage")}
    variables = environment(ROOT)
    start = start_cost(variables, 3)
    job_start_s = {}
    for branch, (kernels, script) in SCRIPTS.items():
        imports = import_costs([script], ROOT / "workflow" / "scripts", variables, 3)[script]
        job_start_s[branch] = start.wall_s + imports.wall_s + loading_costs([kernels], variables)[kernels].wall_s
    peaks = {row["rule"]: row["peak_MB"] for row in tables["memory"]}
    return {
        "point_s": {row["branch"]: row["seconds"][-1] / row["points"][-1] for row in tables["scaling"]},
        "job_start_s": job_start_s,
        "bytes_per_row": {row["table"]: row["bytes_per_row"] for row in tables["storage"]},
        "peak_MB": {rule: peaks[rule] for rule in RULES.values()},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, from a new measurement if asked for."""
    parser = argparse.ArgumentParser(description="Cost of large scans on a cluster.")
    parser.add_argument("--measured", type=Path, help="make the reference anew from this folder")
    options = parser.parse_args(arguments)
    if options.measured:
        text = json.dumps(measured_reference(options.measured), indent=2) + "\n"
        REFERENCE.write_text(text, encoding="utf-8")
    print(as_table(json.loads(REFERENCE.read_text(encoding="utf-8"))), end="")


if __name__ == "__main__":
    main()
