"""Freeze-in from 100 MeV through ACROPOLIS, by the script that the optional rule `photodisintegration` runs."""

from pathlib import Path

import pytest
from benchmarks.bbn_peers import NETWORK, early_universe

from nudipole.cosmology.acropolis_process import RUNNER, ask, interpreter
from nudipole.cosmology.photodisintegration import BREAKUP_MEV, as_request, decay_source, observables
from nudipole.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
FREEZE_IN = ("cosmology.initial=freeze-in", "cosmology.T_RH_MeV=100")
M_N_MEV, MU_NU_MUB = 10.0, 5e-14
"""They live 1.5e5 s; their photons break the deuteron and nothing else."""


@pytest.fixture(scope="module")
def python() -> str:
    try:
        return interpreter(None, ROOT)
    except ConfigError as error:
        pytest.skip(str(error))


@pytest.mark.slow
def test_one_point_from_freeze_in_to_deuterium(python: str) -> None:
    early = early_universe(*FREEZE_IN)
    background = early.background(M_N_MEV, MU_NU_MUB)
    steps = early.abundance_steps(background.history, NETWORK)
    Omega_b_h2 = early.nucleosynthesis.Omega_b_h2
    source = decay_source(background.history, steps, M_N_MEV, background.tau_N_s, Omega_b_h2)
    request = as_request(source)
    answers = ask(python, ROOT / RUNNER, [request, {**request, "n_N_per_photon": 0.0}, {**request, "tau_N_s": -1.0}])
    assert [answer["status"] == "ok" for answer in answers] == [True, True, False]
    after, undisturbed = (observables(answer["nuclei"]) for answer in answers[:2])
    before = observables(source.nuclei)
    # without N nothing breaks; their t and 7Be have decayed, which observables count as decayed
    for name, value in before.items():
        assert undisturbed[name] == pytest.approx(value, rel=1e-9, abs=0.0), name
    assert BREAKUP_MEV < 0.5 * M_N_MEV < 5.5
    assert after["D_H"] < 0.9 * before["D_H"]
    # 3He is broken from 5.5 MeV, 4He from 20 MeV on
    for name in ("Y_p", "He3_H"):
        assert after[name] == pytest.approx(before[name], rel=1e-4, abs=0.0), name
    assert ask(python, ROOT / RUNNER, [request])[0]["nuclei"] == answers[0]["nuclei"]
