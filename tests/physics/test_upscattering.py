"""Up-scattering of N in the plasma against closed forms, an independent integration and the published averages."""

from math import exp, log, pi

import numpy as np
import pytest
from scipy.integrate import quad

from nudipole.constants import ALPHA, M_E_MEV
from nudipole.cosmology.particles import ELECTRON, TARGETS, quark_share
from nudipole.cosmology.thermal import Statistics
from nudipole.cosmology.upscattering import (
    ENERGY,
    NUMBER,
    constant_c,
    debye_mass2_over_T2,
    susceptibility,
    upscattering_c,
    upscattering_c_direct,
    upscattering_c_mean,
    upscattering_table,
)
from nudipole.cosmology.upscattering_kernels import transfer_integral
from nudipole.cross_sections import bracket_coefficients
from nudipole.errors import DomainError

ONLY_E = (ELECTRON,)


@pytest.mark.parametrize(("squared", "number", "energy"), [(False, 0.0143, 0.0151), (True, 0.0117, 0.0125)])
def test_massless_averages_on_electrons(squared, number, energy):
    table = upscattering_table(0.0, T_min_MeV=1e4, T_max_MeV=1e5, targets=ONLY_E, squared_screening=squared)
    # the references are printed with three digits
    assert upscattering_c_mean(log(3e4), table.splines, NUMBER) == pytest.approx(number, abs=5e-5)
    assert upscattering_c_mean(log(3e4), table.splines, ENERGY) == pytest.approx(energy, abs=5e-5)


@pytest.mark.parametrize("s", [1e-4, 0.03, 1.0, 300.0])
def test_massless_cross_section_is_the_screened_logarithm(s):
    D = 0.03
    # int_0^s (1 - tau/s)/(tau + D) dtau = (1 + D/s) ln(1 + s/D) - 1, which tends to ln(s/D) - 1
    expected = s * s * ((1 + D / s) * np.log1p(s / D) - 1)
    # at s << D it is a difference of numbers (D/s) times larger
    assert transfer_integral(0.0, 0.0, s, s, D, False) == pytest.approx(expected, rel=1e-9, abs=0)
    assert transfer_integral(0.0, 0.0, s, s, D, False) > 0


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize(("M", "m", "excess"), [(3.0, 0.5, 4.0), (0.5, 1.0, 1.3), (10.0, 0.5, 200.0), (1.0, 2.0, 90.0)])
def test_massive_integral_against_the_published_bracket(M, m, excess, squared):
    D = 0.05
    s, S = excess + M * M + m * m, excess + M * M
    root = np.sqrt(excess**2 - 4 * m * m * M * M)
    upper = (S * S - M * M * (s + m * m) + S * root) / (2 * s)
    lower = M**4 * m * m / (s * upper)

    def integrand(ln_tau: float) -> float:
        tau = exp(ln_tau)
        E, T = S / (2 * m), tau / (2 * m)
        b_0, b_1, b_2 = bracket_coefficients(T, M, m)
        screening = (tau / (tau + D)) ** (2 if squared else 1)
        return tau * S * S * (b_0 + (b_1 + b_2 / E) / E) / (2 * m) * screening

    expected, _ = quad(integrand, log(lower), log(upper), epsrel=1e-11, limit=200)
    result = transfer_integral(M * M, m * m, excess, root, D, squared)
    # quad keeps 1e-11; the closed form cancels two digits near threshold
    assert result == pytest.approx(expected, rel=1e-8, abs=0)
    assert result > 0


@pytest.mark.parametrize(("p", "T", "M"), [(2.0, 1.0, 3.0), (0.3, 0.4, 0.05), (6.0, 2.0, 0.5)])
def test_rate_against_an_integral_over_target_momentum_and_angle(p, T, M):
    """int 4 d^3k/(2 pi)^3 f sqrt(lambda)/(2 E_N E) sigma(s), in variables of its own."""
    D = float(debye_mass2_over_T2(T, ONLY_E)[0]) * T * T
    nodes, weights = np.polynomial.legendre.leggauss(120)
    k, wk = 0.5 * 40 * T * (nodes + 1) ** 2 / 2, 0.5 * 40 * T * (nodes + 1) * weights
    E_N, E, m2 = np.hypot(p, M), np.hypot(k, M_E_MEV), M_E_MEV**2
    total = 0.0
    for e, kk, w in zip(E, k, wk, strict=True):
        excess = 2 * (E_N * e - p * kk * nodes)
        root = np.sqrt(excess**2 - 4 * m2 * M * M)
        transfer = np.array([transfer_integral(M * M, m2, x, r, D, False) for x, r in zip(excess, root, strict=True)])
        angle = (weights * transfer / root).sum()
        total += w * kk * kk / (np.exp(e / T) + 1) * ALPHA / (2 * E_N * e) * angle
    expected = 4 / (4 * pi**2) * total / T**3
    # 120 nodes in an integrand that is peaked at large angles: 1e-6; the kernel 1e-6
    c = upscattering_c_direct(p / T, T, M, targets=ONLY_E)[0, 0]
    assert c == pytest.approx(expected, rel=1e-5, abs=0)


