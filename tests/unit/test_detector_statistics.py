"""How limits of detectors are read: criteria, expected limits, calibration, coverage tables, other solar models."""

from functools import cache
from math import inf, sqrt
from pathlib import Path

import numpy as np
import pytest

from nudipole.cli.project import build_detector
from nudipole.config.load import load_config
from nudipole.constraints.detector_coverage import COVERAGE_UNITS, EXPECTED_UNITS, RELATIVE_MOMENTS, coverage_tables
from nudipole.constraints.detector_criterion import calibrate
from nudipole.constraints.detector_curves import curves
from nudipole.errors import ConfigError
from nudipole.likelihood.calibration import RELATIVE_NODES
from nudipole.likelihood.edges import Criterion, expected_upper_muB2, interval_edges
from nudipole.likelihood.intervals import IntervalKind
from nudipole.limits.table import PROJECTION, curves_frame

ROOT = Path(__file__).resolve().parents[2]
COARSE = ("grid.M_N_points=4", "detectors.solar_spread=[B16-AGSS09met]")


@cache
def constraint(name: str, *assignments: str):
    return build_detector(name, ROOT, load_config(ROOT, [], (*COARSE, *assignments)))


def upper(name: str, *assignments: str) -> float:
    c = constraint(name, *assignments)
    return c.edges_muB(c.scan(0.01, "mu"))[1]


def test_order_of_the_criteria() -> None:
    # Data below the background: CLs is the weakest of the one-sided kind, the power constraint only weakens.
    one, two = (upper("xenonnt", f"statistics.interval={kind}") for kind in ("one_sided", "two_sided"))
    cls = upper("xenonnt", "statistics.interval=cls")
    assert one < two
    assert one < cls
    powered = upper("xenonnt", "statistics.interval=one_sided", "statistics.power_constraint=true")
    expected = expected_upper_muB2(constraint("xenonnt").scan(0.01, "mu"), Criterion(0.9, IntervalKind.ONE_SIDED), -1.0)
    # max(observed, expected at -1 sigma), exactly
    assert powered == pytest.approx(max(one, sqrt(expected)), rel=1e-9, abs=0)


@pytest.mark.parametrize("interval", ["two_sided", "one_sided", "feldman_cousins", "cls"])
def test_the_table_names_the_criterion(interval: str) -> None:
    words = {"two_sided": "two-sided", "one_sided": "one-sided", "feldman_cousins": "Feldman-Cousins", "cls": "CLs"}
    c = constraint("xenonnt", f"statistics.interval={interval}", "statistics.power_constraint=true")
    assert words[interval] in c.statistic()
    assert "power-constrained" in c.statistic()
    assert c.statistic("unbinned").count("power") == 0
    # single events and tables make no toys: those are two-sided, and say so, but for a threshold of their own
    fixed = {"feldman_cousins": "two-sided", "cls": "two-sided"}.get(interval, words[interval])
    assert fixed in c.statistic("unbinned")
    tabulated = constraint("xenon1t_nr", f"statistics.interval={interval}")
    assert ("two-sided" if interval == "cls" else words[interval]) in tabulated.statistic()


def test_contour_of_every_criterion() -> None:
    # those whose threshold depends on mu are drawn with that of two-sided
    drawn = {kind: Criterion(0.9, kind, parameters=2).delta_chi2 for kind in IntervalKind}
    assert drawn.pop(IntervalKind.ONE_SIDED) == pytest.approx(1.6424, abs=1e-4)
    assert list(drawn.values()) == pytest.approx([4.6052] * 3, abs=1e-4)


def test_feldman_cousins_of_a_deficit() -> None:
    # Without a lower edge the threshold lies between the one-sided and, far from zero, the two-sided one.
    fc = upper("xenonnt", "statistics.interval=feldman_cousins", "statistics.toys=4000")
    one, two = (upper("xenonnt", f"statistics.interval={kind}") for kind in ("one_sided", "two_sided"))
    assert one * 0.98 < fc < two * 1.02


def test_the_collaborations_threshold_of_nuclear_recoils() -> None:
    # 0.16 dex weaker than published, 10 % weaker than 2.706: the threshold is about 3.3 at the limit (2.2 events)
    ratio = upper("xenon1t_nr", "statistics.interval=feldman_cousins") / upper("xenon1t_nr")
    assert ratio == pytest.approx(1.105, abs=0.02)


