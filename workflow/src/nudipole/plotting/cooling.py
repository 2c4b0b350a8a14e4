"""Stellar cooling: the limit of every emission model, and how the energy loss falls with the mass."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from nudipole.plotting.curves import Array
from nudipole.plotting.panels import MASS_LABEL, MOMENT_LABEL, add_title, legend, new_panels, power_of_ten, require, say
from nudipole.plotting.style import BLACK, BLUE, GREEN, GREY, RC, VERMILLION

MODELS = {
    "finite_width": ("Breit-Wigner of constant width", VERMILLION, "-", 2.2),
    "damped": ("on-shell plasmons + physically damped tail", BLUE, "--", 2.0),
    "braaten_segel": ("on-shell transverse + longitudinal", GREEN, "-.", 1.8),
    "narrow": (r"on-shell transverse, $K=\omega_\mathrm{p}$", BLACK, (0, (1.2, 1.2)), 1.8),
}
"""Name, colour, line and width of each emission model."""

MU_MAX_MUB = 1e-6
"""Above this no limit is of interest; the frame ends here."""
CLOSED_MUB = 1.0
"""The table holds no limit above this; the curve leaves the frame towards it."""


def draw_cooling(cooling: pd.DataFrame, mu_0_muB: float, default: str) -> Figure:
    """Return the limits mu(M_N) above the energy losses Q(M_N)/Q(0), which are (mu_0/mu)^2.

    mu_0_muB: the bound on a massless N. default: the emission model of the default limit.
    """
    require(cooling, ("star", "emission", "M_N_MeV", "mu_limit_muB"), "stellar cooling")
    with context(RC, after_reset=True):
        figure, (limit, loss) = new_panels((1.5, 1.0))
        present = [str(emission) for emission in cooling["emission"].unique()]
        for emission in sorted(present, key=[*MODELS, *present].index):
            rows = cooling[cooling["emission"] == emission]
            _draw_model(limit, loss, emission, rows, mu_0_muB, emission == default)
        limit.axhline(mu_0_muB, color=GREY, lw=0.9, ls=(0, (5, 3)))
        within = cooling[cooling["mu_limit_muB"] <= MU_MAX_MUB]
        _set_frame(limit, loss, within if len(within) else cooling, mu_0_muB)
        star = str(cooling["star"].iloc[0])
        note = rf"$\mu_0$ = {power_of_ten(mu_0_muB)} $\mu_\mathrm{{B}}$ for $M_N=0$ (grey)"
        add_title(limit, f"Energy loss by plasmon decay, {star.replace('-', ' ')}", note)
        if within.empty:
            say(limit, rf"no limit below {power_of_ten(MU_MAX_MUB)} $\mu_\mathrm{{B}}$ at the masses of this grid")
        else:
            legend(limit, loc="lower right", bbox_to_anchor=(1.0, 0.08))
    return figure


def _to_the_edge(rows: pd.DataFrame) -> tuple[Array, Array]:
    """Return masses and limits, with one point off the frame where the limit ends."""
    ordered = rows.sort_values("M_N_MeV")
    mass, mu = ordered["M_N_MeV"].to_numpy(np.float64), ordered["mu_limit_muB"].to_numpy(np.float64)
    known = np.flatnonzero(np.isfinite(mu))
    last = int(known[-1]) if len(known) else -1
    if len(known) and last + 1 < len(mu):
        return mass[: last + 2], np.append(mu[: last + 1], CLOSED_MUB)
    return mass[: last + 1], mu[: last + 1]


def _draw_model(limit: Axes, loss: Axes, emission: str, rows: pd.DataFrame, mu_0_muB: float, is_default: bool) -> None:
    name, colour, style, width = MODELS.get(emission, ("", GREY, "-", 1.5))
    mass, mu = _to_the_edge(rows)
    label = emission + (f": {name}" if name else "") + (" (default)" if is_default else "")
    limit.plot(mass, mu, color=colour, linestyle=style, lw=width, label=label)
    loss.plot(mass, (mu_0_muB / mu) ** 2, color=colour, linestyle=style, lw=width)


def _set_frame(limit: Axes, loss: Axes, shown: pd.DataFrame, mu_0_muB: float) -> None:
    limit.set(xscale="log", yscale="log", ylabel=MOMENT_LABEL)
    loss.set(xscale="log", yscale="log", xlabel=MASS_LABEL, ylabel=r"$Q(M_N)\,/\,Q(0)$")
    limit.set_ylim(0.4 * mu_0_muB, MU_MAX_MUB)
    loss.set_ylim((mu_0_muB / MU_MAX_MUB) ** 2, 8.0)
    limit.set_xlim(shown["M_N_MeV"].min(), 1.2 * shown["M_N_MeV"].max())
    # a little over one decade: the default labels of the minor ticks would touch each other
    loss.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    loss.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    loss.xaxis.set_minor_formatter(NullFormatter())
