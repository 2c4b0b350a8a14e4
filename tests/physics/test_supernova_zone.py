"""The medium and the one-zone emissivities of the physics page, and protons by an integral of their own."""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.optimize import brentq
from scipy.special import expit

from nudipole.constants import ALPHA, ATOMIC_MASS_UNIT_G, HBARC_MEV_CM, M_P_MEV, MU_B_PER_MEV
from nudipole.errors import DomainError
from nudipole.supernova.emission import ERG_PER_CM3_S_PER_MEV5, Helicity, Propagation
from nudipole.supernova.medium import electron_chemical_potential_MeV, medium, proton_density_MeV3
from nudipole.supernova.one_zone import zone_emission
from nudipole.supernova.rates import Channel, Microphysics, Nodes
from nudipole.supernova.rest_kernels import DIPOLE_MASS2_MEV2

TABLE = {
    (0.0, 1.0): (3.74e9, 1.27e9, 0.0, 4.64e-12),
    (0.0, 30.0): (3.48e9, 1.24e9, 8.5e7, 4.74e-12),
    (0.0, 100.0): (1.19e9, 8.7e8, 4.88e9, 3.94e-12),
    (0.0, 200.0): (6.7e7, 2.4e8, 6.18e9, 4.08e-12),
    (0.0, 300.0): (1.75e6, 3.8e7, 1.89e9, 7.5e-12),
    (150.0, 1.0): (1.12e11, 3.74e10, 0.0, 8.5e-13),
    (150.0, 30.0): (1.08e11, 3.67e10, 3.2e8, 8.6e-13),
    (150.0, 100.0): (5.9e10, 2.9e10, 6.2e10, 8.5e-13),
    (150.0, 200.0): (4.9e9, 1.1e10, 1.67e11, 7.7e-13),
    (150.0, 300.0): (1.3e8, 2.3e9, 8.6e10, 1.1e-12),
}
"""Section 1: (mu_nu, M_N) to Q_p, Q_e, Q of inverse decay over mu^2 [MeV^7], and the mu of 1e19 erg/g/s."""


def state(mu_nu=0.0):
    return medium(*(np.array([value]) for value in (3e14, 30.0, 0.3, mu_nu)))


def emission(M, mu_nu, nodes=None):
    how = Propagation()
    return zone_emission(M, state(mu_nu), Microphysics(), how, *([] if nodes is None else [nodes]))


def test_medium():
    # half a unit of the last printed digit
    at = state()
    n, T, mu = float(at.n_p_MeV3[0]), 30.0, float(at.mu_e_MeV[0])
    assert n == pytest.approx(4.164e5, abs=50.1, rel=0)
    assert mu == pytest.approx(218.2, abs=0.051, rel=0)
    k_p, k_S = sqrt(4 * pi * ALPHA * n / T), sqrt(float(at.k_S2_MeV2[0]))
    assert k_p == pytest.approx(35.7, abs=0.051, rel=0)
    assert k_S == pytest.approx(41.75, abs=0.0051, rel=0)
    assert sqrt(k_S**2 - k_p**2) == pytest.approx(21.7, abs=0.051, rel=0)
    assert sqrt(float(at.omega_p2_MeV2[0])) == pytest.approx(12.5, abs=0.051, rel=0)
    assert sqrt(float(at.m_T2_MeV2[0])) == pytest.approx(15.3, abs=0.051, rel=0)


@pytest.mark.parametrize("T", [1e-3, 1.0, 30.0, 200.0])
@pytest.mark.parametrize("n", [1e-3, 1e2, 4.16e5, 1e8])
def test_electron_chemical_potential_solves_its_cubic(n, T):
    # the closed form against the root in between its two asymptotes; rounding, measured 3e-13
    def excess(mu):
        return (mu**3 + pi**2 * T**2 * mu) / (3 * pi**2) / n - 1.0

    root = brentq(excess, 0.0, min((3 * pi**2 * n) ** (1 / 3), 3 * n / T**2) * 1.001, xtol=1e-300, rtol=1e-14)
    assert electron_chemical_potential_MeV(np.array([n]), np.array([T]))[0] == pytest.approx(root, rel=1e-11, abs=0)


