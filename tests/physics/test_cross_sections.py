"""The dipole cross section against traces of explicit Dirac matrices, quadrature, and the numbers of the page."""

import numpy as np
import pytest
from scipy import integrate

from nudipole import cross_sections
from nudipole.constants import ALPHA, HBARC_MEV_CM, M_E_MEV, MU_B_PER_MEV
from nudipole.cross_sections import bracket_coefficients, dsigma_dEr_cm2_per_keV, sigma_cm2
from nudipole.errors import DomainError
from nudipole.kinematics import M_N_max_MeV, cos_theta_recoil, recoil_limits_MeV

# ---- Dirac algebra, chiral representation

I2, ZERO = np.eye(2), np.zeros((2, 2))
PAULI = (np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.array([[1, 0], [0, -1]]))
GAMMA = (np.block([[ZERO, I2], [I2, ZERO]]), *(np.block([[ZERO, s], [-s, ZERO]]) for s in PAULI))
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])
GAMMA_5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
P_L, P_R = 0.5 * (np.eye(4) - GAMMA_5), 0.5 * (np.eye(4) + GAMMA_5)
SIGMA = [[0.5j * (a @ b - b @ a) for b in GAMMA] for a in GAMMA]


def slash(p):
    return sum(METRIC[i, i] * p[i] * GAMMA[i] for i in range(4))


def electron_current(recoil, target, m):
    """1/2 tr[(p' + m) gamma^a (p + m) gamma^b], averaged over the spin of the target."""
    after, before = slash(recoil) + m * np.eye(4), slash(target) + m * np.eye(4)
    return np.array([[0.5 * np.trace(after @ a @ before @ b) for b in GAMMA] for a in GAMMA])


def scalar_current(recoil, target, _):
    """(p + p')^a (p + p')^b: a point-like scalar of unit charge."""
    return np.outer(recoil + target, recoil + target)


def by_traces(E, T, M, mu_muB, current=electron_current, m=M_E_MEV):
    """dsigma/dT [cm^2/MeV] from L = (mu/2) F_mn nubar_L sigma^mn N_R + h.c. and photon exchange with a unit charge.

    F_mn = 2 d_m A_n under the antisymmetric sigma, so the vertex nu -> N is mu sigma^mn q_m P_L. No average over the
    one neutrino helicity; dsigma/dT = |M|^2/(32 pi m E^2) for a massless projectile.
    """
    k, cos = np.sqrt(T * (T + 2 * m)), float(cos_theta_recoil(E, T, M, m))
    nu, target = np.array([E, 0, 0, E]), np.array([m, 0, 0, 0])
    recoil = np.array([m + T, k * np.sqrt(1 - cos**2), 0, k * cos])
    heavy = nu + target - recoil
    q = recoil - target
    q_lower, q2 = METRIC @ q, q @ METRIC @ q
    vertex = [sum(q_lower[i] * SIGMA[i][n] for i in range(4)) for n in range(4)]
    tensor, total = current(recoil, target, m), 0.0
    for a in range(4):
        for b in range(4):
            dipole = np.trace((slash(heavy) + M * np.eye(4)) @ vertex[a] @ P_L @ slash(nu) @ P_R @ vertex[b])
            total += METRIC[a, a] * METRIC[b, b] * dipole * tensor[a, b]
    squared = (mu_muB * MU_B_PER_MEV) ** 2 * 4 * np.pi * ALPHA / q2**2 * total
    assert abs(squared.imag) < 1e-12 * abs(squared.real)
    return squared.real / (32 * np.pi * m * E**2) * HBARC_MEV_CM**2


def random_points(count, seed, *, edge=1e-3, m=M_E_MEV, E_max=30.0):
    """Random (E, T, M) inside the kinematic limits, logarithmic in E."""
    rng = np.random.default_rng(seed)
    E = np.exp(rng.uniform(np.log(1e-2), np.log(E_max), count))
    M = rng.uniform(0.0, 0.999, count) * np.array([M_N_max_MeV(e, m) for e in E])
    low, high = np.array([recoil_limits_MeV(e, x, m) for e, x in zip(E, M, strict=True)]).T
    low = np.maximum(low, 1e-9 * high)
    share = rng.uniform(edge, 1 - edge, count)
    return E, np.where(rng.random(count) < 0.5, low + share * (high - low), low * (high / low) ** share), M


