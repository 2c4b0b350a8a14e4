"""The leptoquark's figure and table: contours where the formula puts them, limits where the table has them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nudipole.config.figure_style import load_style
from nudipole.config.load import load_config
from nudipole.limits.table import PROJECTION, Curve, Edge, Label, Status, curves_frame
from nudipole.models.leptoquark import coupling_product, dirac_mass_MeV, moment_muB
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
    mass = dirac_mass_MeV(row["sqrt_y1y2"] ** 2, m_b_GeV=4.18)
    assert row["m_nuN_per_log_MeV"] == pytest.approx(float(mass), rel=1e-13, abs=0)


def words_of(axes) -> list[str]:
    return [text.get_text() for text in axes.figure.legends[0].get_texts()]


def test_a_projection_is_no_exclusion_and_a_detector_without_a_look_is_drawn() -> None:
    section = load_config(ROOT)["models"]["leptoquark"]
    projected = curves_frame([curve("darwin", 9e-12)]).assign(statistic=f"{PROJECTION}, made up")
    axes = draw_leptoquark(projected, section | {"detector": "darwin"}, STYLE).axes[0]
    assert "DARWIN (projection)" in words_of(axes)
    assert axes.lines[0].get_linestyle() != "-"
    axes = draw_leptoquark(curves_frame([curve("my_tank", 9e-12)]), section | {"detector": "my_tank"}, STYLE).axes[0]
    assert "my tank (excluded above)" in words_of(axes)


def test_three_levels_of_the_region_are_three_bands() -> None:
    section, levels = load_config(ROOT)["models"]["leptoquark"], {0.5: (4, 5), 0.6827: (3, 7), 0.9545: (2, 9)}
    edges = (Edge.PREFERRED_LOW, Edge.PREFERRED_HIGH)
    region = [
        replace(curve("xenon1t", 1e-11 * moment, edge, "no_tritium;region", cl), branch=number)
        for number, (cl, ends) in enumerate(levels.items())
        for edge, moment in zip(edges, ends, strict=True)
    ]
    assert len(draw_leptoquark(curves_frame(region), section, STYLE).axes[0].collections) == 3


@pytest.mark.parametrize("ranges", [([0.5, 50], [1e-2, 5]), ([1, 7], [0.1, 1]), ([1, 100], [1e-3, 20])])
def test_the_names_of_contours_lie_along_them_inside_the_frame(ranges: tuple[list[float], list[float]]) -> None:
    section = load_config(ROOT)["models"]["leptoquark"]
    figure = draw_leptoquark(
        curves_frame([]), section | dict(zip(("M_LQ_range_TeV", "sqrt_y1y2_range"), ranges, strict=True)), STYLE
    )
    figure.canvas.draw()
    axes = figure.axes[0]
    frame = axes.get_window_extent()
    assert len(axes.texts) >= 3
    for text in axes.texts:
        box = text.get_window_extent()
        assert frame.x0 < box.x0 < box.x1 < frame.x1
        assert frame.y0 < box.y0 < box.y1 < frame.y1
        mass, coupling = text.get_position()
        moment = moment_muB(coupling**2, mass, m_b_GeV=4.18)
        further = float(np.sqrt(coupling_product(moment, 1.01 * mass, m_b_GeV=4.18)))
        ends = axes.transData.transform([(mass, coupling), (1.01 * mass, further)])
        along = np.degrees(np.arctan2(*(ends[1] - ends[0])[::-1]))
        # chords of a power law between points 4 % apart bend by less than a degree
        assert text.get_rotation() == pytest.approx(along, abs=1.0)
    assert figure.get_figwidth() == pytest.approx(86.0 / 25.4, rel=1e-9, abs=0)
