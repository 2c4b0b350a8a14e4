"""A run on SLURM gives the bytes of a local one; what its jobs lack in memory or time they get at the next attempt."""

import shutil
import sys
import time
from pathlib import Path

from slurm_cluster import (
    FASTER,
    PROFILE,
    STELLAR,
    SUPERNOVA,
    Cluster,
    ask,
    checksums,
    queued,
    run_name,
    same_bytes,
    submissions,
    submit,
)
from workflow_runs import ROOT, Outcome, Project, results_of


def test_the_minimal_analysis_gives_the_bytes_of_a_local_run(
    cluster: Cluster, finished: Project, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    start = time.monotonic()
    account = ["slurm_account=physics"] if cluster.accounting else []
    done = submit(finished, "--directory", str(work), "--default-resources", "slurm_partition=long", *account)
    assert done.code == 0, done.text
    print(f"{submissions(done.text)} SLURM jobs, {time.monotonic() - start:.0f} s")
    assert checksums(work) == checksums(finished.root)
    assert results_of(work) == results_of(finished.root)
    # by hand: 5 branches of kernels, 5 groups or single jobs of surfaces, 10 detectors and the rest one by one
    assert 15 <= submissions(done.text) <= 35
    assert not queued()
    assert set(ask("squeue", "--states=all", "--noheader", f"--name={run_name(done.text)}", "--format=%P").split()) == {
        "long"
    }
    again = submit(finished, "--directory", str(work), "--dry-run")
    assert "Nothing to be done" in again.text


FAILING = """
from nudipole.errors import NudipoleError


def fail(snakemake):
    raise NudipoleError("the star has gone out")


run_job(snakemake, fail)
"""


def test_a_failing_job_says_why_and_the_other_constraints_finish(
    cluster: Cluster, reference: Project, tmp_path: Path
) -> None:
    broken = reference.copy(tmp_path / "project")
    script = broken.root / "workflow/scripts/stellar_cooling.py"
    call, text = "run_job(snakemake, work)", script.read_text()
    assert text.count(call) == 1
    script.write_text(text.replace(call, FAILING))
    done = submit(broken, STELLAR, SUPERNOVA)
    assert done.code != 0
    assert "nudipole: rule stellar_cooling: the star has gone out" in done.text
    # the profile's retries
    assert done.text.count("Trying to restart job") == 2
    assert not (broken.root / STELLAR).exists()
    assert same_bytes(broken.root, reference, SUPERNOVA)

    shutil.copy2(reference.root / "workflow/scripts/stellar_cooling.py", script)
    resumed = submit(broken, STELLAR, SUPERNOVA)
    assert resumed.code == 0, resumed.text
    assert "kernels" not in resumed.planned
    assert same_bytes(broken.root, reference, STELLAR)


def test_a_job_that_needs_more_memory_gets_it(cluster: Cluster, reference: Project, tmp_path: Path) -> None:
    work = tmp_path / "work"
    # Python with the libraries takes 270 MB, and the two Snakemake processes around it as much again
    little = ("--set-resources", "stellar_cooling:mem_mb=300*attempt")
    done = submit(reference, STELLAR, "--directory", str(work), *little)
    assert done.code == 0, done.text
    assert "Error in rule stellar_cooling" in done.text
    assert same_bytes(work, reference, STELLAR)


def test_a_job_that_needs_more_time_gets_it(cluster: Cluster, project: Project, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "snakemake", "--workflow-profile", str(ROOT / PROFILE), *FASTER]
    rules = ["--snakefile", str(ROOT / "tests/cluster/limits.smk"), "--directory", str(tmp_path)]
    done: Outcome = project.execute([*command, *rules])
    assert done.code == 0, done.text
    assert "TIMEOUT" in done.text
    # twice the minute and twice the memory of the first attempt
    assert (tmp_path / "slow.txt").read_text().split() == ["2", "1000"]


def test_other_resources_are_no_reason_to_run_again(cluster: Cluster, finished: Project) -> None:
    more = ("--set-resources", "detector:mem_mb=9000", "cosmology_surface:runtime=500")
    planned = submit(finished, "--dry-run", *more)
    assert planned.code == 0, planned.text
    assert "Nothing to be done" in planned.text
