"""XENON1T electron recoils: observed events, the background alone, and background with signal at one benchmark."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context
from scipy.special import gammaincinv

from nudipole.errors import DataError
from nudipole.plotting.curves import Array
from nudipole.plotting.panels import (
    MODE_NAMES,
    add_title,
    legend,
    new_panels,
    power_of_ten,
    require,
    rows_of_flavour,
)
from nudipole.plotting.style import BLACK, BLUE, ORANGE, RC, SKY, SMALL_PT

ONE_SIGMA = 0.682689492137
NO_SIGNAL_EVENTS = 0.1
"""Fewer signal events than this in all bins count as none."""


@dataclass(frozen=True)
class Profile:
    """Expected events per bin at one point of the likelihood surface, with its fitted nuisances."""

    mu_nu_muB: float
    delta_chi2: float
    background: dict[str, Array]
    signal: Array

    @property
    def total(self) -> Array:
        """Return background and signal."""
        return np.asarray(sum(self.background.values()) + self.signal)


def draw_spectrum(
    counts: pd.DataFrame,
    background: pd.DataFrame,
    rates: pd.DataFrame,
    likelihood: pd.DataFrame,
    flavour: str,
    M_N_MeV: float = 0.01,
) -> Figure:
    """Return counts with the two fits at the mass of the grid nearest to M_N_MeV, and their pulls below.

    The benchmark moment is where the surface is lowest; the background alone is the surface at its smallest moment.
    """
    require(counts, ("E_low_keV", "E_high_keV", "counts"), "XENON1T counts")
    require(background, ("E_low_keV", "B0_counts"), "XENON1T background")
    require(likelihood, ("flavour", "M_N_MeV", "mu_nu_muB", "delta_chi2"), "XENON1T likelihood")
    require(rates, ("flavour", "M_N_MeV", "bin_low"), "XENON1T rates")
    surface = rows_of_flavour(likelihood, flavour, "XENON1T likelihood")
    mass = float(surface["M_N_MeV"].iloc[int((surface["M_N_MeV"] - M_N_MeV).abs().to_numpy().argmin())])
    surface = surface[surface["M_N_MeV"] == mass].sort_values("mu_nu_muB")
    events = _events_at(rates, counts, flavour, mass)
    null = _profile(surface.iloc[0], background, events)
    best = _profile(surface.iloc[int(surface["delta_chi2"].to_numpy().argmin())], background, events)
    with context(RC, after_reset=True):
        figure, (upper, lower) = new_panels((2.2, 1.0))
        _draw_events(upper, counts, null, best)
        _draw_pulls(lower, counts, null, best)
        variant = "with free tritium" if "tritium" in null.background else "without tritium"
        add_title(upper, f"XENON1T SR1, {variant}", f"{MODE_NAMES.get(flavour, flavour)}, $M_N$ = {mass:.3g} MeV")
    return figure


def _events_at(rates: pd.DataFrame, counts: pd.DataFrame, flavour: str, mass: float) -> pd.DataFrame:
    rows = rates[(rates["flavour"] == flavour) & np.isclose(rates["M_N_MeV"], mass, rtol=1e-9)].sort_values("bin_low")
    if not np.array_equal(rows["bin_low"].to_numpy(), counts["E_low_keV"].to_numpy()):
        raise DataError(
            f"the XENON1T rates for {flavour!r} at {mass:g} MeV do not have the bins of the counts; run again"
        )
    return rows


def _profile(point: pd.Series, background: pd.DataFrame, events: pd.DataFrame) -> Profile:
    scales = {str(name).removeprefix("nuisance_"): v for name, v in point.items() if str(name).startswith("nuisance_")}
    fluxes = {name.removeprefix("flux_"): v for name, v in scales.items() if name.startswith("flux_")}
    parts = {
        name: float(v) * background[f"{name}_counts"].to_numpy(np.float64)
        for name, v in scales.items()
        if not name.startswith("flux_")
    }
    x = float(point["mu_nu_muB"]) ** 2
    by_source = [float(v) * events[f"events_per_muB2_{source}"].to_numpy(np.float64) for source, v in fluxes.items()]
    return Profile(float(point["mu_nu_muB"]), float(point["delta_chi2"]), parts, x * np.sum(by_source, axis=0))


def poisson_errors(counts: Array) -> Array:
    """Return the distances (down, up) to the ends of the central 68.27 % interval of a Poisson mean."""
    tail = 0.5 * (1.0 - ONE_SIGMA)
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1), tail), 0.0)
    return np.array([counts - low, gammaincinv(counts + 1.0, 1.0 - tail) - counts])


def _moment(profile: Profile) -> str:
    return rf"$\mu_\nu$ = {power_of_ten(profile.mu_nu_muB)} $\mu_\mathrm{{B}}$"


def _chi2(profile: Profile) -> str:
    return rf"$\Delta(-2\ln L)$ = {max(profile.delta_chi2, 0.0):.2f}"


def _edges(counts: pd.DataFrame) -> Array:
    return np.append(counts["E_low_keV"].to_numpy(np.float64), counts["E_high_keV"].iloc[-1])


def _draw_events(axes: Axes, counts: pd.DataFrame, null: Profile, best: Profile) -> None:
    edges, n = _edges(counts), counts["counts"].to_numpy(np.float64)
    centres = 0.5 * (edges[1:] + edges[:-1])
    only = (
        "background only ($b$)" if null.signal.sum() < NO_SIGNAL_EVENTS else f"smallest moment ($b$), {_moment(null)}"
    )
    signal = f"signal at {_moment(best)}: {best.signal.sum():.1f} events"
    axes.stairs(best.signal, edges, fill=True, color=SKY, alpha=0.55, label=signal)
    if "tritium" in null.background:
        tritium = null.background["tritium"]
        label = f"tritium in the fit without signal: {tritium.sum():.0f} events"
        axes.stairs(tritium, edges, baseline=None, color=ORANGE, lw=1.6, ls=(0, (1.2, 1.2)), label=label)
    axes.stairs(null.total, edges, baseline=None, color=ORANGE, lw=2.2, label=f"{only}, {_chi2(null)}")
    label = f"signal + background, {_chi2(best)}"
    axes.stairs(best.total, edges, baseline=None, color=BLUE, lw=1.6, ls="--", label=label)
    label = "observed ($n$), Poisson 68 %"
    axes.errorbar(centres, n, poisson_errors(n), fmt="o", color=BLACK, ms=3.5, lw=1.0, label=label)
    axes.set_ylim(0.0, 1.45 * float(n.max() + n.max() ** 0.5))
    widths = np.unique(np.diff(edges).round(9))
    axes.set_ylabel(f"events per {widths[0]:g} keV" if len(widths) == 1 else "events per bin")
    legend(axes, loc="upper right", fontsize=SMALL_PT + 1.0)


def _draw_pulls(axes: Axes, counts: pd.DataFrame, null: Profile, best: Profile) -> None:
    edges, n = _edges(counts), counts["counts"].to_numpy(np.float64)
    width = np.sqrt(null.total)
    pulls, difference = (n - null.total) / width, (best.total - null.total) / width
    axes.axhspan(-1.0, 1.0, color="#ECECEC", zorder=0.0)
    axes.axhline(0.0, color=ORANGE, lw=1.6)
    axes.stairs(difference, edges, baseline=None, color=BLUE, lw=1.6, ls="--")
    axes.errorbar(
        0.5 * (edges[1:] + edges[:-1]), pulls, poisson_errors(n) / width, fmt="o", color=BLACK, ms=3.5, lw=1.0
    )
    reach = 1.15 * max(3.5, float(np.abs(pulls).max()) + 1.0)
    axes.set(xlim=(edges[0], edges[-1]), ylim=(-reach, reach), xlabel=r"reconstructed energy  [keV]")
    axes.set_ylabel(r"$(n - b)\,/\,\sqrt{b}$")
