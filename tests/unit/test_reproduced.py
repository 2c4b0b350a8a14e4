"""The published figure beside its reproduction: every compared curve is on both sides and in the ratio panel."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nudipole.config.figure_style import load_style
from nudipole.errors import DataError
from nudipole.limits.contour_score import CONTOUR_COMPARISONS
from nudipole.limits.scorecard import COMPARISONS
from nudipole.limits.table import Curve, Label, Status, curves_frame
from nudipole.plotting.reproduced import draw_reproduced
from nudipole.plotting.style import style_of

ROOT = Path(__file__).resolve().parents[2]
STYLE = style_of(load_style(ROOT))
RATIO = 1.3
"""Computed over published moment in the made-up tables."""


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each comparison as a flat curve at a moment of its own, the computed one RATIO above the published one."""
    own, rows = [], []
    moments = dict(zip(COMPARISONS, np.geomspace(2e-12, 5e-9, 30), strict=False))
    # far apart, so that the nearest contour of a point is its own
    contours = dict(zip(CONTOUR_COMPARISONS, (1e-10, 3e-12, 5e-11, 1e-9), strict=True))
    for branch, c in enumerate(COMPARISONS):
        mass = np.geomspace(c.mass_range_MeV[0] / 1.5, c.mass_range_MeV[1] * 1.5, 9)
        inside = np.geomspace(c.mass_range_MeV[0], c.mass_range_MeV[1], 5)[1:-1]
        level = float(np.clip(moments[c], c.moments_muB[0] * 1.01 + 1e-13, c.moments_muB[1] / 2.0))
        label = Label(c.constraint, c.variant, True, "mu", c.confidence_level or 0.9, "", "computed", "made up")
        own.append(Curve(label, c.edge, branch, mass, np.full(9, RATIO * level), (Status.OK,) * 9))
        rows += [(c.curve, m, level) for m in inside]
    for branch, each in enumerate(CONTOUR_COMPARISONS, start=100):
        mass = np.geomspace(0.01, 100.0, 9)
        level = contours[each]
        label = Label(each.constraint, each.variant, True, "mu", 0.9, "", "computed", "made up")
        own.append(Curve(label, COMPARISONS[0].edge, branch, mass, np.full(9, RATIO * level), (Status.OK,) * 9))
        rows += [(each.curve, m, level) for m in mass[2:-2]]
    return curves_frame(own), pd.DataFrame(rows, columns=["curve", "M_N_MeV", "mu_nu_muB"])


def test_every_comparison_is_in_all_three_panels(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    figure = draw_reproduced(*tables, STYLE)
    published, ours, ratio = figure.axes[:3]
    curves = {c.curve for c in COMPARISONS} | {c.curve for c in CONTOUR_COMPARISONS}
    assert len(published.lines) >= len(curves)
    drawn = {round(float(np.log10(line.get_ydata()[0])), 6) for line in ours.lines}
    for c in COMPARISONS:
        of_it = tables[0][(tables[0]["constraint"] == c.constraint) & (tables[0]["variant"] == c.variant)]
        level = np.log10(of_it.loc[of_it["edge"] == str(c.edge), "mu_nu_muB"])
        assert drawn & {round(float(each), 6) for each in level}, c.curve
    dots = np.concatenate(
        [np.asarray(line.get_ydata(), float) for line in ratio.lines if line.get_linestyle() == "None"]
    )
    # a flat curve above a flat curve: the ratio is the same at every point, the normal distance its absolute value
    np.testing.assert_allclose(np.unique(np.round(dots, 6)), [round(np.log10(RATIO), 6)], atol=1e-5)
    assert len([line for line in ratio.lines if line.get_linestyle() == "None"]) == len(COMPARISONS) + len(
        CONTOUR_COMPARISONS
    )


def test_a_missing_table_is_said(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    with pytest.raises(DataError, match="reference limits table has no rows"):
        draw_reproduced(tables[0].iloc[:0], tables[1], STYLE)
