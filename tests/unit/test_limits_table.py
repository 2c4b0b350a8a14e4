"""The table of limits: what it accepts, what it refuses, and what it does with limits off the grid."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from nudipole.config.model import Grid
from nudipole.constraints.base import Range, above_floor, range_on_grid
from nudipole.constraints.stellar import build as build_stellar
from nudipole.errors import DataError
from nudipole.limits.table import UNITS, Curve, Edge, Label, Status, check_limits, curves_frame, grid_status

LABEL = Label("toy", "default", True, "mu", 0.90, "by hand", "computed", "nobody")
MASSES = np.array([0.01, 0.1, 1.0])
STATUS = (Status.OK, Status.OK, Status.OFF_GRID_HIGH)
CURVE = Curve(LABEL, Edge.FLOOR, 0, MASSES, np.array([1e-11, 2e-11, np.nan]), STATUS)
GRID = Grid(1e-2, 1e3, 5, 1e-14, 1e-6, 5)


def test_columns_are_those_of_the_contract():
    # Literally the list of the design page.
    page = """constraint variant is_default flavour edge branch point confidence_level statistic M_N_MeV mu_nu_muB
        status origin reference"""
    assert list(UNITS) == page.split()
    assert (UNITS["M_N_MeV"], UNITS["mu_nu_muB"], UNITS["confidence_level"]) == ("MeV", "mu_B", "1")
    assert sorted(Edge) == ["ceiling", "floor", "preferred_high", "preferred_low"]
    assert sorted(Status) == ["off_grid_high", "off_grid_low", "ok"]


def test_rows_of_a_curve():
    frame = curves_frame([CURVE, replace(CURVE, branch=1)])
    assert list(frame.columns) == list(UNITS)
    assert frame["point"].tolist() == [0, 1, 2, 0, 1, 2]
    assert frame["branch"].tolist() == [0, 0, 0, 1, 1, 1]
    assert frame["status"].tolist()[:3] == ["ok", "ok", "off_grid_high"]
    assert frame["mu_nu_muB"].isna().tolist()[:3] == [False, False, True]
    assert [str(frame[name].dtype) for name in ("is_default", "branch", "M_N_MeV")] == ["bool", "int64", "float64"]
    empty = curves_frame([])
    assert empty.empty
    assert empty.dtypes.equals(frame.dtypes)


def broken(**cells):
    frame = curves_frame([CURVE])
    for name, value in cells.items():
        frame[name] = frame[name].astype(object)
        frame.loc[0, name] = value
    return frame


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"mu_nu_muB": np.nan}, "mu_nu_muB is finite and positive exactly where status is ok"),
        ({"mu_nu_muB": np.inf}, "exactly where status is ok"),
        ({"mu_nu_muB": -1e-11}, "exactly where status is ok"),
        ({"status": "off_grid_low"}, "exactly where status is ok"),
        ({"M_N_MeV": 0.0}, "M_N_MeV is finite and positive"),
        ({"M_N_MeV": np.nan}, "M_N_MeV is finite and positive"),
        ({"edge": "rim"}, "edge is known"),
        ({"status": "fine", "mu_nu_muB": np.nan}, "status is known"),
        ({"origin": "guessed"}, "origin is computed or published"),
    ],
)
def test_breaches_of_the_contract(cells, message):
    frame = broken(**cells)
    for name in ("mu_nu_muB", "M_N_MeV"):
        frame[name] = frame[name].astype(float)
    with pytest.raises(DataError, match=f"limits table: it must hold that .*{message}.*'constraint': 'toy'"):
        check_limits(frame)


def test_wrong_columns_and_duplicates():
    with pytest.raises(DataError, match="columns are"):
        check_limits(curves_frame([CURVE])[list(reversed(UNITS))])
    with pytest.raises(DataError, match="columns are"):
        check_limits(curves_frame([CURVE]).drop(columns="origin"))
    with pytest.raises(DataError, match=r"the point \{.*'branch': 0, 'point': 0\} stands twice"):
        curves_frame([CURVE, CURVE])
    # another flavour, edge, branch or variant is another point
    others = [replace(LABEL, flavour="e"), replace(LABEL, variant="other")]
    pieces = [replace(CURVE, edge=Edge.CEILING), replace(CURVE, branch=1)]
    curves = [CURVE, *(replace(CURVE, label=label) for label in others), *pieces]
    assert len(curves_frame(curves)) == 15
    # another confidence level is not: a contour of another level needs a branch of its own
    with pytest.raises(DataError, match="stands twice"):
        curves_frame([CURVE, replace(CURVE, label=replace(LABEL, confidence_level=0.95))])


def test_grid_status():
    # The ends of the grid belong to it; infinity is above; no number stands in for a limit off the grid.
    mu = np.array([1e-14, 0.99e-14, 1e-6, 1.01e-6, np.inf, 1e-10])
    values, status = grid_status(mu, 1e-14, 1e-6)
    assert status == (
        Status.OK,
        Status.OFF_GRID_LOW,
        Status.OK,
        Status.OFF_GRID_HIGH,
        Status.OFF_GRID_HIGH,
        Status.OK,
    )
    np.testing.assert_array_equal(values, [1e-14, np.nan, 1e-6, np.nan, np.nan, 1e-10])
    with pytest.raises(DataError, match="NaN; this is a bug"):
        grid_status(np.array([1e-10, np.nan]), 1e-14, 1e-6)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1e-11, np.inf, Range(1e-11, None, Status.OK, Status.OFF_GRID_HIGH)),
        (1e-15, 1e-11, Range(None, 1e-11, Status.OFF_GRID_LOW, Status.OK)),
        (1e-15, np.inf, Range(None, None, Status.OFF_GRID_LOW, Status.OFF_GRID_HIGH)),
        (1e-12, 1e-11, Range(1e-12, 1e-11, Status.OK, Status.OK)),
        (1e-5, np.inf, None),
        (np.inf, np.inf, None),
        (1e-16, 1e-15, None),
    ],
)
def test_ranges_at_one_mass_follow_the_same_rule(low, high, expected):
    assert range_on_grid(low, high, GRID) == (() if expected is None else (expected,))


def test_margin():
    # log10 of the distance to the edge, positive inside; nothing to be near to where no edge is on the grid.
    assert above_floor(2e-11, 1e-11, GRID) == ("excluded", pytest.approx(np.log10(2.0), rel=1e-9, abs=0))
    assert above_floor(1e-12, 1e-11, GRID) == ("allowed", pytest.approx(-1.0, rel=1e-9, abs=0))
    assert above_floor(1e-12, np.inf, GRID) == ("insensitive", None)
    assert above_floor(1e-12, 2.0 * GRID.mu_nu_max_muB, GRID) == ("insensitive", None)
    assert above_floor(1e-12, 0.5 * GRID.mu_nu_min_muB, GRID) == ("excluded", None)


def test_stellar_limit_off_the_grid_is_the_same_in_the_table_and_at_a_point():
    section = {"star": "red-giant", "emission": "finite_width", "mu_0_muB": None}
    for mu_min, status in ((1e-14, Status.OK), (1e-11, Status.OFF_GRID_LOW)):
        grid = replace(GRID, mu_nu_min_muB=mu_min)
        stars = build_stellar({"stellar": section, "grid": asdict(grid)})
        (found,) = stars.limits(0.001, "mu").excluded
        assert found.low_status is status
        assert (found.low is None) == (status is not Status.OK)
        mu, of_table = grid_status(stars.limit_muB(np.array([0.001]), stars.emission), mu_min, 1e-6)
        assert of_table == (status,)
        assert found.low == (None if np.isnan(mu[0]) else mu[0])
