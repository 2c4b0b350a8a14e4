"""What is handed to ACROPOLIS, and what is made of its answer; the code itself is not needed here."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nudipole.config.load import load_config
from nudipole.constraints.cosmology_inputs import cosmology_config
from nudipole.constraints.photodisintegration import flagged_points, result_frame
from nudipole.cosmology.history import History
from nudipole.cosmology.network import AbundanceSteps, Status
from nudipole.cosmology.nuclear import SPECIES
from nudipole.cosmology.photodisintegration import (
    NUCLEI,
    START,
    DecaySource,
    as_request,
    decay_source,
    nuclei_of,
    observables,
    photons_MeV3,
)
from nudipole.errors import DomainError
from nudipole.plotting.photodisintegration import draw_photodisintegration

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


def surfaces() -> pd.DataFrame:
    rows = []
    for i, mass in enumerate((5.0, 10.0, 20.0)):
        for j, mu in enumerate((1e-14, 1e-13, 1e-12)):
            rows.append((mass, mu, "decoupled", "primat2023", j < 2, "ok" if i else "failed", 1e5))
    columns = ["M_N_MeV", "mu_nu_muB", "initial", "network", "photodisintegration", "status", "tau_N_s"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(Y_p=0.247, D_H=2.5e-5, He3_H=1e-5, Li7_H=5e-10)


def test_points_are_flagged_solved_and_thinned():
    assert len(flagged_points(surfaces(), "primat2023", "decoupled", 1)) == 4
    thinned = flagged_points(surfaces(), "primat2023", "decoupled", 2)
    assert thinned[["M_N_MeV", "mu_nu_muB"]].to_numpy().tolist() == [[20.0, 1e-14]]


@pytest.fixture
def config(pytestconfig):
    return cosmology_config(load_config(pytestconfig.rootpath))


def test_results_and_failures_are_rows(config):
    points = flagged_points(surfaces(), "primat2023", "decoupled", 1).iloc[:3]
    source = DecaySource(10.0, 1e5, 1e-2, 1e-6, np.zeros(9), np.zeros((2, 6)))
    intact = [0.0, 0.75, 2.5e-5 * 0.75, 0.0, 7.5e-6, 0.247 / 4.0, 0.0, 1e-11, 4e-10]
    broken = [*intact[:2], intact[2] / 10.0, *intact[3:]]
    answers = [{"nuclei": broken, "status": "ok"}, {"nuclei": None, "status": "ValueError: no"}]
    frame = result_frame(points, [source, "not computed: why", source], answers, config, 0.5)
    assert frame["status"].tolist() == ["ok", "not computed: why", "ValueError: no"]
    # a tenth of the deuterium: far from what is observed, as it was not before
    assert frame["excluded"].tolist() == [True, False, False]
    assert frame["excluded_before"].tolist() == [False, False, False]
    assert frame["D_H"].iloc[0] == pytest.approx(2.5e-6, rel=1e-12, abs=0.0)
    assert frame[["Y_p", "D_H", "chi2"]].iloc[1:].isna().all(axis=None)
    assert len(draw_photodisintegration(frame).axes) == 2


def test_a_picture_without_points(config):
    empty = result_frame(surfaces().iloc[:0], [], [], config, 0.0)
    assert len(draw_photodisintegration(empty).axes) == 1


def test_a_request_is_plain_numbers(history, steps):
    request = as_request(decay_source(history, steps, MASS_MEV, TAU_S, 0.0224))
    assert request["branching_to_photons"] == 0.5
    assert isinstance(request["nuclei"], list)
    assert len(request["history"][0]) == 6


def test_sources_scale_with_the_density(history, steps):
    double = replace(history, rho_N_MeV4=2.0 * history.rho_N_MeV4)
    one, two = (decay_source(each, steps, MASS_MEV, TAU_S, 0.0224) for each in (history, double))
    assert two.n_N_per_photon == pytest.approx(2.0 * one.n_N_per_photon, rel=1e-12, abs=0.0)
