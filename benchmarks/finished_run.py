"""Read a finished run: its jobs, when each ran, what it read and wrote, and what Snakemake measured of it."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

PICTURES = (".png", ".pdf", ".svg")
KERNELS = "results/kernels/"
COMPILATION, NUMBERS, DATA, PLOTTING, PAGES = "compilation", "numbers", "data", "plotting", "pages"


class NoRunError(Exception):
    """A folder holds no finished run of the workflow."""


@dataclass(frozen=True)
class Job:
    """One job of a run."""

    rule: str
    script: str
    """The script's name, without its folder."""
    name: str
    """The name of its log without suffix, such as `reference/detector_borexino`."""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    start_s: float
    """As seconds since the epoch, with everything Snakemake does around the script."""
    end_s: float
    script_s: float
    """Wall time of the script's process."""
    cpu_s: float
    """Its processor time; the wall time where it was too short to be sampled."""
    peak_MB: float
    """Its largest resident memory; 0 where it was too short to be sampled."""

    @property
    def branches(self) -> tuple[str, ...]:
        """Branches whose compiled kernels the job loads."""
        return tuple(Path(path).stem for path in self.inputs if path.startswith(KERNELS))

    @property
    def work(self) -> str:
        """What the job is for: kernels compiled or used, or anything around them."""
        if self.rule == "kernels":
            return COMPILATION
        if all(path.startswith("results/data/") for path in self.outputs):
            return DATA
        if self.branches:
            return NUMBERS
        if any(path.endswith(PICTURES) for path in self.outputs):
            return PLOTTING
        return NUMBERS if any(path.endswith(".parquet") for path in self.outputs) else PAGES


@dataclass(frozen=True)
class FinishedRun:
    """Jobs of one run and the time from Snakemake's first to its last word."""

    folder: Path
    jobs: tuple[Job, ...]
    wall_s: float

    @property
    def busy_s(self) -> float:
        """Time in which at least one job ran."""
        return covered_s((job.start_s, job.end_s) for job in self.jobs)


def covered_s(intervals: Iterable[tuple[float, float]]) -> float:
    """Return the length of the union of intervals."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(intervals):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def read_run(folder: Path) -> FinishedRun:
    """Return the longest run that a folder records: a resumed run has left its times in the same place."""
    found = tuple(sorted(_jobs(folder), key=lambda job: (job.start_s, job.name)))
    logs = [_span_s(path) for path in sorted((folder / ".snakemake" / "log").glob("*.snakemake.log"))]
    if not found or not logs:
        raise NoRunError(f"{folder} holds no finished run; run the workflow there first")
    start, end = max(logs, key=lambda span: span[1] - span[0])
    inside = tuple(job for job in found if start - 1.0 <= job.start_s and job.end_s <= end + 1.0)
    return FinishedRun(folder, inside, end - start)


def _span_s(log: Path) -> tuple[float, float]:
    """Return when a log was opened, from its name, and last written."""
    start = datetime.strptime(log.name.removesuffix(".snakemake.log"), "%Y-%m-%dT%H%M%S.%f").astimezone()
    return start.timestamp(), log.stat().st_mtime


def _jobs(folder: Path) -> Iterator[Job]:
    records: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for output, record in _metadata(folder / ".snakemake" / "metadata"):
        if record["log"] and record["endtime"] and record["code"]:
            records.setdefault(record["log"][0], []).append((output, record))
    for log, group in records.items():
        name = log.removeprefix("results/logs/").removesuffix(".log")
        measured = folder / "results" / "benchmarks" / "jobs" / f"{name}.tsv"
        if measured.is_file():
            yield _job(name, group, measured)


def _metadata(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield outputs and Snakemake's records of them; their names are base64, of long ones in several folders."""
    from base64 import urlsafe_b64decode

    for path in folder.rglob("*"):
        if path.is_file():
            coded = "".join(part.removeprefix("@") for part in path.relative_to(folder).parts)
            yield urlsafe_b64decode(coded).decode(), json.loads(path.read_text(encoding="utf-8"))


def _job(name: str, group: list[tuple[str, dict[str, Any]]], measured: Path) -> Job:
    record = group[0][1]
    with measured.open(encoding="utf-8") as lines:
        row = next(csv.DictReader(lines, delimiter="\t"))
    script_s = float(row["s"])
    return Job(
        rule=record["rule"],
        script=Path(record["code"].strip().strip("'\"")).name,
        name=name,
        inputs=tuple(chain.from_iterable([record["input"]])),
        outputs=tuple(output for output, _ in group),
        start_s=min(each["starttime"] for _, each in group),
        end_s=max(each["endtime"] for _, each in group),
        script_s=script_s,
        cpu_s=_number(row["cpu_time"]) or script_s,
        peak_MB=_number(row["max_rss"]),
    )


def _number(text: str) -> float:
    return float(text) if text not in ("-", "NA") else 0.0
