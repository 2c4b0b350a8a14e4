"""The star: medium, one-zone emissivities, luminosity with absorption, and decays outside, against printed numbers."""

from math import log10, pi, sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

from nudipole.config.load import load_config, with_variant
from nudipole.constants import M_P_MEV, MU_B_PER_MEV
from nudipole.constraints.supernova_inputs import supernova_config
from nudipole.constraints.supernova_model import Bound, Model
from nudipole.limits.crossings import excesses
from nudipole.supernova.decays import (
    Envelope,
    GammaRays,
    Outflow,
    deposited_erg,
    gamma_fluence_per_cm2,
    inverse_beta_cm2,
)
from nudipole.supernova.emission import ERG_PER_CM3_S_PER_MEV5, Propagation, emitter, luminosity_by_channel
from nudipole.supernova.layers import DEFAULT_RESOLUTION, layers
from nudipole.supernova.medium import medium, proton_density_MeV3
from nudipole.supernova.one_zone import zone_emission
from nudipole.supernova.profile import (
    CM_PER_KM,
    Chang,
    Lapse,
    NeutrinoDegeneracy,
    analytic_star,
    enclosed_mass_g,
    lapse_of,
)
from nudipole.supernova.rates import Microphysics, unit_rule
from nudipole.supernova.transport import luminosity_radial, luminosity_rays

ROOT = Path(__file__).resolve().parents[2]
CONFIG = load_config(ROOT)
PAGE = "rays=radial;redshift=false;inverse_blocking=false"
"""The treatment of the reference tables."""
SOLAR_MASS_G = 1.98841e33
MOMENTS = np.logspace(-15.0, -6.0, 91)


def model(variant: str = "") -> Model:
    return Model(supernova_config(with_variant(CONFIG, variant)))


def ranges(variant: str, M: float, flavour: str = "mu", bound: Bound = Bound.COOLING) -> list[tuple[float, float]]:
    star = model(variant)
    value = star.values((bound,), M, MOMENTS, star.is_degenerate(flavour))[bound]
    return [(one.low_muB, one.high_muB) for one in excesses(MOMENTS, value / star.limit_of(bound))]


def one_zone_medium(mu_nu: float = 0.0):
    return medium(np.array([3e14]), np.array([30.0]), np.array([0.3]), np.array([mu_nu]))


def test_medium():
    state = one_zone_medium()
    # all as printed: three digits or more
    assert state.n_p_MeV3[0] == pytest.approx(4.164e5, rel=2e-4, abs=0.0)
    assert state.mu_e_MeV[0] == pytest.approx(218.2, rel=3e-4, abs=0.0)
    assert sqrt(state.k_S2_MeV2[0]) == pytest.approx(41.75, rel=2e-4, abs=0.0)
    assert sqrt(state.omega_p2_MeV2[0]) == pytest.approx(12.5, rel=4e-3, abs=0.0)
    assert sqrt(state.m_T2_MeV2[0]) == pytest.approx(15.3, rel=4e-3, abs=0.0)
    mu_e, T = state.mu_e_MeV[0], 30.0
    assert (mu_e**3 + pi**2 * T**2 * mu_e) / (3.0 * pi**2) == pytest.approx(state.n_p_MeV3[0], rel=1e-12, abs=0.0)


def test_proton_gas():
    state = one_zone_medium()
    mu, T = state.mu_p_MeV[0], 30.0
    assert proton_density_MeV3(mu, T) == pytest.approx(state.n_p_MeV3[0], rel=1e-6, abs=0.0)

    def occupied(p: float, power: int) -> float:
        return p * p / pi**2 / (np.exp((np.hypot(p, M_P_MEV) - mu) / T) + 1.0) ** power

    mean = quad(occupied, 0.0, 3000.0, args=(2,))[0] / quad(occupied, 0.0, 3000.0, args=(1,))[0]
    # the page has 0.81; by quadrature it is 0.821
    assert 1.0 - mean == pytest.approx(0.81, abs=0.012)


