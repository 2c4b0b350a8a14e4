"""One build of the documentation for all its tests."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built once a session; its log is in `build.log`. The first worker builds, the others wait."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "docs"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        if not (folder / "build.log").exists():
            words = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
            paths = ["-d", folder / "doctrees", "-w", folder / "warnings.txt", ROOT / "docs", folder / "html"]
            done = subprocess.run([*words, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=False)
            (folder / "build.log").write_text(f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    return folder / "html"
