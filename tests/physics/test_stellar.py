"""Plasmon decay in stars: the table of the physics pages, closed forms, an independent integration."""

from dataclasses import replace
from itertools import pairwise
from math import atanh, exp, inf, log, nan, pi, sqrt

import numpy as np
import pytest
from scipy import integrate
from scipy.special import kn

from nudipole.errors import DomainError
from nudipole.stellar.continuum import ln_continuum_eV7
from nudipole.stellar.damping import (
    Damping,
    degeneracy_factor,
    electron_ion_rate_keV,
    physical_damping,
    reference_damping,
    thomson_width_keV,
)
from nudipole.stellar.dispersion import (
    longitudinal_residue,
    longitudinal_shape,
    omega_L_keV,
    omega_T_keV,
    transverse_residue,
    transverse_shape,
    transverse_threshold_keV,
)
from nudipole.stellar.emission import Emission, ln_q_over_mu2_eV7, q_erg_per_g_s
from nudipole.stellar.limit import limit_muB, log10_limit_muB, massless_reference
from nudipole.stellar.on_shell import ln_modes_eV7
from nudipole.stellar.quadrature import DEFAULT_NODES, Nodes
from nudipole.stellar.star import (
    MOMENT_BOUNDS,
    RED_GIANT,
    STARS,
    Star,
    degenerate_plasma_frequency_keV,
    moment_bound_named,
    nonrelativistic_plasma_frequency_keV,
    star_named,
    white_dwarf,
)

# A table printed to n digits is at most half a unit of the last digit off: 5e-4 for four, 5e-3 for three.
FOUR_DIGITS = 5.5e-4
THREE_DIGITS = 5e-3

NARROW_LIMIT = {
    1: 2.200,
    5: 2.219,
    10: 2.502,
    12: 2.881,
    14: 3.746,
    16: 6.526,
    17: 12.21,
    17.5: 23.62,
    18: inf,
}
FINITE_WIDTH_LIMIT = {
    **{
        1: 2.200,
        5: 2.219,
        10: 2.502,
        12: 2.881,
        14: 3.743,
        16: 6.503,
        17: 12.05,
        17.5: 22.54,
        18: 79.53,
        20: 97.99,
    },
    **{
        25: 130.5,
        30: 166.4,
        40: 265.1,
        60: 685.5,
        80: 1842,
        100: 5102,
        150: 7.085e4,
        200: 1.058e6,
        300: 2.644e8,
    },
}
BRAATEN_SEGEL_LIMIT = {
    **{1: 2.200, 5: 2.226, 10: 2.527, 12: 2.891, 14: 3.660, 16: 5.780, 17: 8.996, 18: 23.94, 20: inf},
}
DAMPED_LIMIT = {
    **{
        20: 102,
        25: 154,
        30: 214,
        40: 390,
        60: 1220,
        80: 3760,
        100: 1.15e4,
        150: 1.86e5,
        200: 3.02e6,
        300: 8.20e8,
    },
}
TABLE = (
    (Emission.NARROW, NARROW_LIMIT, FOUR_DIGITS),
    (Emission.FINITE_WIDTH, FINITE_WIDTH_LIMIT, FOUR_DIGITS),
    (Emission.BRAATEN_SEGEL, BRAATEN_SEGEL_LIMIT, FOUR_DIGITS),
    (Emission.DAMPED, DAMPED_LIMIT, THREE_DIGITS),
)
WARM_STARS = tuple(star for star in STARS if star.omega_p_keV < 20.0 * star.T_keV)
COLD_STARS = tuple(star for star in STARS if star not in WARM_STARS)
G_T_KEV = thomson_width_keV(RED_GIANT.n_e_per_cm3)


def ratio(star, M_N_keV, emission, other):
    """Q of one model over Q of another."""
    return np.exp(ln_q_over_mu2_eV7(star, M_N_keV, emission) - ln_q_over_mu2_eV7(star, M_N_keV, other))


# ---- the numbers of the physics page


