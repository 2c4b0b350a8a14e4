"""The star: profile, transport in closed form, the radial table of the physics page, and an integration of its own."""

from dataclasses import replace
from functools import cache
from math import exp, inf, pi

import numpy as np
import pytest
from scipy.special import expit

from nudipole.constants import (
    ALPHA,
    ATOMIC_MASS_UNIT_G,
    ERG_PER_MEV,
    HBAR_MEV_S,
    HBARC_MEV_CM,
    MU_B_PER_MEV,
)
from nudipole.errors import DomainError
from nudipole.limits.crossings import excesses
from nudipole.supernova import emission as emission_module
from nudipole.supernova.emission import Helicity, Propagation, emitter
from nudipole.supernova.layers import DEFAULT_RESOLUTION, Resolution, layers
from nudipole.supernova.profile import Chang, Lapse, NeutrinoDegeneracy, analytic_star, enclosed_mass_g
from nudipole.supernova.rates import Channel, Microphysics, Rates, rates
from nudipole.supernova.transport import luminosity_radial, luminosity_rays

SUN_G = 1.98841e33
PROTOTYPE = Propagation(Helicity.INTERPOLATED, radial=True, redshift=False, inverse_blocking=False)
"""The model of section 3."""
MOMENTS = np.logspace(-12, -8, 161)
LIMIT_ERG_S = 3e52


@cache
def star(T_c=30.0, R_far=100.0, lapse=Lapse.NEWTONIAN):
    return analytic_star(Chang(T_c_MeV=T_c), NeutrinoDegeneracy(), lapse, R_far)


def build(M, degenerate=False, T_c=30.0, R_far=100.0, how=PROTOTYPE, grid=DEFAULT_RESOLUTION):
    shape = layers(star(T_c, R_far), degenerate, 3.0, R_far, grid)
    return emitter(M, shape, Microphysics(), how, grid)


def edges(*arguments, **keywords):
    """Lower and upper edge, None where nothing is excluded."""
    found = excesses(MOMENTS, build(*arguments, **keywords).luminosity_erg_s(MOMENTS) / LIMIT_ERG_S)
    if not found:
        return None
    (one,) = found
    return one.low_muB, one.high_muB


# ---- profile


def test_profile_of_the_page():
    # half a unit of the last printed digit; the page's 1.60 Msun is measured as 1.61 (to 100 km; 1.56 to the sphere)
    found = star()
    assert enclosed_mass_g(found.r_km, found.rho_g_cm3)[-1] / SUN_G == pytest.approx(1.60, abs=0.0105, rel=0)
    assert found.lapse[0] == pytest.approx(0.717, abs=6e-4, rel=0)
    assert star(lapse=Lapse.RELATIVISTIC).lapse[0] == pytest.approx(0.752, abs=6e-4, rel=0)
    assert found.radius_at_T_km(3.0) == pytest.approx(39.8, abs=0.051, rel=0)


def test_enclosed_mass_in_closed_form():
    # 4 pi rho_c [R^3 (1/3 + k/12) + R^3 (1 - (R/r)^2)/2] with nu = 5; trapezoid, measured 1e-6
    found, R = star(), 10.0
    exact = 4 * pi * 3e14 * (R * 1e5) ** 3 * (1 / 3 + 0.2 / 12 + 0.5 * (1 - (R / found.r_km[-1]) ** 2))
    assert enclosed_mass_g(found.r_km, found.rho_g_cm3)[-1] == pytest.approx(exact, rel=1e-5, abs=0)


def test_no_lapse():
    assert (star(lapse=Lapse.NONE).lapse == 1.0).all()


@pytest.mark.parametrize(
    "wrong", [{"k_rho": -1.0}, {"nu": 3.0}, {"Y_e": 0.0}, {"T_c_MeV": inf}, {"rho_c_g_cm3": float("nan")}]
)
def test_profiles_that_are_none(wrong):
    with pytest.raises(DomainError, match=r"must be positive and finite|must exceed"):
        Chang(**wrong)


