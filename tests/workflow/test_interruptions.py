"""The same bytes whatever happens on the way: one core, another directory, Ctrl-C, kill, a full disk."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from workflow_runs import PATIENCE_S, Project, half_written, results_of, small_disk, wait_for

pytestmark = pytest.mark.slow


def interrupt(run: subprocess.Popen, number: signal.Signals) -> int:
    os.killpg(run.pid, number)
    return run.wait(timeout=PATIENCE_S)


def test_an_interrupted_run_resumes_to_the_same_bytes(finished: Project, tmp_path: Path) -> None:
    work = tmp_path / "another folder"
    here = ("--directory", str(work))
    run = finished.start(tmp_path / "log", *here, cores=1)
    wait_for(work / "results/sources/moments.parquet", run)
    assert interrupt(run, signal.SIGINT) != 0
    assert not list((work / ".snakemake/locks").glob("*")), "Ctrl-C left a lock"
    assert not half_written(work)

    run = finished.start(tmp_path / "log", *here, cores=1)
    # the detectors come before it, and they need what was not there when the first run ended
    wait_for(work / "results/limits.parquet", run)
    assert interrupt(run, signal.SIGKILL) != 0
    locked = finished.run(*here, cores=1)
    assert locked.code != 0
    assert "--unlock" in locked.text
    assert finished.run(*here, "--unlock").code == 0

    resumed = finished.run(*here, cores=1)
    assert resumed.code == 0, resumed.text
    assert results_of(work) == results_of(finished.root)


def test_a_disk_that_fills_up_leaves_nothing_half_written(finished: Project, tmp_path: Path) -> None:
    target = "results/limits.parquet"
    # just above what the check at the start asks for
    with small_disk(tmp_path / "disk", 230) as disk:
        here = ("--directory", str(disk), target)
        log, ballast = tmp_path / "log", disk / "ballast"
        run = finished.start(log, *here)
        wait_for(disk / "results/kernels/stellar.json", run)
        fill(ballast)
        assert run.wait(timeout=PATIENCE_S) != 0
        assert "No space left on device" in log.read_text()
        assert not half_written(disk)
        whole = results_of(finished.root)
        assert all(whole[name] == content for name, content in results_of(disk).items())

        ballast.unlink()
        resumed = finished.run(*here)
        assert resumed.code == 0, resumed.text
        assert (disk / target).read_bytes() == (finished.root / target).read_bytes()


def fill(ballast: Path) -> None:
    """Write until the disk is full."""
    try:
        with ballast.open("wb", buffering=0) as stream:
            while stream.write(bytes(1_000_000)):
                pass
    except OSError:
        pass
