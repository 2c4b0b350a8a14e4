"""The leptoquark's figure and table: contours where the formula puts them, limits where the table has them."""

from pathlib import Path

import numpy as np
import pytest

from nudipole.config.figure_style import load_style
from nudipole.config.load import load_config
from nudipole.limits.table import Curve, Edge, Label, Status, curves_frame
from nudipole.models.leptoquark import moment_muB
from nudipole.models.leptoquark_table import POINTS, leptoquark_table
from nudipole.plotting.leptoquark import DECADES, draw_leptoquark
from nudipole.plotting.style import style_of

ROOT = Path(__file__).resolve().parents[2]
STYLE = style_of(load_style(ROOT))
MASSES = np.array([0.001, 0.1])


def curve(name: str, level: float, edge: Edge = Edge.FLOOR, variant: str = "default", cl: float = 0.9) -> Curve:
    label = Label(name, variant, edge is Edge.FLOOR, "mu", cl, "", "computed", "made up")
    return Curve(label, edge, 0, MASSES, np.full(2, level), (Status.OK,) * 2)


def moments_of(line, formula: str = "one-loop") -> np.ndarray:
    """Return the moment along a line of the figure."""
    mass, coupling = np.asarray(line.get_xydata()).T
    return moment_muB(coupling**2, mass, m_b_GeV=4.18, formula=formula)


@pytest.mark.parametrize("formula", ["one-loop", "talk"])
def test_every_line_is_at_one_moment(formula: str) -> None:
    section = load_config(ROOT, [], [f"models.leptoquark.formula={formula}"])["models"]["leptoquark"]
    region = [
        curve("xenon1t", 3e-11, Edge.PREFERRED_LOW, "no_tritium;region"),
        curve("xenon1t", 7e-11, Edge.PREFERRED_HIGH, "no_tritium;region"),
    ]
    limits = curves_frame([*region, curve("stellar", 2.5e-12), curve("xenonnt", 1.6e-11)])
    axes = draw_leptoquark(limits, section, STYLE).axes[0]
    levels = sorted(float(np.median(moments_of(line, formula))) for line in axes.lines)
    np.testing.assert_allclose(levels, sorted([*DECADES, 2.5e-12, 1.6e-11]), rtol=1e-12)
    for line in axes.lines:
        assert np.ptp(np.log(moments_of(line, formula))) < 1e-10
    assert len(axes.collections) == 1


def test_without_limits_the_contours_remain() -> None:
    section = load_config(ROOT)["models"]["leptoquark"]
    axes = draw_leptoquark(curves_frame([]), section, STYLE).axes[0]
    assert len(axes.lines) == len(DECADES)


def test_the_table_is_the_formula_on_a_grid() -> None:
    section = load_config(ROOT)["models"]["leptoquark"]
    table = leptoquark_table(section)
    assert len(table) == POINTS**2
    row = table.iloc[1234]
    again = moment_muB(row["sqrt_y1y2"] ** 2, row["M_LQ_TeV"], m_b_GeV=4.18)
    assert row["mu_nu_muB"] == pytest.approx(float(again), rel=1e-13, abs=0)
