"""What the supernova says at a point and at a mass: the same edges, and the flavours and criteria told apart."""

from functools import cache
from pathlib import Path

import pytest

from nudipole.cli.project import build_constraint
from nudipole.constraints.base import Verdict
from nudipole.errors import DomainError
from nudipole.limits.table import Status

ROOT = Path(__file__).resolve().parents[2]


@cache
def constraint(name="supernova", *settings):
    return build_constraint(name, ROOT, [], ["supernova.variants=[]", *(f"supernova.{text}" for text in settings)])


@pytest.mark.parametrize(
    ("name", "M"),
    [
        ("supernova", 1.0),
        ("supernova", 100.0),
        ("sn_low_energy", 30.0),
        ("sn_explosion", 100.0),
        ("sn_gamma", 10.0),
        ("sn_neutrinos", 50.0),
    ],
)
def test_the_verdict_flips_at_the_edges(name, M):
    # edges between ten moments a decade are good to 1e-3: 1 % to either side, and the margin says so (0.0043 dex)
    built = constraint(name)
    (found,) = built.limits(M, "mu").excluded
    assert (found.low_status, found.high_status) == (Status.OK, Status.OK)
    for edge, inwards in ((found.low, 1.01), (found.high, 1 / 1.01)):
        inside, outside = built.evaluate(M, edge * inwards, "mu"), built.evaluate(M, edge / inwards, "mu")
        assert (inside.verdict, outside.verdict) == (Verdict.EXCLUDED, Verdict.ALLOWED)
        assert inside.margin_dex == pytest.approx(0.00432, abs=1e-5, rel=0)
        assert outside.margin_dex == pytest.approx(-0.00432, abs=1e-5, rel=0)


def test_quantities_and_units():
    found = constraint().evaluate(100.0, 3e-11, "mu")
    assert set(found.units) == set(found.quantities)
    assert found.quantities["L_erg_s_over_limit"] == pytest.approx(found.quantities["L_erg_s"] / 3e52, rel=1e-14, abs=0)
    # one zone of section 1 of the physics page, 3 %
    expected = {"proton": 1.19e9, "electron": 8.7e8, "photon": 4.88e9}
    for channel, Q in expected.items():
        assert found.quantities[f"Q_{channel}_over_mu2_MeV7"] == pytest.approx(Q, rel=0.03, abs=0)


def test_flavours_differ_by_the_chemical_potential_alone():
    for flavour in ("tau", "effective"):
        assert constraint().limits(30.0, flavour).excluded == constraint().limits(30.0, "mu").excluded
    (e,), (mu,) = (constraint().limits(30.0, flavour).excluded for flavour in ("e", "mu"))
    assert e.low < 0.7 * mu.low
    without = constraint("supernova", "mu_nue_centre_MeV=0")
    assert without.limits(30.0, "e").excluded == without.limits(30.0, "mu").excluded


def test_one_zone_criterion():
    # section 1: 4.64e-12 at 1 keV; a tenth of the last digit and 1e-3 of the interpolation
    (found,) = constraint("supernova", "criterion=emissivity").limits(1e-3, "mu").excluded
    assert found.low == pytest.approx(4.64e-12, rel=0.01, abs=0)
    assert "erg/g/s in one zone" in constraint("supernova", "criterion=emissivity").limits(1e-3, "mu").statistic


def test_heavy_N_are_not_excluded():
    found = constraint().evaluate(400.0, 1e-10, "mu")
    assert (found.verdict, found.margin_dex) == (Verdict.INSENSITIVE, None)
    # above the proton's mass as well, for either criterion
    for M in (1000.0, 1500.0):
        for settings in ((), ("criterion=emissivity",)):
            assert constraint("supernova", *settings).limits(M, "mu").excluded == ()
    assert constraint().limits(400.0, "mu").excluded == ()


@pytest.mark.parametrize("M", [-1.0, float("nan"), 1e9])
def test_points_that_are_none(M):
    with pytest.raises(DomainError, match="M_N_MeV must be positive"):
        constraint().evaluate(M, 1e-10, "mu")
    with pytest.raises(DomainError, match="flavour must be one of"):
        constraint().limits(1.0, "sterile")


@pytest.mark.parametrize("name", ["supernova", "sn_low_energy", "sn_explosion", "sn_gamma", "sn_neutrinos"])
@pytest.mark.parametrize("M", [1e-3, 800.0, 1e4])
def test_extreme_points_have_an_answer(name, M):
    # no NaN, no exception at the corners of the plane
    for mu in (1e-14, 1e-6, 1.0):
        found = constraint(name).evaluate(M, mu, "e")
        assert all(value is not None and value >= 0.0 for value in found.quantities.values())
