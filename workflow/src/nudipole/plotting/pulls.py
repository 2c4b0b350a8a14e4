"""The nuisances of a detector's fits: pulls, and how each is correlated with mu_nu^2."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context

from nudipole.plotting.panels import MODE_NAMES, add_title, legend, new_panels, require, rows_of_flavour, say
from nudipole.plotting.style import BLUE, ORANGE, RC, SMALL_PT, VERMILLION

LABELS_IN = 1.45
"""Room for the names of the nuisances."""
HYPOTHESES = {"background": ("without signal", ORANGE, "o"), "best_fit": ("best fit", BLUE, "s"),
              "limit": ("at the limit", VERMILLION, "^")}  # fmt: skip


def draw_pulls(fits: pd.DataFrame, flavour: str, label: str) -> Figure:
    """Return pulls (nuisances without a prior: value with its error, in a shade) and correlations below."""
    require(fits, ("flavour", "M_N_MeV", "hypothesis", "nuisance", "value", "pull"), f"{label} fits")
    rows = rows_of_flavour(fits, flavour, f"{label} fits")
    rows = rows[(rows["variant"] == rows["variant"].iloc[0]) & (rows["M_N_MeV"] == rows["M_N_MeV"].iloc[0])]
    mass = float(rows["M_N_MeV"].iloc[0])
    # fluxes that make no signal at this mass are fixed and say nothing
    moving = rows[rows["error"] > 0.0]["nuisance"].unique()
    rows = rows[rows["nuisance"].isin(moving)]
    names = list(dict.fromkeys(rows["nuisance"]))
    with context(RC, after_reset=True):
        figure, (upper, lower) = new_panels((1.4, 1.0), bottom_in=LABELS_IN)
        add_title(upper, f"{label}: nuisances", f"{MODE_NAMES.get(flavour, flavour)}, $M_N$ = {mass:.3g} MeV")
        if not names:
            say(upper, "no nuisance parameter is free in this fit")
        for offset, (hypothesis, look) in enumerate(HYPOTHESES.items()):
            own = rows[rows["hypothesis"] == hypothesis].set_index("nuisance").reindex(names)
            if own["value"].notna().any():
                _draw_hypothesis(upper, lower, own, 0.2 * (offset - 1), look)
        _finish(upper, lower, names)
    return figure


def _draw_hypothesis(upper: Axes, lower: Axes, own: pd.DataFrame, shift: float, look: tuple[str, str, str]) -> None:
    words, colour, marker = look
    place = np.arange(len(own)) + shift
    free = own["pull"].isna().to_numpy()
    # without a prior: the scale itself, around 1
    value = np.where(free, own["value"] - own["prior_center"], own["pull"])
    error = np.where(free, own["error"], own["error"] / own["prior_width"])
    for rows, face in ((~free, colour), (free, "white")):
        label = None if rows is free else words
        upper.errorbar(
            place[rows], value[rows], error[rows], fmt=marker, color=colour, ms=4.0, lw=1.0, mfc=face, label=label
        )
    lower.plot(place, own["correlation_with_mu2"], marker, color=colour, ms=4.0)


def _finish(upper: Axes, lower: Axes, names: list[str]) -> None:
    for axes in (upper, lower):
        axes.axhline(0.0, color="#999999", lw=0.8)
    upper.axhspan(-1.0, 1.0, color="#ECECEC", zorder=0.0)
    upper.set_ylabel("pull (open: scale $-$ 1)")
    upper.set_ylim(-3.0, 4.2)
    lower.set(ylim=(-1.08, 1.08), ylabel=r"correlation with $\mu_\nu^2$", xlim=(-0.6, len(names) - 0.4))
    lower.set_xticks(
        range(len(names)),
        [name.replace("_", " ") for name in names],
        rotation=70,
        ha="right",
        rotation_mode="anchor",
        fontsize=SMALL_PT,
    )
    if upper.get_legend_handles_labels()[0]:
        legend(upper, loc="upper right", ncols=3)