ZONE = [
    (1.0, 0.0, 3.74e9, 1.27e9, None, 4.64e-12),
    (30.0, 0.0, 3.48e9, 1.24e9, 8.5e7, 4.74e-12),
    (100.0, 0.0, 1.19e9, 8.7e8, 4.88e9, 3.94e-12),
    (200.0, 0.0, 6.7e7, 2.4e8, 6.18e9, 4.08e-12),
    (300.0, 0.0, 1.75e6, 3.8e7, 1.89e9, 7.5e-12),
    (1.0, 150.0, 1.12e11, 3.74e10, None, 8.5e-13),
    (30.0, 150.0, 1.08e11, 3.67e10, 3.2e8, 8.6e-13),
    (100.0, 150.0, 5.9e10, 2.9e10, 6.2e10, 8.5e-13),
    (200.0, 150.0, 4.9e9, 1.1e10, 1.67e11, 7.7e-13),
    (300.0, 150.0, 1.3e8, 2.3e9, 8.6e10, 1.1e-12),
]


@pytest.mark.parametrize(("M", "mu_nu", "p", "e", "photon", "mu"), ZONE)
def test_one_zone_table(M, mu_nu, p, e, photon, mu):
    zone = zone_emission(M, one_zone_medium(mu_nu), Microphysics(), Propagation())
    for found, printed in zip(zone.Q_MeV7, (p, e, photon), strict=True):
        if printed is None:
            # printed as 0: plasmon decay is 1e-3 of the rest
            assert found < 1e-3 * p
        else:
            # measured 0.5 %, but 1.4 % for 1.3e8 and 2.4 % where two digits are printed
            assert found == pytest.approx(printed, rel=0.03, abs=0.0)
    edge = sqrt(1e19 / float(zone.emissivity_erg_g_s(np.array([1.0]))[0]))
    assert edge == pytest.approx(mu, rel=0.006, abs=0.0)


def test_protons_beat_electrons():
    Q = zone_emission(1e-3, one_zone_medium(), Microphysics(), Propagation()).Q_MeV7
    assert Q[0] / Q[1] == pytest.approx(2.95, abs=0.1)


def test_star():
    star = analytic_star(Chang(), NeutrinoDegeneracy(), Lapse.NEWTONIAN, 100.0)
    # the page has 1.60 and 0.717; integrated to 120 km ours is 0.6 % more massive
    assert enclosed_mass_g(star.r_km, star.rho_g_cm3)[-1] / SOLAR_MASS_G == pytest.approx(1.60, abs=0.012)
    assert star.lapse[0] == pytest.approx(0.717, abs=0.001)
    assert lapse_of(star.r_km, star.rho_g_cm3, Lapse.RELATIVISTIC)[0] == pytest.approx(0.752, abs=0.001)
    assert star.radius_at_T_km(3.0) == pytest.approx(39.8, abs=0.05)


RADIAL = [
    ("", "mu", 1.0, 9.5e-12, 4.2e-9),
    ("", "mu", 10.0, 9.5e-12, 2.1e-9),
    ("", "mu", 30.0, 9.8e-12, 6.7e-10),
    ("", "e", 1.0, 4.9e-12, 4.2e-9),
    ("", "e", 10.0, 4.9e-12, 2.1e-9),
    ("", "e", 30.0, 5.0e-12, 6.7e-10),
    ("", "e", 100.0, 6.0e-12, 1.0e-10),
    ("profile.T_c_MeV=40", "mu", 1e-2, 4.7e-12, 5.9e-9),
    ("profile.T_c_MeV=40", "mu", 100.0, 4.2e-12, 1.3e-10),
]


@pytest.mark.parametrize(("variant", "flavour", "M", "low", "high"), RADIAL)
def test_radial_table(variant, flavour, M, low, high):
    """Within 5 % and 10 %, as the page asks of the same model; measured 4 % and 7 %."""
    ((found_low, found_high),) = ranges(f"{PAGE};{variant}" if variant else PAGE, M, flavour)
    assert found_low == pytest.approx(low, rel=0.05, abs=0.0)
    assert found_high == pytest.approx(high, rel=0.10, abs=0.0)


