"""A detector's folded spectrum: observed events, the fit without signal, and that with signal, with pulls below."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context
from scipy.special import gammaincinv

from nudipole.plotting.curves import Array
from nudipole.plotting.panels import (
    MODE_NAMES,
    add_title,
    legend,
    new_panels,
    power_of_ten,
    require,
    rows_of_flavour,
    say,
)
from nudipole.plotting.style import BLACK, BLUE, GREEN, GREY, ORANGE, RC, SKY, SMALL_PT, VERMILLION

ONE_SIGMA = 0.682689492137
LARGEST_COMPONENTS = 6
"""Components of the background that are drawn on their own where there are many."""
COMPONENT_COLOURS = (GREEN, VERMILLION, GREY, "#8C6D31", "#7B4173", "#3B6E8F")
LOGARITHMIC_ABOVE = 30.0
"""Largest over smallest expectation in the bins from which the axis is logarithmic."""
BIN_NUMBER = "bin number"
EVENT_BINS = 1e-3
"""Bins narrower than this stand around single events."""
MANY_BINS = 100
GROUPED_TO = 80
"""Bins are drawn in groups where there are more than MANY_BINS: about this many."""


@dataclass(frozen=True)
class Spectrum:
    """One fit in its bins."""

    low: Array
    high: Array
    observed: Array
    expected: Array
    signal: Array
    components: dict[str, Array]
    mu_nu_muB: float
    is_numbered: bool = False
    """Whether bins are numbers, because those of several parts stand side by side."""

    @property
    def edges(self) -> Array:
        """Edges of contiguous bins."""
        return np.append(self.low, self.high[-1])


def draw_spectrum(
    spectra: pd.DataFrame, fits: pd.DataFrame, flavour: str, unit: str, label: str, hypothesis: str = "best_fit"
) -> Figure:
    """Return the picture of one coupling at the first mass of the tables, for their first variant.

    hypothesis: the fit with signal to draw beside the one without.
    """
    require(spectra, ("flavour", "M_N_MeV", "hypothesis", "observed", "expected"), f"{label} spectra")
    rows = rows_of_flavour(spectra, flavour, f"{label} spectra")
    rows = rows[(rows["variant"] == rows["variant"].iloc[0]) & (rows["M_N_MeV"] == rows["M_N_MeV"].iloc[0])]
    null, best = (_spectrum(rows, name) for name in ("background", hypothesis))
    with context(RC, after_reset=True):
        figure, (upper, lower) = new_panels((2.2, 1.0))
        variant = str(rows["variant"].iloc[0]).replace("_", " ")
        mass = float(rows["M_N_MeV"].iloc[0])
        add_title(upper, f"{label}, {variant}", f"{MODE_NAMES.get(flavour, flavour)}, $M_N$ = {mass:.3g} MeV")
        if null is not None and null.is_numbered:
            unit = BIN_NUMBER
        if null is None or not _contiguous(null):
            say(upper, "the likelihood of this variant has no bins to draw")
            return figure
        goodness = _goodness(fits, rows)
        _draw_events(upper, null, best, (goodness["background"], goodness.get(hypothesis, "")), unit)
        _draw_pulls(lower, null, best, unit)
    return figure


def _spectrum(rows: pd.DataFrame, hypothesis: str) -> Spectrum | None:
    own = rows[rows["hypothesis"] == hypothesis]
    if own.empty:
        return None
    parts = {
        str(name).removeprefix("events_"): own[name].to_numpy(np.float64)
        for name in own.columns
        if str(name).startswith("events_") and own[name].notna().all()
    }

    def column(name: str) -> Array:
        return own[name].to_numpy(np.float64)

    low, high = column("bin_low"), column("bin_high")
    numbered = not np.array_equal(low[1:], high[:-1]) and bool((high - low).min() > EVENT_BINS)
    if numbered:
        # the parts of a combination follow each other
        low, high = np.arange(len(low), dtype=float), np.arange(1.0, len(low) + 1.0)
    return _grouped(
        Spectrum(
            low=low,
            high=high,
            observed=column("observed"),
            expected=column("expected"),
            signal=column("signal"),
            components=parts,
            mu_nu_muB=float(own["mu_nu_muB"].iloc[0]),
            is_numbered=numbered,
        )
    )


def _contiguous(spectrum: Spectrum) -> bool:
    return bool(np.array_equal(spectrum.low[1:], spectrum.high[:-1])) and bool(spectrum.observed.any())


def _grouped(s: Spectrum) -> Spectrum:
    """Return the spectrum with neighbouring bins added where there are too many to see."""
    if len(s.low) <= MANY_BINS:
        return s
    size = int(np.ceil(len(s.low) / GROUPED_TO))
    # what is left over joins the last group
    first = size * np.arange(len(s.low) // size)
    last = np.append(first[1:], len(s.low)) - 1

    def summed(values: Array) -> Array:
        return np.add.reduceat(values, first)

    return Spectrum(
        low=s.low[first],
        high=s.high[last],
        observed=summed(s.observed),
        expected=summed(s.expected),
        signal=summed(s.signal),
        components={name: summed(values) for name, values in s.components.items()},
        mu_nu_muB=s.mu_nu_muB,
        is_numbered=s.is_numbered,
    )


def _goodness(fits: pd.DataFrame, rows: pd.DataFrame) -> dict[str, str]:
    """Return -2 ln L over the number of bins by hypothesis, in words."""
    same = fits
    for name in ("variant", "flavour", "M_N_MeV"):
        same = same[same[name] == rows[name].iloc[0]]
    first = same.groupby("hypothesis").first()
    return {str(name): f"{row['chi2']:.1f} for {int(row['bins'])} bins" for name, row in first.iterrows()}


def poisson_errors(counts: Array) -> Array:
    """Return the distances (down, up) to the ends of the central 68.27 % interval of a Poisson mean."""
    tail = 0.5 * (1.0 - ONE_SIGMA)
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1), tail), 0.0)
    return np.array([counts - low, gammaincinv(counts + 1.0, 1.0 - tail) - counts])


def _largest(spectrum: Spectrum) -> list[str]:
    ordered = sorted(spectrum.components, key=lambda name: -float(np.abs(spectrum.components[name]).max()))
    return ordered[:LARGEST_COMPONENTS]


def _draw_events(axes: Axes, null: Spectrum, best: Spectrum | None, goodness: tuple[str, str], unit: str) -> None:
    n, centres = null.observed, 0.5 * (null.low + null.high)
    logarithmic = null.expected.max() > LOGARITHMIC_ABOVE * max(null.expected.min(), 1e-300)
    if best is not None and best.mu_nu_muB > 0.0:
        label = rf"signal at {power_of_ten(best.mu_nu_muB)} $\mu_\mathrm{{B}}$: {best.signal.sum():.1f} events"
        axes.stairs(best.signal, best.edges, fill=True, color=SKY, alpha=0.55, label=label)
    if len(null.components) > 1:
        for name, colour in zip(_largest(null), COMPONENT_COLOURS, strict=False):
            axes.stairs(
                null.components[name], null.edges, baseline=None, color=colour, lw=1.0, label=name.replace("_", " ")
            )
    label = f"without signal ($b$), $-2\\ln L$ = {goodness[0]}"
    axes.stairs(null.expected, null.edges, baseline=None, color=ORANGE, lw=2.2, label=label)
    if best is not None:
        label = f"with signal, $-2\\ln L$ = {goodness[1]}"
        axes.stairs(best.expected, best.edges, baseline=None, color=BLUE, lw=1.6, ls="--", label=label)
    label = "observed ($n$), Poisson 68 %"
    axes.errorbar(centres, n, poisson_errors(n), fmt="o", color=BLACK, ms=2.5, lw=0.9, label=label)
    widths = np.unique((null.high - null.low).round(9))
    same = len(widths) == 1 and unit != BIN_NUMBER
    axes.set_ylabel(f"events per {widths[0]:g} {unit}" if same else "events per bin")
    if logarithmic:
        axes.set(yscale="log", ylim=(0.3 * float(null.expected.min()), 60.0 * float(n.max())))
    else:
        axes.set_ylim(0.0, 1.5 * float(n.max() + n.max() ** 0.5))
    legend(axes, loc="upper right", fontsize=SMALL_PT + 0.5, ncols=2 if len(null.components) > 3 else 1)


def _draw_pulls(axes: Axes, null: Spectrum, best: Spectrum | None, unit: str) -> None:
    width = np.sqrt(null.expected)
    pulls = (null.observed - null.expected) / width
    axes.axhspan(-1.0, 1.0, color="#ECECEC", zorder=0.0)
    axes.axhline(0.0, color=ORANGE, lw=1.6)
    if best is not None:
        axes.stairs((best.expected - null.expected) / width, null.edges, baseline=None, color=BLUE, lw=1.6, ls="--")
    middle = 0.5 * (null.low + null.high)
    axes.errorbar(middle, pulls, poisson_errors(null.observed) / width, fmt="o", color=BLACK, ms=2.5, lw=0.9)
    reach = 1.15 * max(3.5, float(np.abs(pulls).max()) + 1.0)
    names = {"keV": "reconstructed energy  [keV]", BIN_NUMBER: "bin number, one experiment after the other"}
    xlabel = names.get(unit, f"energy estimator  [{unit}]")
    axes.set(xlim=(null.edges[0], null.edges[-1]), ylim=(-reach, reach), xlabel=xlabel)
    axes.set_ylabel(r"$(n - b)\,/\,\sqrt{b}$")
