"""What goes wrong with the machine: read-only folders, clocks, two runs at once, memory."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from kill_trials import job_processes
from workflow_runs import PATIENCE_S, Project, half_written, results_of, small_disk, wait_for

pytestmark = pytest.mark.slow

TARGET = "results/limits/stellar.parquet"
DAY_S = 86400


def mount(*arguments: str) -> None:
    """Mount, or skip the test where that is not permitted."""
    if shutil.which("mount") is None or subprocess.run(["mount", *arguments], check=False).returncode:
        pytest.skip("mounting is not permitted here (it needs root)")


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write in a folder, not even root."""
    mount("--bind", str(folder), str(folder))
    try:
        mount("-o", "remount,bind,ro", str(folder))
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def state_of(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return inode and time of all files below a folder."""
    files = ((path, path.stat()) for path in folder.rglob("*") if path.is_file())
    return {path: (state.st_ino, state.st_mtime_ns) for path, state in files}


def test_a_read_only_disk(finished: Project, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 230) as disk:
        mount("-o", "remount,ro", str(disk))
        outcome = finished.run("--directory", str(disk), TARGET)
        assert outcome.code != 0
        assert f"nudipole: cannot write in {disk}: Read-only file system; change its owner or mode" in outcome.text
        assert "Traceback" not in outcome.text
        mount("-o", "remount,rw", str(disk))
        resumed = finished.run("--directory", str(disk), TARGET)
        assert resumed.code == 0, resumed.text
        assert (disk / TARGET).read_bytes() == (finished.root / TARGET).read_bytes()


def test_results_become_read_only_during_a_run(finished: Project, tmp_path: Path) -> None:
    work, log = tmp_path / "work", tmp_path / "log"
    here = ("--directory", str(work), TARGET)
    run = finished.start(log, *here)
    wait_for(work / "results/kernels/stellar.json", run)
    with read_only(work / "results"):
        assert run.wait(timeout=PATIENCE_S) != 0
    assert "Read-only file system" in log.read_text()
    kernels = (work / "results/kernels/stellar.json").stat()
    resumed = finished.run(*here)
    assert resumed.code == 0, resumed.text
    assert resumed.planned == {"stellar_cooling"}
    assert (work / "results/kernels/stellar.json").stat().st_ino == kernels.st_ino
    assert (work / TARGET).read_bytes() == (finished.root / TARGET).read_bytes()
    assert not half_written(work)


def test_two_runs_at_once(finished: Project, tmp_path: Path) -> None:
    work = tmp_path / "work"
    here = ("--directory", str(work), TARGET)
    first = finished.start(tmp_path / "log", *here)
    try:
        wait_for(work / ".snakemake/locks/0.output.lock", first)
        # the first run stands still, so that all that changes is of the second
        os.killpg(first.pid, signal.SIGSTOP)
        places = [
            work / name for name in ("results", ".snakemake/locks", ".snakemake/incomplete", ".snakemake/metadata")
        ]
        before = [state_of(place) for place in places]
        second = finished.run(*here)
        assert second.code != 0
        assert "Directory cannot be locked" in second.text
        assert "--unlock" in second.text
        assert "Traceback" not in second.text
        assert [state_of(place) for place in places] == before
    finally:
        os.killpg(first.pid, signal.SIGCONT)
    assert first.wait(timeout=PATIENCE_S) == 0, (tmp_path / "log").read_text()
    assert (work / TARGET).read_bytes() == (finished.root / TARGET).read_bytes()
    assert "Nothing to be done" in finished.run(*here).text


def test_jobs_end_with_a_controller_that_is_killed(finished: Project, tmp_path: Path) -> None:
    """A job left alone would write the files of the run that resumes; only Linux can end it."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs Linux")
    # these kernels take half a minute to compile, so the job does not end by itself in time
    work, not_compiled = tmp_path / "work", Project(finished.root, tmp_path / "numba")
    run = not_compiled.start(tmp_path / "log", "--directory", str(work), "results/kernels/detectors.json")
    # the log is there once the job has reached its own code
    wait_for(work / "results/logs/kernels_detectors.log", run)
    jobs = job_processes(work)
    os.kill(run.pid, signal.SIGKILL)
    run.wait(timeout=PATIENCE_S)
    assert jobs
    gone, alive = psutil.wait_procs(jobs, timeout=5)
    for job in alive:
        job.kill()
    assert alive == []
    assert len(gone) == len(jobs)