def test_radii_that_are_none():
    with pytest.raises(DomainError, match=r"nowhere falls through 90 MeV"):
        layers(star(), False, 90.0, 100.0)
    with pytest.raises(DomainError, match=r"R_far 30 km"):
        layers(star(), False, 3.0, 30.0)
    with pytest.raises(DomainError, match=r"too compact, use the relativistic lapse"):
        analytic_star(Chang(rho_c_g_cm3=1.2e15), NeutrinoDegeneracy(), Lapse.NEWTONIAN, 100.0)
    with pytest.raises(DomainError, match=r"must lie between the core, 10 km, and R_far, 100 km"):
        build(1.0).spectrum(np.array([1e-12]), R_out_km=9.0)
    with pytest.raises(DomainError, match=r"radii must lie in 0 ... 239\.96 km"):
        star().at(np.array([500.0]), False)


# ---- transport


def escape(tau):
    """Probability to leave a homogeneous sphere: 3 [2 tau^2 - 1 + (1 + 2 tau) e^-2tau]/(8 tau^3), radial tau."""
    return 3 * (2 * tau**2 - 1 + (1 + 2 * tau) * exp(-2 * tau)) / (8 * tau**3)


def sphere(nodes, shells):
    """Edges of a sphere of radius 1 and a rule for 2 pi b db."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    b = 0.5 * (x + 1)
    return np.linspace(0.0, 1.0, shells + 1), b, pi * w * b


@pytest.mark.parametrize("tau", [0.01, 0.3, 1.0, 5.0, 100.0])
@pytest.mark.parametrize("shells", [1, 7])
def test_rays_in_a_homogeneous_sphere(tau, shells):
    # 32 nodes on b, whose chord ends as a square root: measured 8e-5 at tau = 5; the cells are exact however many
    at, b, weight = sphere(32, shells)
    ones = np.ones((1, shells))
    found = luminosity_rays(at, b, weight, 3.0 * ones, tau / 0.5 * ones, np.array([0.5]), shells)
    assert found[0, 0] == pytest.approx(0.5 * 3.0 * 4 * pi / 3 * escape(tau), rel=2e-4, abs=0)


def test_blackbody():
    # at large optical depth L = 4 pi R^2 (j/kappa)/4, whatever mu: (1 - 1/(2 tau^2)), tau = 1e3 and 1e5
    at, b, weight = sphere(32, 7)
    ones = np.ones((1, 7))
    found = luminosity_rays(at, b, weight, 3.0 * ones, 2.0 * ones, np.array([1e3, 1e5]), 7)
    assert found[:, 0] == pytest.approx(pi * 3.0 / 2.0, rel=5e-6, abs=0)


def test_what_is_transparent_is_the_volume():
    # the branch without absorption: tau = 2e-5 is left out, and the rule on b (measured 2e-5)
    at, b, weight = sphere(32, 7)
    ones = np.ones((1, 7))
    found = luminosity_rays(at, b, weight, 3.0 * ones, ones, np.array([1e-5]), 7)
    assert found[0, 0] == pytest.approx(1e-5 * 4 * pi, rel=5e-5, abs=0)


def test_shells_that_only_absorb():
    # a shining, clear core of radius 1/2 (length 1 of the axis) in an absorbing mantle: e^-tau of it, cells exact. What
    # the mantle would shine, on either side, does not count: the neutrino sphere is the end of the source
    at, opacity, ones = np.array([0.0, 0.5, 1.0]), np.array([[0.0, 4.0]]), np.ones(1)
    source = np.array([[3.0, 9.0]])
    found = luminosity_rays(at, np.zeros(1), ones, source, opacity, ones, 1)
    assert found[0, 0] == pytest.approx(3.0 * exp(-2.0), rel=1e-12, abs=0)
    radial = luminosity_radial(at, source, opacity, ones, 1)
    assert radial[0, 0] == pytest.approx(3.0 * 4 * pi / 3 * 0.125 * exp(-2.0), rel=1e-12, abs=0)


@pytest.mark.parametrize("kappa", [1e-7, 0.5, 20.0, 1e4])
def test_radial_in_closed_form(kappa):
    # 4 pi j int r^2 e^{-kappa (1 - r)} dr; each shell has a mean area: second order, measured 2e-5 at 2000 shells while
    # a mean free path spans several of them, and 1/(2 x 2000) of the area where it does not
    shells = 2000
    at, ones = np.linspace(0.0, 1.0, shells + 1), np.ones((1, shells))
    exact = 1 / 3 if kappa < 1e-3 else 1 / kappa - 2 / kappa**2 + 2 / kappa**3 * (1 - exp(-kappa))
    found = luminosity_radial(at, 3.0 * ones, kappa * ones, np.ones(1), shells)
    assert found[0, 0] == pytest.approx(4 * pi * 3.0 * exact, rel=6e-4 if kappa > 1e3 else 5e-5, abs=0)


# ---- the table of the page

ROWS = {
    (1e-3, False): (9.5e-12, 4.2e-9),
    (1.0, False): (9.5e-12, 4.2e-9),
    (10.0, False): (9.5e-12, 2.1e-9),
    (30.0, False): (9.8e-12, 6.7e-10),
    (1e-3, True): (4.9e-12, 4.2e-9),
    (1.0, True): (4.9e-12, 4.2e-9),
    (10.0, True): (4.9e-12, 2.1e-9),
    (30.0, True): (5.0e-12, 6.7e-10),
    (100.0, True): (6.0e-12, 1.0e-10),
}


@pytest.mark.parametrize(("row", "page"), ROWS.items(), ids=str)
def test_section_3(row, page):
    # measured: lower edges within 0.8 %, -3.7 % at 100 MeV; upper edges +0.6 ... +5.4 %, +7.3 % at 100 MeV
    low, high = edges(*row)
    assert low == pytest.approx(page[0], rel=0.05, abs=0)
    assert high == pytest.approx(page[1], rel=0.10, abs=0)


FINE = replace(Resolution(), energies=300)
"""Without redshift each radius cuts the spectrum at E = M/lapse, a step that 28 energies resolve to a few percent."""


def test_section_3_near_the_closing():
    # The page is weaker towards the closing. At 100 MeV -6.6 %, +2.6 %; at 150 MeV it has no range and this one
    # 1.73e-11 ... 2.40e-11, where L exceeds the limit by 5 %; for e 7.6e-12 ... 3.9e-11 instead of 9.0e-12 ... 3.7e-11,
    # -15.6 % and +5 %. The independent integration below has the package right: the prototype misses 30 % of L there.
    low, high = edges(100.0, grid=FINE)
    assert low == pytest.approx(1.1e-11, rel=0.08, abs=0)
    assert high == pytest.approx(8.8e-11, rel=0.10, abs=0)
    largest = build(150.0, grid=FINE).luminosity_erg_s(MOMENTS).max() / LIMIT_ERG_S
    assert largest == pytest.approx(1.05, abs=0.01, rel=0)
    low, high = edges(150.0, degenerate=True, grid=FINE)
    assert low == pytest.approx(9.0e-12, rel=0.17, abs=0)
    assert high == pytest.approx(3.7e-11, rel=0.10, abs=0)
    for degenerate in (False, True):
        assert edges(200.0, degenerate) is None


@pytest.mark.parametrize(
    ("M", "page", "lower"),
    [(1e-3, (4.7e-12, 5.9e-9), 0.05), (100.0, (4.2e-12, 1.3e-10), 0.05), (200.0, (5.9e-12, 2.4e-11), 0.21)],
)
def test_section_3_with_a_hotter_core(M, page, lower):
    # measured: -0.4, -3.5 and -19 % (heavy N again), +2.2, +1.5 and +6.3 %
    low, high = edges(M, T_c=40.0, grid=FINE)
    assert low == pytest.approx(page[0], rel=lower, abs=0)
    assert high == pytest.approx(page[1], rel=0.10, abs=0)


def test_section_3_followed_further():
    # R_far = 1000 km: the upper edge of 10 MeV is 1.2e-9 (measured -0.8 %), none at 100 MeV, the lower edge as before
    low, high = edges(10.0, R_far=1000.0)
    assert low == pytest.approx(9.5e-12, rel=0.05, abs=0)
    assert high == pytest.approx(1.2e-9, rel=0.10, abs=0)
    assert edges(100.0, R_far=1000.0) is None


# ---- an integration of its own


def own_zone(r_km, T_c=30.0):
    """Density, temperature, m_T^2 of the page at radii, mu_e from a Newton iteration of its cubic."""
    x = r_km / 10.0
    rho = 3e14 * np.where(x < 1, 1 + 0.2 * (1 - x), np.maximum(x, 1.0) ** -5.0)
    T = T_c * np.where(x < 1, 1 - 0.5 * (1 - x), np.maximum(x, 1.0) ** (-5.0 / 3.0))
    n = 0.3 * rho / ATOMIC_MASS_UNIT_G * HBARC_MEV_CM**3
    mu = (3 * pi**2 * n) ** (1 / 3)
    for _ in range(60):
        mu = mu - (mu**3 + pi**2 * T**2 * mu - 3 * pi**2 * n) / (3 * mu**2 + pi**2 * T**2)
    return T, 2 * ALPHA / pi * (mu**2 + pi**2 * T**2 / 3)


def own_lapse(r_km):
    """sqrt(1 + 2 Phi) of the page's density by the integral of m/r^2."""
    r = np.linspace(1e-6, 100.0, 200001)
    x = r / 10.0
    rho = 3e14 * np.where(x < 1, 1 + 0.2 * (1 - x), np.maximum(x, 1.0) ** -5.0)
    shell = 4 * pi * rho * r**2 * 1e15
    step = r[1] - r[0]
    mass = np.concatenate([[0.0], np.cumsum(0.5 * (shell[1:] + shell[:-1])) * step]) * 7.4256e-29 * 1e-5
    pull = mass / r**2
    inside = np.cumsum((0.5 * (pull[1:] + pull[:-1]) * step)[::-1])[::-1]
    Phi = -mass[-1] / r[-1] - np.concatenate([inside, [0.0]])
    return np.interp(r_km, r, np.sqrt(1 + 2 * Phi))


