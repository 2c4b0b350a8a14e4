"""Amplitudes and rates in the supernova: by helicity, against the closed form, by detailed balance, by other routes."""

from math import exp, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad

from nudipole.constants import ALPHA, M_E_MEV, M_P_MEV
from nudipole.supernova.fermi_integrals import blocked_moments, fermi_integrals
from nudipole.supernova.photon_kernels import photon_rates
from nudipole.supernova.rates import unit_rule
from nudipole.supernova.rest_kernels import DIPOLE_MASS2_MEV2, rest_rate
from nudipole.supernova.scattering_kernels import FermiGas, Screening, fermi_gas_loss

T, MU_E, N_P = 30.0, 218.2, 4.164e5
K_S2, M_T2 = 41.748**2, 15.329**2
PLAIN = Screening(K_S2, False)
FINE = unit_rule(40)


def fermi(x):
    return 1.0 / (np.exp(x) + 1.0)


def page_amplitude(M, m, s, t):
    """-|M|^2 t^2/(8 pi alpha mu^2) of section 1, spin averaged over the target, summed over N."""
    return (2 * M**4 * m**2 + M**4 * t - 2 * M**2 * s * t - M**2 * t**2 + 2 * m**4 * t - 4 * m**2 * s * t
            - 2 * m**2 * t**2 + 2 * s**2 * t + 2 * s * t**2)  # fmt: skip


def page_dsigma_dt(M, m, E, t, screening=PLAIN):
    """dsigma/dt for mu = 1/MeV with the screened propagator."""
    s = m * m + 2.0 * m * E
    tau = -t
    screened = (tau / (tau + screening.k2_MeV2)) if not screening.squared else (tau / (tau + screening.k2_MeV2)) ** 2
    return -8.0 * pi * ALPHA / t**2 * page_amplitude(M, m, s, t) * screened / (16.0 * pi * (s - m * m) ** 2)


@pytest.mark.parametrize("z", [-30.0, -3.0, -0.1, 0.0, 2.0, 30.0])
def test_fermi_integrals(z):
    for n, value in enumerate(fermi_integrals(z)):
        exact = quad(lambda y, n=n: y**n * fermi(y - z), 0.0, max(z, 0.0) + 60.0, points=[max(z, 0.0)], epsabs=0.0,
                     epsrel=1e-12)[0]  # fmt: skip
        # the series stops at 5.8^-14 = 2e-11
        assert value == pytest.approx(exact, rel=1e-10, abs=0.0)


@pytest.mark.parametrize("w", [-5.0, -0.02, -5e-4, 5e-4, 0.3, 4.0])
@pytest.mark.parametrize("z", [-3.0, 0.0, 8.0])
def test_blocked_moments(z, w):
    for n, value in enumerate(blocked_moments(z, w)):
        ends = sorted({max(z, 0.0), max(z - w, 0.0)})
        exact = quad(lambda y, n=n: y**n * fermi(y - z) * (1.0 - fermi(y - z + w)), 0.0, max(z, 0.0) + 60.0,
                     points=ends, epsrel=1e-11)[0]  # fmt: skip
        # below |w| = 1e-3 from the derivative: w^2/24 = 4e-8
        assert value == pytest.approx(exact, rel=1e-7, abs=0.0)


@pytest.mark.parametrize("M", [0.1, 30.0, 100.0, 200.0])
@pytest.mark.parametrize("E", [50.0, 150.0, 400.0])
@pytest.mark.parametrize("squared", [False, True])
def test_protons_at_rest_against_the_closed_form(M, E, squared):
    """Gain = int dT E_1^2 f dsigma/dT n_p/(p E) at E_1 = E + T, with scipy and the polynomial of the page."""
    if M >= E:
        pytest.skip("below the mass")
    screening = Screening(K_S2, squared)
    p = sqrt(E * E - M * M)
    low = 0.5 * (E - p) ** 2 / (M_P_MEV - (E - p))
    high = 0.5 * (E + p) ** 2 / (M_P_MEV - (E + p)) if E + p < M_P_MEV else 800.0

    def integrand(recoil):
        E_1, t = E + recoil, -2.0 * M_P_MEV * recoil
        form = (1.0 - t / DIPOLE_MASS2_MEV2) ** -4
        return E_1**2 * fermi(E_1 / T) * 2.0 * M_P_MEV * page_dsigma_dt(M, M_P_MEV, E_1, t, screening) * form

    exact = N_P / (p * E) * quad(integrand, low, min(high, 800.0), epsrel=1e-9, limit=200)[0]
    plus, minus = rest_rate(E, M, T, 0.0, N_P, screening, 1, *FINE)
    assert plus > minus > 0.0
    # the rule of 40 nodes: 8.6e-5 at 400 MeV, where the range of recoils is 2 GeV, else 1e-6
    assert plus + minus == pytest.approx(exact, rel=2e-4, abs=0.0)


