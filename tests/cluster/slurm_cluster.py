"""A real SLURM on this host (slurm.sh), and runs of the workflow that submit to it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from workflow_runs import MINIMAL, PATIENCE_S, Outcome, Project, half_written

SCRIPT = Path(__file__).resolve().parent / "slurm.sh"
PROFILE = "workflow/profiles/slurm"
# The profile as it is but for the waits: a test need not be polite to a shared controller or wait for a slow disk.
FASTER = ("--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "10")

STELLAR = "results/limits/stellar.parquet"
SUPERNOVA = "results/limits/supernova.parquet"
TARGETS = (STELLAR, SUPERNOVA)
"""The limits of two constraints: kernels and cooling, and kernels, a group of three surfaces and a local job."""


@dataclass(frozen=True)
class Cluster:
    """The daemons of a cluster below a folder."""

    folder: Path
    accounting: bool

    port: int

    def daemons(self, *action: str) -> None:
        """Start or stop all daemons or the controller."""
        extra = ["--accounting"] if self.accounting and action == ("start",) else []
        environment = {**os.environ, "SLURM_FOLDER": str(self.folder), "SLURM_PORT": str(self.port)}
        # the daemons inherit the output: a pipe would stay open as long as they live
        log = self.folder / "-".join(("daemons", *action))
        with log.open("w") as printed:
            command = ["bash", str(SCRIPT), *action, *extra]
            done = subprocess.run(command, env=environment, stdout=printed, stderr=printed, timeout=180, check=False)
        if done.returncode:
            raise RuntimeError(f"slurm.sh {' '.join(action)} failed, see {log}: ... {log.read_text()[-500:]}")

    def restore(self) -> None:
        """Empty the queue and put all nodes back into service."""
        ask("scancel", "--me")
        for node in ("node1", "node2"):
            if not states_of(node) <= {"idle", "mixed", "allocated"}:
                ask("scontrol", "update", f"NodeName={node}", "State=RESUME")
        wait_until(lambda: not queued(), "an empty queue")


def free_ports(number: int) -> int:
    """Return the first of so many consecutive ports that nothing listens on (another cluster may run on this host)."""
    for first in range(16817, 26817, number):
        with ExitStack() as held:
            try:
                for port in range(first, first + number):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first
    raise RuntimeError("no free ports for a cluster")


def shell_of(cluster: Cluster) -> dict[str, str]:
    """Return what a shell needs in its environment to speak to a cluster."""
    tools = os.pathsep.join([str(cluster.folder / "bin"), os.environ["PATH"], "/usr/sbin"])
    return {"SLURM_CONF": str(cluster.folder / "etc/slurm.conf"), "PATH": tools}


def ask(*command: str) -> str:
    """Run a command of SLURM and return what it prints."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def queued(*states: str) -> list[str]:
    """Return the numbers of the jobs in the queue, all or those in some states."""
    chosen = ["--states", ",".join(states)] if states else []
    return ask("squeue", "--noheader", "--format=%i", *chosen).split()


def states_of(node: str) -> set[str]:
    """Return the words for the state of a node."""
    return set(ask("sinfo", "--noheader", "--Node", "--nodes", node, "--partition=short", "--format=%T").split())


def wait_until(reached: Callable[[], object], what: str, patience_s: float = 120.0) -> None:
    """Return as soon as something is so."""
    end = time.monotonic() + patience_s
    while not reached():
        assert time.monotonic() < end, f"waited {patience_s:g} s in vain for {what}"
        time.sleep(0.2)


def submitting(*arguments: str, config: tuple[str, ...] = (MINIMAL,)) -> list[str]:
    """Return the command line of a run that submits its jobs."""
    overlays = ["--configfile", *config] if config else []
    return [sys.executable, "-m", "snakemake", *arguments, "--workflow-profile", PROFILE, *FASTER, *overlays]


def submit(project: Project, *arguments: str) -> Outcome:
    """Run the workflow on the cluster."""
    return project.execute(submitting(*arguments))


@dataclass(frozen=True)
class Running:
    """A run under way, in a process group of its own as a terminal makes one."""

    process: subprocess.Popen
    log: Path

    @classmethod
    def start(cls, project: Project, log: Path, *arguments: str) -> "Running":
        with log.open("w") as stream:
            command = submitting(*arguments)
            environment = project.environment()
            process = subprocess.Popen(
                command, cwd=project.root, env=environment, stdout=stream, stderr=stream, start_new_session=True
            )
        return cls(process, log)

    @property
    def text(self) -> str:
        return self.log.read_text()

    def wait_for_jobs(self, number: int = 1) -> None:
        """Return once so many of its jobs run."""
        wait_until(lambda: self.process.poll() is not None or len(queued("RUNNING")) >= number, f"{number} jobs")
        assert self.process.poll() is None, self.text

    def end(self, number: signal.Signals) -> int:
        """Send a signal to the whole group, and return the exit code."""
        os.killpg(self.process.pid, number)
        return self.process.wait(timeout=PATIENCE_S)

    def finish(self) -> int:
        """Return the exit code of a run that ends by itself."""
        return self.process.wait(timeout=PATIENCE_S)


def run_name(text: str) -> str:
    """Return the name of all SLURM jobs of a run from what it printed."""
    return next(line.split()[-1] for line in text.splitlines() if line.startswith("SLURM run ID:"))


def submissions(text: str) -> int:
    """Return the number of SLURM jobs of a run from what it printed."""
    return text.count("has been submitted with SLURM jobid")


def checksums(folder: Path) -> dict[str, str]:
    """Return the checksums in the manifest of a complete run."""
    return json.loads((folder / "results/manifest.json").read_text())["results_sha256"]


def same_bytes(work: Path, reference: Project, *targets: str) -> bool:
    """Return whether results are those of a local run, with nothing half-done beside them."""
    same = all((work / target).read_bytes() == (reference.root / target).read_bytes() for target in targets)
    return same and not half_written(work) and not locks(work)


def locks(folder: Path) -> list[Path]:
    """Return the locks that a run left in its directory."""
    return list((folder / ".snakemake/locks").glob("*"))