@pytest.mark.parametrize("point", list(zip(*random_points(40, 1), strict=True)))
def test_cross_section_is_the_full_trace(point):
    # Traces of products of MeV-sized matrices lose a few digits where M^2 and m T differ in size: 1e-10 holds for all.
    E, T, M = point
    ours = 1e3 * dsigma_dEr_cm2_per_keV(E, 1e3 * T, M, 2e-11)
    assert ours == pytest.approx(by_traces(E, T, M, 2e-11), rel=1e-10, abs=0)


def test_the_dirac_matrices_are_dirac_matrices():
    for a in range(4):
        for b in range(4):
            anticommutator = GAMMA[a] @ GAMMA[b] + GAMMA[b] @ GAMMA[a]
            np.testing.assert_array_equal(anticommutator, 2 * METRIC[a, b] * np.eye(4))


def test_positive_inside_the_limits():
    # 2e4 points, up to a part in 1e9 of the limits.
    E, T, M = random_points(20_000, 2, edge=1e-9)
    assert (dsigma_dEr_cm2_per_keV(E, 1e3 * T, M, 1e-11) > 0.0).all()


def test_zero_outside_the_limits_where_the_bracket_is_not():
    # E = 862 keV, M = 500 keV: the polynomial itself is negative below and not zero above the limits.
    E, M = 0.862, 0.5
    low, high = recoil_limits_MeV(E, M)
    outside = np.array([0.3 * low, 0.999999 * low, 1.000001 * high, 3.0 * high])
    assert (dsigma_dEr_cm2_per_keV(E, 1e3 * outside, M, 1e-11) == 0.0).all()
    b_0, b_1, b_2 = bracket_coefficients(0.3 * low, M, M_E_MEV)
    assert b_0 + b_1 / E + b_2 / E**2 < 0.0
    assert dsigma_dEr_cm2_per_keV(0.2, 10.0, 0.5, 1e-11) == 0.0
    assert sigma_cm2(0.2, 1.0, 100.0, 0.5, 1e-11) == 0.0
    assert sigma_cm2(E, 0.1 * 1e3 * low, 0.9 * 1e3 * low, M, 1e-11) == 0.0


def test_massless_limit():
    # alpha mu_B^2 (1/T - 1/E), exactly; mu^2 and the unit by hand.
    T_keV = np.array([0.5, 3.0, 30.0, 300.0])
    expected = 2.49467e-25 * 9e-22 * (1 / T_keV - 1 / 862.0)
    np.testing.assert_allclose(dsigma_dEr_cm2_per_keV(0.862, T_keV, 0.0, 3e-11), expected, rtol=1e-5)
    tiny = dsigma_dEr_cm2_per_keV(0.862, T_keV, 1e-6, 3e-11)
    # the first correction is -M^2/(2 m T): 2e-9 at the smallest recoil
    np.testing.assert_allclose(tiny, expected, rtol=1e-5)
    np.testing.assert_allclose(dsigma_dEr_cm2_per_keV(0.862, T_keV, 0.0, 3e-11) / tiny, 1.0, rtol=1e-8)


ABOVE_1_KEV = {0.0: 1.4293e-46, 0.1: 1.3974e-46, 0.26: 9.336e-47, 0.5: 1.6539e-47}
"""sigma(E_r > 1 keV) at mu = 1e-11 mu_B and E = 862 keV [cm^2]."""


