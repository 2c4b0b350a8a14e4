"""Efficiency and energy response of a detector, as node weights for the templates.

    expected events in bin i = exposure int dT N(T) P(i | T) dR/dT,
    P(i | T) = eff(T) [G((b_i+1 - q(T))/sigma(q)) - G((b_i - q(T))/sigma(q))]

with the number N(T) of particles per tonne, the mean estimator q(T), a polynomial in the recoil energy T, and G the
normal cumulative distribution. An efficiency against the estimator stands inside the integral over the bin; a
migration matrix takes the place of both.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nudipole.constants import KEV_PER_MEV
from nudipole.detectors.targets import Scatterer
from nudipole.errors import DataError

Array = NDArray[np.float64]

TAIL_SIGMAS = 7.0
"""Recoils further from the bins than this many sigma are left out (1e-12 of them would enter)."""
PANEL_SIGMAS = 1.0
"""Width of the integration panels in units of the resolution."""
SUB_BIN = 1.0 / 32.0
"""Step in the estimator at which an efficiency against it is sampled."""
SCAN = 20_000


@dataclass(frozen=True)
class Bins:
    """Bins of the estimator; with `rest`, the last is the whole range less all others (an unbinned likelihood)."""

    low: Array
    high: Array
    rest: bool = False

    def __len__(self) -> int:
        """Return the number of bins."""
        return len(self.low)


@dataclass(frozen=True)
class Efficiency:
    """A table, linear between its points; of_estimator: against the estimator and not the recoil energy."""

    E_keV: Array
    efficiency: Array
    of_estimator: bool = False
    constant_above_keV: float = np.inf

    def __call__(self, E_keV: Array) -> Array:
        """Return the efficiency."""
        return np.asarray(np.interp(np.minimum(E_keV, self.constant_above_keV), self.E_keV, self.efficiency))


@dataclass(frozen=True)
class GaussianResponse:
    """Mean estimator sum_k c_k (T/MeV)^k, and sigma with the powers 0, 1/2, 1, 2, 3 of it.

    Above valid_to the resolution stays what it is there.
    """

    mean_per_MeV: tuple[float, ...]
    sigma: tuple[float, ...]
    valid_to: float = np.inf

    def mean(self, T_keV: Array) -> Array:
        """Return the mean estimator of a recoil."""
        return np.asarray(np.polynomial.polynomial.polyval(T_keV / KEV_PER_MEV, np.array(self.mean_per_MeV)))

    def resolution(self, mean: Array) -> Array:
        """Return sigma of the estimator at its mean; where that is below zero, the value at zero."""
        q = np.clip(mean, 0.0, self.valid_to)
        a, b, c, d, e = self.sigma
        return a + b * np.sqrt(q) + q * (c + q * (d + q * e))


@dataclass(frozen=True)
class Migration:
    """Probability (true bins, bins) that a recoil in a true bin ends in each bin, efficiency included."""

    edges_keV: Array
    probability: Array


@dataclass(frozen=True)
class Detector:
    """An experiment: what is hit, for how long, and how recoils appear in the bins."""

    name: str
    exposure_t_yr: float
    scatterers: tuple[Scatterer, ...]
    response: GaussianResponse | Migration
    efficiency: Efficiency | None
    bins: Bins


def recoil_range_keV(detector: Detector) -> tuple[float, float]:
    """Return the recoils between which something reaches the bins.

    Raises DataError if the efficiency is not known up to there.
    """
    response = detector.response
    if isinstance(response, Migration):
        return float(response.edges_keV[0]), float(response.edges_keV[-1])
    top_keV = 1.0
    while not _reach(response, top_keV)[0] >= detector.bins.high.max():
        top_keV *= 2.0
        if top_keV > 1e9:
            raise DataError(
                f"{detector.name}: no recoil lies above all bins; the resolution grows faster than the mean"
            )
    T_keV = np.linspace(0.0, top_keV, SCAN)
    least, most = _reach(response, T_keV)
    inside = np.flatnonzero((most > detector.bins.low.min()) & (least < detector.bins.high.max()))
    _require_resolution(detector.name, response, T_keV[inside])
    low, high = float(T_keV[max(inside[0] - 1, 0)]), float(T_keV[min(inside[-1] + 1, SCAN - 1)])
    table = detector.efficiency
    if table and not table.of_estimator and min(high, table.constant_above_keV) > table.E_keV[-1]:
        raise DataError(
            f"{detector.name}: the efficiency table ends at {table.E_keV[-1]:g} keV, but recoils up to {high:.1f} keV "
            f"reach the highest bin; extend the table, lower bins.range, or set efficiency.constant_above_keV"
        )
    return low, high


def _require_resolution(name: str, response: GaussianResponse, T_keV: Array) -> None:
    """Raise DataError unless the resolution is positive and the mean grows at recoils that reach the bins."""
    mean = response.mean(T_keV)
    if len(T_keV) < 2 or not ((response.resolution(mean)[1:] > 0.0).all() and (np.diff(mean) > 0.0).all()):
        raise DataError(
            f"{name}: at recoils that reach the bins the mean estimator must grow and its resolution be positive; "
            f"correct response.mean_per_MeV and response.sigma"
        )


def window_keV(detector: Detector) -> tuple[float, float]:
    """Return the recoil whose mean estimator is the lower edge of the first bin, and the highest that matters."""
    low, high = recoil_range_keV(detector)
    if isinstance(detector.response, Migration):
        return low, high
    T_keV = np.linspace(low, high, SCAN)
    first = np.searchsorted(detector.response.mean(T_keV), detector.bins.low.min())
    return float(T_keV[min(first, SCAN - 1)]), high


def _reach(response: GaussianResponse, T_keV: Array | float) -> tuple[Array, Array]:
    mean = response.mean(np.asarray(T_keV, dtype=float))
    spread = TAIL_SIGMAS * response.resolution(mean)
    return mean - spread, mean + spread


def panel_edges_keV(detector: Detector, scatterer: Scatterer) -> Array:
    """Return the edges of the integration panels: every kink and step, and nothing wider than the resolution."""
    low, high = recoil_range_keV(detector)
    edges = [np.array([low, high]), scatterer.steps_keV]
    if isinstance(detector.response, Migration):
        edges.append(detector.response.edges_keV)
    else:
        edges.append(_resolved_keV(detector.response, low, high))
    if detector.efficiency and not detector.efficiency.of_estimator:
        edges.append(detector.efficiency.E_keV)
    together = np.concatenate(edges)
    return np.unique(together[(together >= low) & (together <= high)])


def _resolved_keV(response: GaussianResponse, low_keV: float, high_keV: float) -> Array:
    """Return recoils that are PANEL_SIGMAS apart."""
    T = np.linspace(low_keV, high_keV, SCAN)
    mean = response.mean(T)
    middle = 0.5 * (mean[1:] + mean[:-1])
    sigmas = np.concatenate([[0.0], np.cumsum(np.diff(mean) / response.resolution(middle))])
    steps = max(int(np.ceil(sigmas[-1] / PANEL_SIGMAS)), 1)
    return np.interp(np.linspace(0.0, sigmas[-1], steps + 1), sigmas, T)


def separate_recoils_keV(detector: Detector, matrix_steps: int) -> Array:
    """Return recoils over the window that are a resolution apart, or matrix_steps of them for a migration matrix."""
    low, high = window_keV(detector)
    if isinstance(detector.response, Migration):
        return np.linspace(low, high, matrix_steps)
    return _resolved_keV(detector.response, low, high)


def response_rows(T_keV: Array, detector: Detector, scatterer: Scatterer) -> Array:
    """Return exposure N(T) P(bin | T), shape (len(T), bins): events per (rate per particle)."""
    scale = detector.exposure_t_yr * scatterer.per_t(T_keV)
    if isinstance(detector.response, Migration):
        row = np.searchsorted(detector.response.edges_keV, T_keV, side="right") - 1
        return np.asarray(scale[:, None] * detector.response.probability[row])
    if detector.efficiency and not detector.efficiency.of_estimator:
        scale = scale * detector.efficiency(T_keV)
    return scale[:, None] * _into_bins(T_keV, detector.response, detector.efficiency, detector.bins)


def _into_bins(T_keV: Array, response: GaussianResponse, efficiency: Efficiency | None, bins: Bins) -> Array:
    mean = response.mean(T_keV)[:, None]
    sigma = response.resolution(mean)
    if efficiency is None or not efficiency.of_estimator:
        into = ndtr((bins.high - mean) / sigma) - ndtr((bins.low - mean) / sigma)
    else:
        parts = np.maximum(np.ceil((bins.high - bins.low) / SUB_BIN), 1).astype(int)
        first = np.concatenate([[0], np.cumsum(parts)[:-1]])
        share = (np.arange(parts.sum()) - np.repeat(first, parts)) / np.repeat(parts, parts)
        width = np.repeat((bins.high - bins.low) / parts, parts)
        low = np.repeat(bins.low, parts) + share * np.repeat(bins.high - bins.low, parts)
        fine = ndtr((low + width - mean) / sigma) - ndtr((low - mean) / sigma)
        into = np.add.reduceat(fine * efficiency(low + 0.5 * width), first, axis=1)
    if bins.rest:
        into[:, -1] -= into[:, :-1].sum(axis=1)
    return np.asarray(into)
