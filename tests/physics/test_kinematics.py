"""Kinematics of nu e -> N e: the exact quadratic, four-vectors, inverses, and the numbers of the physics page."""

from math import pi

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudipole import units
from nudipole.constants import ALPHA_MU_B2_CM2, M_E_KEV, M_E_MEV, MU_B_PER_EV, MU_B_PER_GEV
from nudipole.kinematics import (
    E_nu_min_MeV,
    M_N_at_limit_MeV,
    M_N_max_MeV,
    cos_theta_recoil,
    recoil_limits_MeV,
    threshold_MeV,
)
from nudipole.units import d_per_GeV_from_mu_muB, lifetime_s, mu_muB_from_d_per_GeV

M_E = M_E_MEV
ENERGIES = st.floats(1e-3, 50.0)
"""MeV: solar neutrinos and beyond."""
FRACTIONS = st.one_of(st.just(0.0), st.floats(1e-6, 0.999))
"""M_N as a fraction of the largest: nearer to 1 the limits themselves are ill-conditioned (root of a small number),
below 1e-6 the direct form would cancel even at 50 digits."""


def exact_limits(E, M, m=M_E):
    """The two roots of a T^2 + b T + c = 0, directly, at 50 digits."""
    with mpmath.workdps(50):
        E, M, m = mpmath.mpf(E), mpmath.mpf(M), mpmath.mpf(m)
        # cos^2 theta = 1 of the angle formula: [T (E + m) + M^2/2]^2 = E^2 T (T + 2m)
        a = (E + m) ** 2 - E**2
        b = (E + m) * M**2 - 2 * m * E**2
        c = M**4 / 4
        root = mpmath.sqrt(b * b - 4 * a * c)
        return float((-b - root) / (2 * a)), float((-b + root) / (2 * a))


@given(ENERGIES, FRACTIONS)
def test_recoil_limits_are_the_roots_of_the_quadratic(E, fraction):
    # At M = 0.999 M_max the root loses three digits: 1e-16/1e-3 in both limits; 1e-11 leaves two more.
    M = fraction * M_N_max_MeV(E)
    low, high = exact_limits(E, M)
    assert recoil_limits_MeV(E, M) == pytest.approx((low, high), rel=1e-11, abs=1e-300)


def test_minimum_does_not_cancel():
    # 100 keV at 862 keV: 0.034 keV (two digits printed), not the 8.2 keV of the talk.
    low, _ = recoil_limits_MeV(0.862, 0.1)
    assert 1e3 * low == pytest.approx(0.034, abs=5e-4)
    assert pytest.approx(8.2, abs=0.05) == 1e3 * 0.1**2 / (2.0 * (M_E + 0.1))
    # 1 eV: the direct form would be 0/0 in double precision (M^4/E^4 = 1e-24); one rounding each of a few operations.
    assert recoil_limits_MeV(1.0, 1e-6)[0] == pytest.approx(exact_limits(1.0, 1e-6)[0], rel=1e-14, abs=0)


@given(ENERGIES, st.floats(0.0, 0.99), st.sampled_from([0, 1]))
def test_least_neutrino_energy_is_the_inverse_of_the_limits(E, fraction, side):
    # T_low goes as M^4 and E_min(T_low) as T_low/M^2: rounding only, but the maximum is flat near the end (1e-9).
    M = max(fraction, 1e-3) * M_N_max_MeV(E)
    T = recoil_limits_MeV(E, M)[side]
    assert E_nu_min_MeV(T, M) == pytest.approx(E, rel=1e-9, abs=0)


def test_least_neutrino_energy_without_mass():
    # (T + k)/2 by hand at T = 10 keV.
    T = 0.01
    assert E_nu_min_MeV(T, 0.0) == pytest.approx(0.5 * (T + np.sqrt(T * T + 2 * M_E * T)), rel=1e-14, abs=0)


@given(st.floats(1e-3, 10.0))
def test_threshold_is_where_the_limits_meet(M):
    # Below it NaN, just above it both limits tend to M^2/(2(m + M)) as the root of the distance: 1e-10 -> 1e-5.
    E = threshold_MeV(M)
    assert np.isnan(recoil_limits_MeV(E * (1 - 1e-10), M)).all()
    low, high = recoil_limits_MeV(E * (1 + 1e-10), M)
    at_threshold = M * M / (2.0 * (M_E + M))
    assert low < at_threshold < high
    assert (low, high) == pytest.approx((at_threshold, at_threshold), rel=1e-3, abs=0)
    assert M_N_max_MeV(E) == pytest.approx(M, rel=1e-13, abs=0)
    # in the frame of the centre of mass: s = (m + M)^2
    assert pytest.approx((M_E + M) ** 2, rel=1e-14, abs=0) == M_E**2 + 2 * M_E * E


@given(ENERGIES, st.floats(0.001, 0.99), st.sampled_from([0, 1]))
def test_mass_at_a_limit_is_the_inverse_too(E, fraction, side):
    # The mass of a limit at fixed recoil; M^2 is a difference of terms up to 2E m, so 1e-9 of M_max^2.
    M = fraction * M_N_max_MeV(E)
    found = M_N_at_limit_MeV(E, recoil_limits_MeV(E, M)[side])
    assert found**2 == pytest.approx(M**2, rel=1e-9, abs=1e-9 * M_N_max_MeV(E) ** 2)
    assert np.isnan(M_N_at_limit_MeV(E, 1.01 * recoil_limits_MeV(E, 0.0)[1]))


