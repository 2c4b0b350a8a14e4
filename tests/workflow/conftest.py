"""What the tests of the workflow share: one copy of the project and one finished run of it."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest
from workflow_runs import ROOT, Outcome, Project


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all workers of this session (a worker has its own folder below the session's)."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "workflow"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def one_worker_at_a_time(folder: Path) -> Iterator[None]:
    """Let the first worker prepare what the others then find."""
    with (folder / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def project(shared: Path) -> Project:
    """A copy of the project that no test changes; tests that only need its code run it with --directory."""
    copied = Project(shared / "project", shared / "numba")
    with one_worker_at_a_time(shared):
        if not copied.root.exists():
            Project(ROOT, copied.numba).copy(copied.root)
    return copied


@pytest.fixture(scope="session")
def first_run(project: Project, shared: Path) -> Outcome:
    """The minimal analysis from nothing, in the project's own directory."""
    record = shared / "first_run.json"
    with one_worker_at_a_time(shared):
        if not record.exists():
            record.write_text(json.dumps(asdict(project.run())))
    return Outcome(**json.loads(record.read_text()))


@pytest.fixture(scope="session")
def finished(project: Project, first_run: Outcome) -> Project:
    """The project with complete results; read them only."""
    assert first_run.code == 0, first_run.text
    return project


@pytest.fixture
def altered(project: Project, tmp_path: Path) -> Project:
    """A copy of the project without results, to change at will."""
    return project.copy(tmp_path / "project")


@pytest.fixture
def rerun(finished: Project, tmp_path: Path) -> Project:
    """A copy of the project with its results, to change at will."""
    return finished.copy(tmp_path / "project", results=True)


@pytest.fixture
def mortal(tmp_path: Path) -> tuple[str, ...]:
    """What to put before a command so that file permissions apply to it: nothing, unless root runs the tests."""
    if os.geteuid():
        return ()
    wrapper = ("setpriv", "--bounding-set=-all")
    probe = tmp_path / "probe"
    probe.mkdir(mode=0o555)
    touch = [*wrapper, "touch", str(probe / "file")]
    if shutil.which("setpriv") is None or not subprocess.run(touch, check=False, capture_output=True).returncode:
        pytest.skip("the tests run as root, and setpriv cannot drop its capabilities here")
    return wrapper
