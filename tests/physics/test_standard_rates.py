"""Weak scattering on electrons: cross section in closed form, and the rates that Borexino expects."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from nudipole.cli.project import bundled_tables, catalog_of
from nudipole.config.load import load_config
from nudipole.config.model import SolarConfig
from nudipole.constants import M_E_MEV, SIN2_THETA_W, STANDARD_CM2_PER_MEV
from nudipole.constraints.solar_inputs import solar_flux_moments
from nudipole.cross_sections import standard_coefficients
from nudipole.kinematics import E_nu_min_MeV, recoil_limits_MeV
from nudipole.sources.moments import moments_at

ROOT = Path(__file__).resolve().parents[2]
TABLES = bundled_tables(ROOT, catalog_of(ROOT, load_config(ROOT)))
ELECTRONS_PER_100T = 3.307e31
SECONDS_PER_DAY = 86400.0


SIN2_AT_M_Z = 0.23121
"""MSbar at the Z, PDG 2022; the rates of the page come out with this one."""


def couplings(flavour, sin2=SIN2_THETA_W):
    """(g_L, g_R): the charged current adds 1 to g_L of nu_e."""
    return sin2 + (0.5 if flavour == 0 else -0.5), sin2


def bahcall(E, T, g_L, g_R):
    """dsigma/dT as printed, Bahcall, Kamionkowski and Sirlin, PRD 51 (1995) 6146, eq. 1, at tree level [cm^2/MeV]."""
    return STANDARD_CM2_PER_MEV * (g_L**2 + g_R**2 * (1 - T / E) ** 2 - g_L * g_R * M_E_MEV * T / E**2)


@pytest.mark.parametrize("flavour", [0, 1])
def test_coefficients_are_those_of_the_cross_section(flavour):
    rng = np.random.default_rng(5)
    g_L, g_R = couplings(flavour)
    for E in np.exp(rng.uniform(np.log(0.05), np.log(20.0), 100)):
        T = rng.uniform(0.0, recoil_limits_MeV(E, 0.0)[1])
        c_0, c_1, c_2 = standard_coefficients(T, M_E_MEV, g_L, g_R)
        ours = STANDARD_CM2_PER_MEV * (c_0 + c_1 / E + c_2 / E**2)
        # rounding: the terms are of one size
        assert ours == pytest.approx(bahcall(E, T, g_L, g_R), rel=1e-12, abs=0)
        assert ours > 0.0


def test_scale_and_asymptotics():
    # sigma(nu_e e) -> 9.5e-45 cm^2 E/MeV and sigma(nu_mu e) -> 1.6e-45 (textbook numbers, two digits) at high energy;
    # the scale from G_F = 1.16638e-5 /GeV^2, m_e = 0.510999 MeV, hbar c = 197.327 MeV fm: their digits.
    assert abs(STANDARD_CM2_PER_MEV / 1.72327e-44 - 1) < 1e-5
    for flavour, textbook in ((0, 9.5e-45), (1, 1.6e-45)):
        g_L, g_R = couplings(flavour, SIN2_AT_M_Z)
        assert STANDARD_CM2_PER_MEV * (g_L**2 + g_R**2 / 3) == pytest.approx(textbook, rel=0.03, abs=0)


def closed_form(E, g_L, g_R):
    """Total cross section [cm^2], integrated by hand up to T_max = 2 E^2/(m + 2 E)."""
    T_max = 2 * E**2 / (M_E_MEV + 2 * E)
    bracket = g_L**2 * T_max + g_R**2 * E / 3 * (1 - (1 - T_max / E) ** 3) - g_L * g_R * M_E_MEV * T_max**2 / (2 * E**2)
    return STANDARD_CM2_PER_MEV * bracket


@cache
def cpd_per_100t(source, sin2=SIN2_THETA_W):
    """Rate by the flux moments, integrated over all recoils by Gauss-Legendre in pieces."""
    m = solar_flux_moments(TABLES, SolarConfig("B16-GS98", "nufit60", {}), 400)
    total = 0.0
    for c in (c for c, name in enumerate(m.source) if name == source):
        own = slice(m.offset[c], m.offset[c + 1])
        # the rate of a line ends in a step at its largest recoil: the nodes stay below
        edges = recoil_limits_MeV(float(m.E_max_MeV[c]), 0.0)[1] * np.linspace(0.0, 1.0, 41)
        x, w = np.polynomial.legendre.leggauss(8)
        T = (edges[:-1, None] + np.diff(edges)[:, None] * 0.5 * (x + 1)).ravel()
        weights = (np.diff(edges)[:, None] * 0.5 * w).ravel()
        Phi = np.empty((4, 3))
        for t, weight in zip(T, weights, strict=True):
            moments_at(E_nu_min_MeV(t, 0.0), bool(m.is_line[c]), m.E_nu_MeV[own], m.Phi[own], m.dPhi_dE[own], Phi)
            for f in range(3):
                total += weight * np.dot(standard_coefficients(t, M_E_MEV, *couplings(f, sin2)), Phi[f])
    return STANDARD_CM2_PER_MEV * total * ELECTRONS_PER_100T * SECONDS_PER_DAY


@pytest.mark.parametrize(
    ("source", "page", "borexino"), [("pp", 133.7, 131.1), ("7Be", 48.8, 47.9), ("pep", 2.80, 2.74)]
)
def test_rates_in_borexino(source, page, borexino):
    # 0.3 %: the digits of the page and NuFIT 4.1 or 6.0. Borexino's own expectation (Nature 562 (2018) 505, table 2) is
    # 2 % lower by radiative corrections, which are left out here.
    rate = cpd_per_100t(source, SIN2_AT_M_Z)
    assert rate == pytest.approx(page, rel=3e-3, abs=0)
    assert rate == pytest.approx(1.02 * borexino, rel=5e-3, abs=0)
    # the angle at zero momentum transfer, without the other corrections that go with it, adds 1.4 %
    assert cpd_per_100t(source) == pytest.approx(1.014 * rate, rel=2e-3, abs=0)


def test_rate_of_a_line_in_closed_form():
    # The pep line: one energy, so the recoil integral is elementary. Quadrature of a polynomial: rounding.
    m = solar_flux_moments(TABLES, SolarConfig("B16-GS98", "nufit60", {}), 400)
    c = m.source.index("pep")
    row = m.offset[c]
    E = float(m.E_nu_MeV[row])
    sigma = sum(m.Phi[row, f, 0] * closed_form(E, *couplings(f)) for f in range(3))
    assert cpd_per_100t("pep") == pytest.approx(sigma * ELECTRONS_PER_100T * SECONDS_PER_DAY, rel=1e-12, abs=0)
