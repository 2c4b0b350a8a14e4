"""Helium and N_eff on the plane, with limits and with the regions where a number needs a caveat."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.style import context
from matplotlib.ticker import FuncFormatter

from nudipole.cosmology.surface import on_grid
from nudipole.plotting.curves import initial_name, is_rim, runs
from nudipole.plotting.panels import MASS_LABEL, MOMENT_LABEL, add_title, new_panels, require
from nudipole.plotting.style import BLACK, RC

Y_P_LEVELS = (0.20, 0.23, 0.24, 0.243, 0.245, 0.247, 0.248, 0.251, 0.255, 0.26, 0.28, 0.30, 0.35, 0.45, 1.0)
N_EFF_LEVELS = (1.0, 2.0, 2.5, 2.8, 2.95, 3.04, 3.06, 3.15, 3.3, 3.5, 4.0, 5.0, 7.0, 10.0, 15.0)
OUTLIVED = "#BDBDBD"
PLAIN = FuncFormatter(lambda value, _: f"{value:g}")


def draw_maps(surfaces: pd.DataFrame, limits: pd.DataFrame, initial: str, network: str) -> Figure:
    """Return maps of Y_p and N_eff of one initial state, with the default limits of `bbn` and `cmb`."""
    columns = ("initial", "network", "M_N_MeV", "mu_nu_muB", "Y_p", "N_eff", "status")
    require(surfaces, columns, "cosmology")
    rows = surfaces[(surfaces["initial"] == initial) & (surfaces["network"] == network)]
    require(rows, columns, f"cosmology, {initial} with {network},")
    with context(RC, after_reset=True):
        figure, panels = new_panels((1.0, 1.0), right_in=0.35)
        scales: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
            ("Y_p", r"$Y_p$", "bbn", {"norm": BoundaryNorm(Y_P_LEVELS, 256), "cmap": "RdBu_r"}),
            ("N_eff", r"$N_\mathrm{eff}$", "cmb", {"norm": BoundaryNorm(N_EFF_LEVELS, 256), "cmap": "PuOr_r"}),
        )
        for axes, (column, name, constraint, style) in zip(panels, scales, strict=True):
            masses, moments, values = on_grid(rows, column)
            mesh = axes.pcolormesh(masses, moments, values.T, shading="nearest", rasterized=True, **style)
            bar = figure.colorbar(mesh, ax=axes, label=name, pad=0.02, format=PLAIN)
            bar.ax.tick_params(labelsize=8.0)
            _flags(axes, rows)
            of_it = limits[(limits["constraint"] == constraint) & limits["is_default"]]
            of_one = of_it[of_it["flavour"] == of_it["flavour"].iloc[0]] if len(of_it) else of_it
            for run in runs(of_one[~is_rim(of_one)]):
                axes.plot(*run.points().T, color=BLACK, lw=1.6)
            axes.set(xscale="log", yscale="log", ylabel=MOMENT_LABEL)
        panels[-1].set_xlabel(MASS_LABEL)
        add_title(panels[0], rf"$Y_p$ and $N_\mathrm{{eff}}$, $N$ {initial_name(initial)} at the start", "line: limit")
        panels[0].legend(handles=_keys(rows), fontsize=7.5, loc="upper right", frameon=True)
    return figure


def _flags(axes: Axes, rows: pd.DataFrame) -> None:
    """Hatch where late decays break nuclei or distort the CMB; grey where N outlives recombination."""
    for column, hatch in (("photodisintegration", "\\\\\\\\"), ("spectral_distortion", "////")):
        masses, moments, flag = on_grid(rows.assign(flag=rows[column].astype(float)), "flag")
        if flag.any():
            axes.contourf(masses, moments, flag.T, levels=[0.5, 1.5], colors="none", hatches=[hatch])
    masses, moments, outlived = on_grid(
        rows.assign(flag=(rows["status"] == "outlives_recombination").astype(float)), "flag"
    )  # fmt: skip
    if outlived.any():
        axes.contourf(masses, moments, outlived.T, levels=[0.5, 1.5], colors=[OUTLIVED])
    unsolved = rows[~np.isfinite(rows["Y_p"])]
    axes.plot(unsolved["M_N_MeV"], unsolved["mu_nu_muB"], "x", color=BLACK, ms=4.0)


def _keys(rows: pd.DataFrame) -> list[Artist]:
    keys: list[Artist] = [
        Patch(facecolor="none", edgecolor=BLACK, hatch="\\\\\\\\", label="photodisintegration"),
        Patch(facecolor="none", edgecolor=BLACK, hatch="////", label="CMB spectrum distorted"),
        Patch(facecolor=OUTLIVED, label="N outlives recombination"),
    ]
    if (~np.isfinite(rows["Y_p"])).any():
        keys.append(Line2D([], [], color=BLACK, marker="x", ls="", ms=4.0, label="not solved"))
    return keys