@pytest.mark.parametrize(("emission", "row", "tolerance"), TABLE)
def test_limits_of_the_red_giant_are_those_of_the_page(emission, row, tolerance):
    limits = 1e12 * limit_muB(RED_GIANT, list(row), emission)
    np.testing.assert_allclose(limits, list(row.values()), rtol=tolerance)


def test_tail_normalised_with_its_own_massless_emission():
    # "With its own Q(0)": the transverse Breit-Wigner integrates to the narrow value (three digits printed).
    own = ln_continuum_eV7(RED_GIANT, physical_damping(RED_GIANT), np.zeros(1), DEFAULT_NODES)
    np.testing.assert_allclose(own, ln_q_over_mu2_eV7(RED_GIANT, [0.0], Emission.NARROW), atol=1e-4)
    limits = 1e12 * limit_muB(RED_GIANT, [20, 30, 100], Emission.DAMPED, reference=Emission.NARROW)
    np.testing.assert_allclose(limits, [94.1, 197, 1.058e4], rtol=THREE_DIGITS)


def test_massless_emission():
    # Seven printed digits; 1e-5 leaves room for a new CODATA alpha.
    narrow = np.exp(ln_q_over_mu2_eV7(RED_GIANT, 0.0, Emission.NARROW))
    assert narrow == pytest.approx(8.938213e25, rel=1e-5, abs=0)
    full = ratio(RED_GIANT, 0.0, Emission.FINITE_WIDTH, Emission.NARROW)
    assert full == pytest.approx(1.000436, abs=1e-6)
    assert ratio(RED_GIANT, 0.0, Emission.BRAATEN_SEGEL, Emission.NARROW) == pytest.approx(1.1771, abs=5e-5)


def test_energy_loss_per_gram():
    assert q_erg_per_g_s(RED_GIANT, 0.0, 2.2e-12) == pytest.approx(12.08, rel=FOUR_DIGITS, abs=0)
    assert RED_GIANT.rho_g_per_cm3 == pytest.approx(9.963e5, rel=1e-4, abs=0)


def test_derived_quantities_of_the_core():
    # Every tolerance is half a unit of the last printed digit.
    assert RED_GIANT.p_F_keV == pytest.approx(408.7, abs=0.05)
    assert RED_GIANT.v_F == pytest.approx(0.6246, abs=5e-5)
    assert pytest.approx(20.34, abs=5e-3) == nonrelativistic_plasma_frequency_keV(3e29)
    assert pytest.approx(17.97, abs=5e-3) == degenerate_plasma_frequency_keV(3e29)
    assert pytest.approx(3.938e-3, abs=5e-7) == G_T_KEV
    assert degeneracy_factor(RED_GIANT) == pytest.approx(0.101, abs=5e-4)
    assert electron_ion_rate_keV(RED_GIANT) == pytest.approx(29.6e-3, abs=5e-5)
    assert transverse_threshold_keV(18.0, RED_GIANT.v_F) == pytest.approx(18.83, abs=5e-3)


PINNED = {
    "n_e_per_cm3": lambda star: (limit_muB(star, 30.0), 166.4e-12, FOUR_DIGITS),
    "T_keV": lambda star: (np.exp(ln_q_over_mu2_eV7(star, 0.0, Emission.NARROW)), 8.938213e25, 1e-5),
    "omega_p_keV": lambda star: (limit_muB(star, 10.0), 2.502e-12, FOUR_DIGITS),
    "rho_g_per_cm3": lambda star: (q_erg_per_g_s(star, 0.0, 2.2e-12), 12.08, FOUR_DIGITS),
    "Z_ion": lambda star: (limit_muB(star, 30.0, Emission.DAMPED), 214e-12, THREE_DIGITS),
    "mu_0_muB": lambda star: (limit_muB(star, 0.0), 2.2e-12, FOUR_DIGITS),
}


@pytest.mark.parametrize("field", PINNED)
@pytest.mark.parametrize("factor", [0.95, 1.05])
def test_pinned_numbers_notice_a_five_percent_change_of_any_input(field, factor):
    value, expected, tolerance = PINNED[field](RED_GIANT)
    assert value == pytest.approx(expected, rel=tolerance, abs=0)
    moved, expected, tolerance = PINNED[field](replace(RED_GIANT, **{field: factor * getattr(RED_GIANT, field)}))
    assert abs(moved / expected - 1.0) > 2.0 * tolerance


