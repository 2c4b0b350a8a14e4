"""Neutron-proton conversion against adaptive quadrature, limits, and the bundled table."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import expit
from sm_history import sm_history, table

from nudipole.constants import M_E_MEV, NEUTRON_PROTON_MASS_DIFFERENCE_MEV
from nudipole.cosmology.weak_rates import born_rates, conversion_rates, weak_rates
from nudipole.errors import DataError, DomainError

Q = NEUTRON_PROTON_MASS_DIFFERENCE_MEV


@pytest.fixture(scope="module")
def grid():
    return table("neutron_proton_rates")


@pytest.fixture(scope="module")
def weak(grid):
    return weak_rates(grid)


def fermi(E, T):
    """1/(e^{E/T} + 1) without overflow or cancellation."""
    return expit(-E / T)


def by_quad(T, T_nu, sign):
    """tau_n Gamma of n -> p (sign 1) or p -> n (sign -1), term by term with scipy."""

    def integrand(E):
        p = np.sqrt((E - M_E_MEV) * (E + M_E_MEV))
        absorbed = (E - sign * Q) ** 2 * fermi(E - sign * Q, T_nu) * fermi(-E, T)
        emitted = (E + sign * Q) ** 2 * fermi(-E - sign * Q, T_nu) * fermi(E, T)
        return p * E * (absorbed + emitted)

    edges = [M_E_MEV, 0.9, Q, Q + 3 * T, Q + 12 * max(T, T_nu), Q + 60 * max(T, T_nu)]
    vacuum = quad(lambda E: np.sqrt(E * E - M_E_MEV**2) * E * (Q - E) ** 2, M_E_MEV, Q, epsrel=1e-12)[0]
    parts = [quad(integrand, *sorted(pair), epsrel=1e-9, epsabs=0, limit=200)[0] for pair in pairwise(edges)]
    return sum(parts) / vacuum


@pytest.mark.parametrize("T", [0.1, 0.3, 0.8, 2.0, 8.0])
@pytest.mark.parametrize("ratio", [0.3, 0.714, 1.0, 2.0])
def test_born_rates_are_the_integrals(T, ratio):
    n_to_p, p_to_n = born_rates(np.array([T]), np.array([T * ratio]))[:, 0]
    # 4e-7 and 5e-6 is what doubling and tripling the rules shows over the whole table
    assert n_to_p == pytest.approx(by_quad(T, T * ratio, 1), rel=1e-6, abs=0)
    assert p_to_n == pytest.approx(by_quad(T, T * ratio, -1), rel=5e-6, abs=0)


def test_cold_neutrons_decay_freely(weak):
    T = np.array([0.004, 0.01])
    # blocking by the thermal neutrinos, (T/Q)^3, is 1e-6 at 0.01 MeV
    assert born_rates(T, 0.714 * T)[0] == pytest.approx([1.0, 1.0], rel=2e-6, abs=0)
    # the bundled n -> p rate tends to 1.00004, not 1
    assert conversion_rates(weak, T, 0.714 * T)[0] == pytest.approx([1.0, 1.0], rel=5e-5, abs=0)


def test_born_rates_are_in_detailed_balance():
    T = np.array([0.1, 0.3, 1.0, 5.0])
    n_to_p, p_to_n = born_rates(T, T)
    # exact for the integrals, so this is the quadrature: node by node n -> p and p -> n differ by e^{-Q/T}
    assert p_to_n / n_to_p == pytest.approx(np.exp(-Q / T), rel=1e-12, abs=0)


def test_the_table_is_reproduced(grid, weak):
    warm = grid[grid["T_gamma_MeV"] > 0.06]
    T, ratio = warm["T_gamma_MeV"].to_numpy(), warm["T_nu_over_T_gamma"].to_numpy()
    rates = conversion_rates(weak, T, T * ratio)
    # an interpolating spline: rounding, and the 8 digits of the temperatures
    assert rates[0] == pytest.approx(warm["n_to_p_times_tau_n"].to_numpy(), rel=1e-9, abs=0)
    assert rates[1] == pytest.approx(warm["p_to_n_times_tau_n"].to_numpy(), rel=1e-9, abs=0)


def test_between_the_nodes_the_rates_are_good_to_1e_5(grid, weak):
    """Every second ratio left out: the error of the full table is 16 times smaller (order 4)."""
    ratios = np.unique(grid["T_nu_over_T_gamma"])
    coarse = weak_rates(grid[grid["T_nu_over_T_gamma"].isin(ratios[::2])])
    left_out = grid[grid["T_nu_over_T_gamma"].isin(ratios[9::2]) & grid["T_gamma_MeV"].between(0.1, 12.0)]
    T, ratio = left_out["T_gamma_MeV"].to_numpy(), left_out["T_nu_over_T_gamma"].to_numpy()
    for row, name in enumerate(("n_to_p_times_tau_n", "p_to_n_times_tau_n")):
        error = np.abs(conversion_rates(coarse, T, T * ratio)[row] / left_out[name].to_numpy() - 1.0)
        assert error.max() < 16 * 1e-5


def test_corrections_lower_the_rates_at_freeze_out(weak):
    """Coulomb, radiative and finite-mass effects relative to vacuum decay: minus 3 to 4 % at 0.8 MeV (1801.08023)."""
    T = np.array([0.8])
    C = conversion_rates(weak, T, T) / born_rates(T, T)
    assert np.all((C > 0.96) & (C < 0.97))


def test_outside_the_table_the_corrections_stay_those_of_its_edge(weak):
    T = np.array([12.0, 30.0])
    C = conversion_rates(weak, T, T) / born_rates(T, T)
    assert C[:, 1] == pytest.approx(C[:, 0], rel=1e-12, abs=0)
    T = np.array([1.0, 1.0])
    C = conversion_rates(weak, T, np.array([2.0, 3.0])) / born_rates(T, np.array([2.0, 3.0]))
    assert C[:, 1] == pytest.approx(C[:, 0], rel=1e-12, abs=0)
    cold = conversion_rates(weak, np.array([1e-3]), np.array([1e-3]))
    assert np.isfinite(cold).all()


@pytest.mark.parametrize(("factor", "flagged"), [(1.0, False), (0.3, True), (2.5, True)])
def test_a_history_outside_the_ratios_is_flagged(weak, factor, flagged):
    history = sm_history()
    assert weak.left_table(replace(history, ln_T_nu_MeV=history.ln_T_nu_MeV + np.log(factor))) is flagged


def test_bad_input_is_refused(grid):
    for bad in (np.array([1e-4]), np.array([np.nan]), np.array([[1.0]])):
        with pytest.raises(DomainError):
            born_rates(bad, bad)
    with pytest.raises(DataError, match="every T_gamma"):
        weak_rates(grid.iloc[:-1])
    with pytest.raises(DataError, match="every T_gamma"):
        weak_rates(pd.concat([grid, grid.iloc[:1]]))
