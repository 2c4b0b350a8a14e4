"""SIGKILL at random moments of the minimal analysis: every run resumes to the bytes of an undisturbed one.

`make test-kills KILLS=50 SEED=1` does KILLS trials. A trial puts the working directory into an incomplete state,
starts the run, kills it, and does what a user does: `--unlock` if a lock is left, then the same command again. It holds

* that this second run completes,
* that every result has the bytes of a run from nothing that nobody disturbed, with no other file beside them,
* that no job with complete and recorded outputs ran again: their files keep inode and time.

A run from nothing takes two minutes and most of a trial would be spent on work that was under test before, so trials
differ in where they start. All of it is drawn from the seed:

* `cold` (each 25th): no results, no compiled kernels;
* `cut` (most): complete results without a random job and all that follows from it, which is a state that an
  interrupted run can be in. Jobs are drawn with equal weight, so that each of the graph gets its turn;
* `again`: the state that the kill before has left, so that a run is killed two, three, ... times in a row before it
  can end. Kernels are compiled and kept from the undisturbed run, except after a `cold` trial.

The moment is uniform over the time that the run should take from its state on: the records of the undisturbed run give
the length, corrected by how fast the last runs were. If a run ends before its moment, another moment is drawn for the
same state. What is killed:

* `all` (70 %): the process group, Snakemake and its jobs, as when a session or a machine ends;
* `controller` (10 %): Snakemake alone, as when memory runs out; the resume starts at once;
* `job` (20 %): one running job. The run has to go on with what does not depend on it, name the rule, and end non-zero.

One line of JSON a trial goes to KILLS_REPORT; a table is printed at the end. The times depend on the machine, so a seed
gives the same choices but not the same instants.
"""

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import kill_trials as trials
import numpy as np
import pytest
from workflow_runs import PATIENCE_S, Project, half_written, results_of

COUNT = int(os.environ.get("KILLS", "0"))
SEED = int(os.environ.get("SEED", "1"))
CORES = 2
START_UP_S = 3.0
"""Snakemake reads the workflow; a kill may hit that as well."""
COLD_EVERY, AGAIN = 25, 0.3
VICTIMS = {"all": 0.7, "controller": 0.1, "job": 0.2}
ATTEMPTS = 20

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not COUNT, reason="asked for by `make test-kills`")]


@dataclass
class Trial:
    """What is written about one kill."""

    number: int
    start: str
    victim: str
    moment_s: float = 0.0
    expected_s: float = 0.0
    missed: int = 0
    jobs_done: int = 0
    jobs_to_do: int = 0
    jobs_running: list[str] = field(default_factory=list)
    jobs_rerun: list[str] = field(default_factory=list)
    resume_s: float = 0.0
    completed: bool = False
    identical: bool = False
    recomputed: list[str] = field(default_factory=list)


@dataclass
class Campaign:
    """The project that is killed, the undisturbed run, and the trials so far."""

    project: Project
    folder: Path
    graph: trials.Graph
    whole: dict[str, bytes]
    report: Path
    slowness: float = 1.0
    after_cold: bool = False
    trials: list[Trial] = field(default_factory=list)

    @property
    def finished(self) -> Path:
        return self.folder / "finished"

    @property
    def last_kill(self) -> Path:
        return self.folder / "last_kill"


