"""The script that runs ACROPOLIS, beside ACROPOLIS itself."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from same_histories import standard

pytest.importorskip("acropolis", reason="ACROPOLIS is not installed here: make test-peers")

from acropolis.input import input_data_from_file, locate_sm_file
from benchmarks.bbn_peers import OMEGA_B_H2

from nudipole.cosmology.export import COLUMNS, cosmo_frame, free_streaming

RUNNER = Path(__file__).resolve().parents[2] / "workflow/scripts/acropolis_run.py"
DEUTERON = 2


def answer(folder: Path, n_N_per_photon: float, **other: object) -> dict:
    frame = cosmo_frame(free_streaming(standard().history, 1e-8), OMEGA_B_H2, points=2000)
    start = input_data_from_file(locate_sm_file()).get_abund_data().reshape(9, -1)[:, 0]
    request = {
        "M_N_MeV": 6.0,
        "tau_N_s": 1e5,
        "T_0_MeV": 10.0,
        "n_N_per_photon": n_N_per_photon,
        "branching_to_photons": 1.0,
        "nuclei": start.tolist(),
        "history": frame[list(COLUMNS)].to_numpy().tolist(),
    } | other
    (folder / "request.json").write_text(json.dumps([request]))
    command = [sys.executable, str(RUNNER), str(folder / "request.json"), str(folder / "answer.json")]
    subprocess.run(command, check=True)
    (found,) = json.loads((folder / "answer.json").read_text())
    return found


@pytest.mark.slow
def test_a_third_of_the_deuterium_breaks(tmp_path):
    """The point of test_acropolis.py: 0.644 of the deuterons are left, 1.6e-3 apart with the histories."""
    found = answer(tmp_path, 1e-7)
    assert found["status"] == "ok"
    start = input_data_from_file(locate_sm_file()).get_abund_data().reshape(9, -1)[DEUTERON, 0]
    assert found["nuclei"][DEUTERON] / start == pytest.approx(0.644, rel=6e-3, abs=0.0)


@pytest.mark.slow
def test_without_n_nothing_breaks(tmp_path):
    start = input_data_from_file(locate_sm_file()).get_abund_data().reshape(9, -1)[:, 0]
    # ACROPOLIS lets tritium and 7Be decay at the end
    assert np.array(answer(tmp_path, 1e-30)["nuclei"])[[1, 2, 5]] == pytest.approx(start[[1, 2, 5]], rel=1e-9, abs=0.0)


def test_a_failure_is_an_answer(tmp_path):
    found = answer(tmp_path, 1e-7, history=[[1.0, 2.0]])
    assert found["nuclei"] is None
    assert found["status"] != "ok"