def own_rates(M, E, r_km, mu_nu):
    """G_0 (M/E) <f_nu f_gamma> and <(1 - f_nu)(1 + f_gamma)> of inverse decay, for mu = 1/MeV, shapes (r, E)."""
    T, m_T2 = (a[:, None, None] for a in own_zone(r_km))
    x, w = np.polynomial.legendre.leggauss(16)
    p = np.sqrt(E * E - M * M)
    E_nu = 0.5 * (1 - m_T2 / M**2) * (E[None, :, None] + p[None, :, None] * x)
    f = expit((mu_nu[:, None, None] - E_nu) / T)
    boltzmann = np.exp(-(E[None, :, None] - E_nu) / T)
    photons = boltzmann / (1 - boltzmann)
    ratio = m_T2[..., 0] / M**2
    width = M**3 / (16 * pi) * (1 - ratio) ** 2 * (1 + 0.5 * ratio) * M / E
    return width * (f * photons * 0.5 * w).sum(axis=-1), width * ((1 - f) * (1 + photons) * 0.5 * w).sum(axis=-1)


def own_luminosity(M, moments, degenerate=False):
    """L of inverse decay and its absorption along radii, erg/s at infinity, as section 3 writes it."""
    steps = 300
    r = np.concatenate(
        [np.linspace(0, 10, steps + 1), np.geomspace(10, 39.8107, steps + 1)[1:], np.geomspace(39.8107, 100, 61)[1:]]
    )
    middle, dr = 0.5 * (r[1:] + r[:-1]), np.diff(r) * 1e5
    # midpoints: the step at E lapse = M is met to 1/600 whatever the radius
    u = (np.arange(600) + 0.5) / 600
    E, dE = M + 900.0 * u**2, 900.0 * 2 * u / 600
    mu_nue = 120.0 * np.maximum(1 - (middle / 12.0) ** 2, 0.0) * degenerate
    lapse, v = own_lapse(middle), np.sqrt(1 - (M / E) ** 2)
    unit, total = MU_B_PER_MEV**2, np.zeros(moments.size)
    for sign in (1.0, -1.0):
        gain, loss = own_rates(M, E, middle, sign * mu_nue)
        source = 2 * v * E**3 / (2 * pi**2) * gain * (lapse[:, None] ** 2) * (E * lapse[:, None] > M)
        source *= ERG_PER_MEV / (HBARC_MEV_CM**3 * HBAR_MEV_S) * unit
        source[middle > 39.8107] = 0.0
        opacity = loss / v / HBARC_MEV_CM * unit
        outside = np.cumsum((opacity * dr[:, None])[::-1], axis=0)[::-1] - 0.5 * opacity * dr[:, None]
        volume = 4 * pi * (middle * 1e5) ** 2 * dr
        for k, mu in enumerate(moments):
            total[k] += mu**2 * float((volume[:, None] * source * np.exp(-(mu**2) * outside) * dE).sum())
    return total


