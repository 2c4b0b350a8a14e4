"""Run the workflow as a user does: Snakemake in a process of its own, on a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("Snakefile", "config", "envs", "resources", "workflow")
MINIMAL = "config/minimal.yaml"
# The longest single run here takes about a minute; a run that hangs must not hold the tests for ever.
PATIENCE_S = 600


@dataclass(frozen=True)
class Outcome:
    """What a run printed and how it ended."""

    code: int
    text: str

    @property
    def planned(self) -> set[str]:
        """Names of the rules in the table of jobs."""
        return set(re.findall(r"^(\w+) +\d+$", self.text, flags=re.MULTILINE)) - {"total"}


@dataclass(frozen=True)
class Project:
    """A copy of the project, the cache for its kernels (numba keys it by the path of the source), and its Python."""

    root: Path
    numba: Path
    python: str = sys.executable
    settings: tuple[tuple[str, str], ...] = ()
    """Further environment variables."""

    @property
    def results(self) -> Path:
        """The results of the runs in the project's own directory."""
        return self.root / "results"

    def environment(self) -> dict[str, str]:
        """Return the environment of a user: this Python's tools first, nothing that slows imports or redirects them."""
        dropped = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "SNAKEMAKE_PROFILE")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        path = os.pathsep.join([str(Path(self.python).parent), kept["PATH"]])
        return {**kept, "PATH": path, "NUMBA_CACHE_DIR": str(self.numba), **dict(self.settings)}

    def command(self, *arguments: str, config: tuple[str | Path, ...] = (MINIMAL,), cores: int = 2) -> list[str]:
        """Return the command line of a run with the default profile."""
        overlays = ["--configfile", *map(str, config)] if config else []
        profile = ["--workflow-profile", "workflow/profiles/default"]
        return [self.python, "-m", "snakemake", "--cores", str(cores), *profile, *overlays, *arguments]

    def execute(self, command: list[str]) -> Outcome:
        """Run a command in the project's directory."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return Outcome(done.returncode, done.stdout)

    def start(self, log: Path, *arguments: str, cores: int = 2) -> subprocess.Popen:
        """Start a run in a process group of its own, as a terminal does."""
        with log.open("w") as stream:
            return subprocess.Popen(
                self.command(*arguments, cores=cores),
                cwd=self.root,
                env=self.environment(),
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )

    def run(
        self,
        *arguments: str,
        config: tuple[str | Path, ...] = (MINIMAL,),
        cores: int = 2,
        wrapper: tuple[str, ...] = (),
    ) -> Outcome:
        """Run the workflow, behind another command if one is given."""
        return self.execute([*wrapper, *self.command(*arguments, config=config, cores=cores)])

    def copy(self, target: Path, *, results: bool = False) -> "Project":
        """Return a copy of the project, with its results and Snakemake's records of them if asked for."""
        for name in COPIED + ((".snakemake", "results") if results else ()):
            source = self.root / name
            if source.is_dir():
                shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target / name)
        return Project(target, self.numba)


def wait_for(path: Path, run: subprocess.Popen) -> None:
    """Return as soon as a running workflow has made a file."""
    end = time.monotonic() + PATIENCE_S
    while not path.exists():
        assert run.poll() is None, "the run ended too early"
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of this size in memory; skip the test where that is not permitted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a tmpfs is not permitted here (it needs root)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def half_written(folder: Path) -> list[Path]:
    """Return leftovers of interrupted writing below a folder."""
    return [path for path in folder.rglob("*") if path.suffix in (".partial", ".part")]


def results_of(folder: Path) -> dict[str, bytes]:
    """Return the results below a folder by their path, without what differs from run to run."""
    changing = ("logs", "benchmarks", "report.html", "originals")
    files = (path for path in (folder / "results").rglob("*") if path.is_file())
    relative = ((path.relative_to(folder / "results"), path) for path in files)
    return {str(name): path.read_bytes() for name, path in relative if name.parts[0] not in changing}
