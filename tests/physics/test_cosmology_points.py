"""Points of the plane through the package's own chain, against the tables of the physics page (sections 4 and 7)."""

from math import exp, log
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from nudipole.cli.project import bundled_tables, catalog_of
from nudipole.config.load import load_config
from nudipole.constraints.cosmology_inputs import cosmology_config
from nudipole.constraints.cosmology_universe import universe
from nudipole.cosmology.background import Status

ROOT = Path(__file__).resolve().parents[2]
NETWORK = "primat2023"
THERMAL = ("initial=thermal", "T_0_MeV=100", "upscattering=constant", "upscattering_c=0.0132")
SECTION_7 = (
    *("equations=integrated", "decay_balance=one_temperature", "scattering_balance=T_R", "helicities=4"),
    *("network=primat2023", *THERMAL),
)
MOMENTUM_ROWS = {
    (1.0, 1e-10): (0.26402, 3.3996, 0.25676),
    (3.0, 1e-11): (0.28432, 3.9584, 0.25181),
    (3.0, 1e-10): (0.25007, 3.1310, 0.24955),
    (10.0, 1e-11): (0.25846, 3.2114, 0.24866),
    (30.0, 1e-12): (0.30240, 3.4895, 0.25469),
    (1.0, 1e-9): (0.26172, 4.6008, 0.26171),
}
"""Y_p and N_eff of the thermal start, Y_p of the decoupled one (4-cosmology, section 4)."""


@pytest.fixture(scope="module")
def make():
    """Universe of the configuration with keys of the cosmology section on top; each is built once."""
    made = {}

    def build(*keys):
        if keys not in made:
            config = load_config(ROOT, [], [f"cosmology.{key}" for key in keys])
            settings = cosmology_config(config)
            made[keys] = universe(settings, settings.scenarios[0], bundled_tables(ROOT, catalog_of(ROOT, config)))
        return made[keys]

    return build


def helium(state, M, mu):
    point = state.point(M, mu)
    assert point.status is Status.OK
    assert point.background.energy_drift < 1e-5
    return point.abundances[NETWORK].Y_p


@pytest.mark.parametrize(
    ("M", "mu", "expected"),
    [
        (1.0, 1e-10, 0.264126),
        (3.0, 1e-11, 0.281573),
        (3.0, 1e-10, 0.250757),
        (10.0, 1e-11, 0.258119),
        (30.0, 1e-12, 0.294752),
        (1.0, 1e-9, 0.256701),
    ],
)
def test_thermal_start_of_the_integrated_equations(make, M, mu, expected):
    # the target is 1e-4; six digits are given, and 1e-6 is what rtol 1e-5 leaves
    assert helium(make(*SECTION_7), M, mu) == pytest.approx(expected, abs=2e-6)


def test_zero_start_of_the_integrated_equations(make):
    assert helium(make(*SECTION_7, "initial=zero"), 1.0, 1e-11) == pytest.approx(0.248992, abs=2e-6)


@pytest.mark.parametrize(
    ("keys", "edges"),
    [
        (SECTION_7, {2: 2.71e-10, 3: 9.75e-11, 5: 3.92e-11, 10: 1.35e-11, 30: 2.67e-12}),
        (("equations=reference", *THERMAL), {2: 2.11e-10, 3: 8.20e-11, 5: 3.51e-11, 10: 1.28e-11, 30: 2.62e-12}),
    ],
    ids=["integrated", "reference"],
)
def test_lowest_moment_that_helium_allows(make, keys, edges):
    state = make(*keys)
    for M, edge in edges.items():

        def excess(ln_mu, M=float(M)):
            return helium(state, M, exp(ln_mu)) - 0.251

        found = exp(brentq(excess, log(edge / 1.1), log(edge * 1.1), xtol=1e-3))
        # the target of section 7 is 2 %; three digits are given, and 0.4 % is found
        assert found == pytest.approx(edge, rel=0.006, abs=0), M
        # everything below it is excluded: ten times the lifetime does not help
        assert excess(log(edge) - 1.15) > 0.0, M


@pytest.mark.parametrize(("M", "mu"), MOMENTUM_ROWS)
def test_thermal_start_of_the_momentum_equations(make, M, mu):
    """Two helicities that start thermal, of which one scatters."""
    Y_p, N_eff, _ = MOMENTUM_ROWS[M, mu]
    state = make(*THERMAL)
    # section 4: Y_p 5e-4, N_eff 3e-3 (1 % above 4); found to 7e-6, 4e-3 at most, and 1.6e-3 below 4
    assert helium(state, M, mu) == pytest.approx(Y_p, abs=2e-5)
    found = state.background(M, mu).N_eff
    assert found == pytest.approx(N_eff, abs=3e-3) if N_eff < 4.0 else found == pytest.approx(N_eff, rel=1e-2)