def photons_alone(*arguments):
    """The rates of the package without scattering."""
    found = rates(*arguments)
    kept = np.zeros(len(Channel))
    kept[Channel.PHOTON] = 1.0
    return Rates(*(np.einsum("c,c...->c...", kept, a) for a in (found.gain_MeV3, found.loss_MeV3)))


@pytest.mark.parametrize(("M", "degenerate"), [(100.0, False), (150.0, False), (150.0, True), (200.0, False)])
def test_inverse_decay_alone_by_an_integration_of_its_own(monkeypatch, M, degenerate):
    # thin to trapped; measured 0.5 % but -1.3 % at 200 MeV, zones near r = 10 km. So the page's rows at 150 and 200 MeV
    # are off, not the package
    monkeypatch.setattr(emission_module, "rates", photons_alone)
    moments = np.array([1e-14, 1e-11, 2e-11, 5e-11])
    found = build(M, degenerate, grid=FINE).luminosity_erg_s(moments)
    assert found == pytest.approx(own_luminosity(M, moments, degenerate), rel=0.02, abs=0)


# ---- grids


@pytest.mark.slow
@pytest.mark.parametrize(("M", "degenerate"), [(1.0, False), (1.0, True), (30.0, False), (100.0, False), (100.0, True)])
def test_grids_of_the_default_move_no_edge_by_1_percent(M, degenerate):
    # doubling all moves edges by 0.32 % at most, halving all by 0.9 %
    how = Propagation(Helicity.INTERPOLATED)
    base = edges(M, degenerate, how=how)
    assert edges(M, degenerate, how=how, grid=Resolution().finer(2.0)) == pytest.approx(base, rel=5e-3, abs=0)
    assert edges(M, degenerate, how=how, grid=Resolution().finer(0.5)) == pytest.approx(base, rel=0.01, abs=0)


