"""Decoupling of N and its occupations at the start of the solver, against closed forms."""

from math import pi
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import zeta

from nudipole.constants import M_PLANCK_MEV, MU_B_PER_MEV
from nudipole.cosmology.decoupling import (
    NO_TABLE,
    _relax,
    decoupling_temperature_MeV,
    fermi_dirac,
    freeze_in,
    gradual,
    hubble_MeV,
    instantaneous,
    mean_c,
)
from nudipole.cosmology.degrees_of_freedom import bath, degrees_of_freedom, plasma_g_s
from nudipole.cosmology.particles import ELECTRON
from nudipole.cosmology.upscattering import upscattering_table
from nudipole.errors import DataError, DomainError

T_0 = 100.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)
P = T_0 * 10.0 * (NODES + 1) ** 2
DP = T_0 * 20.0 * (NODES + 1) * WEIGHTS


def flat(g):
    return degrees_of_freedom(pd.DataFrame({"log10_T_MeV": np.arange(6.0), "g_rho": float(g), "g_s": float(g)}))


@pytest.fixture(scope="module")
def table():
    return upscattering_table(0.0, T_min_MeV=1e-2, T_max_MeV=1e7)


@pytest.fixture(scope="module")
def standard_model():
    path = Path(__file__).parents[2] / "resources" / "cosmology" / "effective_degrees_of_freedom.csv"
    return degrees_of_freedom(pd.read_csv(path, comment="#"))


def test_table_of_degrees_of_freedom(standard_model):
    # nodes of the source, both columns
    assert standard_model.g_rho(1e3) == pytest.approx(73.48, rel=1e-12, abs=0)
    assert standard_model.g_rho(1e3) / standard_model.g_s(1e3) == pytest.approx(1.01778, rel=1e-5, abs=0)
    # beyond the ends the end values
    assert standard_model.g_rho([1e9, 1e-3]) == pytest.approx([104.98, 10.71], rel=1e-12, abs=0)


def test_solver_plasma_agrees_with_the_table(standard_model):
    T = np.array([10.0, 20.0, 30.0, 50.0, 80.0, 100.0])
    # the hadron gas stops at the nucleons, and the table is a spline through four nodes there
    np.testing.assert_allclose(plasma_g_s(T), standard_model.g_s(T), rtol=1e-2)
    assert plasma_g_s(120.0) == pytest.approx(float(standard_model.g_s(120.0)), rel=0.025)
    assert plasma_g_s(10.0, (ELECTRON,)) == pytest.approx(10.75, rel=1e-3)


def test_bath_joins_the_solver(standard_model):
    above = bath(standard_model, T_0)
    assert above.g_s(T_0) == pytest.approx(float(plasma_g_s(T_0)), rel=1e-14, abs=0)
    # e^{-(ln 5/0.5)^2} = 3e-5 of 0.7 %
    assert above.g_s(5 * T_0) == pytest.approx(float(standard_model.g_s(5 * T_0)), rel=1e-6, abs=0)
    T = np.geomspace(T_0, 1e6, 400)
    assert (np.diff(above.scale_factor(T)) < 0).all()


def test_constant_rate_on_electrons_alone():
    mu = 1e-10
    T = decoupling_temperature_MeV(mu, flat(13.0), 0.0143)
    closed = np.sqrt(4 * pi**3 * 13 / 45) / (M_PLANCK_MEV * 0.0143 * (mu * MU_B_PER_MEV) ** 2)
    # n_e(T)/n_e(0) - 1 = O(m_e^2/T^2) = 1e-4, and T_dec = 39 MeV as on the page
    assert pytest.approx(closed, rel=3e-4, abs=0) == T
    assert pytest.approx(39.0, rel=0.01) == T


def test_decoupling_temperature_solves_its_equation(standard_model, table):
    for mu in (1e-12, 1e-11, 3e-11, 1e-10):
        T = decoupling_temperature_MeV(mu, standard_model, table)
        G = mean_c(table, T)[0] * (mu * MU_B_PER_MEV) ** 2 * T**3
        # root finder: 1e-10 in ln T
        assert pytest.approx(float(hubble_MeV(T, standard_model.g_rho(T))), rel=1e-8, abs=0) == G


PAGE = ((1e-12, 1.4e5), (5e-12, 5641.0), (1e-11, 1489.0), (3e-11, 181.0), (5e-11, 79.0))
"""T_dec [MeV] of an earlier calculation in which only e+- screen the photon, all charged species being targets."""


def test_decoupling_temperature_with_the_debye_mass_of_electrons(standard_model):
    rate = upscattering_table(0.0, T_min_MeV=10.0, T_max_MeV=1e7, screening=(ELECTRON,))
    for mu, T in PAGE:
        # 1.4e5 has two digits; c sum N_c Q^2 there counts masses by density alone
        assert decoupling_temperature_MeV(mu, standard_model, rate) == pytest.approx(T, rel=0.035, abs=0)


def test_screening_by_the_whole_plasma_decouples_earlier(standard_model, table):
    # m_D^2 up to eight times larger lowers c by up to a third, and T_dec ~ 1/c
    for mu, T in PAGE:
        assert 1.0 < decoupling_temperature_MeV(mu, standard_model, table) / T < 1.6