@pytest.mark.parametrize(("v", "published"), [(0.1, 0.515), (0.3, 0.625), (0.5, 0.785), (0.7, 0.924), (0.9, 0.994)])
def test_helicity_fractions(v, published):
    """Physics page: opacity of N with the helicities it was made with, over that of N all in the active one."""
    E = 100.0
    M = E * sqrt(1.0 - v * v)
    # a heavy target is static; the page has three digits and its own target
    plus, minus = rest_rate(E, M, T, 0.0, N_P, PLAIN, -1, *FINE)
    share = plus / (plus + minus)
    assert share**2 + (1.0 - share) ** 2 == pytest.approx(published, abs=0.02)


def test_the_suppressed_helicity():
    for M in (0.1, 1.0):
        plus, minus = rest_rate(200.0, M, T, 0.0, N_P, PLAIN, -1, *FINE)
        # (M/2E)^2 times a factor of order one from the angle, the same for both masses to (M/E)^2
        assert minus / plus / (M / 400.0) ** 2 == pytest.approx(
            rest_rate(200.0, 0.3, T, 0.0, N_P, PLAIN, -1, *FINE)[1]
            / rest_rate(200.0, 0.3, T, 0.0, N_P, PLAIN, -1, *FINE)[0]
            / (0.3 / 400.0) ** 2,
            rel=1e-3,
            abs=0.0,
        )


@pytest.mark.parametrize("M", [1.0, 60.0])
def test_static_limit_of_the_fermi_gas(M):
    """Dilute, cold, heavy targets: the gas scatters as targets at rest do."""
    E, cold = 120.0, 1.0
    m, density = 5e4, 1.0
    mu = m + cold * np.log(density * (2.0 * pi / (m * cold)) ** 1.5 / 2.0)
    loss = sum(fermi_gas_loss(E, M, 0.0, FermiGas(m, mu, cold, 0.0), PLAIN, *unit_rule(160)))
    p = sqrt(E * E - M * M)
    # N + X(at rest) -> nu + X: E_1 = E - T, |M|^2 with s of N X
    s = m * m + M * M + 2.0 * m * E

    def integrand(tau):
        return -8.0 * pi * ALPHA * page_amplitude(M, m, s_crossed(tau), -tau) / tau**2 * tau / (tau + K_S2) * (
            1.0 - fermi(E / cold))  # fmt: skip

    def s_crossed(tau):
        """The polynomial has s of nu X; under exchange of p2 and p4 it is 2 m^2 + M^2 - s + tau."""
        return 2.0 * m * m + M * M - s + tau

    root = sqrt((s - m * m - M * M) ** 2 - 4.0 * m * m * M * M)
    # t = M^2 - 2 (E1* E3* -+ p1* p3*)
    E1, E3 = (s - m * m) / (2.0 * sqrt(s)), (s + M * M - m * m) / (2.0 * sqrt(s))
    p3 = root / (2.0 * sqrt(s))
    low, high = -(M * M - 2.0 * E1 * (E3 - p3)), -(M * M - 2.0 * E1 * (E3 + p3))
    exact = density / (64.0 * pi * m * m * p * E) * quad(integrand, max(low, 1e-9), high, epsrel=1e-9)[0]
    # T/m = 2e-5 and E/m = 2e-3 are left over
    assert loss == pytest.approx(exact, rel=5e-3, abs=0.0)


def brute_force_gain(E, M, mu_nu):
    """f_nu f_e (1 - f_e) |M|^2 over E_1, q, E_2 by Gauss-Legendre and over the azimuth by the trapezoidal rule."""
    m, p = M_E_MEV, sqrt(E * E - M * M)
    x, w = unit_rule(48)
    z, v = unit_rule(90)
    total = 0.0
    edge = 0.5 * (E + p)
    for span in (-edge, 900.0 - edge):
        # cubic: the integrand is steep where the range of q has its corner
        for E_1, weight_1 in zip(edge + span * x**3, 3.0 * abs(span) * w * x**2, strict=True):
            q_0 = E_1 - E
            low, high = max(abs(E_1 - p), abs(q_0)), E_1 + p
            q = (low + (high - low) * x**2)[:, None]
            tau = np.maximum(q * q - q_0 * q_0, 1e-6)
            E_2 = -0.5 * q_0 + 0.5 * q * np.sqrt(1.0 + 4.0 * m * m / tau) + 900.0 * z**2
            occupied = fermi((E_2 - MU_E) / T) * (1.0 - fermi((E_2 + q_0 - MU_E) / T))
            p_2 = np.sqrt(E_2**2 - m * m)
            c_1 = (E_1**2 + q**2 - p * p) / (2.0 * E_1 * q)
            c_2 = ((E_2 + q_0) ** 2 - E_2**2 - q**2) / (2.0 * p_2 * q)
            across = np.sqrt(np.maximum((1.0 - c_1**2) * (1.0 - c_2**2), 0.0))
            amplitude = np.zeros_like(E_2)
            for phi in (0.25 * pi, 0.75 * pi):
                s = m * m + 2.0 * E_1 * (E_2 - p_2 * (c_1 * c_2 + across * np.cos(phi)))
                amplitude -= 0.5 * page_amplitude(M, m, s, -tau)
            inner = (amplitude * occupied * (1800.0 * z * v)).sum(axis=1)
            outer = 8.0 * pi * ALPHA / (tau * (tau + K_S2)).ravel() * (high - low) * 2.0 * x * w
            total += weight_1 * fermi((E_1 - mu_nu) / T) * (inner * outer).sum()
    # both spins of the target
    return 2.0 * total / (256.0 * pi**5) * 2.0 * pi**2 / (p * E)