@pytest.mark.parametrize(("rho", "T", "Y_e"), [(3e14, 30.0, 0.3), (1e15, 5.0, 0.1), (1e9, 3.0, 0.5)])
def test_protons_have_their_density(rho, T, Y_e):
    # brentq to 1e-6 T is 1e-6 of n; the Maxwell limit of a dilute gas holds to T/m and f
    at = medium(*(np.array([value]) for value in (rho, T, Y_e, 0.0)))
    n = Y_e * rho / ATOMIC_MASS_UNIT_G * HBARC_MEV_CM**3
    assert proton_density_MeV3(float(at.mu_p_MeV[0]), T) == pytest.approx(n, rel=2e-6, abs=0)
    if rho < 1e10:
        maxwell = 2 * (M_P_MEV * T / (2 * pi)) ** 1.5 * np.exp((at.mu_p_MeV[0] - M_P_MEV) / T)
        # 15 T/(8 m) = 6e-3
        assert maxwell == pytest.approx(n, rel=1e-2, abs=0)


@pytest.mark.parametrize(
    ("rho", "T", "Y_e"), [(-1.0, 30.0, 0.3), (3e14, 0.0, 0.3), (3e14, 30.0, 1.2), (3e14, np.nan, 0.3)]
)
def test_matter_that_is_none(rho, T, Y_e):
    with pytest.raises(DomainError, match="density and temperature must be positive"):
        medium(*(np.array([value]) for value in (rho, T, Y_e, 0.0)))


@pytest.mark.parametrize(("key", "page"), TABLE.items(), ids=str)
def test_one_zone_table(key, page):
    # 3 % or the printed rounding; measured: all within 0.7 % but electrons, 1.5 % (200 MeV), -1.7 % and -2.8 % (100 and
    # 300 MeV at mu_nu = 150, whose two digits leave 1.7 and 2.2 %)
    mu_nu, M = key
    found = emission(M, mu_nu)
    for channel in Channel:
        if page[channel] > 0.0:
            assert found.Q_MeV7[channel] == pytest.approx(page[channel], rel=0.03, abs=0)
    # erg/g/s of mu = 1 mu_B; measured 0.4 %, the printed digits
    mu = sqrt(1e19 / float(found.emissivity_erg_g_s(np.array(1.0))))
    assert mu == pytest.approx(page[3], rel=0.01, abs=0)


def test_lightest_row_holds_below_1_MeV_and_plasmons_are_negligible():
    # constant to 1e-4 between 1 keV and 1 MeV; the page gives plasmon decay as 1e-3 of Q: measured 4.5e-4
    light, heavier = emission(1e-3, 0.0), emission(1.0, 0.0)
    assert light.Q_MeV7[:2] == pytest.approx(heavier.Q_MeV7[:2], rel=2e-4, abs=0)
    assert 1e-4 < light.Q_MeV7[Channel.PHOTON] / light.Q_MeV7.sum() < 1.5e-3


def test_protons_beat_electrons_three_to_one():
    # page and abstract of arXiv:2402.01624; measured 2.96
    Q = emission(1.0, 0.0).Q_MeV7
    assert Q[Channel.PROTON] / Q[Channel.ELECTRON] == pytest.approx(2.95, abs=0.1, rel=0)