@pytest.fixture(scope="module")
def campaign(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """One undisturbed run from nothing, in the folder of all trials: compiled kernels are tied to its path."""
    folder = tmp_path_factory.mktemp("kills")
    copied = Project(project.copy(folder / "project").root, folder / "numba")
    before = time.monotonic()
    outcome = copied.run(cores=CORES)
    assert outcome.code == 0, outcome.text
    trials.save(copied.root, folder / "finished")
    report = Path(os.environ.get("KILLS_REPORT", str(folder / "kills.jsonl")))
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("")
    graph = trials.graph_of(copied.root)
    print(f"\nundisturbed: {len(graph.jobs)} jobs in {time.monotonic() - before:.0f} s; each trial: {report}")
    found = Campaign(copied, folder, graph, results_of(copied.root), report)
    yield found
    print(summary(found.trials))


def summary(found: list[Trial]) -> str:
    """Return a table by start and victim."""
    lines = [f"\n{'start':6} {'killed':11} {'kills':>5} {'identical':>9} {'recomputed':>10} {'median resume':>14}"]
    for start, victim in sorted({(trial.start, trial.victim) for trial in found}):
        same = [trial for trial in found if (trial.start, trial.victim) == (start, victim)]
        identical, again = sum(trial.identical for trial in same), sum(len(trial.recomputed) for trial in same)
        resume_s = np.median([trial.resume_s for trial in same])
        lines.append(f"{start:6} {victim:11} {len(same):5d} {identical:9d} {again:10d} {resume_s:12.0f} s")
    running = sum(bool(trial.jobs_running) for trial in found)
    lines.append(
        f"{len(found)} kills, {sum(trial.identical for trial in found)} resumes to identical bytes, "
        f"{sum(len(trial.recomputed) for trial in found)} finished jobs computed again; "
        f"{running} kills hit running jobs"
    )
    return "\n".join(lines)


def begin(campaign: Campaign, trial: Trial, cut: frozenset[trials.Job]) -> Project:
    """Put the state of a trial into the working directory."""
    project, numba = campaign.project, campaign.folder / "numba-cold"
    if trial.start == "cold":
        shutil.rmtree(numba, ignore_errors=True)
    source = {"cold": None, "cut": campaign.finished, "again": campaign.last_kill}[trial.start]
    trials.restore(source, project.root)
    if trial.start == "cut":
        trials.forget(project.root, cut)
    elif trial.start == "again" and (project.root / ".snakemake/locks").is_dir():
        assert project.run("--unlock").code == 0
    return Project(project.root, numba) if campaign.after_cold else project


def expected_s(campaign: Campaign, jobs: frozenset[trials.Job]) -> float:
    """Return how long a run of some jobs should take; kernels are compiled before but after a cold start."""
    counted = jobs if campaign.after_cold else frozenset(job for job in jobs if job.rule != "kernels")
    return campaign.slowness * (START_UP_S + campaign.graph.length_s(counted, CORES))


def killed(campaign: Campaign, project: Project, trial: Trial, moment_s: float, choice: float) -> bool:
    """Start the run and kill it; return False if it ended before."""
    root, log = project.root, campaign.folder / "log"
    before = trials.done(root, campaign.graph)
    to_do = frozenset(campaign.graph.jobs) - before
    trial.jobs_to_do = len(to_do)
    trial.expected_s = expected_s(campaign, to_do)
    trial.moment_s = moment_s * trial.expected_s
    run, began = project.start(log), time.monotonic()
    if trials.ended_within(run, trial.moment_s):
        ended_s = time.monotonic() - began
        campaign.slowness *= np.clip(ended_s / trial.expected_s, 0.5, 0.95)
        assert run.returncode == 0, log.read_text()
        return False
    if trial.victim == "job":
        return job_killed(campaign, run, root, trial, choice)
    (trials.kill_all if trial.victim == "all" else trials.kill_controller)(run)
    running = trials.started(root, campaign.graph)
    trial.jobs_running = sorted(job.name for job in running)
    trial.jobs_done = len(trials.done(root, campaign.graph) - before)
    return True


def job_killed(campaign: Campaign, run, root: Path, trial: Trial, choice: float) -> bool:
    """Kill one job, and check that the run makes all that does not depend on it and says which job it was."""
    before = trials.done(root, campaign.graph)
    hit = trials.kill_one_job(run, root, choice)
    code, text = run.wait(timeout=PATIENCE_S), (campaign.folder / "log").read_text()
    if not hit:
        assert code == 0, text
        return False
    assert code != 0, text
    outputs = re.findall(r"^Error in rule (\w+):.*?^    output: ([^,\n]+)", text, flags=re.MULTILINE | re.DOTALL)
    assert len(outputs) == 1, text
    rule, output = outputs[0]
    (victim,) = (job for job in campaign.graph.jobs if output.removesuffix(" (send to storage)") in job.outputs)
    assert victim.rule == rule
    trial.jobs_running = [victim.name]
    made = trials.done(root, campaign.graph)
    trial.jobs_done = len(made - before)
    assert frozenset(campaign.graph.jobs) - made == campaign.graph.with_followers([victim])
    return True


def resume(campaign: Campaign, project: Project, trial: Trial) -> str:
    """Do what a user does after a kill; return what the run printed."""
    root = project.root
    complete = trials.done(root, campaign.graph)
    stamps = trials.stamps(root, complete)
    trials.save(root, campaign.last_kill)
    began = time.monotonic()
    locks = root / ".snakemake/locks"
    if locks.is_dir() and any(locks.iterdir()):
        unlocked = project.run("--unlock")
        assert unlocked.code == 0, unlocked.text
    outcome = project.run(cores=CORES)
    trial.resume_s = time.monotonic() - began
    trial.completed = outcome.code == 0
    now = trials.stamps(root, complete)
    trial.recomputed = sorted(job.name for job in complete if trials.stamps(root, [job]).items() - stamps.items())
    trial.jobs_rerun = [name for name in trial.jobs_running if name not in {job.name for job in complete}]
    trial.identical = results_of(root) == campaign.whole and not half_written(root) and now.keys() == stamps.keys()
    campaign.slowness *= np.sqrt(
        trial.resume_s / (START_UP_S + expected_s(campaign, frozenset(campaign.graph.jobs) - complete))
    )
    return outcome.text


def draw(campaign: Campaign, number: int, random: np.random.Generator) -> tuple[Trial, frozenset[trials.Job]]:
    """Draw where a trial starts and what it kills."""
    victim = str(random.choice(list(VICTIMS), p=list(VICTIMS.values())))
    again = random.random() < AGAIN and campaign.last_kill.exists()
    start = "cold" if number % COLD_EVERY == 0 else "again" if again else "cut"
    jobs = campaign.graph.jobs
    first = jobs[random.integers(len(jobs))]
    campaign.after_cold = start == "cold" or (start == "again" and campaign.after_cold)
    return Trial(number, start, victim), campaign.graph.with_followers([first])


@pytest.mark.parametrize("number", range(COUNT))
def test_a_kill_at_a_random_moment(campaign: Campaign, number: int) -> None:
    random = np.random.default_rng([SEED, number])
    trial, cut = draw(campaign, number, random)
    for _ in range(ATTEMPTS):
        project = begin(campaign, trial, cut)
        if killed(campaign, project, trial, random.random(), random.random()):
            break
        trial.missed += 1
    else:
        pytest.fail("every run ended before it could be killed")
    text = resume(campaign, project, trial)
    campaign.trials.append(trial)
    with campaign.report.open("a") as stream:
        stream.write(json.dumps(asdict(trial)) + "\n")
    print(
        f" {trial.start}, {trial.victim} killed after {trial.moment_s:.1f} s, {trial.jobs_done} of {trial.jobs_to_do} "
        f"jobs; resumed in {trial.resume_s:.0f} s, {'identical' if trial.identical else 'NOT IDENTICAL'}",
        flush=True,
    )
    assert trial.completed, text
    assert trial.recomputed == []
    assert trial.identical, text
