"""The profile likelihood as a function of mu^2 at one mass: best fit, crossings, surface.

Everything here works on x = mu^2 in units of mu_B^2, because the expected signal is linear in it.
"""

from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import brentq

from nudipole.errors import ConvergenceError
from nudipole.likelihood.poisson import expected_counts, profile

ROOT_RTOL = 1e-10
X_TINY_MUB2 = 1e-60
"""mu = 1e-30 mu_B: below it no signal is distinguishable from none."""
SATURATION = 1e12
"""Times the natural mu^2: -2 ln L is as large there as it can become, so the search for an upper edge ends."""


@njit(cache=True)
def _profile_at(x, counts, background, signal, center, inverse_variance, fixed, theta):  # type: ignore[no-untyped-def]
    """Profile at mu^2 = x; parameters are the background scales, then the signal scales."""
    b = background.shape[0]
    columns = np.empty((b + signal.shape[0], background.shape[1]))
    for i in range(background.shape[1]):
        for j in range(b):
            columns[j, i] = background[j, i]
        for j in range(signal.shape[0]):
            columns[b + j, i] = x * signal[j, i]
    return profile(counts, columns, center, inverse_variance, fixed, theta)


@njit(cache=True)
def _profile_many(x, counts, background, signal, center, inverse_variance, fixed, start):  # type: ignore[no-untyped-def]
    chi2, theta = np.empty(len(x)), np.empty((len(x), len(start)))
    converged = np.empty(len(x), dtype=np.bool_)
    for i in range(len(x)):
        for j in range(len(start)):
            theta[i, j] = start[j]
        chi2[i], converged[i] = _profile_at(x[i], counts, background, signal, center, inverse_variance, fixed, theta[i])
    return chi2, theta, converged


@dataclass(frozen=True)
class BinnedData:
    """Observed counts and background components (components, bins), each with a scale theta >= 0.

    prior_width: Gaussian width of the scale around 1, infinity for a free scale. start: where the fit begins.
    """

    counts: NDArray[np.float64]
    names: tuple[str, ...]
    background: NDArray[np.float64]
    prior_width: NDArray[np.float64]
    start: NDArray[np.float64]


@dataclass(frozen=True)
class Fits:
    """Profiled points, one a value of mu^2: -2 ln L (n,), nuisances (n, backgrounds + signals)."""

    x_muB2: NDArray[np.float64]
    chi2: NDArray[np.float64]
    nuisances: NDArray[np.float64]


@dataclass(frozen=True)
class BestFit:
    """Minimum over mu^2 >= 0 of the profile."""

    x_muB2: float
    chi2: float


@dataclass(frozen=True)
class SignalScan:
    """Profile likelihood of one signal hypothesis.

    signal: (sources, bins), events for mu = 1 mu_B. signal_width: relative flux prior a source; a width of
    zero fixes its scale at 1.
    """

    data: BinnedData
    signal: NDArray[np.float64]
    signal_width: NDArray[np.float64]

    @property
    def is_sensitive(self) -> bool:
        """Whether this hypothesis predicts any event."""
        return bool(self.signal.sum() > 0.0)

    @cached_property
    def _setup(
        self,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
        """Centers, inverse variances, fixed flags and start values of all scales."""
        # a source without events at this mass has nothing to fit: its scale stays at 1
        fixed_signal = (self.signal_width == 0.0) | (self.signal.sum(axis=1) == 0.0)
        fixed = np.concatenate([np.zeros(len(self.data.names), dtype=bool), fixed_signal])
        width = np.concatenate([self.data.prior_width, np.where(fixed_signal, np.inf, self.signal_width)])
        start = np.concatenate([self.data.start, np.ones(len(self.signal))])
        return np.ones(len(width)), 1.0 / width**2, fixed, start

    def fits(self, x_muB2: NDArray[np.float64]) -> Fits:
        """Return the profile at each fixed mu^2; raises ConvergenceError where the minimiser fails."""
        x = np.ascontiguousarray(x_muB2, dtype=float)
        chi2, theta, converged = _profile_many(x, self.data.counts, self.data.background, self.signal, *self._setup)
        if not converged.all():
            worst = x[~converged][0]
            raise ConvergenceError(f"profile likelihood did not converge at mu = {np.sqrt(worst):.4g} mu_B")
        return Fits(x, chi2, theta)

    def chi2(self, x_muB2: float) -> float:
        """Return the profiled -2 ln L at one mu^2."""
        return float(self.fits(np.array([x_muB2])).chi2[0])

    def expected(self, x_muB2: float, nuisances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the expected counts (bins,) at mu^2 and given nuisances."""
        model = np.empty(len(self.data.counts))
        expected_counts(nuisances, np.vstack([self.data.background, x_muB2 * self.signal]), model)
        return model

    def slope(self, x_muB2: float) -> float:
        """Return d(-2 ln L)/d(mu^2) of the profile: the explicit derivative, since nuisances sit at their minimum."""
        theta = self.fits(np.array([x_muB2])).nuisances[0]
        model, counts = self.expected(x_muB2, theta), self.data.counts
        per_x = theta[len(self.data.names) :] @ self.signal
        ratio = np.divide(counts, model, out=np.zeros_like(model), where=counts > 0.0)
        return float(2.0 * np.sum((1.0 - ratio) * per_x))

    @cached_property
    def _natural_x_muB2(self) -> float:
        """mu^2 that predicts as many signal events as there are data, at least one: the scale of every search."""
        return float(max(self.data.counts.sum(), 1.0) / self.signal.sum())

    @cached_property
    def best_fit(self) -> BestFit:
        """Minimum over mu^2 >= 0; requires a sensitive hypothesis."""
        if self.slope(0.0) >= 0.0:
            return BestFit(0.0, self.chi2(0.0))
        upper = 1e-3 * self._natural_x_muB2
        while self.slope(upper) < 0.0:
            upper *= 2.0
        x = float(brentq(self.slope, 0.0, upper, xtol=X_TINY_MUB2, rtol=ROOT_RTOL))
        return BestFit(x, self.chi2(x))

    def upper_crossing_muB2(self, chi2_level: float) -> float:
        """Return mu^2 above the best fit where -2 ln L reaches the level (which must exceed the minimum).

        Infinite if it stays below: a flux that floats with the relative width w can be scaled away at a cost of
        1/w^2, so -2 ln L does not grow without end.
        """
        low, step = self.best_fit.x_muB2, 1e-3 * self._natural_x_muB2
        while self.chi2(low + step) < chi2_level:
            if step > SATURATION * self._natural_x_muB2:
                return inf
            step *= 2.0
        return float(brentq(lambda x: self.chi2(x) - chi2_level, low, low + step, xtol=X_TINY_MUB2, rtol=ROOT_RTOL))

    def lower_crossing_muB2(self, chi2_level: float) -> float | None:
        """Return mu^2 below the best fit where -2 ln L reaches the level; None if mu = 0 stays below it."""
        if self.best_fit.x_muB2 == 0.0 or self.chi2(0.0) <= chi2_level:
            return None
        x_best = self.best_fit.x_muB2
        return float(brentq(lambda x: self.chi2(x) - chi2_level, 0.0, x_best, xtol=X_TINY_MUB2, rtol=ROOT_RTOL))
