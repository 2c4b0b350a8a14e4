"""Pictures of the supernova's steps: L(mu) with its crossings, production by channel, mean free paths, the reach."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.style import context

from nudipole.constraints.supernova_model import Bound
from nudipole.plotting.panels import (
    MASS_LABEL,
    MODE_NAMES,
    MOMENT_LABEL,
    add_title,
    legend,
    legend_beside,
    new_panels,
    power_of_ten,
    require,
)
from nudipole.plotting.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RC, SKY, VERMILLION

SHOWN_MASSES_MEV = (0.1, 10.0, 30.0, 70.0, 100.0, 140.0, 200.0)
COLOURS = (BLUE, SKY, GREEN, ORANGE, VERMILLION, PURPLE, GREY)
CHANNELS = {"proton": ("protons", BLUE), "electron": ("electrons", GREEN), "photon": ("photons", VERMILLION)}
"""Photons: inverse decay above the plasmon mass, plasmon decay below it."""
NAMES_END = 0.42
"""Where the names of the assumptions end, in parts of the width."""


def draw_luminosity(surface: pd.DataFrame, flavour: str) -> Figure:
    """Return the energy carried away against mu for some masses, over its limit.

    surface: results/supernova/sn1987a.parquet, of which the default variant of the cooling bound is drawn.
    """
    require(surface, ("variant", "constraint", "flavour", "M_N_MeV", "mu_nu_muB", "over_limit"), "supernova")
    rows = surface[
        (surface["variant"] == "default")
        & (surface["constraint"] == str(Bound.COOLING))
        & (surface["flavour"] == flavour)
    ]
    with context(RC, after_reset=True):
        figure, (axes,) = new_panels((1.0,))
        masses = rows["M_N_MeV"].unique()
        for wanted, colour in zip(SHOWN_MASSES_MEV, COLOURS, strict=True):
            mass = float(masses[np.abs(np.log(masses / wanted)).argmin()])
            of_it = rows[rows["M_N_MeV"] == mass].sort_values("mu_nu_muB")
            axes.plot(of_it["mu_nu_muB"], of_it["over_limit"], color=colour, lw=1.8, label=f"{mass:.3g} MeV")
        axes.axhline(1.0, color=BLACK, lw=1.2, ls="--")
        axes.set(xscale="log", yscale="log", xlabel=MOMENT_LABEL, ylim=(1e-3, 1e4), xlim=(1e-13, 1e-6))
        axes.set_ylabel(f"{rows['quantity'].iloc[0].split('_')[0]} over its limit")
        axes.text(1.15e-13, 1.15, "excluded above", fontsize=9.0, va="bottom")
        add_title(axes, "Supernova: free streaming, then trapping", f"coupling to {MODE_NAMES[flavour]}")
        legend(axes, loc="upper right", title=r"$M_N$")
    return figure


def draw_production(production: pd.DataFrame) -> Figure:
    """Return emissivity of one zone and luminosity of the star by channel against mass, for mu = 1e-11 mu_B."""
    require(production, ("neutrino", "channel", "M_N_MeV", "Q_over_mu2_MeV7", "L_over_mu2_erg_s_muB2"), "production")
    panels = (
        ("Q_over_mu2_MeV7", r"$Q/\mu_\nu^2$  [MeV$^7$]", 1.0, (1e5, 1e12)),
        ("L_over_mu2_erg_s_muB2", r"$L(10^{-11}\,\mu_\mathrm{B})$  [erg/s]", 1e-22, (1e48, 1e54)),
    )
    kinds = list(production["neutrino"].unique())
    with context(RC, after_reset=True):
        figure, found = new_panels((1.0, 1.0), right_in=2.3)
        for axes, (column, label, factor, limits) in zip(found, panels, strict=True):
            for kind, style in zip(kinds, ("-", "--"), strict=False):
                for channel, (name, colour) in CHANNELS.items():
                    of_it = production[(production["neutrino"] == kind) & (production["channel"] == channel)]
                    text = f"{name}, {'degenerate ' if kind == 'nu_e' else ''}{_tex(kind)}"
                    axes.plot(of_it["M_N_MeV"], factor * of_it[column], color=colour, ls=style, lw=1.6, label=text)
            axes.set(xscale="log", yscale="log", ylabel=label, ylim=limits, xlim=(1.0, 500.0))
        found[1].set_xlabel(MASS_LABEL)
        add_title(found[0], "Supernova: production in one zone (above) and in the star, without absorption")
        legend_beside(found[0])
    return figure


def _tex(kind: str) -> str:
    return r"$\nu_e$" if kind == "nu_e" else r"$\nu_{\mu,\tau}$"


def draw_mean_free_path(paths: pd.DataFrame) -> Figure:
    """Return the mean free path against radius by channel, one panel a mass."""
    require(paths, ("channel", "M_N_MeV", "mu_nu_muB", "p_MeV", "r_km", "mean_free_path_km"), "mean free path")
    masses = sorted(paths["M_N_MeV"].unique())
    with context(RC, after_reset=True):
        figure, panels = new_panels((1.0,) * len(masses))
        for axes, mass in zip(panels, masses, strict=True):
            rows = paths[paths["M_N_MeV"] == mass]
            for channel, (name, colour) in {**CHANNELS, "all": ("all", BLACK)}.items():
                of_it = rows[rows["channel"] == channel]
                axes.plot(of_it["r_km"], of_it["mean_free_path_km"], color=colour, lw=1.6, label=name)
            axes.plot(of_it["r_km"], of_it["r_km"], color=GREY, lw=1.0, ls=":", label="radius")
            axes.set(xscale="log", yscale="log", ylabel="mean free path  [km]", ylim=(1e-1, 1e6))
            axes.text(0.98, 0.9, rf"$M_N$ = {mass:g} MeV", transform=axes.transAxes, fontsize=10.0, ha="right")
        panels[-1].set_xlabel(r"$r$  [km]")
        point = paths.iloc[0]
        note = (
            rf"$\mu_\nu$ = {power_of_ten(float(point['mu_nu_muB']))} $\mu_\mathrm{{B}}$, $p$ = {point['p_MeV']:g} MeV"
        )
        add_title(panels[0], "Supernova: mean free path", note)
        legend(panels[0], loc="lower right", ncols=2)
    return figure


def draw_reach(reach: pd.DataFrame) -> Figure:
    """Return the reach of low-energy supernovae for each assumption, beside the published one."""
    require(reach, ("cause", "M_N_MeV", "mu_reach_muB", "factor", "published_over_reach"), "reach")
    with context(RC, after_reset=True):
        figure, (axes,) = new_panels((1.0,))
        place = axes.get_position()
        axes.set_position((NAMES_END, place.y0, place.x1 - NAMES_END, place.height))
        places = np.arange(len(reach))[::-1]
        axes.barh(places, reach["factor"], color=[GREY, *[BLUE] * (len(reach) - 1)], height=0.62)
        columns = (reach[name].to_numpy(np.float64) for name in ("factor", "mu_reach_muB", "M_N_MeV"))
        for height, factor, mu, mass in zip(places, *columns, strict=True):
            axes.text(factor + 0.1, height, f"{factor:.2f}", va="center", fontsize=8.0)
            text = rf"{power_of_ten(mu)} at {mass:g} MeV"
            axes.text(0.99, height, text, va="center", ha="right", fontsize=8.0, transform=axes.get_yaxis_transform())
        published = 1.0 / float(reach["published_over_reach"].iloc[0])
        axes.axvline(published, color=VERMILLION, lw=1.5, ls="--")
        axes.text(published + 0.1, places[0] + 0.45, "arXiv:2402.01624", color=VERMILLION, fontsize=8.5, va="bottom")
        axes.set_yticks(places, reach["cause"], fontsize=8.5)
        axes.set(xlabel=r"reach in $\mu_\nu$, factor below the first row", xlim=(0.0, 1.9 * reach["factor"].max()))
        axes.set_ylim(-0.7, len(reach) + 0.3)
        add_title(axes, "", "Low-energy supernovae: what sets the smallest excluded moment")
    return figure