def test_radial_table_near_its_closing():
    """At 100 MeV our lower edge lies 7 % below the page's 1.1e-11, and further above it is up to 20 % below.

    `test_inverse_decay_of_the_star` has the production there by another route, which is ours.
    """
    ((low, high),) = ranges(PAGE, 100.0)
    assert low == pytest.approx(1.1e-11, rel=0.085, abs=0.0)
    assert high == pytest.approx(8.8e-11, rel=0.05, abs=0.0)
    assert ranges(PAGE, 200.0) == []


def test_far_radius():
    ((_, high),) = ranges(f"{PAGE};R_far_km=1000", 10.0)
    assert high == pytest.approx(1.2e-9, rel=0.05, abs=0.0)
    assert ranges(f"{PAGE};R_far_km=1000", 100.0) == []


@pytest.mark.parametrize("M", [0.1, 30.0, 100.0])
@pytest.mark.parametrize("flavour", ["mu", "e"])
def test_grids_have_converged(flavour, M):
    """Half and twice the points of every grid: the edges move by less than 1 %."""
    ((low, high),) = ranges("", M, flavour)
    for factor in (0.5, 2.0):
        ((other_low, other_high),) = ranges(f"resolution={factor}", M, flavour)
        assert other_low == pytest.approx(low, rel=0.01, abs=0.0), factor
        assert other_high == pytest.approx(high, rel=0.01, abs=0.0), factor


def test_inverse_decay_of_the_star():
    """L of inverse decay without absorption at 150 MeV by nested scipy integrals over radius, E and E_nu."""
    M, star = 150.0, analytic_star(Chang(), NeutrinoDegeneracy(0.0), Lapse.NEWTONIAN, 100.0)

    def emissivity(r: float) -> float:
        state, lapse = star.at(np.array([r]), False)
        T, x, lapse = float(state.T_MeV[0]), float(state.m_T2_MeV2[0]) / M**2, float(lapse[0])

        def spectrum(E: float) -> float:
            p = sqrt(E * E - M * M)
            low, high = 0.5 * (E - p) * (1.0 - x), 0.5 * (E + p) * (1.0 - x)

            def product(k: float) -> float:
                return 1.0 / (np.exp(k / T) + 1.0) / np.expm1((E - k) / T)

            mean = quad(product, low, high, epsrel=1e-7)[0] / (high - low)
            G_0 = M**3 / (16.0 * pi) * (1.0 - x) ** 2 * (1.0 + 0.5 * x)
            # N and its antiparticle, two helicities
            return 4.0 * p * E * E / (2.0 * pi**2) * G_0 * M / E * mean

        # E lapse > M: the others stay bound
        return lapse**2 * quad(spectrum, M / lapse, M / lapse + 30.0 * T, epsrel=1e-6)[0]

    x, w = np.polynomial.legendre.leggauss(12)
    L = 0.0
    for low, high in ((0.0, 10.0), (10.0, 16.0), (16.0, 39.8)):
        radii = low + 0.5 * (high - low) * (x + 1.0)
        shells = 4.0 * pi * (radii * CM_PER_KM) ** 2 * np.array([emissivity(r) for r in radii])
        L += 0.5 * (high - low) * CM_PER_KM * (w * shells).sum()
    L *= ERG_PER_CM3_S_PER_MEV5 * (1e-11 * MU_B_PER_MEV) ** 2
    ours = luminosity_by_channel(M, layers(star, False, 3.0, 100.0), Microphysics())[2] * 1e-22
    # 30 zones: 0.3 %
    assert ours == pytest.approx(L, rel=0.01, abs=0.0)


