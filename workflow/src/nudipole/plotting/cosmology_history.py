"""One history of the early universe: temperatures, shares of the energy density, and abundances."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context

from nudipole.plotting.panels import add_title, legend, legend_beside, new_panels, require
from nudipole.plotting.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RC, SKY, VERMILLION

SPECIES = {
    "Y_n": ("n", GREY),
    "Y_p": ("p", BLACK),
    "Y_d": ("d", BLUE),
    "Y_t": ("t", SKY),
    "Y_He3": (r"$^3$He", PURPLE),
    "Y_He4": (r"$^4$He", VERMILLION),
    "Y_Li7": (r"$^7$Li", ORANGE),
    "Y_Be7": (r"$^7$Be", GREEN),
}
SMALLEST_ABUNDANCE = 1e-11
"""Below it the network keeps only an absolute error."""
NUCLEI_MEV = 0.15
"""Above it the ratio would show how the network starts, not what N does."""
SMALLEST_NEUTRONS = 1e-9
"""Neutrons decay away: below this the steps of the network are too wide for a ratio."""
RATIO_RANGE = (0.5, 2.0)
HOTTEST_MEV, COLDEST_MEV = 3.0, 2e-3


def draw_history(history: pd.DataFrame, title: str) -> Figure:
    """Return temperatures (upper panel) and shares of the energy density (lower panel) against time."""
    columns = ("t_s", "T_gamma_MeV", "T_nu_MeV", "rho_em_fraction", "rho_nu_fraction", "rho_N_fraction")
    require(history, columns, "history")
    with context(RC, after_reset=True):
        figure, (temperatures, shares) = new_panels((1.2, 1.0), right_in=0.75)
        temperatures.plot(history["t_s"], history["T_gamma_MeV"], color=BLUE, lw=2.0, label=r"$T_\gamma$")
        temperatures.plot(history["t_s"], history["T_nu_MeV"], color=GREEN, lw=2.0, ls="--", label=r"$T_\nu$")
        temperatures.set(yscale="log", ylabel="temperature  [MeV]")
        _ratio(temperatures, history)
        for column, name, colour in (
            ("rho_em_fraction", r"$\gamma,\ e^\pm$ (and heavier)", BLUE),
            ("rho_nu_fraction", r"$\nu$", GREEN),
            ("rho_N_fraction", r"$N$", VERMILLION),
        ):
            shares.plot(history["t_s"], history[column], color=colour, lw=2.0, label=name)
        shares.set(xscale="log", ylim=(0.0, 1.0), xlabel=r"$t$  [s]", ylabel="share of energy density")
        shares.set_xlim(history["t_s"].min(), history["t_s"].max())
        add_title(temperatures, "Thermal history", title)
        legend(temperatures, loc="lower left")
        legend(shares, loc="upper right")
    return figure


def _ratio(axes: Axes, history: pd.DataFrame) -> None:
    """Add T_nu/T_gamma on a scale of its own, to the right."""
    ratio = axes.twinx()
    ratio.plot(history["t_s"], history["T_nu_MeV"] / history["T_gamma_MeV"], color=GREY, lw=1.2, ls=":")
    ratio.axhline((4.0 / 11.0) ** (1.0 / 3.0), color=GREY, lw=0.6)
    ratio.set_ylabel(r"$T_\nu/T_\gamma$ (dotted; line: $(4/11)^{1/3}$)", color=GREY, fontsize=9.0)
    ratio.tick_params(which="both", labelsize=8.5)
    axes.tick_params(which="both", right=False)


def draw_abundances(abundances: pd.DataFrame, title: str) -> Figure:
    """Return n_i/n_b against T_gamma, with N (solid) and without (dotted), above the ratio of the two."""
    require(abundances, ("with_N", "T_gamma_MeV", *SPECIES), "abundances")
    with_N, without = (abundances[abundances["with_N"] == value] for value in (True, False))
    with context(RC, after_reset=True):
        figure, (axes, ratios) = new_panels((2.0, 1.0), right_in=0.95)
        for column, (name, colour) in SPECIES.items():
            for rows, label, style, width in ((with_N, name, "-", 2.0), (without, None, ":", 1.3)):
                shown = rows[rows[column] > SMALLEST_ABUNDANCE]
                axes.plot(shown["T_gamma_MeV"], shown[column], color=colour, ls=style, lw=width, label=label)
            _draw_ratio(ratios, with_N, without, column, colour)
        axes.set(yscale="log", ylabel=r"$n_i/n_b$", ylim=(SMALLEST_ABUNDANCE, 2.0))
        ratios.axhline(1.0, color=GREY, lw=0.8, ls=":")
        ratios.set(xscale="log", xlim=(HOTTEST_MEV, COLDEST_MEV), xlabel=r"$T_\gamma$  [MeV]")
        ratios.set_ylabel("with / without $N$")
        low, high = ratios.get_ylim()
        ratios.set_ylim(max(low, RATIO_RANGE[0]), min(high, RATIO_RANGE[1]))
        add_title(axes, "Abundances (dotted: no $N$)", title)
        legend_beside(axes)
    return figure


def _draw_ratio(axes: Axes, with_N: pd.DataFrame, without: pd.DataFrame, column: str, colour: str) -> None:
    """Draw the ratio on the temperatures of the run with N, where both are large enough."""
    smallest = SMALLEST_NEUTRONS if column == "Y_n" else SMALLEST_ABUNDANCE
    one, other = (rows[rows[column] > smallest].sort_values("T_gamma_MeV") for rows in (with_N, without))
    if one.empty or other.empty:
        return
    ln_T, ln_T_other = (np.log(rows["T_gamma_MeV"].to_numpy(np.float64)) for rows in (one, other))
    ln_Y, ln_Y_other = (np.log(rows[column].to_numpy(np.float64)) for rows in (one, other))
    hottest = np.inf if column in ("Y_n", "Y_p") else np.log(NUCLEI_MEV)
    inside = (ln_T >= ln_T_other[0]) & (ln_T <= min(ln_T_other[-1], hottest))
    ratio = np.exp(ln_Y - np.interp(ln_T, ln_T_other, ln_Y_other))
    axes.plot(np.exp(ln_T[inside]), ratio[inside], color=colour, lw=1.6)