def test_without_mass_the_limits_are_those_of_compton_scattering():
    # T_max = 2E^2/(m + 2E): the same expression up to rounding.
    E = np.geomspace(1e-3, 20.0, 30)
    limits = np.array([recoil_limits_MeV(e, 0.0) for e in E])
    assert (limits[:, 0] == 0.0).all()
    np.testing.assert_allclose(limits[:, 1], 2 * E**2 / (M_E + 2 * E), rtol=1e-14)


@given(ENERGIES, st.floats(0.01, 0.99), st.floats(0.001, 0.999))
def test_vectors_conserve_four_momentum(E, fraction, share):
    # The heavy neutrino carries what is left over; its invariant mass must be M, up to the rounding of the squares.
    M = fraction * M_N_max_MeV(E)
    low, high = recoil_limits_MeV(E, M)
    T = low + share * (high - low)
    cos = float(cos_theta_recoil(E, T, M))
    assert 0.0 < cos < 1.0
    k = np.sqrt(T * (T + 2 * M_E))
    energy, along, across = E - T, E - k * cos, k * np.sqrt(1 - cos**2)
    scale = max(E * E, M * M)
    assert energy**2 - along**2 - across**2 == pytest.approx(M * M, rel=0, abs=1e-13 * scale)


@given(ENERGIES, st.floats(0.01, 0.99))
def test_both_limits_are_forward(E, fraction):
    # cos theta is stationary nowhere there, so it inherits the 1e-12 of the limits.
    M = fraction * M_N_max_MeV(E)
    np.testing.assert_allclose(cos_theta_recoil(E, np.array(recoil_limits_MeV(E, M)), M), 1.0, rtol=0, atol=1e-10)


LARGEST_KEV = {0.3843: 297.6, 0.8618: 557.6, 1.442: 806.1, 15.2: 3463.0, 18.784: 3900.0}
"""MeV of each line, of the end of the 8B table and of hep -> largest M_N of the physics page (four digits)."""


@pytest.mark.parametrize(("E", "largest"), LARGEST_KEV.items())
def test_largest_mass_of_each_source(E, largest):
    # Half a unit of the last digit printed. At +-5 % in m_e or in the energy the largest mass moves by > 2 %.
    tolerance = 0.05 if largest < 1e3 else 0.5
    assert 1e3 * M_N_max_MeV(E) == pytest.approx(largest, abs=tolerance)
    for moved in (M_N_max_MeV(1.05 * E), M_N_max_MeV(E, 1.05 * M_E), M_N_max_MeV(E, 0.95 * M_E)):
        assert abs(1e3 * moved - largest) > 2 * tolerance
    m = M_E_KEV
    assert 1e3 * M_N_max_MeV(E) == pytest.approx(np.sqrt(m * m + 2e3 * m * E) - m, rel=1e-13, abs=0)


def test_end_points_of_the_continua():
    # pp, 13N, 17F: the page used 420.2, 1198.5, 1737 keV; the formula is the same, the inputs are Bahcall's.
    page = {320.0: 0.4202, 708.0: 1.1985, 914.1: 1.732, 915.8: 1.7364}
    for largest, E in page.items():
        assert 1e3 * M_N_max_MeV(E) == pytest.approx(largest, abs=0.3)


# ---- constants and conventions


def test_bohr_magneton_and_scale_of_the_cross_section():
    # Six printed digits; 1e-5 leaves room for another alpha than 1/137.036.
    assert pytest.approx(2.96304e-7, rel=1e-5, abs=0) == MU_B_PER_EV
    assert pytest.approx(296.304, rel=1e-5, abs=0) == MU_B_PER_GEV
    assert pytest.approx(2.49467e-25, rel=1e-5, abs=0) == ALPHA_MU_B2_CM2
    # pi alpha^2/m_e^2 in terms of the classical electron radius 2.8179403 fm: pi r_e^2.
    assert pytest.approx(pi * 2.8179403205e-13**2, rel=1e-8, abs=0) == ALPHA_MU_B2_CM2


def test_conversion_to_d():
    # d = mu/2; six printed digits. Back and forth is two roundings.
    assert d_per_GeV_from_mu_muB(1.0) == pytest.approx(148.152, rel=1e-5, abs=0)
    assert d_per_GeV_from_mu_muB(1e-11) == pytest.approx(1.4815e-9, rel=5e-5, abs=0)
    mu = np.geomspace(1e-14, 1e-6, 9)
    np.testing.assert_allclose(mu_muB_from_d_per_GeV(d_per_GeV_from_mu_muB(mu)), mu, rtol=4e-16)


def test_lifetime(monkeypatch):
    # 3768 s, four digits.
    assert lifetime_s(1.0, 1e-11) == pytest.approx(3768.0, abs=0.5)
    assert lifetime_s(2.0, 3e-11) == pytest.approx(lifetime_s(1.0, 1e-11) / 72.0, rel=1e-14, abs=0)
    assert lifetime_s(1.0, 1e-11, majorana=True) == pytest.approx(0.5 * lifetime_s(1.0, 1e-11), rel=1e-14, abs=0)
    # Gamma = d^2 M^3/(4 pi) is the same width in the other convention.
    d = d_per_GeV_from_mu_muB(1e-11) * 1e-3
    assert units.HBAR_MEV_S / (d**2 / (4 * pi)) == pytest.approx(lifetime_s(1.0, 1e-11), rel=1e-13, abs=0)
    for name in ("HBAR_MEV_S", "MU_B_PER_MEV"):
        with monkeypatch.context() as patch:
            patch.setattr(units, name, 1.05 * getattr(units, name))
            assert abs(lifetime_s(1.0, 1e-11) - 3768.0) > 100.0