def test_expected_limits_scatter_as_the_asimov_data_say() -> None:
    scan, criterion = constraint("xenonnt").scan(0.01, "mu"), Criterion(0.9, IntervalKind.TWO_SIDED)
    x = np.array([expected_upper_muB2(scan, criterion, sigma) for sigma in (-2.0, -1.0, 0.0, 1.0, 2.0)])
    assert (np.diff(x) > 0).all()
    # where -2 ln L is a parabola in mu^2, one sigma up adds sigma to 1.645 sigma; 9 % off for bins of 15 events
    assert (x[3] - x[2]) / x[2] == pytest.approx(1.0 / 1.6449, rel=0.12, abs=0)


def test_calibration_is_interpolated_in_mass() -> None:
    c = constraint("xenonnt", "statistics.interval=feldman_cousins", "statistics.toys=400")
    masses = np.array([0.01, 0.1, 1.0, 100.0])
    found = calibrate(lambda M: c.scan(M, "mu"), masses, c.criterion(), 3)
    # nothing is excluded at 100 MeV
    assert found.M_N_MeV.tolist() == [0.01, 0.1, 1.0]
    assert found.values.shape == (3, len(RELATIVE_NODES))
    between = found.at(sqrt(0.001), c.scan(sqrt(0.001), "mu"))
    np.testing.assert_allclose(between.values, found.values[:2].mean(axis=0), rtol=1e-12)
    assert found.at(100.0, c.scan(100.0, "mu")) is None


def test_coverage_tables() -> None:
    covered, expected = coverage_tables(constraint("xenonnt"), "mu", 2, 1000)
    assert list(covered.columns) == list(COVERAGE_UNITS)
    assert list(expected.columns) == list(EXPECTED_UNITS)
    assert len(covered) == 2 * len(RELATIVE_MOMENTS)
    # 1000 toys twice: 1.3 % for one standard deviation of calibration and check, four of them
    np.testing.assert_allclose(covered["coverage_calibrated"], 0.9, atol=0.055)
    assert (covered["coverage_two_sided"] > covered["coverage_one_sided"]).all()
    at_limit = covered[covered["relative_to_limit"] == 0.0]
    # at mu = 0 half of the experiments fit best there: the one-sided threshold covers as it should
    np.testing.assert_allclose(at_limit["coverage_one_sided"], 0.9, atol=0.055)
    median = expected[expected["sigma"] == 0.0]
    np.testing.assert_allclose(median["mu_toys_muB"], median["mu_asimov_muB"], rtol=0.1)


def test_no_toys_where_there_can_be_none() -> None:
    for name, more in (("xenon1t_nr", ()), ("xenonnt", ("detectors.variants.xenonnt=unbinned",))):
        assignments = (f"statistics.coverage.experiments=[{name}]", *more)
        with pytest.raises(ConfigError, match=rf"coverage.experiments: {name} .* no toy experiments; remove it"):
            constraint(name, *assignments)


def test_curves_name_projections_and_other_solar_models() -> None:
    frame = curves_frame(curves(constraint("darwin"), ("mu",)))
    assert frame["statistic"].str.startswith(PROJECTION)[frame["is_default"]].all()
    other = frame[frame["variant"] == "standard;solar=B16-AGSS09met"]
    default = frame[frame["is_default"] & (frame["edge"] == "floor")]
    assert not other["is_default"].any()
    ratio = other["mu_nu_muB"].to_numpy() / default["mu_nu_muB"].to_numpy()
    # 7Be and 8B are lower by 9 and 18 %, hep higher by 3 %: the limit moves by at most the root
    assert (ratio[np.isfinite(ratio)] > 0.98).all()
    assert (ratio[np.isfinite(ratio)] < 1.12).all()
    assert ratio[np.isfinite(ratio)].max() > 1.05


def test_nothing_is_excluded_without_signal() -> None:
    scan = constraint("xenonnt").scan(100.0, "mu")
    for kind in IntervalKind:
        assert interval_edges(scan, Criterion(0.9, kind, True, 100)) == (None, inf)