@pytest.mark.parametrize(("M", "expected"), ABOVE_1_KEV.items())
def test_integrated_cross_section(M, expected, monkeypatch):
    # Half a unit of the last of four or five digits.
    assert sigma_cm2(0.862, 1.0, 1e6, M, 1e-11) == pytest.approx(expected, rel=1e-4, abs=0)
    for E in (0.862 * 1.05, 0.862 * 0.95):
        assert abs(sigma_cm2(E, 1.0, 1e6, M, 1e-11) / expected - 1.0) > 2e-3
    if M < 0.2:
        # the recoils of the heavier ones start above 1 keV
        assert abs(sigma_cm2(0.862, 1.05, 1e6, M, 1e-11) / expected - 1.0) > 2e-3
    monkeypatch.setattr(cross_sections, "ALPHA_MU_B2_CM2", 1.05 * cross_sections.ALPHA_MU_B2_CM2)
    assert abs(sigma_cm2(0.862, 1.0, 1e6, M, 1e-11) / expected - 1.0) > 0.04


def test_closed_form_is_the_integral():
    # quad is asked for 1e-10; the logarithms of the closed form lose up to three digits where the range is narrow.
    E, T, M = random_points(60, 3)
    for e, t, mass in zip(E, T, M, strict=True):
        low, high = (1e3 * x for x in recoil_limits_MeV(e, mass))
        a, b = max(low, 1e3 * t / 3.0), min(high, 3e3 * t)

        def integrand(ln_T, e=e, mass=mass):
            return np.exp(ln_T) * dsigma_dEr_cm2_per_keV(e, np.exp(ln_T), mass, 1.0)

        inside = (np.log(a) + 1e-12, np.log(b) - 1e-12)
        expected, _ = integrate.quad(integrand, *inside, epsabs=0.0, epsrel=1e-10, limit=200)
        assert sigma_cm2(e, a, b, mass, 1.0) == pytest.approx(expected, rel=1e-8, abs=0)
        # what lies beyond the limits adds nothing, and pieces add up
        whole = sigma_cm2(e, 0.5 * low if low > 0 else 1e-9, 2.0 * high, mass, 1.0)
        assert whole >= sigma_cm2(e, a, b, mass, 1.0) * (1 - 1e-9)
        middle = np.sqrt(a * b)
        parts = sigma_cm2(e, [a, middle], [middle, b], mass, 1.0).sum()
        assert parts == pytest.approx(float(sigma_cm2(e, a, b, mass, 1.0)), rel=1e-9, abs=0)


def test_quadratic_in_the_moment():
    # Multiplication by 9: one rounding.
    one = dsigma_dEr_cm2_per_keV(0.862, 5.0, 0.1, 1e-11)
    assert dsigma_dEr_cm2_per_keV(0.862, 5.0, 0.1, 3e-11) == pytest.approx(9.0 * one, rel=1e-14, abs=0)
    assert sigma_cm2(0.862, 1.0, 5.0, 0.1, 3e-11) == pytest.approx(
        9.0 * sigma_cm2(0.862, 1.0, 5.0, 0.1, 1e-11), rel=1e-9, abs=0
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dsigma_dEr_cm2_per_keV(0.0, 1.0, 0.1, 1e-11), "E_nu_MeV must be positive, got 0"),
        (lambda: dsigma_dEr_cm2_per_keV(1.0, [1.0, -2.5], 0.1, 1e-11), "E_r_keV must be positive, got -2.5"),
        (lambda: dsigma_dEr_cm2_per_keV(1.0, np.nan, 0.1, 1e-11), "E_r_keV must be positive, got nan"),
        (lambda: dsigma_dEr_cm2_per_keV(1.0, 1.0, -0.1, 1e-11), "M_N_MeV must not be negative, got -0.1"),
        (lambda: sigma_cm2(-1.0, 1.0, 2.0, 0.1, 1e-11), "E_nu_MeV must be positive, got -1"),
        (lambda: sigma_cm2(1.0, 0.0, 2.0, 0.1, 1e-11), "E_r_low_keV must be positive, got 0"),
        (lambda: sigma_cm2(1.0, 1.0, 2.0, -3.0, 1e-11), "M_N_MeV must not be negative, got -3"),
    ],
)
def test_errors_name_the_argument_and_its_value(call, message):
    with pytest.raises(DomainError, match=message):
        call()
