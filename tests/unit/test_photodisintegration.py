"""What is handed to ACROPOLIS, and what is made of its answer; the code itself is not needed here."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nudipole.config.load import load_config
from nudipole.constraints.cosmology_inputs import cosmology_config
from nudipole.constraints.photodisintegration import (
    DEUTERIUM,
    HELIUM,
    HELIUM_3,
    Criteria,
    PhotodisintegrationConfig,
    criteria,
    flagged_points,
    photodisintegration_config,
    result_frame,
    thinned,
)
from nudipole.cosmology.acropolis_process import VERSION, ask, installed_version, interpreter
from nudipole.cosmology.history import History
from nudipole.cosmology.network import AbundanceSteps, Status
from nudipole.cosmology.nuclear import SPECIES
from nudipole.cosmology.photodisintegration import (
    NUCLEI,
    START,
    WARM_UP,
    DecaySource,
    as_request,
    decay_source,
    nuclei_of,
    observables,
    photons_MeV3,
)
from nudipole.errors import ConfigError, ConvergenceError, DomainError

TAU_S, MASS_MEV, PER_PHOTON = 1e5, 20.0, 1e-6


@pytest.fixture(scope="module")
def history() -> History:
    """Radiation with N at rest that decay: T = 1/a, t = (1.32 s)(MeV/T)^2, n_N = PER_PHOTON n_gamma e^{-t/tau}."""
    ln_T = np.linspace(np.log(1.0), np.log(2e-4), 400)
    T = np.exp(ln_T)
    t = 1.32 / T**2
    one = np.ones_like(T)
    ln_a = -ln_T - 22.0
    rho_N = PER_PHOTON * photons_MeV3(1.0) * T**3 * MASS_MEV * np.exp(-np.minimum(t / TAU_S, 600.0))
    fields = {
        "ln_a": ln_a,
        "t_s": t,
        "ln_T_gamma_MeV": ln_T,
        "dln_T_gamma": -one,
        "ln_T_nu_MeV": ln_T - np.log(1.4),
        "dln_T_nu": -one,
        "ln_H_per_s": -np.log(2.0 * t),
        "dln_H": -2.0 * one,
        "rho_MeV4": 4.0 * T**4,
        "rho_N_MeV4": rho_N,
    }
    return History(**fields)


@pytest.fixture(scope="module")
def steps() -> AbundanceSteps:
    Y = np.zeros((2, len(SPECIES)))
    Y[-1] = [0.0, 0.75, 1.8e-5, 6e-8, 7.7e-6, 0.0618, 2e-11, 3.9e-10]
    return AbundanceSteps(ln_a=np.array([-22.0, -15.0]), T_gamma_MeV=np.array([1.0, 1e-3]), Y=Y, status=Status.OK)


def test_n_at_a_twentieth_of_the_lifetime(history, steps):
    source = decay_source(history, steps, MASS_MEV, TAU_S, 0.0224)
    assert pytest.approx((1.32 / (START * TAU_S)) ** 0.5, rel=1e-4, abs=0.0) == source.T_0_MeV
    # exactly e^-0.05 of them are left; interpolated in ln t between 400 steps
    assert source.n_N_per_photon == pytest.approx(PER_PHOTON * np.exp(-START), rel=1e-3, abs=0.0)
    assert source.history[-1, 1] == pytest.approx(1e-8, rel=1e-6, abs=0.0)


def test_nuclei_in_the_order_of_acropolis(steps):
    nuclei = dict(zip(NUCLEI, nuclei_of(steps), strict=True))
    assert nuclei["p"] == 0.75
    assert nuclei["Li6"] == 0.0
    assert nuclei["Be7"] == 3.9e-10


def test_observables_count_what_unstable_nuclei_become(steps):
    found = observables(nuclei_of(steps))
    assert found["Y_p"] == pytest.approx(4.0 * 0.0618, rel=1e-12)
    assert found["He3_H"] == pytest.approx((7.7e-6 + 6e-8) / 0.75, rel=1e-12, abs=0.0)
    assert found["Li7_H"] == pytest.approx((2e-11 + 3.9e-10) / 0.75, rel=1e-12, abs=0.0)


def test_light_n_break_nothing(history, steps):
    with pytest.raises(DomainError, match=r"break no nuclei: M_N must exceed 4\.449"):
        decay_source(history, steps, 4.0, TAU_S, 0.0224)


def test_a_history_that_ends_too_early(history, steps):
    with pytest.raises(DomainError, match=r"does not contain 0\.05 lifetimes"):
        decay_source(history, steps, MASS_MEV, 1e12, 0.0224)


def test_the_energy_injected_is_that_of_all_N(history, steps):
    source = decay_source(history, steps, MASS_MEV, TAU_S, 0.0224)
    # what ACROPOLIS injects: 2 BR photons of M_N/2 a decay, n(t) = n_0 (a_0/a)^3 e^{-(t - t_0)/tau} from t_0 on
    t = np.geomspace(START * TAU_S, 40.0 * TAU_S, 4000)
    comoving = source.n_N_per_photon * np.exp(-(t - START * TAU_S) / TAU_S)
    photon_MeV = 2.0 * as_request(source)["branching_to_photons"] * source.M_N_MeV / 2.0
    injected = np.trapezoid(photon_MeV * comoving / TAU_S, t)
    # half of the rest energy, of the e^-0.05 that live at t_0; the interpolation of n_N is good to 1e-3
    assert injected == pytest.approx(0.5 * MASS_MEV * PER_PHOTON * np.exp(-START), rel=1e-3, abs=0.0)


def test_baryons_per_photon_are_those_of_today(history, steps):
    source = decay_source(history, steps, MASS_MEV, TAU_S, 0.0224)
    # eta = 273.9e-10 Omega_b h^2 (arXiv:astro-ph/0601514)
    assert source.baryons_per_photon == pytest.approx(273.9e-10 * 0.0224, rel=2e-3, abs=0.0)


def test_a_request_is_plain_numbers(history, steps):
    request = as_request(decay_source(history, steps, MASS_MEV, TAU_S, 0.0224))
    assert request["branching_to_photons"] == 0.5
    assert isinstance(request["nuclei"], list)
    assert len(request["history"][0]) == 6
    assert request.keys() == WARM_UP.keys()


def test_sources_scale_with_the_density(history, steps):
    double = replace(history, rho_N_MeV4=2.0 * history.rho_N_MeV4)
    one, two = (decay_source(each, steps, MASS_MEV, TAU_S, 0.0224) for each in (history, double))
    assert two.n_N_per_photon == pytest.approx(2.0 * one.n_N_per_photon, rel=1e-12, abs=0.0)


# ---- which points


ALL = PhotodisintegrationConfig(100, 100, He3_D_max=0.83, He3_D_sigma=0.15)


def surfaces() -> pd.DataFrame:
    rows = []
    for i, mass in enumerate((5.0, 10.0, 20.0)):
        for j, mu in enumerate((1e-14, 1e-13, 1e-12)):
            rows.append((mass, mu, "decoupled", "primat2023", j < 2, "ok" if i else "step_too_small", 1e5))
    columns = ["M_N_MeV", "mu_nu_muB", "initial", "network", "photodisintegration", "status", "tau_N_s"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(Y_p=0.247, D_H=2.5e-5, He3_H=1e-5, Li7_H=5e-10)


@pytest.mark.parametrize(("per_decade", "left"), [(100, 41), (20, 41), (10, 21), (7, 14), (5, 11), (1, 3)])
def test_thinned_grids_have_about_the_wanted_density(per_decade, left):
    grid = np.geomspace(1.0, 100.0, 41)
    found = thinned(grid, per_decade)
    assert len(found) == left
    assert set(found) <= set(grid)
    assert thinned(np.array([3.0, 3.0]), per_decade).tolist() == [3.0]


def test_points_are_flagged_and_thinned():
    assert len(flagged_points(surfaces(), "primat2023", "decoupled", ALL)) == 6
    coarse = replace(ALL, M_N_points_per_decade=2, mu_nu_points_per_decade=1)
    found = flagged_points(surfaces(), "primat2023", "decoupled", coarse)
    assert found[["M_N_MeV", "mu_nu_muB"]].to_numpy().tolist() == [
        [mass, mu] for mass in (5.0, 20.0) for mu in (1e-14, 1e-13)
    ]  # fmt: skip
    assert flagged_points(surfaces(), "primat2023", "thermal", ALL).empty


# ---- what is excluded


STANDARD = {"Y_p": 0.247, "D_H": 2.45e-5, "He3_H": 1.04e-5, "Li7_H": 5e-10}


@pytest.fixture
def tests(pytestconfig) -> Criteria:
    config = load_config(pytestconfig.rootpath)
    return criteria(cosmology_config(config), photodisintegration_config(config), STANDARD)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, []),
        ({"Y_p": 0.26}, [HELIUM, DEUTERIUM]),
        ({"D_H": 2.3e-5}, [DEUTERIUM]),
        # 0.83 + 1.645 x 0.15 = 1.077 at the 90 % of the configuration
        ({"He3_H": 1.07 * 2.45e-5}, []),
        ({"He3_H": 1.09 * 2.45e-5}, [HELIUM_3]),
        # 3He/D is an upper bound
        ({"He3_H": 0.0}, []),
        ({"D_H": 0.0}, [DEUTERIUM]),
        (dict.fromkeys(STANDARD, np.nan), []),
    ],
)
def test_criteria(tests, changes, names):
    assert tests.excluded_by(STANDARD | changes) == names


def test_results_and_failures_are_rows(tests):
    points = flagged_points(surfaces(), "primat2023", "decoupled", ALL).iloc[:3]
    source = DecaySource(10.0, 1e5, 1e-2, 1e-6, 6e-10, np.zeros(9), np.zeros((2, 6)))
    intact = [0.0, 0.75, 2.5e-5 * 0.75, 0.0, 7.5e-6, 0.247 / 4.0, 0.0, 1e-11, 4e-10]
    broken = [*intact[:2], intact[2] / 10.0, *intact[3:]]
    answers = [{"nuclei": broken, "status": "ok"}, {"nuclei": None, "status": "ValueError: no"}]
    frame = result_frame(points, [source, "not computed: why", source], answers, tests)
    assert frame["status"].tolist() == ["ok", "not computed: why", "ValueError: no"]
    # a tenth of the deuterium: far from what is observed, and four 3He a deuteron
    assert frame["excluded_by"].tolist() == ["Y_p and D/H; 3He/D", "", ""]
    assert frame["newly_excluded"].tolist() == [True, False, False]
    assert frame["excluded_before"].tolist() == [False, False, False]
    assert frame["D_H"].iloc[0] == pytest.approx(2.5e-6, rel=1e-12, abs=0.0)
    assert frame[["Y_p", "D_H", "He3_H", "Li7_H"]].iloc[1:].isna().all(axis=None)
    helium = result_frame(points.iloc[:1].assign(Y_p=0.26), [source], answers[:1], tests)
    assert helium[["excluded_before", "newly_excluded"]].to_numpy().tolist() == [[True, False]]


def test_a_table_without_points_has_the_columns_of_one_with_points(tests):
    empty = result_frame(surfaces().iloc[:0], [], [], tests)
    full = result_frame(surfaces().iloc[:1], ["not computed: why"], [], tests)
    assert empty.dtypes.equals(full.dtypes)


# ---- the other process


def test_without_acropolis_the_message_says_how_to_get_it(tmp_path):
    assert installed_version(tmp_path / "absent") is None
    with pytest.raises(
        ConfigError, match=rf"needs ACROPOLIS {VERSION}, but .*absent has none; run `make env-acropolis`"
    ):
        interpreter("absent", tmp_path)


def fake(tmp_path: Path, version: str) -> Path:
    """An interpreter that reports a version of ACROPOLIS."""
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


def test_only_the_version_whose_inside_is_known_is_taken(tmp_path):
    fake(tmp_path, "2.0.0")
    with pytest.raises(ConfigError, match=r"python has 2\.0\.0"):
        interpreter("python", tmp_path)
    assert interpreter(str(fake(tmp_path, VERSION)), Path("/")) == str(tmp_path / "python")


RUNNER = """
import json, sys
with open(sys.argv[1]) as stream:
    requests = json.load(stream)
print("asked", len(requests))
if requests[0] == {}:
    sys.exit("no such request")
with open(sys.argv[2], "w") as stream:
    json.dump([{"nuclei": None, "status": "ok"} for request in requests], stream)
"""


def test_asking_another_process(tmp_path):
    runner = tmp_path / "runner.py"
    runner.write_text(RUNNER)
    assert ask(sys.executable, runner, []) == []
    assert ask(sys.executable, runner, [WARM_UP, WARM_UP]) == [{"nuclei": None, "status": "ok"}] * 2
    with pytest.raises(ConvergenceError, match="ended with code 1: no such request"):
        ask(sys.executable, runner, [{}])