def test_a_clock_that_was_set_back(rerun: Project, finished: Project) -> None:
    """All results are of tomorrow: Snakemake alone calls every job that reads one a failure, at every attempt."""
    for path in (*rerun.results.rglob("*"), rerun.root / "resources/references.bib"):
        state = path.stat()
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + DAY_S * 10**9))
    target = "results/limits.parquet"
    (rerun.root / target).unlink()
    outcome = rerun.run("--directory", str(rerun.root), target)
    assert outcome.code == 0, outcome.text
    assert "had a time in the future and got the present one" in outcome.text
    assert outcome.planned == {"merge_limits"}
    assert results_of(rerun.root) == results_of(finished.root)
    assert max(path.stat().st_mtime for path in rerun.root.rglob("*")) <= time.time()
    assert "Nothing to be done" in rerun.run("--dry-run").text


def test_inputs_with_a_new_time(rerun: Project) -> None:
    """Their bytes count: a copy or a checkout that gives all inputs the present time reruns nothing."""
    for path in (rerun.root / "resources").rglob("*"):
        os.utime(path)
    assert "Nothing to be done" in rerun.run("--dry-run").text


def test_results_of_long_ago(rerun: Project, finished: Project) -> None:
    """A result older than its script is made again, by Snakemake's rules; it has the same bytes."""
    target = "results/limits.parquet"
    os.utime(rerun.root / target, (0, 0))
    outcome = rerun.run("--directory", str(rerun.root), target)
    assert outcome.code == 0, outcome.text
    assert outcome.planned == {"merge_limits"}
    assert results_of(rerun.root) == results_of(finished.root)


def test_a_cache_of_kernels_that_cannot_be_written(altered: Project, tmp_path: Path, mortal: tuple[str, ...]) -> None:
    """numba would write kernels beside the package, or end in `no locator available` where that is read-only too."""
    cache, temporary = tmp_path / "cache", tmp_path / "temporary"
    temporary.mkdir()
    cache.mkdir(mode=0o555)
    read_only_project = Project(altered.root, cache)
    work = tmp_path / "work"
    wrapper = ("env", f"TMPDIR={temporary}", *mortal)
    outcome = read_only_project.run("--directory", str(work), "results/kernels/stellar.json", wrapper=wrapper)
    assert outcome.code == 0, outcome.text
    assert outcome.text.count(f"nudipole: cannot write in NUMBA_CACHE_DIR={cache}; compiled kernels go to") == 1
    assert list(temporary.rglob("*.nbi"))
    assert not list(altered.root.rglob("*.nbi"))
    assert (work / "results/kernels/stellar.json").is_file()


def test_too_little_memory_to_begin(finished: Project, tmp_path: Path) -> None:
    """Below 600 MB the imports of a job end in tracebacks about shared objects."""
    if resource.getrlimit(resource.RLIMIT_AS)[1] != resource.RLIM_INFINITY:
        pytest.skip("memory is limited here")
    limited = ("sh", "-c", 'ulimit -v 700000 && exec "$@"', "sh")
    outcome = finished.run("--directory", str(tmp_path / "work"), TARGET, wrapper=limited)
    assert outcome.code != 0
    assert "nudipole: a process may have 717 MB of memory here" in outcome.text
    assert "ulimit -v" in outcome.text
    assert "Traceback" not in outcome.text


def test_a_python_without_the_libraries(project: Project, tmp_path: Path) -> None:
    """Another environment has Snakemake but not numba: one sentence before any job, no traceback from each."""
    installed = next(Path(path) for path in sys.path if (Path(path) / "snakemake").is_dir())
    partly = tmp_path / "partly"
    partly.mkdir()
    for entry in installed.iterdir():
        if not entry.name.startswith(("numba", "hepdata_lib", "__editable__")) and entry.suffix != ".pth":
            (partly / entry.name).symlink_to(entry)
    venv.create(tmp_path / "venv")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (tmp_path / f"venv/lib/{version}/site-packages/partly.pth").write_text(str(partly))
    python = tmp_path / "venv/bin/python"
    command = [str(python), "-m", "snakemake", "--cores", "1", "--directory", str(tmp_path / "work"), TARGET]
    outcome = project.execute(command)
    assert outcome.code != 0
    assert f"nudipole: {python} has no hepdata-lib, numba: run with the Python of `make env`" in outcome.text
    assert "Traceback" not in outcome.text
    assert not (tmp_path / "work/results").exists()
