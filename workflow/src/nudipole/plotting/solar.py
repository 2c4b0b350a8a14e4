"""The solar neutrinos: fluxes at the Earth by source, and what share of them arrives in each flavour."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.style import context

from nudipole.plotting.panels import MODE_NAMES, add_title, legend_beside, new_panels, require
from nudipole.plotting.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RC, SKY, VERMILLION

SOURCE_LOOKS = {
    "pp": ("pp", BLUE, "-"),
    "7Be": (r"$^7$Be", VERMILLION, "-"),
    "pep": ("pep", BLACK, "-"),
    "13N": (r"$^{13}$N", GREEN, "-"),
    "15O": (r"$^{15}$O", SKY, "--"),
    "17F": (r"$^{17}$F", GREY, "-."),
    "8B": (r"$^8$B", ORANGE, "-"),
    "hep": ("hep", PURPLE, "-"),
}
"""Name, colour and line of each source, as in the legend."""

FLAVOUR_COLOURS = {"e": BLUE, "mu": VERMILLION, "tau": GREEN}
CONVERTED = {"pp": (6.0, 0.35), "8B": (1.6, 1.0)}
"""Width and opacity of the sources whose conversion is drawn: born over a wide region, and close to the centre."""

E_MIN_MEV, HEADROOM, DEPTH, FAR_BELOW = 0.02, 8.0, 0.03, 1e-30
COLUMNS = (
    "source",
    "is_line",
    "E_nu_MeV",
    "Phi_0_effective_per_cm2_s",
    *(f"dPhi_dE_{mode}_per_cm2_s_MeV" for mode in MODE_NAMES),
)


def draw_solar(moments: pd.DataFrame, title: str) -> Figure:
    """Return fluxes (continua per MeV, lines in full) above conversion probabilities.

    moments: the table of flux moments, whose mode `effective` is the flux without conversion.
    """
    require(moments, COLUMNS, "flux moments")
    with context(RC, after_reset=True):
        figure, (fluxes, shares) = new_panels((1.7, 1.0), right_in=1.15)
        _draw_fluxes(fluxes, moments)
        _draw_shares(shares, moments)
        add_title(fluxes, title)
        shares.set(xscale="log", xlabel=r"$E_\nu$  [MeV]")
        shares.set_xlim(E_MIN_MEV, 1.3 * float(moments["E_nu_MeV"].max()))
    return figure


def _spectrum(rows: pd.DataFrame, mode: str) -> np.ndarray:
    return rows[f"dPhi_dE_{mode}_per_cm2_s_MeV"].to_numpy(np.float64)


def _draw_fluxes(axes: Axes, moments: pd.DataFrame) -> None:
    heights = []
    for source, (name, colour, style) in SOURCE_LOOKS.items():
        rows = moments[moments["source"] == source]
        lines, continuum = rows[rows["is_line"]], rows[~rows["is_line"]]
        if len(continuum):
            flux = _spectrum(continuum, "effective")
            # zero at the end point becomes a point far below the frame
            axes.plot(continuum["E_nu_MeV"], flux.clip(FAR_BELOW), color=colour, linestyle=style, label=name, lw=1.7)
            heights.append(flux.max())
        if len(lines):
            flux = lines["Phi_0_effective_per_cm2_s"].to_numpy(np.float64)
            axes.vlines(lines["E_nu_MeV"], FAR_BELOW, flux, colors=colour, lw=1.7)
            axes.plot(lines["E_nu_MeV"], flux, "o", color=colour, ms=4.0, label=f"{name} (line)")
            heights += list(flux)
    axes.set_yscale("log")
    axes.set_ylim(DEPTH * min(heights), HEADROOM * max(heights))
    axes.set_ylabel("flux at 1 AU\n" + r"[cm$^{-2}$ s$^{-1}$ MeV$^{-1}$;  lines: cm$^{-2}$ s$^{-1}$]", fontsize=10.0)
    legend_beside(axes)


def _draw_shares(axes: Axes, moments: pd.DataFrame) -> None:
    for source, (width, opacity) in CONVERTED.items():
        rows = moments[(moments["source"] == source) & ~moments["is_line"]]
        rows = rows[_spectrum(rows, "effective") > 0.0]
        for flavour, colour in FLAVOUR_COLOURS.items():
            share = _spectrum(rows, flavour) / _spectrum(rows, "effective")
            axes.plot(rows["E_nu_MeV"], share, color=colour, lw=width, alpha=opacity, solid_capstyle="butt")
    axes.set(ylim=(0.0, 0.75), ylabel=r"$P(\nu_e\to\nu_a;\,E_\nu)$")
    handles = [Line2D([], [], color=c, lw=3.0, label=f"$a$ = {MODE_NAMES[a]}") for a, c in FLAVOUR_COLOURS.items()]
    handles += [
        Line2D([], [], color=BLACK, lw=width, alpha=opacity, label=f"from {SOURCE_LOOKS[source][0]}")
        for source, (width, opacity) in CONVERTED.items()
    ]
    legend_beside(axes, handles=handles)