@pytest.mark.parametrize("heavy", ["false", "true"])
@pytest.mark.parametrize("decoupling", ["instantaneous", "gradual"])
def test_decoupled_start_of_the_momentum_equations(make, decoupling, heavy):
    """The row was computed without muons and hadrons below 100 MeV, with sudden decoupling from e+- (c = 0.0151).

    With heavy_species they dilute N where T_dec is not far above 100 MeV: at (1, 1e-10), where N is thermal at
    100 MeV, it is only with heavy_species=false that the row is reproduced; the others agree either way.
    """
    state = make(
        *("initial=decoupled", "upscattering=constant", "upscattering_c=0.0151"),
        *(f"decoupling={decoupling}", f"heavy_species={heavy}"),
    )
    for (M, mu), (_, _, expected) in MOMENTUM_ROWS.items():
        found = helium(state, M, mu)
        if heavy == "true" and (M, mu) == (1.0, 1e-10):
            assert found == pytest.approx(expected - 1.2e-3, abs=2e-4)
        else:
            # the tolerance of the page
            assert found == pytest.approx(expected, abs=5e-4), (M, mu)


@pytest.mark.parametrize("M", [1.0, 10.0])
def test_helium_is_continuous_where_N_decouples_at_the_start(make, M):
    """The default configuration: no jump where T_dec passes 100 MeV (mu = 4.67e-11), the start of the solve."""
    state = make()
    # the moment at which it does lies inside
    assert state.T_dec_MeV(M, 3e-11) > 100.0 > state.T_dec_MeV(M, 6e-11)
    moments = np.logspace(log(3e-11) / log(10.0), log(6e-11) / log(10.0), 41)
    values = np.array([helium(state, M, float(mu)) for mu in moments])
    # the steps found are 2e-5 to 8e-5; starting thermal above T_dec = 100 MeV without muons gave 4e-3 at once
    assert np.abs(np.diff(values)).max() < 3e-4
    edge = brentq(lambda mu: state.T_dec_MeV(M, mu) - 100.0, 3e-11, 6e-11, xtol=1e-16)
    below, above = (helium(state, M, edge * (1.0 + side)) for side in (-1e-6, 1e-6))
    # dY_p/dln mu is 0.005 at most here: 1e-8
    assert above == pytest.approx(below, abs=1e-7)


def test_standard_point_is_that_of_the_network(make):
    """N_eff and abundances without N, from the background solver: section 7."""
    point = make().standard()
    assert point.status is Status.OK
    assert point.background.N_eff == pytest.approx(3.045, abs=1e-3)
    found = point.abundances[NETWORK]
    assert found.Y_p == pytest.approx(0.24712, abs=3e-5)
    # section 7: 2.444(5)e-5
    assert pytest.approx(2.444e-5, abs=5e-8) == found.D_H
    # muons and hadrons of the default plasma are gone long before
    without = make("initial=thermal").standard().abundances[NETWORK]
    assert found.Y_p == pytest.approx(without.Y_p, abs=1e-6)


def test_both_sets_of_nuclear_rates_come_with_a_point(make):
    point = make().point(3.0, 1e-10)
    assert set(point.abundances) == {"primat2023", "recommended"}
    # the sets differ by 1e-4 in Y_p at most (test_network)
    Y_p = [found.Y_p for found in point.abundances.values()]
    assert Y_p[0] == pytest.approx(Y_p[1], abs=2e-4)


def test_flags_of_late_decays(make):
    """Thresholds of section 6: M > 4.45 MeV and tau > 1e4 s; 5e5 s < tau < 1e13 s; tau > 1e13 s outlives."""
    state = make("initial=zero", "upscattering=constant")
    cases = {
        (10.0, 1e-12): (False, False, Status.OK),  # 380 s
        (10.0, 1e-13): (True, False, Status.OK),  # 4e4 s
        (10.0, 1e-14): (True, True, Status.OK),  # 4e6 s
        (1.0, 1e-13): (False, True, Status.OK),  # 4e7 s, below the deuteron
        (0.01, 1e-14): (False, False, Status.OUTLIVES_RECOMBINATION),  # 4e15 s
    }
    for (M, mu), (breaks, distorts, status) in cases.items():
        point = state.point(M, mu)
        assert (point.photodisintegration, point.spectral_distortion) == (breaks, distorts), (M, mu)
        assert point.status is status, (M, mu)