@pytest.mark.slow
@pytest.mark.parametrize(("M", "degenerate"), [(1.0, False), (1.0, True), (30.0, False), (100.0, False), (100.0, True)])
def test_grids_without_redshift_are_coarser(M, degenerate):
    # the step at E = M/lapse and single radii: doubling 0.4 %, 1.6 % at 100 MeV; halving 1.5 %, 2.8 %
    base = edges(M, degenerate)
    for factor, most in ((2.0, 0.02), (0.5, 0.035)):
        assert edges(M, degenerate, grid=Resolution().finer(factor)) == pytest.approx(base, rel=most, abs=0)


def test_finer_multiplies_every_grid():
    fine = Resolution().finer(2.0)
    base = Resolution()
    for name in ("zones_core", "zones_mantle", "zones_outside", "energies", "rays"):
        assert getattr(fine, name) == 2 * getattr(base, name)
    assert (fine.nodes.scattering, fine.nodes.line) == (2 * base.nodes.scattering, 2 * base.nodes.line)
    assert Resolution().finer(1e-3).energies == 3


# ---- the emitter


@pytest.mark.parametrize("radial", [False, True])
@pytest.mark.parametrize("helicity", list(Helicity))
def test_luminosity_is_finite_and_thin_at_small_moments(radial, helicity):
    # never NaN, never negative over 14 decades; mu^2 where thin: the depth at 1e-13 mu_B is 1e-4 at most
    how = Propagation(helicity, radial=radial)
    for M in (1e-6, 1.0, 15.3, 300.0, 2000.0):
        found = build(M, how=how).luminosity_erg_s(np.logspace(-15, -1, 29))
        assert np.isfinite(found).all()
        assert (found >= 0.0).all()
    thin = build(10.0, how=how).luminosity_erg_s(np.array([1e-14, 2e-14]))
    assert thin[1] == pytest.approx(4.0 * thin[0], rel=1e-4, abs=0)


