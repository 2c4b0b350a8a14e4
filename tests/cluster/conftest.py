"""One SLURM for all tests of this folder, and one copy of the project with the results of a local run."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "workflow"))

from slurm_cluster import TARGETS, Cluster, free_ports, shell_of  # noqa: E402
from workflow_runs import ROOT, Project  # noqa: E402

# Without a cluster there is nothing to collect: `make test-slurm` sets this to `1`, or to `accounting` for slurmdbd.
KIND = os.environ.get("SLURM_TESTS", "")
collect_ignore_glob = [] if KIND else ["test_*.py"]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A running cluster of two nodes, to which everything this process starts submits."""
    # the users of munge and of the database must be able to enter all folders above theirs: pytest closes its own
    folder = Path(tempfile.mkdtemp(prefix="nudipole-slurm-"))
    folder.chmod(0o755)
    started = Cluster(folder, KIND == "accounting", free_ports(10))
    outside = dict(os.environ)
    try:
        started.daemons("start")
        os.environ.update(shell_of(started))
        yield started
    finally:
        os.environ.clear()
        os.environ.update(outside)
        started.daemons("stop")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project that no test changes."""
    folder = tmp_path_factory.mktemp("workflow")
    return Project(ROOT, folder / "numba").copy(folder / "project")


@pytest.fixture(scope="session")
def reference(project: Project) -> Project:
    """The limits of two constraints, computed without SLURM."""
    # an option in between: what follows --configfile is one
    done = project.run("--directory", str(project.root), *TARGETS)
    assert done.code == 0, done.text
    return project


@pytest.fixture(scope="session")
def finished(reference: Project) -> Project:
    """The minimal analysis, run without SLURM; read its results only."""
    done = reference.run()
    assert done.code == 0, done.text
    return reference


@pytest.fixture
def calm(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster with an empty queue and all nodes in service, before and after a test that disturbs it."""
    yield cluster
    cluster.restore()