# ---- dispersion


def test_braaten_segel_check_values():
    # k = 0.7 omega_p; six printed digits.
    v = RED_GIANT.v_F
    w_T, w_L = float(omega_T_keV(0.7, 1.0, v)), float(omega_L_keV(0.7, 1.0, v))
    assert w_T == pytest.approx(1.23153, abs=5e-6)
    assert w_L == pytest.approx(1.05695, abs=5e-6)
    assert transverse_residue(w_T**2, 0.49, v**2, 1.0) == pytest.approx(0.981715, abs=2e-6)
    assert longitudinal_residue(w_L**2, 0.49, v**2, 1.0) == pytest.approx(1.590658, abs=2e-6)


def self_energy_T(w, k, v):
    """Pi_T/omega_p^2 as printed on the page."""
    log_term = w / (2 * v * k) * log((w + v * k) / (w - v * k))
    return 3 * w**2 / (2 * v**2 * k**2) * (1 - (1 - (v * k / w) ** 2) * log_term)


def self_energy_L(w, k, v):
    """Right-hand side of the longitudinal equation, over omega_p^2, as printed on the page."""
    return 3 / (v**2 * k**2) * (w / (2 * v * k) * log((w + v * k) / (w - v * k)) - 1)


# k = 1 is below the end of the longitudinal branch at the light cone for every v here.
@pytest.mark.parametrize("k", [0.3, 0.7, 1.0])
@pytest.mark.parametrize("v", [0.3, 0.6246, 0.95])
def test_modes_solve_the_dispersion_and_residues_are_its_derivative(k, v):
    w_T, w_L, h = float(omega_T_keV(k, 1.0, v)), float(omega_L_keV(k, 1.0, v)), 1e-5
    assert w_T**2 - k**2 == pytest.approx(self_energy_T(w_T, k, v), rel=1e-10, abs=0)
    assert self_energy_L(w_L, k, v) == pytest.approx(1.0, rel=1e-10, abs=0)
    # d/dw^2 by central differences: truncation and cancellation both near 1e-8.
    slope_T = (self_energy_T(w_T + h, k, v) - self_energy_T(w_T - h, k, v)) / (4 * h * w_T)
    slope_L = (self_energy_L(w_L + h, k, v) - self_energy_L(w_L - h, k, v)) / (4 * h * w_L)
    assert transverse_residue(w_T**2, k**2, v**2, 1.0) == pytest.approx(1 / (1 - slope_T), rel=1e-6, abs=0)
    on_cone = w_L**2 - k**2
    assert longitudinal_residue(w_L**2, k**2, v**2, 1.0) == pytest.approx(-1 / (on_cone * slope_L), rel=1e-6, abs=0)


@pytest.mark.parametrize("shape", [transverse_shape, longitudinal_shape])
def test_series_meets_the_closed_form_and_its_slope_is_the_derivative(shape):
    # Either side of the switch at 0.25, where the closed form still has 14 digits.
    (left, left_slope), (right, right_slope) = shape(0.25 - 1e-12), shape(0.25 + 1e-12)
    assert left == pytest.approx(right, rel=1e-11, abs=0)
    assert left_slope == pytest.approx(right_slope, rel=1e-9, abs=0)
    for x in (0.1, 0.6, 0.9):
        numeric = (shape(x + 1e-6)[0] - shape(x - 1e-6)[0]) / 2e-6
        assert shape(x)[1] == pytest.approx(numeric, rel=1e-7, abs=0)


def test_longitudinal_mode_ends_at_the_light_cone():
    v = 0.6246
    k_end = sqrt(3 / v**2 * (atanh(v) / v - 1))
    assert float(omega_L_keV(0.999999 * k_end, 1.0, v)) == pytest.approx(k_end, rel=1e-5, abs=0)
    assert np.isnan(omega_L_keV(1.001 * k_end, 1.0, v))


