"""What happens to a run on a cluster: Ctrl-C, a killed controller, nodes that leave, a scheduler that restarts."""

import signal
import time
from pathlib import Path

from slurm_cluster import (
    STELLAR,
    TARGETS,
    Cluster,
    Running,
    ask,
    locks,
    queued,
    run_name,
    same_bytes,
    states_of,
    submissions,
    submit,
    wait_until,
)
from workflow_runs import Project, half_written

NODES = ("node1", "node2")


def set_nodes(state: str, nodes: tuple[str, ...] = NODES) -> None:
    ask("scontrol", "update", f"NodeName={','.join(nodes)}", f"State={state}", "Reason=test")


def test_ctrl_c_empties_the_queue_and_the_run_resumes(calm: Cluster, reference: Project, tmp_path: Path) -> None:
    here = (*TARGETS, "--directory", str(tmp_path / "work"))
    run = Running.start(reference, tmp_path / "log", *here)
    run.wait_for_jobs()
    assert run.end(signal.SIGINT) != 0
    wait_until(lambda: not queued(), "an empty queue", 30.0)
    assert not locks(tmp_path / "work")
    assert not half_written(tmp_path / "work")

    resumed = submit(reference, *here)
    assert resumed.code == 0, resumed.text
    assert same_bytes(tmp_path / "work", reference, *TARGETS)


def test_after_a_kill_of_snakemake_three_commands_resume(calm: Cluster, reference: Project, tmp_path: Path) -> None:
    here = (*TARGETS, "--directory", str(tmp_path / "work"))
    run = Running.start(reference, tmp_path / "log", *here)
    run.wait_for_jobs()
    assert run.end(signal.SIGKILL) != 0
    assert queued(), "the jobs of a killed run go on"
    locked = submit(reference, *here)
    assert locked.code != 0
    assert "--unlock" in locked.text

    ask("scancel", f"--name={run_name(run.text)}")
    wait_until(lambda: not queued(), "an empty queue", 30.0)
    assert submit(reference, *here, "--unlock").code == 0
    resumed = submit(reference, *here)
    assert resumed.code == 0, resumed.text
    assert same_bytes(tmp_path / "work", reference, *TARGETS)


def test_a_drained_node_delays_and_spoils_nothing(calm: Cluster, reference: Project, tmp_path: Path) -> None:
    here = (*TARGETS, "--directory", str(tmp_path / "work"))
    run = Running.start(reference, tmp_path / "log", *here)
    run.wait_for_jobs()
    set_nodes("DRAIN")
    wait_until(lambda: not queued("RUNNING") and queued("PENDING"), "a job that waits for a node")
    time.sleep(2)
    assert run.process.poll() is None
    assert not queued("RUNNING")
    set_nodes("RESUME")
    assert run.finish() == 0, run.text
    assert same_bytes(tmp_path / "work", reference, *TARGETS)


def test_jobs_of_a_node_that_goes_down_run_on_the_other(calm: Cluster, reference: Project, tmp_path: Path) -> None:
    here = (STELLAR, "--directory", str(tmp_path / "work"))
    run = Running.start(reference, tmp_path / "log", *here)
    run.wait_for_jobs()
    lost = ask("squeue", "--noheader", "--states=RUNNING", "--format=%N").split()[0]
    set_nodes("DOWN", (lost,))
    # SLURM waits two minutes before it starts a job again
    assert run.finish() == 0, run.text
    assert "down" in states_of(lost)
    assert same_bytes(tmp_path / "work", reference, STELLAR)


def test_a_scheduler_that_restarts_loses_no_job(calm: Cluster, reference: Project, tmp_path: Path) -> None:
    here = (*TARGETS, "--directory", str(tmp_path / "work"))
    run = Running.start(reference, tmp_path / "log", *here)
    run.wait_for_jobs()
    calm.daemons("controller", "stop")
    # longer than a client waits for an answer
    time.sleep(20)
    calm.daemons("controller", "start")
    assert run.finish() == 0, run.text
    assert submissions(run.text) >= 4
    assert same_bytes(tmp_path / "work", reference, *TARGETS)
