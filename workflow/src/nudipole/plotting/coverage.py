"""Toy experiments of a detector: the expected limit with its bands and the observed one, and coverage below."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context

from nudipole.plotting.panels import MASS_LABEL, MODE_NAMES, MOMENT_LABEL, add_title, legend_beside, new_panels, require
from nudipole.plotting.style import BLACK, BLUE, GREEN, ORANGE, RC, VERMILLION

BANDS = ((2.0, "#F3E3A2"), (1.0, "#A9D8A0"))
"""Expected bands, the wider first, in the usual yellow and green."""
COVERAGES = (
    ("coverage_two_sided", "two-sided, asymptotic", VERMILLION, "s"),
    ("coverage_one_sided", "one-sided, asymptotic", ORANGE, "^"),
    ("coverage_calibrated", "threshold from toys", BLUE, "o"),
)
MARKS = {0.0: "none", 0.4: "left", 1.0: "full", 1.6: "right"}
TOLERANCE = 0.01


def draw_coverage(coverage: pd.DataFrame, expected: pd.DataFrame, label: str) -> Figure:
    """Return the picture of one experiment; how a marker is filled tells the true moment."""
    require(
        coverage, ("M_N_MeV", "relative_to_limit", "coverage_two_sided", "coverage_calibrated"), f"{label} coverage"
    )
    require(expected, ("M_N_MeV", "sigma", "mu_asimov_muB", "mu_toys_muB"), f"{label} expected limits")
    flavour, toys = str(coverage["flavour"].iloc[0]), int(coverage["toys"].iloc[0])
    with context(RC, after_reset=True):
        figure, (upper, lower) = new_panels((1.2, 1.0), right_in=2.0)
        add_title(
            upper, f"{label}: expected limit, coverage", f"{MODE_NAMES.get(flavour, flavour)}, {toys} toys a point"
        )
        _draw_expected(upper, expected)
        _draw_coverage(lower, coverage)
    return figure


def _draw_expected(axes: Axes, expected: pd.DataFrame) -> None:
    asimov = expected.pivot(index="M_N_MeV", columns="sigma", values="mu_asimov_muB")
    toys = expected.pivot(index="M_N_MeV", columns="sigma", values="mu_toys_muB")
    masses = asimov.index.to_numpy(float)
    for sigma, colour in BANDS:
        axes.fill_between(
            masses, asimov[-sigma], asimov[sigma], color=colour, lw=0.0, label=rf"$\pm${sigma:.0f} $\sigma$, Asimov"
        )
    axes.plot(masses, asimov[0.0], color=BLACK, ls="--", lw=1.2, label="median, Asimov")
    axes.plot(masses, toys.to_numpy(float), ".", color=GREEN, ms=4.0)
    axes.plot(masses, toys[0.0], ".", color=BLACK, ms=4.0, label="quantiles of toys")
    observed = expected[expected["sigma"] == 0.0]
    axes.plot(observed["M_N_MeV"], observed["mu_observed_muB"], color=BLUE, lw=1.6, label="observed")
    axes.set(xscale="log", yscale="log", ylabel=MOMENT_LABEL)
    legend_beside(axes)


def _draw_coverage(axes: Axes, coverage: pd.DataFrame) -> None:
    level = float(coverage["confidence_level"].iloc[0])
    axes.axhspan(level - TOLERANCE, level + TOLERANCE, color="#E6E6E6", zorder=0.0)
    axes.axhline(level, color=BLACK, lw=0.8)
    for column, name, colour, marker in COVERAGES:
        for relative, rows in coverage.groupby("relative_to_limit"):
            fill = MARKS.get(float(np.round(float(str(relative)), 3)), "full")
            words = name if relative == coverage["relative_to_limit"].max() else None
            axes.plot(rows["M_N_MeV"], rows[column], marker, color=colour, fillstyle=fill, ms=5.0, ls="", label=words)
    moments = ", ".join(f"{value:g}" for value in sorted(coverage["relative_to_limit"].unique()))
    axes.set(xscale="log", xlabel=MASS_LABEL, ylabel="coverage")
    lowest = float(coverage[[column for column, *_ in COVERAGES]].min().min())
    axes.set_ylim(min(lowest, level) - 0.03, 1.01)
    legend_beside(axes, title=f"true moment over limit:\n{moments}\n(open, left, full, right)")