def test_slow_electrons_give_the_narrow_transverse_emission():
    # v_F -> 0 leaves w^2 = k^2 + omega_p^2 and Z = 1; corrections are of order v_F^2 = 1e-6.
    slow = replace(RED_GIANT, n_e_per_cm3=3e29 * (511 * 1e-3 / 408.7) ** 3)
    masses = np.array([0.0, 5.0, 15.0])
    narrow = ln_q_over_mu2_eV7(slow, masses, Emission.NARROW)
    np.testing.assert_allclose(ln_modes_eV7(slow, masses, DEFAULT_NODES)[0], narrow, atol=2e-5)


@pytest.mark.parametrize("M", [0.0, 3.0, 12.0, 17.9, 18.3])
@pytest.mark.parametrize("star", [RED_GIANT, star_named("white-dwarf-dense-hot")], ids=lambda star: star.name)
def test_on_shell_emission_against_quad_over_momentum(star, M):
    # An integral over k with the modes found by bisection; quad is asked for 1e-8, the kernel keeps 1e-6.
    T, w_p, v = star.T_keV, star.omega_p_keV, star.v_F

    def term(k, mode, residue, degeneracy):
        w = float(mode(k, w_p, v))
        K2 = w * w - k * k
        if not K2 > M * M:
            return 0.0
        decay = K2**2 / (24 * pi) * (1 - M * M / K2) ** 2 * (1 + 2 * M * M / K2)
        return degeneracy * k * k / (2 * pi**2) * residue(w * w, k * k, v * v, w_p**2) * decay / (exp(w / T) - 1)

    k_end = w_p * sqrt(3 / v**2 * (atanh(v) / v - 1))
    edges = np.concatenate([np.linspace(0, k_end * (1 - 1e-9), 9), k_end + w_p * np.arange(1, 20)])
    total = 0.0
    for mode, residue, degeneracy in (
        (omega_T_keV, transverse_residue, 2),
        (omega_L_keV, longitudinal_residue, 1),
    ):
        for low, high in pairwise(edges):
            if mode is omega_T_keV or high < k_end:
                arguments = (mode, residue, degeneracy)
                total += integrate.quad(term, low, high, args=arguments, epsrel=1e-8, limit=200)[0]
    assert np.exp(ln_q_over_mu2_eV7(star, M, Emission.BRAATEN_SEGEL)) == pytest.approx(1e21 * total, rel=1e-5, abs=0)


# ---- closed forms


def test_narrow_emission_is_a_sum_of_bessel_functions():
    # int k^2 dk/(e^{w/T} - 1) = sum_n (m^2 T/n) K_2(n m/T); 40 terms leave e^-80.
    m, T = RED_GIANT.omega_p_keV, RED_GIANT.T_keV
    moment = sum(m**2 * T / n * kn(2, n * m / T) for n in range(1, 41))
    expected = 1e21 * m**4 / (24 * pi**3) * moment
    assert np.exp(ln_q_over_mu2_eV7(RED_GIANT, 0.0, Emission.NARROW)) == pytest.approx(expected, rel=1e-11, abs=0)


def test_narrow_limit_is_analytic_in_the_mass():
    # mu/mu_0 = 1/((1 - r) sqrt(1 + 2 r)) exactly.
    M = np.linspace(0.0, 17.99, 50)
    r = (M / 18.0) ** 2
    np.testing.assert_allclose(
        limit_muB(RED_GIANT, M, Emission.NARROW), 2.2e-12 / ((1 - r) * np.sqrt(1 + 2 * r)), rtol=1e-11
    )


def test_vanishing_width_tends_to_the_narrow_limit():
    # The leading correction is linear in the width: 4.36e-4 at G_T at M = 0.
    M = np.array([0.0, 10.0, 15.0])
    narrow = ln_q_over_mu2_eV7(RED_GIANT, M, Emission.NARROW)
    correction = [
        ln_continuum_eV7(RED_GIANT, Damping(scale * G_T_KEV, 0.0), M, DEFAULT_NODES) - narrow
        for scale in (1.0, 1e-1, 1e-4)
    ]
    np.testing.assert_allclose(correction[1], 0.1 * correction[0], rtol=1e-2)
    np.testing.assert_allclose(correction[2], 1e-4 * correction[0], rtol=2e-2, atol=1e-9)