@pytest.mark.parametrize("mu_nu", [0.0, 150.0])
def test_protons_by_the_formula_of_the_page(mu_nu):
    # n_p (E^2/2pi^2)(f + fbar) int dT (E - T) dsigma/dT at M = 30 MeV, |t| from the polynomial; 1e-3 asked, 1e-5 found
    at, M, m = state(mu_nu), 30.0, M_P_MEV
    n_p, k2 = float(at.n_p_MeV3[0]), float(at.k_S2_MeV2[0])

    def limits(E):
        s = m * m + 2 * m * E
        root = sqrt(s)
        before, after = (s - m * m) / (2 * root), sqrt((s - (m + M) ** 2) * (s - (m - M) ** 2)) / (2 * root)
        middle = 2 * before * (s + M * M - m * m) / (2 * root) - M * M
        return (middle - 2 * before * after) / (2 * m), (middle + 2 * before * after) / (2 * m)

    def integrand(T, E):
        t, s = -2 * m * T, m * m + 2 * m * E
        even = 2 * M**4 * m**2 + M**4 * t - 2 * M**2 * s * t - M**2 * t**2
        bracket = even + 2 * m**4 * t - 4 * m**2 * s * t - 2 * m**2 * t**2 + 2 * s**2 * t + 2 * s * t**2
        squared = -8 * pi * ALPHA / t**2 * bracket
        dsigma_dT = squared / (16 * pi * (s - m * m) ** 2) * 2 * m * (-t) / (k2 - t) * (1 - t / DIPOLE_MASS2_MEV2) ** -4
        occupied = expit((mu_nu - E) / 30.0) + expit((-mu_nu - E) / 30.0)
        return n_p * E * E / (2 * pi**2) * occupied * (E - T) * dsigma_dT

    threshold = M + M * M / (2 * m)
    exact = dblquad(
        integrand, threshold * (1 + 1e-9), mu_nu + 900.0, lambda E: limits(E)[0], lambda E: limits(E)[1], epsrel=1e-6
    )[0]
    assert emission(M, mu_nu).Q_MeV7[Channel.PROTON] == pytest.approx(exact, rel=1e-4, abs=0)


@pytest.mark.parametrize("M", [1.0, 100.0])
def test_nodes_of_the_zone(M):
    # "good to 1e-4": doubled nodes of the channels
    coarse, fine = emission(M, 150.0), emission(M, 150.0, Nodes(scattering=40, line=80))
    for channel in (Channel.PROTON, Channel.ELECTRON):
        assert coarse.Q_MeV7[channel] == pytest.approx(fine.Q_MeV7[channel], rel=2e-4, abs=0)


def test_emissivity_goes_as_the_squared_moment_until_it_is_absorbed():
    # rounding without absorption; through R = 10 km L = Q e^{-R/lambda} is below it, monotonically in R
    found, mu = emission(30.0, 0.0), np.array([1e-12, 2e-12])
    bare = found.emissivity_erg_g_s(mu)
    assert bare[1] == pytest.approx(4.0 * bare[0], rel=1e-13, abs=0)
    by_hand = found.Q_MeV7.sum() * (1e-12 * MU_B_PER_MEV) ** 2 * ERG_PER_CM3_S_PER_MEV5 / 3e14
    assert bare[0] == pytest.approx(by_hand, rel=1e-12, abs=0)
    through = [float(found.emissivity_erg_g_s(np.array(1e-9), R)) for R in (0.0, 1.0, 10.0)]
    assert through[0] > 2.0 * through[1] > 4.0 * through[2] > 0.0


def test_opacities_of_the_helicities_are_ordered():
    # unpolarised < interpolated = (1 + v^2) x < active = 2 x, for scattering; decay is the same in all
    M = 100.0
    opacity = {
        how: zone_emission(M, state(), Microphysics(), Propagation(how)).opacity_MeV3[0]
        for how in (Helicity.UNPOLARISED, Helicity.INTERPOLATED, Helicity.ACTIVE)
    }
    mean, between, largest = opacity.values()
    assert (mean < between).all()
    assert (between < largest).all()
    share = (between - mean) / (largest - mean)
    # v^2: from 0 at rest to 1
    assert share[0] < 1e-2
    assert share[-1] > 0.9
    assert (np.diff(share) > 0.0).all()
