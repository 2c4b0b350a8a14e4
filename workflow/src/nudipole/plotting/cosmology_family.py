"""What depends on assumptions: limits by initial state of N, and the reference set-up beside the published curves."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context

from nudipole.plotting.curves import initial_name, is_rim, runs
from nudipole.plotting.panels import MASS_LABEL, MOMENT_LABEL, add_title, legend_beside, new_panels, require
from nudipole.plotting.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RC, SKY, VERMILLION

COLOURS = (VERMILLION, BLUE, GREEN, ORANGE, PURPLE, SKY, GREY, BLACK)
MU_RANGE_MUB = (1e-14, 1e-6)
PUBLISHED = {
    "BBN_high_4He": (r"published $^4$He", VERMILLION),
    "CMB_dNeff_0.3_a": (r"published $\Delta N_\mathrm{eff}=0.3$", BLUE),
    "CMB_dNeff_0.3_b": ("", BLUE),
}
REFERENCE = (
    ("bbn", "primat2023", r"reference, $Y_p=0.251$", VERMILLION),
    ("cmb", "delta_0.3", r"reference, $\Delta N_\mathrm{eff}=0.3$", BLUE),
    ("cmb", "delta_0.05", r"reference, $\Delta N_\mathrm{eff}=0.05$", SKY),
)


def draw_family(limits: pd.DataFrame, reference: pd.DataFrame, published: pd.DataFrame, labels: list[str]) -> Figure:
    """Return three panels: helium and N_eff by initial state, and the reference set-up with the published curves."""
    columns = ("constraint", "variant", "flavour", "edge", "branch", "point", "status", "M_N_MeV", "mu_nu_muB")
    for table, name in ((limits, "cosmology limits"), (reference, "reference cosmology limits")):
        require(table, columns, name)
    with context(RC, after_reset=True):
        figure, panels = new_panels((1.0, 1.0, 1.15), right_in=2.25, gap=0.28)
        for axes, constraint, variant, title in (
            (panels[0], "bbn", "primat2023", r"$^4$He, by initial state of $N$"),
            (panels[1], "cmb", "planck", r"$N_\mathrm{eff}$, by initial state of $N$"),
        ):
            for label, colour in zip(labels, COLOURS, strict=False):
                width = 2.2 if label == labels[0] else 1.2
                _draw(axes, limits, constraint, f"{label};{variant}", initial_name(label), color=colour, lw=width)
            add_title(axes, title)
        _draw_reference(panels[2], limits, reference, published, labels[0])
        for axes in panels:
            axes.set(xscale="log", yscale="log", xlim=(1e-2, 1e3), ylim=MU_RANGE_MUB, ylabel=MOMENT_LABEL)
            axes.set_yticks([1e-14, 1e-12, 1e-10, 1e-8, 1e-6])
        for axes in (panels[0], panels[2]):
            legend_beside(axes)
        panels[-1].set_xlabel(MASS_LABEL)
    return figure


def _draw(axes: Axes, limits: pd.DataFrame, constraint: str, variant: str, name: str, **style: Any) -> None:
    rows = limits[(limits["constraint"] == constraint) & (limits["variant"] == variant)]
    rows = rows[rows["flavour"] == rows["flavour"].iloc[0]] if len(rows) else rows
    for number, run in enumerate(runs(rows[~is_rim(rows)])):
        axes.plot(*run.points().T, label=name if number == 0 else None, **style)


def _draw_reference(
    axes: Axes, limits: pd.DataFrame, reference: pd.DataFrame, published: pd.DataFrame, first: str
) -> None:
    for curve, (name, colour) in PUBLISHED.items():
        points = published[published["curve"] == curve]
        axes.plot(points["M_N_MeV"], points["mu_nu_muB"], ".", color=colour, ms=3.0, label=name or None)
    for constraint, variant, name, colour in REFERENCE:
        _draw(axes, reference, constraint, f"decoupled;{variant}", name, color=colour, lw=1.2)
    for constraint, variant, name, style in (
        ("bbn", "primat2023", r"this work, $^4$He", "-"),
        ("cmb", "planck", r"this work, $N_\mathrm{eff}$", (0, (4.0, 1.5))),
    ):
        _draw(axes, limits, constraint, f"{first};{variant}", name, color=BLACK, lw=1.8, ls=style)
    add_title(axes, "The set-up of arXiv:2007.15563, and this work")