@pytest.mark.parametrize(("E", "M", "mu_nu"), [(150.0, 60.0, 100.0), (90.0, 1.0, 0.0), (300.0, 200.0, 0.0)])
def test_detailed_balance_of_electrons(E, M, mu_nu):
    """Production by brute force against absorption times e^{-(E - mu)/T}."""
    loss = sum(fermi_gas_loss(E, M, mu_nu, FermiGas(M_E_MEV, MU_E, T, 0.0), PLAIN, *unit_rule(80)))
    # two azimuths are exact for a quadratic polynomial of the cosine; the rest is good to 1e-4
    assert brute_force_gain(E, M, mu_nu) == pytest.approx(loss * exp(-(E - mu_nu) / T), rel=1e-3, abs=0.0)


@pytest.mark.parametrize(("M", "E"), [(0.1, 60.0), (100.0, 150.0), (250.0, 300.0)])
@pytest.mark.parametrize("transverse", [False, True])
def test_detailed_balance_of_photons(M, E, transverse):
    for mu in (-80.0, 0.0, 120.0):
        a, b, c, d = photon_rates(E, M, T, mu, M_T2, transverse, *FINE)
        # exact at every node
        assert a / c == pytest.approx(exp(-(E - mu) / T), rel=1e-9, abs=0.0)
        assert b / d == pytest.approx(exp(-(E - mu) / T), rel=1e-9, abs=0.0)


def test_protons_at_rest_keep_detailed_balance_at_small_recoil():
    E, M = 60.0, 30.0
    gain = sum(rest_rate(E, M, T, 0.0, N_P, PLAIN, 1, *FINE))
    loss = sum(rest_rate(E, M, T, 0.0, N_P, PLAIN, -1, *FINE))
    # recoils of 3 MeV on T = 30 MeV: 8 %; a gas has it exactly
    assert gain / loss * exp(E / T) == pytest.approx(1.0, abs=0.12)


@pytest.mark.parametrize("M", [20.0, 100.0, 300.0])
def test_vacuum_width(M):
    """Cold, empty medium: half the sum over helicities is G_0 M/E with G_0 = M^3 (1 - x)^2 (1 + x/2)/(16 pi)."""
    E = 1.3 * M
    _, _, c, d = photon_rates(E, M, 1e-3, -1e3, M_T2, False, *FINE)
    x = M_T2 / M**2
    exact = M**3 / (16.0 * pi) * (1.0 - x) ** 2 * (1.0 + 0.5 * x) * M / E
    assert 0.5 * (c + d) == pytest.approx(exact, rel=1e-10, abs=0.0)


@pytest.mark.parametrize("M", [20.0, 100.0])
def test_transverse_modes_of_n_at_rest(M):
    """Back to back there is no momentum across the photon's: the longitudinal mode is the x/2 of (1 + x/2)."""
    all_modes, transverse = (
        sum(photon_rates(M * (1.0 + 1e-9), M, 1e-3, -1e3, M_T2, kind, *FINE)[2:]) for kind in (False, True)
    )
    # the velocity is 4e-5
    assert transverse / all_modes == pytest.approx(1.0 / (1.0 + 0.5 * M_T2 / M**2), rel=1e-6, abs=0.0)


def test_rates_grow_with_the_targets_only():
    """mu^2 is left out of every rate; n_p is linear in it for protons at rest."""
    one = rest_rate(100.0, 10.0, T, 0.0, N_P, PLAIN, 1, *FINE)
    two = rest_rate(100.0, 10.0, T, 0.0, 2.0 * N_P, PLAIN, 1, *FINE)
    assert np.allclose(np.array(two), 2.0 * np.array(one), rtol=1e-14)