@pytest.mark.parametrize("M", [0.0, 1e-3, 0.1, 1.0, 10.0, 100.0])
def test_table_agrees_with_direct_integration(M):
    table = upscattering_table(M)
    rng = np.random.default_rng(7)
    ln_T, p = rng.uniform(log(2e-3), log(150.0), 40), np.exp(rng.uniform(log(0.011), log(55.0), 12))
    direct = upscattering_c_direct(p, np.exp(ln_T), M, nodes=200)
    looked_up = np.array([[upscattering_c(x, y, table.splines) for y in p] for x in ln_T])
    # 28 nodes of quadrature 1e-3 at the lowest momentum of a massless N, lookup linear in ln p 3e-4
    np.testing.assert_allclose(looked_up, direct, rtol=1.5e-3)
    above = p > 0.03
    np.testing.assert_allclose(looked_up[:, above], direct[:, above], rtol=1e-3)


def test_lookup_holds_its_ends():
    table = upscattering_table(1.0)
    for inside, outside in ((0.01, 1e-5), (60.0, 1e4)):
        assert upscattering_c(0.0, outside, table.splines) == pytest.approx(
            upscattering_c(0.0, inside, table.splines), rel=1e-12, abs=0
        )
    top = upscattering_c(table.ln_T[-1], 1.0, table.splines)
    assert upscattering_c(50.0, 1.0, table.splines) == pytest.approx(top, rel=1e-12, abs=0)


@pytest.mark.parametrize(("statistics", "value"), [(Statistics.FERMI, pi**2 / 6), (Statistics.BOSE, pi**2 / 3)])
def test_massless_susceptibility(statistics, value):
    # Bose-Einstein is singular at q = 0 there, x = 1e-6 leaves 1e-6 relative
    assert susceptibility(1e-6, statistics) == pytest.approx(value, rel=1e-5, abs=0)


def test_debye_mass_of_massless_electrons():
    # m_e/T = 5e-4 changes it by (m/T)^2 ~ 1e-7
    assert debye_mass2_over_T2(1e3, ONLY_E)[0] == pytest.approx(4 * pi * ALPHA / 3, rel=1e-6, abs=0)


def test_charged_targets_at_4_GeV():
    share = [t.charge_weight / 4 * float(constant_c(1.0, 4000.0, mass_MeV=t.mass_MeV)) for t in TARGETS[:9]]
    # three leptons and four quarks of full weight but for tau and c, and 0.87/3 of b; the page says "about 6.3"
    assert sum(share) == pytest.approx(6.3, rel=0.05)
    assert quark_share(4000.0) == pytest.approx(1.0, rel=1e-12, abs=0)


def test_rate_dies_with_the_electrons():
    c = [upscattering_c_direct(3.0, T, 0.0)[0, 0] / float(constant_c(1.0, T)) for T in (0.1, 0.05, 0.025)]
    # the exponential is gone; what is left is a logarithm of the Debye mass and a power of m_e/T
    assert 0.001 < min(c) < max(c) < 0.1


def test_constant_c_is_massless_density_at_high_temperature():
    # 1 - n_e/n_e(0) = O(m^2/T^2) = 1e-7 here
    assert constant_c(0.0143, 1e3) == pytest.approx(0.0143, rel=1e-6, abs=0)


@pytest.mark.parametrize("arguments", [{"M_N_MeV": -1.0}, {"M_N_MeV": float("nan")}, {"M_N_MeV": 1.0, "T_MeV": 0.0}])
def test_arguments_without_meaning_are_refused(arguments):
    with pytest.raises(DomainError, match="must be"):
        upscattering_c_direct(1.0, **{"T_MeV": 1.0, **arguments})