def test_heavy_masses_do_not_underflow():
    # M >> T, omega_p: Q/mu^2 -> (2/pi^4) sqrt(pi/2) G_T T^4.5 M^1.5 e^{-M/T}, up to a few T/M = 1e-5.
    M, T = 1e6, RED_GIANT.T_keV
    expected = log(1e21 * 2 / pi**4 * sqrt(pi / 2) * G_T_KEV * T**4.5 * M**1.5) - M / T
    assert ln_q_over_mu2_eV7(RED_GIANT, M) == pytest.approx(expected, abs=1e-4)
    damped = physical_damping(RED_GIANT).compton_keV / G_T_KEV
    assert ln_q_over_mu2_eV7(RED_GIANT, M, Emission.DAMPED) == pytest.approx(expected + log(damped), abs=1e-4)


def test_limits_beyond_the_largest_double():
    heavy = log10_limit_muB(RED_GIANT, [300.0, 1e6])
    assert np.isfinite(heavy).all()
    assert 10 ** heavy[0] == pytest.approx(2.644e-4, rel=FOUR_DIGITS, abs=0)
    assert limit_muB(RED_GIANT, 1e6) == inf


# ---- an independent route


def integrand(s, k, M, star, damping):
    """The reference formula as printed, mu = 1, over s = K^2 (dw^2 = ds at fixed k) and k."""
    w = sqrt(k * k + s)
    G = damping.compton_keV + damping.collision_keV * star.omega_p_keV**2 / w**2
    resonance = w * G / ((s - star.omega_p_keV**2) ** 2 + (w * G) ** 2)
    G_g = s * s / (24 * pi * w) * (1 - M * M / s) ** 2 * (1 + 2 * M * M / s)
    # Times e^{M/T}, so that the heavy masses do not underflow here either.
    return k * k / pi**3 * resonance * w * G_g * exp(-(w - M) / star.T_keV) / (1 - exp(-w / star.T_keV))


def by_nested_quad(star, M, damping, floor=0.0):
    """ln(Q/mu^2/eV^7): k outside, s inside, cut by hand at decades of the distance to the resonance."""
    s_p, T = star.omega_p_keV**2, star.T_keV
    low = max(M, floor) ** 2
    top = (max(M, star.omega_p_keV) + 40 * T) ** 2
    cuts = [s_p + sign * 10.0**p for p in (-2, -1, 0, 1, 2, 3) for sign in (-1, 1)] + [(M + 5 * T) ** 2, s_p]
    edges = [low, *sorted(cut for cut in cuts if low < cut < top), top]

    def inner(k):
        pieces = pairwise(edges)
        return sum(integrate.quad(integrand, a, b, (k, M, star, damping), epsrel=1e-7)[0] for a, b in pieces)

    width = sqrt(T * (T + max(M, star.omega_p_keV)))
    k_edges = width * np.array([0.0, 2.0, 5.0, 12.0, 30.0])
    total = sum(integrate.quad(inner, a, b, epsrel=1e-6)[0] for a, b in pairwise(k_edges))
    return log(1e21 * total) - M / T


@pytest.mark.parametrize("M", [0.0, 10.0, 17.9, 18.0, 18.1, 30.0, 300.0, 1e4])
def test_finite_width_against_nested_adaptive_quadrature(M):
    # quad is asked for 1e-6.
    expected = by_nested_quad(RED_GIANT, M, reference_damping(RED_GIANT))
    assert ln_q_over_mu2_eV7(RED_GIANT, M) == pytest.approx(expected, rel=0, abs=1e-5)


@pytest.mark.parametrize("M", [19.0, 40.0])
def test_damped_tail_against_nested_adaptive_quadrature(M):
    expected = by_nested_quad(RED_GIANT, M, physical_damping(RED_GIANT))
    assert ln_q_over_mu2_eV7(RED_GIANT, M, Emission.DAMPED) == pytest.approx(expected, rel=0, abs=1e-5)