def test_bound_N_do_not_escape():
    # without redshift E is local, and N with E lapse < M fall back: nothing at energies below M over the largest lapse
    found = build(100.0)
    spectrum = found.spectrum(np.array([1e-13]))[0]
    inside = found.layers.shell_lapse[: found.layers.emitting_shells]
    bound = inside.max() * found.E_MeV <= 100.0
    free = inside.min() * found.E_MeV > 100.0
    assert bound.sum() > 1
    assert (spectrum[bound] == 0.0).all()
    assert (spectrum[free] > 0.0).all()
    # with redshift the energies are those at infinity, where only E > M exists
    redshifted = build(100.0, how=replace(PROTOTYPE, redshift=True))
    assert redshifted.E_MeV.min() > 100.0


def test_the_redshift_of_the_luminosity_is_the_same_in_both_descriptions():
    # thin and light: int dE lapse^2 dQ/dE either way. Without redshift E < M/lapse is cut, nothing at 1 keV; the
    # energy grids differ: measured 1e-4
    both = [build(1e-3, how=replace(PROTOTYPE, redshift=r)).luminosity_erg_s(np.array([1e-14]))[0] for r in (0, 1)]
    assert both[0] == pytest.approx(both[1], rel=1e-3, abs=0)


def test_inverse_blocking_and_helicity_order_the_trapped_luminosity():
    # more opacity, less luminosity, at a moment where all is trapped
    mu = np.array([3e-9])
    blocked = build(1.0, how=replace(PROTOTYPE, inverse_blocking=True)).luminosity_erg_s(mu)[0]
    assert blocked < build(1.0).luminosity_erg_s(mu)[0]
    order = (Helicity.ACTIVE, Helicity.INTERPOLATED, Helicity.UNPOLARISED)
    found = [build(30.0, how=replace(PROTOTYPE, helicity=h)).luminosity_erg_s(mu)[0] for h in order]
    assert found[0] < found[1] < found[2]


def test_a_shell_cut_at_R_in_absorbs_less():
    # what leaves 50 km against what leaves 100 km: decay absorption only, and no difference when thin
    found, thick = build(30.0), np.array([3e-10])
    assert found.spectrum(thick, 50.0).sum() > 1.05 * found.spectrum(thick).sum()
    thin = np.array([1e-14])
    # the absorbed part of 1e-14 mu_B: 1e-8
    assert found.spectrum(thin, 50.0) == pytest.approx(found.spectrum(thin), rel=1e-5, abs=1e20)
