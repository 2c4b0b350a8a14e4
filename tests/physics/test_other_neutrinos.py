"""Atmospheric neutrinos and the DSNB: averaged oscillations, and moments of tables against closed forms."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nudipole.cli.project import bundled_tables, catalog_of
from nudipole.config.load import load_config
from nudipole.config.model import SolarConfig
from nudipole.constraints.solar_inputs import oscillation
from nudipole.errors import DataError
from nudipole.sources.moments import joined, moments_at
from nudipole.sources.msw import Oscillation, pmns_matrix
from nudipole.sources.other_neutrinos import averaged_probabilities, fluxes_by_mode, moments_of_table
from nudipole.warm_up.sources import tiny_moments

ROOT = Path(__file__).resolve().parents[2]
TABLES = bundled_tables(ROOT, catalog_of(ROOT, load_config(ROOT)))
NUFIT = oscillation(TABLES, SolarConfig("B16-GS98", "nufit60", {}))
E_MEV = np.array([13.0, 17.0, 30.0, 60.0, 133.0, 299.0, 668.0, 944.0])
PER_FLAVOUR = {
    "e": np.array([0.0201, 0.0238, 0.0318, 0.0185, 0.00863, 0.00258, 0.000493, 0.00021]),
    "mu": np.array([0.0347, 0.0422, 0.0574, 0.0396, 0.0183, 0.00522, 0.000978, 0.000425]),
    "tau": np.zeros(8),
}
"""Some rows of the atmospheric flux, FLUKA, nu + nubar [1/(cm^2 s MeV)]; coarser than the table that is used."""
FLUX = fluxes_by_mode(PER_FLAVOUR, NUFIT)


def at(E, moments, component=0):
    """Phi (modes, 3) above E of one component."""
    own = slice(moments.offset[component], moments.offset[component + 1])
    out = np.empty((4, 3))
    line = bool(moments.is_line[component])
    moments_at(E, line, moments.E_nu_MeV[own], moments.Phi[own], moments.dPhi_dE[own], out)
    return out


def closed_form(E_low, E, flux):
    """int_E_low dE E^-k f for f of power laws between nodes, every piece in closed form."""
    E_low = max(E_low, E[0])
    first = np.exp([np.interp(np.log(E_low), np.log(E), np.log(column)) for column in flux.T])
    edges = np.concatenate([[E_low], E[E_low < E]])
    f = np.concatenate([first[None], flux[E_low < E]])
    steps = np.log(edges[1:] / edges[:-1])[:, None]
    slope = np.log(f[1:] / f[:-1]) / steps
    left = edges[:-1, None]
    pieces = [f[:-1] * left ** (1 - k) * np.expm1((slope + 1 - k) * steps) / (slope + 1 - k) for k in range(3)]
    return np.stack([piece.sum(axis=0) for piece in pieces], axis=1)


# ---- flavours


def test_averaged_probabilities():
    P = averaged_probabilities(NUFIT)
    np.testing.assert_allclose(P.sum(axis=0), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(P, P.T)
    # an average over phases: |sum_i U*_ai U_bi exp(-i phi_i)|^2; a million of them leave 1e-3
    U = pmns_matrix(NUFIT)
    phases = np.exp(1j * np.random.default_rng(1).uniform(0, 2 * np.pi, (1_000_000, 3)))
    for a, b in ((0, 0), (0, 1), (1, 1), (1, 2)):
        amplitude = phases @ (U[a].conj() * U[b])
        assert np.mean(np.abs(amplitude) ** 2) == pytest.approx(P[a, b], abs=2e-3)


def test_two_flavours_average_to_a_half_of_the_amplitude():
    # Only theta_12: P(e -> e) = 1 - sin^2(2 theta)/2, an identity.
    P = averaged_probabilities(Oscillation(0.3, 0.0, 0.0, 0.0, 7.5e-5, 2.5e-3))
    assert P[0, 0] == pytest.approx(1 - 0.5 * 4 * 0.3 * 0.7, rel=1e-14, abs=0)
    assert P[2, 2] == 1.0


def test_flavours_are_shared_and_none_is_lost():
    total = sum(PER_FLAVOUR.values())
    np.testing.assert_allclose(FLUX[:, :3].sum(axis=1), total, rtol=1e-12)
    np.testing.assert_allclose(FLUX[:, 3], total, rtol=1e-15)
    np.testing.assert_allclose(FLUX[:, 2], averaged_probabilities(NUFIT)[2, :2] @ [PER_FLAVOUR["e"], PER_FLAVOUR["mu"]])


# ---- moments


def test_moments_at_the_nodes_are_closed_forms():
    # Gauss-Legendre of a power law over 2 % in E: rounding.
    m = moments_of_table("atmospheric", E_MEV, FLUX)
    for E in E_MEV[:-1]:
        np.testing.assert_allclose(at(E, m), closed_form(E, E_MEV, FLUX), rtol=1e-12)


def largest_error(moments, E, flux):
    """Largest relative error of the interpolated moments up to 0.98 of the end of the table."""
    energies = np.geomspace(E[0], 0.98 * E[-1], 400)
    return max(np.max(np.abs(at(e, moments) / closed_form(e, E, flux) - 1)) for e in energies)


def test_moments_between_the_nodes():
    # 1e-5, as the module says; the table here is coarser than the one in use.
    m = moments_of_table("atmospheric", E_MEV, FLUX)
    assert largest_error(m, E_MEV, FLUX) < 1e-5
    # a steep spectrum, E^-10 below 40 MeV as that of the DSNB: the last per cents before its end cost a digit
    E = np.array([0.1, 2.0, 10.0, 39.0])
    steep = np.outer([1.0, 2.0, 0.3, 3e-7], np.ones(4))
    m = moments_of_table("DSNB", E, steep)
    assert largest_error(m, E, steep) < 1e-4


def test_the_table_is_not_extrapolated():
    m = moments_of_table("atmospheric", E_MEV, FLUX)
    for E in (0.0, 1e-3, 5.0, 12.9, 13.0 * (1 - 1e-8)):
        np.testing.assert_allclose(at(E, m), at(13.0, m), rtol=1e-12)
    assert (at(944.1, m) == 0.0).all()
    assert m.E_max_MeV[0] == 944.0
    # just below the end what is left is a strip of the last density
    assert at(944.0 * (1 - 1e-6), m)[3, 0] == pytest.approx(944e-6 * FLUX[-1, 3], rel=1e-4, abs=0)


@pytest.mark.parametrize(
    ("E", "flux", "message"),
    [
        (np.array([0.0, 1.0]), np.ones((2, 4)), "drop E = 0"),
        (np.array([2.0, 1.0]), np.ones((2, 4)), "energies must increase"),
        (np.array([1.0, 2.0]), np.zeros((2, 4)), "not positive"),
    ],
)
def test_tables_that_are_no_power_laws(E, flux, message):
    with pytest.raises(DataError, match=f"flux of DSNB.*{message}"):
        moments_of_table("DSNB", E, flux)


# ---- joined


def test_joined_components_keep_their_own_moments():
    solar, other = tiny_moments(), moments_of_table("atmospheric", E_MEV, FLUX)
    both = joined(solar, other)
    assert both.source == ("pp", "7Be", "atmospheric")
    assert list(both.is_line) == [False, True, False]
    for c in range(2):
        for E in (0.05, 0.3, 0.8):
            np.testing.assert_array_equal(at(E, both, c), at(E, solar, c))
    for E in (5.0, 50.0, 500.0):
        np.testing.assert_array_equal(at(E, both, 2), at(E, other))
    assert joined(solar) is solar
    # contiguous arrays of the types of the parts: the kernels are compiled for them
    for name in ("is_line", "E_max_MeV", "offset", "E_nu_MeV", "Phi", "dPhi_dE"):
        array, part = getattr(both, name), getattr(solar, name)
        assert array.dtype == part.dtype
        assert array.flags.c_contiguous
        assert array.flags.writeable
    three = joined(other, solar, replace(other, source=("DSNB",)))
    np.testing.assert_array_equal(at(50.0, three, 3), at(50.0, other))