def test_finite_width_of_a_white_dwarf_against_nested_adaptive_quadrature():
    star = star_named("white-dwarf-dense-hot")
    expected = by_nested_quad(star, 25.0, reference_damping(star))
    assert ln_q_over_mu2_eV7(star, 25.0) == pytest.approx(expected, rel=0, abs=1e-5)


# ---- numerics


def mass_grid(star):
    """Every regime, and both sides of the resonance down to a billionth."""
    near = star.omega_p_keV * np.concatenate([1 - np.geomspace(1e-9, 0.2, 80), 1 + np.geomspace(1e-9, 0.2, 80)])
    return np.sort(np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 120), near]))


MODELS = [(star, emission) for star in STARS for emission in Emission if emission != Emission.FINITE_WIDTH]
MODELS += [(star, Emission.FINITE_WIDTH) for star in WARM_STARS]


@pytest.mark.parametrize(("star", "emission"), MODELS, ids=lambda value: getattr(value, "name", str(value)))
def test_grids_are_converged_at_every_mass(star, emission):
    # The workflow's requirement: halving the grids moves no limit by more than 1e-5 (2e-5 in ln Q).
    M = mass_grid(star)
    value = ln_q_over_mu2_eV7(star, M, emission)
    emits = np.isfinite(value)
    for nodes, tolerance in ((Nodes(24, 32, 24), 1e-5), (Nodes(96, 128, 96), 1e-6)):
        other = ln_q_over_mu2_eV7(star, M, emission, nodes=nodes)
        np.testing.assert_array_equal(np.isfinite(other), emits)
        np.testing.assert_allclose(other[emits], value[emits], rtol=0, atol=tolerance)


@pytest.mark.parametrize(("star", "emission"), MODELS, ids=lambda value: getattr(value, "name", str(value)))
def test_emission_falls_with_mass_and_ends_only_at_a_threshold(star, emission):
    M = mass_grid(star)
    value = ln_q_over_mu2_eV7(star, M, emission)
    ends = {
        Emission.NARROW: star.omega_p_keV,
        Emission.BRAATEN_SEGEL: transverse_threshold_keV(star.omega_p_keV, star.v_F),
    }
    np.testing.assert_array_equal(np.isfinite(value), ends.get(emission, inf) > M)
    # Rounding of a logarithm near 60 in two maps of the same range: a few 1e-14.
    assert np.diff(value[np.isfinite(value)]).max() < 1e-12


def test_damped_model_is_continuous_at_the_transverse_threshold():
    end = transverse_threshold_keV(18.0, RED_GIANT.v_F)
    M = end * (1 + np.array([-1e-6, 1e-6]))
    below, above = ln_q_over_mu2_eV7(RED_GIANT, M, Emission.DAMPED)
    # The slope d ln Q/d ln M of the tail is of order 10 there.
    assert below == pytest.approx(above, abs=1e-4)
    assert ratio(RED_GIANT, 0.0, Emission.DAMPED, Emission.BRAATEN_SEGEL) == pytest.approx(1.0037, abs=1e-4)


# ---- the rest of the interface


def test_energy_loss_is_quadratic_in_the_moment_and_in_step_with_the_limit():
    loss = q_erg_per_g_s(RED_GIANT, 10.0, 4.4e-12)
    assert loss == pytest.approx(4 * q_erg_per_g_s(RED_GIANT, 10.0, 2.2e-12), rel=1e-12, abs=0)
    at_limit = [float(q_erg_per_g_s(RED_GIANT, M, float(limit_muB(RED_GIANT, M)))) for M in (0.0, 16.0, 40.0)]
    assert at_limit == pytest.approx([at_limit[0]] * 3, rel=1e-12, abs=0)


def test_mu_0_scales_the_limit():
    bound = moment_bound_named("omega-cen").mu_0_muB
    limits = limit_muB(RED_GIANT, [1.0, 30.0], mu_0_muB=bound)
    np.testing.assert_allclose(limits, limit_muB(RED_GIANT, [1.0, 30.0]) * 1.2 / 2.2, rtol=1e-12)
    assert [bound.mu_0_muB for bound in MOMENT_BOUNDS] == [2.2e-12, 1.2e-12, 1.5e-12, 5e-12]