def test_decoupling_above_the_tables_scales_with_mu(standard_model, table):
    high = [decoupling_temperature_MeV(mu, standard_model, table) for mu in (1e-14, 2e-14)]
    assert high[0] > 1e9
    assert high[0] / high[1] == pytest.approx(4.0, rel=1e-6, abs=0)
    with pytest.raises(DomainError, match="never in equilibrium"):
        decoupling_temperature_MeV(1e-18, standard_model, table)


def test_massless_relic_from_the_full_standard_model():
    above = bath(flat(106.75), T_0, particles=(ELECTRON,))
    # far above the blend of g_s near T_0
    f = instantaneous(P, 0.0, 1e5, above)
    ratio = (DP * P**3 * f.f_active).sum() / (DP * P**3 * fermi_dirac(P, 0.0, T_0)).sum()
    # g = 4 is two neutrinos; 0.094 has two digits; the page's 10.75 against 10.7500 of massive e+- at 100 MeV
    assert 2 * ratio == pytest.approx(2 * (10.75 / 106.75) ** (4 / 3), rel=1e-4, abs=0)
    assert 2 * ratio == pytest.approx(0.094, abs=5e-4)
    assert (f.f_sterile == 0).all()


def test_gradual_and_instantaneous_agree_without_heating(table):
    above = bath(flat(float(plasma_g_s(T_0))), T_0)
    sudden = instantaneous(P, 1e-6, 1e3, above).f_active
    slow = gradual(P, 1e-6, 1e-12, 1e3, above, table).f_active
    # the same Fermi-Dirac distribution, redshifted or kept: rounding
    np.testing.assert_allclose(slow, sudden, rtol=1e-9)
    np.testing.assert_allclose(slow, fermi_dirac(P, 0.0, T_0), rtol=1e-9)


def test_sharp_decoupling_is_instantaneous(standard_model):
    above, T_dec = bath(standard_model, T_0), 1500.0
    T = np.exp(np.linspace(np.log(1e4), np.log(T_0), 4001))
    scattering = np.where(T_dec <= T, 1e9, 0.0)
    last = T[T_dec <= T][-1]
    f = _relax(P, 1.0, T, above.scale_factor(T), scattering, np.zeros_like(T), NO_TABLE, 1.0)
    expected = instantaneous(P, 1.0, last, above).f_active
    # the step in which the rate goes to zero is coupled too: one step of 1e-3 in ln T, d ln g_s/d ln T < 1, p/T = 40
    np.testing.assert_allclose(f[0], expected, rtol=2e-2)
    energy = DP * P**3
    assert (energy * f[0]).sum() == pytest.approx((energy * expected).sum(), rel=2e-3, abs=0)


def test_strong_scattering_keeps_the_active_helicity_thermal(standard_model, table):
    above = bath(standard_model, T_0)
    f = gradual(P, 1e-3, 1e-8, 0.5, above, table)
    # the lag is (df_eq/dln a)/(G/H), 1e-4 (mu/1e-8)^-2 at p = 40 T
    np.testing.assert_allclose(f.f_active, fermi_dirac(P, 1e-3, T_0), rtol=1e-3)
    # G_0 M/(E H) with M = 1 keV: nothing
    assert f.f_sterile.max() < 1e-6


def test_inverse_decays_fill_both_helicities(standard_model):
    M, above = 300.0, bath(standard_model, T_0)
    rate = upscattering_table(M, T_min_MeV=T_0, T_max_MeV=1e5)
    for f in (gradual(P, M, 1e-8, 200.0, above, rate), freeze_in(P, M, 1e-8, 1000.0, above, rate)):
        # G_0 M/(E H) = 1e5 and more: thermal within its inverse
        np.testing.assert_allclose(f.f_active, fermi_dirac(P, M, T_0), rtol=1e-3)
        np.testing.assert_allclose(f.f_sterile, fermi_dirac(P, M, T_0), rtol=1e-3)


def test_freeze_in_yield_of_a_constant_rate():
    mu, c, g = 1e-14, 0.0143, float(plasma_g_s(T_0))
    yields = []
    for T_RH in (1e3, 2e3):
        f = freeze_in(P, 1e-6, mu, T_RH, bath(flat(g), T_0), c).f_active
        yields.append((DP * P**2 * f).sum() / T_0**3)
    # int (G/H) dln a = c mu^2 T_RH/(H/T^2) [1 - T_0/T_RH] on n = (3/2) zeta(3) T^3
    H = np.sqrt(4 * pi**3 * g / 45) / M_PLANCK_MEV
    expected = 1.5 * zeta(3) * c * (mu * MU_B_PER_MEV) ** 2 / H * (np.array([1e3, 2e3]) - T_0)
    # trapezoid in ln T with steps of 0.02: h^2/12 = 3e-5; n_e(m_e) at 100 MeV: 1e-5
    np.testing.assert_allclose(yields, expected, rtol=1e-4)


def test_freeze_in_below_the_start_is_empty(standard_model, table):
    f = freeze_in(P, 1.0, 1e-10, 50.0, bath(standard_model, T_0), table)
    assert f.f_active.shape == P.shape
    assert not f.f_active.any()
    assert not f.f_sterile.any()


def test_a_table_without_entropy_is_refused():
    with pytest.raises(DataError, match="g_s"):
        degrees_of_freedom(pd.DataFrame({"log10_T_MeV": [0.0], "g_rho": [10.0]}))
