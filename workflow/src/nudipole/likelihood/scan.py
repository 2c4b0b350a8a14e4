"""The profile likelihood as a function of mu^2 at one mass: best fit, crossings, surface.

Everything here works on x = mu^2 in units of mu_B^2, because the expected signal is linear in it:

    m = sum_j theta_j (constant_j + x slope_j)

A background has no slope; a flux of neutrinos has the dipole signal as its slope, and what scatters weakly, if that is
a component of its own, as its constant.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nudipole.errors import ConvergenceError
from nudipole.likelihood.model import Nuisances, Observation
from nudipole.likelihood.profile import expected_counts, gradient_and_hessian
from nudipole.likelihood.root import derivative_at, minimum, profile_many, root, upper_crossing

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fits:
    """Profiled points, one a value of mu^2: -2 ln L (n,), nuisances (n, k)."""

    x_muB2: Array
    chi2: Array
    nuisances: Array


@dataclass(frozen=True)
class BestFit:
    """Minimum over mu^2 >= 0 of the profile."""

    x_muB2: float
    chi2: float
    nuisances: Array


@dataclass(frozen=True)
class SignalScan:
    """Profile likelihood of one signal hypothesis; constant and slope (k, bins), events for mu = 1 mu_B."""

    observation: Observation
    nuisances: Nuisances
    constant: Array
    slope: Array

    @property
    def is_sensitive(self) -> bool:
        """Whether this hypothesis predicts any event."""
        return bool(np.abs(self.slope).sum() > 0.0)

    @cached_property
    def _model(self) -> tuple[Any, Array, Array, Any]:
        return (self.observation.kernel, self.constant, self.slope, self.nuisances.kernel)

    def fits(self, x_muB2: Array) -> Fits:
        """Return the profile at each fixed mu^2; raises ConvergenceError where the minimiser fails."""
        x = np.ascontiguousarray(x_muB2, dtype=float)
        chi2, theta, converged = profile_many(x, *self._model, self.nuisances.start)
        if not converged.all():
            worst = x[~converged][0]
            raise ConvergenceError(f"profile likelihood did not converge at mu = {np.sqrt(worst):.4g} mu_B")
        return Fits(x, chi2, theta)

    def chi2(self, x_muB2: float) -> float:
        """Return the profiled -2 ln L at one mu^2."""
        return float(self.fits(np.array([x_muB2])).chi2[0])

    @cached_property
    def null_chi2(self) -> float:
        """-2 ln L without signal."""
        return self.chi2(0.0)

    def expected(self, x_muB2: float, nuisances: Array) -> Array:
        """Return the expected counts (bins,) at mu^2 and given nuisances."""
        model = np.empty(len(self.observation))
        expected_counts(nuisances, self._columns(x_muB2), model)
        return model

    def _columns(self, x_muB2: float) -> Array:
        return self.constant + x_muB2 * self.slope

    def derivative(self, x_muB2: float) -> float:
        """Return d(-2 ln L)/d(mu^2) of the profile."""
        theta = self.nuisances.start.copy()
        return float(derivative_at(x_muB2, *self._model, theta, np.empty_like(self.constant))[1])

    def pulls(self, nuisances: Array) -> Array:
        """Return (theta - center)/width of each nuisance, NaN for those without a prior."""
        width = self.nuisances.width
        known = (width > 0.0) & np.isfinite(width)
        pulls = np.full(len(width), np.nan)
        pulls[known] = (nuisances - self.nuisances.center)[known] / width[known]
        return pulls

    def covariance(self, x_muB2: float, nuisances: Array) -> Array:
        """Return the covariance of (mu^2, nuisances), the inverse of half the Hessian, expected events as data.

        Zero rows for parameters that are fixed or sit at their bound.
        """
        columns, n = self._columns(x_muB2), self.nuisances
        extended = np.vstack([nuisances @ self.slope, columns])
        k = len(extended)
        precision = np.zeros((k, k))
        precision[1:, 1:] = n.precision
        model, hessian = self.expected(x_muB2, nuisances), np.empty((k, k))
        # unit columns first: mu^2 is of order 1e-22
        scale = np.array([np.abs(row).max() or 1.0 for row in extended])
        values = (np.zeros(k), self.observation.kernel, extended / scale[:, None], np.zeros(k))
        gradient_and_hessian(
            *values, precision / np.outer(scale, scale), model, np.empty((2, len(model))), np.empty(k), hessian
        )
        free = np.concatenate([[True], ~n.fixed & (nuisances > n.lower)]) & (np.diag(hessian) > 0.0)
        covariance = np.zeros((k, k))
        covariance[np.ix_(free, free)] = np.linalg.inv(0.5 * hessian[np.ix_(free, free)])
        return np.asarray(covariance / np.outer(scale, scale))

    @cached_property
    def natural_x_muB2(self) -> float:
        """mu^2 that predicts as many signal events as there are data, at least one: the scale of every search."""
        return float(max(np.abs(self.observation.counts).sum(), 1.0) / np.abs(self.slope.sum(axis=0)).sum())

    @cached_property
    def best_fit(self) -> BestFit:
        """Minimum over mu^2 >= 0; requires a sensitive hypothesis."""
        theta = self.nuisances.start.copy()
        x, chi2, converged = minimum(self.natural_x_muB2, *self._model, theta)
        if not converged:
            raise ConvergenceError(
                "the best fit of the profile likelihood was not found; please report the configuration"
            )
        return BestFit(float(x), float(chi2), theta)

    def upper_crossing_muB2(self, chi2_level: float) -> float:
        """Return mu^2 above the best fit where -2 ln L reaches the level (which must exceed the minimum).

        Infinite if it stays below: a flux that floats with the relative width w can be scaled away at a cost of
        1/w^2, so -2 ln L does not grow without end.
        """
        theta = self.best_fit.nuisances.copy()
        x, converged = upper_crossing(self.best_fit.x_muB2, self.natural_x_muB2, chi2_level, *self._model, theta)
        if not converged:
            raise ConvergenceError(
                "the upper edge of the profile likelihood was not found; please report the configuration"
            )
        return float(x)

    def lower_crossing_muB2(self, chi2_level: float) -> float | None:
        """Return mu^2 below the best fit where -2 ln L reaches the level; None if mu = 0 stays below it."""
        if self.best_fit.x_muB2 == 0.0 or self.null_chi2 <= chi2_level:
            return None
        theta = self.best_fit.nuisances.copy()
        x, converged = root(0.0, self.best_fit.x_muB2, chi2_level, False, *self._model, theta)
        if not converged:
            raise ConvergenceError(
                "the lower edge of the profile likelihood was not found; please report the configuration"
            )
        return float(x)