def homogeneous(tau: float, rays: int = 40) -> tuple[float, float]:
    """Return L over 4/3 pi R^3 j of a sphere of optical radius tau along rays, and along radii."""
    edges = np.linspace(0.0, 1.0, 61)
    source, opacity = np.ones((1, 60)), np.full((1, 60), tau)
    x, w = unit_rule(rays)
    # b = sin: the chord 2 sqrt(1 - b^2) is smooth in it
    b, weight = np.sin(0.5 * pi * x), 0.5 * pi * w * np.cos(0.5 * pi * x)
    one = np.array([1.0])
    volume = 4.0 * pi / 3.0
    averaged = luminosity_rays(edges, b, 2.0 * pi * b * weight, source, opacity, one, 60)[0, 0] / volume
    return averaged, luminosity_radial(edges, source, opacity, one, 60)[0, 0] / volume


@pytest.mark.parametrize("tau", [1e-6, 0.1, 1.0, 10.0, 300.0])
def test_escape_from_a_homogeneous_sphere(tau):
    averaged, radial = homogeneous(tau)
    exact = 1.0
    if tau > 1e-3:
        exact = 3.0 / (4.0 * tau) * (1.0 - 0.5 / tau**2 + (1.0 / tau + 0.5 / tau**2) * np.exp(-2.0 * tau))
    # Osterbrock and Ferland (2006), appendix 2; 40 rays
    assert averaged == pytest.approx(exact, rel=2e-4, abs=0.0)
    inwards = quad(lambda r: 3.0 * r * r * np.exp(-tau * (1.0 - r)), 0.0, 1.0, points=[max(0.0, 1.0 - 20.0 / tau)])[0]
    # shells of 1/60 with the mean of their area: 1 % where a shell has an optical depth of 5
    assert radial == pytest.approx(inwards, rel=0.012, abs=0.0)


def test_luminosity_grows_as_mu_squared_and_falls():
    source = model().emitter(10.0, False)
    L = source.luminosity_erg_s(MOMENTS)
    assert np.isfinite(L).all()
    assert L[10] / L[0] == pytest.approx((MOMENTS[10] / MOMENTS[0]) ** 2, rel=1e-6, abs=0.0)
    assert L[-1] < 1e-6 * L.max()


def test_slow_n_stay_bound():
    """All energies at infinity exceed M, so N with E lapse < M are left out; without gravity more comes out."""
    bound, free = (emitter_at(lapse, 150.0) for lapse in (Lapse.NEWTONIAN, Lapse.NONE))
    assert (bound.E_MeV > 150.0).all()
    # lapse^2 = 0.6 at the hottest place and the Boltzmann factor of M/lapse - M
    ratio = bound.luminosity_erg_s(np.array([1e-14])) / free.luminosity_erg_s(np.array([1e-14]))
    assert 0.1 < ratio[0] < 0.5


def emitter_at(lapse: Lapse, M: float):
    star = analytic_star(Chang(), NeutrinoDegeneracy(0.0), lapse, 100.0)
    return emitter(M, layers(star, False, 3.0, 100.0), Microphysics(), Propagation(), DEFAULT_RESOLUTION)


DECAYS = [
    (Bound.LOW_ENERGY, 1.0, 7.9e-12),
    (Bound.LOW_ENERGY, 10.0, 7.9e-13),
    (Bound.LOW_ENERGY, 30.0, 4.5e-13),
    (Bound.LOW_ENERGY, 100.0, 4.5e-13),
    (Bound.EXPLOSION, 1.0, 2.8e-11),
    (Bound.EXPLOSION, 30.0, 1.4e-12),
    (Bound.EXPLOSION, 100.0, 1.4e-12),
    (Bound.GAMMA, 1.0, 4.0e-14),
    (Bound.GAMMA, 10.0, 1.3e-14),
    (Bound.GAMMA, 30.0, 7.1e-15),
    (Bound.GAMMA, 100.0, 5.0e-15),
]


@pytest.mark.parametrize(("bound", "M", "low"), DECAYS)
def test_decay_table(bound, M, low):
    """Lower edges as printed, two digits of a prototype that counts decays a little differently: measured 7 %."""
    assert ranges("rays=radial", M, bound=bound)[0][0] == pytest.approx(low, rel=0.10, abs=0.0)


