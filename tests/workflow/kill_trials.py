"""States of a run on disk, and ways to kill one: what the random kills are made of."""

import base64
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psutil
from workflow_runs import PATIENCE_S

from nudipole.provenance.digest import files_of

STATE = ("results", ".snakemake")
POLL_S = 0.02


@dataclass(frozen=True)
class Job:
    """A job as Snakemake recorded it."""

    rule: str
    inputs: frozenset[str]
    outputs: frozenset[str]
    duration_s: float

    @property
    def name(self) -> str:
        """The rule and the first of the outputs: rules have many jobs."""
        return f"{self.rule}: {min(self.outputs)}"


@dataclass(frozen=True)
class Graph:
    """All jobs of a complete run."""

    jobs: tuple[Job, ...]

    @cached_property
    def users(self) -> dict[Job, frozenset[Job]]:
        """For each job, those that read what it makes."""
        return {job: frozenset(user for user in self.jobs if user.inputs & job.outputs) for job in self.jobs}

    def with_followers(self, chosen: Iterable[Job]) -> frozenset[Job]:
        """Return jobs with all that depends on them."""
        found: set[Job] = set()
        waiting = list(chosen)
        while waiting:
            job = waiting.pop()
            if job not in found:
                found.add(job)
                waiting.extend(self.users[job])
        return frozenset(found)

    def length_s(self, jobs: frozenset[Job], cores: int) -> float:
        """Return a lower bound on the time for some jobs: their chain, or their sum over the cores."""
        reached_s: dict[Job, float] = {}

        def chain_s(job: Job) -> float:
            if job not in reached_s:
                after = (chain_s(user) for user in self.users[job] & jobs)
                reached_s[job] = job.duration_s + max(after, default=0.0)
            return reached_s[job]

        total_s = sum(job.duration_s for job in jobs)
        return max(total_s / cores, max((chain_s(job) for job in jobs), default=0.0))


def _names(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the outputs that Snakemake has an entry for in one of its folders, each with its entry."""
    for path in folder.rglob("*"):
        if path.is_file():
            encoded = "".join(part.lstrip("@") for part in path.relative_to(folder).parts)
            yield base64.urlsafe_b64decode(encoded).decode(), path


def _records(root: Path) -> Iterator[tuple[str, dict]]:
    for name, path in _names(root / ".snakemake/metadata"):
        try:
            yield name, json.loads(path.read_text())
        except json.JSONDecodeError:  # killed while it wrote this one
            continue


def graph_of(root: Path) -> Graph:
    """Return the jobs of a complete run from Snakemake's records."""
    groups: dict[tuple[str, ...], list[tuple[str, dict]]] = {}
    for name, record in _records(root):
        groups.setdefault((record["rule"], *record["log"]), []).append((name, record))
    jobs = [
        Job(
            key[0],
            frozenset(found[0][1]["input"]),
            frozenset(name for name, _ in found),
            max(record["endtime"] for _, record in found) - min(record["starttime"] for _, record in found),
        )
        for key, found in groups.items()
    ]
    return Graph(tuple(sorted(jobs, key=lambda job: job.name)))


def started(root: Path, graph: Graph) -> frozenset[Job]:
    """Return the jobs that are running or were when the run was killed."""
    names = {name for name, _ in _names(root / ".snakemake/incomplete")}
    return frozenset(job for job in graph.jobs if job.outputs & names)


def done(root: Path, graph: Graph) -> frozenset[Job]:
    """Return the jobs that are complete, with records that say so: these must not run again."""
    recorded = {name for name, _ in _records(root)}
    going = started(root, graph)
    existing = (job for job in graph.jobs if job not in going and job.outputs <= recorded)
    return frozenset(job for job in existing if all((root / name).exists() for name in job.outputs))


def stamps(root: Path, jobs: Iterable[Job]) -> dict[str, tuple[int, int]]:
    """Return inode and time of every file of some jobs: a file that is made again has others."""
    files = {file for job in jobs for name in job.outputs for file in files_of(root / name)}
    states = {file: file.stat() for file in files}
    return {str(file.relative_to(root)): (state.st_ino, state.st_mtime_ns) for file, state in states.items()}


def save(root: Path, target: Path) -> None:
    """Copy the state of a run, with all times."""
    shutil.rmtree(target, ignore_errors=True)
    for name in STATE:
        if (root / name).exists():
            shutil.copytree(root / name, target / name)


def restore(source: Path | None, root: Path) -> None:
    """Put a saved state in place of the present one, or none."""
    for name in STATE:
        shutil.rmtree(root / name, ignore_errors=True)
        if source is not None and (source / name).exists():
            shutil.copytree(source / name, root / name)


def forget(root: Path, jobs: frozenset[Job]) -> None:
    """Remove what some jobs made, and the records of it, as if they had never run."""
    names = {name for job in jobs for name in job.outputs}
    for name in names:
        path = root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for name, record in list(_names(root / ".snakemake/metadata")):
        if name in names:
            record.unlink()


def ended_within(run: subprocess.Popen, moment_s: float) -> bool:
    """Wait for a moment of a run; return whether the run was over before."""
    try:
        run.wait(timeout=moment_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def kill_all(run: subprocess.Popen) -> None:
    """Kill Snakemake and its jobs at once."""
    os.killpg(run.pid, signal.SIGKILL)
    run.wait(timeout=PATIENCE_S)


def kill_controller(run: subprocess.Popen) -> None:
    """Kill Snakemake alone, as a machine that is out of memory may."""
    run.kill()
    run.wait(timeout=PATIENCE_S)


def job_processes(root: Path) -> list[psutil.Process]:
    """Return the running scripts of a working directory."""
    mark = str(root / ".snakemake/scripts")
    found = []
    for process in psutil.process_iter():
        try:
            if any(word.startswith(mark) for word in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def kill_one_job(run: subprocess.Popen, root: Path, choice: float) -> bool:
    """Kill one of the running jobs, or the next to start; return False if the run ended first.

    A process is stopped before it is killed, so that one about to end by itself is not counted.
    """
    while run.poll() is None:
        processes = sorted(job_processes(root), key=lambda process: process.pid)
        if processes:
            victim = processes[int(choice * len(processes))]
            try:
                victim.suspend()
                time.sleep(POLL_S)
                stopped = victim.status() == psutil.STATUS_STOPPED
                victim.kill()
            except psutil.NoSuchProcess:
                stopped = False
            if stopped:
                return True
        time.sleep(POLL_S)
    return False