def test_massless_reference_is_the_model_itself_except_for_the_tail():
    assert [massless_reference(emission) for emission in Emission] == [
        Emission.FINITE_WIDTH,
        Emission.NARROW,
        Emission.BRAATEN_SEGEL,
        Emission.BRAATEN_SEGEL,
    ]


@pytest.mark.parametrize("star", STARS[1:], ids=lambda star: star.name)
def test_white_dwarfs(star):
    # omega_p from n_e; 29.75 keV at 1e30 cm^-3 follows from the same formula by hand.
    expected = {3e29: 17.97, 1e30: 29.75}[star.n_e_per_cm3]
    assert star.omega_p_keV == pytest.approx(expected, abs=5e-3)
    assert limit_muB(star, 0.0, Emission.BRAATEN_SEGEL) == pytest.approx(5e-12, rel=1e-12, abs=0)
    assert limit_muB(star, 0.9 * star.omega_p_keV, Emission.BRAATEN_SEGEL) > 1.5 * 5e-12
    assert np.isfinite(log10_limit_muB(star, 1e5, Emission.DAMPED))


def test_hot_white_dwarf_is_close_to_its_narrow_limit():
    # The Lorentzian corrections are of order G_T/omega_p = 5e-4 as long as T is not far below omega_p.
    for star in WARM_STARS[1:]:
        assert ratio(star, 0.0, Emission.FINITE_WIDTH, Emission.NARROW) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("star", COLD_STARS, ids=lambda star: star.name)
def test_finite_width_refuses_a_cold_core_where_its_tail_takes_over(star):
    with pytest.raises(DomainError, match="use braaten_segel"):
        ln_q_over_mu2_eV7(star, 1.0)
    tail = ln_continuum_eV7(star, reference_damping(star), np.zeros(1), DEFAULT_NODES)
    assert tail > ln_q_over_mu2_eV7(star, [0.0], Emission.NARROW) + log(100.0)


def test_results_have_the_shape_of_the_masses():
    assert ln_q_over_mu2_eV7(RED_GIANT, 1.0).shape == ()
    assert limit_muB(RED_GIANT, [[1.0, 2.0, 3.0]]).shape == (1, 3)
    assert limit_muB(RED_GIANT, []).shape == (0,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ln_q_over_mu2_eV7(RED_GIANT, -1.0), "M_N_keV"),
        (lambda: ln_q_over_mu2_eV7(RED_GIANT, [1.0, nan]), "M_N_keV"),
        (lambda: limit_muB(RED_GIANT, inf), "M_N_keV"),
        (lambda: limit_muB(RED_GIANT, 1.0, mu_0_muB=0.0), "mu_0_muB"),
        (lambda: q_erg_per_g_s(RED_GIANT, 1.0, -1e-12), "mu_nu_muB"),
        (lambda: star_named("sun"), "red-giant, white-dwarf-light-hot"),
        (lambda: moment_bound_named("m5"), "globular-clusters, omega-cen, ngc-4258"),
        (lambda: replace(RED_GIANT, T_keV=0.0), "T_keV"),
        (lambda: replace(RED_GIANT, omega_p_keV=nan), "omega_p_keV"),
        (lambda: Nodes(resonance=4), "at least 8"),
        (lambda: Damping(-1.0, 0.0), "negative"),
        (lambda: Damping(nan, 0.0), "negative"),
        (lambda: Damping(0.0, 0.0), "without width"),
        (lambda: degeneracy_factor(replace(RED_GIANT, T_keV=100.0)), "degenerate"),
        (lambda: transverse_threshold_keV(18.0, 1.0), "v_F"),
        (lambda: omega_T_keV(-1.0, 18.0, 0.6), "k_keV"),
        (lambda: omega_L_keV(nan, 18.0, 0.6), "k_keV"),
    ],
)
def test_errors_name_what_is_wrong(call, message):
    with pytest.raises(DomainError, match=message):
        call()


def test_white_dwarf_of_any_density():
    star = white_dwarf("mine", 5e29, 2.0)
    assert isinstance(star, Star)
    assert star.omega_p_keV == degenerate_plasma_frequency_keV(5e29)