def monochromatic(E: float, M: float, mu: float) -> Outflow:
    """One N at one energy."""
    return Outflow(M, np.array([mu]), np.array([E]), np.array([1.0]), np.array([[1.0]]), 0.0)


def test_deposited_energy():
    envelope = Envelope(R_envelope_cm=1e13, E_max_erg=1.0, fraction=0.5)
    # 10 MeV at 1e-11: 3.77 s at rest
    flow = monochromatic(100.0, 10.0, 1e-11)
    p = sqrt(100.0**2 - 10.0**2)
    lengths = 1e13 * 10.0 / (p * 2.99792458e10 * 3.768)
    exact = 0.5 * 100.0 * 1.602176634e-6 * (1.0 - np.exp(-lengths))
    assert deposited_erg(flow, envelope)[0] == pytest.approx(exact, rel=1e-3, abs=0.0)
    everything = deposited_erg(monochromatic(100.0, 10.0, 1e-7), envelope)[0]
    assert everything == pytest.approx(0.5 * 100.0 * 1.602176634e-6, rel=1e-9, abs=0.0)


def test_gamma_fluence():
    """Long-lived N: int dE_g/p 2 E_g Delta t/(M tau_0) over the window, all in it if the spectrum is."""
    M, E, mu = 1.0, 150.0, 1e-15
    rays = GammaRays(1.0, 25.0, 100.0, 223.0, 1.0, 51.4)
    flow = monochromatic(E, M, mu)
    tau_0 = flow.tau_0_s[0]
    per_N = (100.0**2 - 25.0**2) * 223.0 / (M * tau_0) / sqrt(E * E - M * M)
    area = 4.0 * pi * (51.4 * 3.0856775814913673e21) ** 2
    assert gamma_fluence_per_cm2(flow, rays)[0] == pytest.approx(per_N / area, rel=1e-6, abs=0.0)
    # decays inside the envelope are not seen: nothing is in time for short-lived N
    assert gamma_fluence_per_cm2(monochromatic(E, M, 1e-6), GammaRays(3e12, 25.0, 100.0, 223.0, 1.0, 51.4))[0] < 1e-90


def test_inverse_beta_decay():
    """Below the naive 9.5e-44 p_e E_e cm^2/MeV^2, the more the higher the energy (astro-ph/0302055)."""
    sigma = inverse_beta_cm2(np.array([10.0, 40.0, 100.0]))
    assert sigma[0] == pytest.approx(6.8e-42, rel=0.03, abs=0.0)
    # recoil and weak magnetism lower it
    naive = 9.5e-44 * 98.7**2
    assert 0.4 < sigma[2] / naive < 0.75


def test_switches_move_the_edges_as_they_should():
    ((low, high),) = ranges("", 30.0)
    ((gas, _),) = ranges("protons=fermi_gas", 30.0)
    # Pauli blocking takes 19 % of the protons' 3/4
    assert 1.0 < gas / low < 1.12
    ((_, weak),) = ranges("helicity=unpolarised", 30.0)
    ((_, strong),) = ranges("helicity=active", 30.0)
    assert strong < high < weak
    ((_, radial),) = ranges("rays=radial", 30.0)
    assert radial > high
    assert ranges("L_nu_erg_s=1e53", 30.0)[0][0] == pytest.approx(low * sqrt(10.0 / 3.0), rel=0.01, abs=0.0)


def test_the_suppressed_helicity_escapes():
    """With its own opacity the suppressed helicity leaves where the other is trapped: the upper edge is far higher."""
    ((_, high),) = ranges("", 10.0)
    exact = ranges("helicity=exact", 10.0)
    assert log10(exact[0][1] / high) > 0.5


def test_electron_flavour_without_degeneracy_is_the_muon_flavour():
    assert ranges("mu_nue_centre_MeV=0", 30.0, "e") == ranges("", 30.0, "mu")
