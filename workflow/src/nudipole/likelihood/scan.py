"""The profile likelihood as a function of mu^2 at one mass: best fit, crossings, surface.

Everything here works on x = mu^2 in units of mu_B^2, because the expected signal is linear in it:

    m_i(x, theta) = sum_j theta_j (constant_ji + x slope_ji)
    -2 ln L = sum_i cost_i(m_i) + (theta - center)^T P (theta - center),    theta_j >= lower_j

A background or a nuisance of shape has no slope; a flux of neutrinos has the dipole signal as its slope, and what
scatters weakly, if that is a component of its own, as its constant.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nudipole.errors import ConvergenceError, DomainError
from nudipole.likelihood.cost import Cost, cost_derivatives
from nudipole.likelihood.model import Nuisances, Observation
from nudipole.likelihood.profile import workspace
from nudipole.likelihood.root import derivative_at, edges, minimum, profile_many

Array = NDArray[np.float64]

__all__ = ["BestFit", "Cost", "Fits", "Nuisances", "Observation", "SignalScan"]


@dataclass(frozen=True)
class Fits:
    """Profiled points, one a value of mu^2: -2 ln L (n,), nuisances (n, k)."""

    x_muB2: Array
    chi2: Array
    nuisances: Array


@dataclass(frozen=True)
class BestFit:
    """Minimum over mu^2 >= 0 of the profile; chi2 is the goodness of fit too: each cost vanishes for a perfect model
    (a tabulated one is relative to what its table is relative to)."""

    x_muB2: float
    chi2: float
    nuisances: Array


@dataclass(frozen=True)
class SignalScan:
    """Profile likelihood of one signal hypothesis; constant and slope (k, bins), slope for mu = 1 mu_B."""

    observation: Observation
    nuisances: Nuisances
    constant: Array
    slope: Array

    def __post_init__(self) -> None:
        """Check the shapes, which the kernels do not."""
        shape = (len(self.nuisances.names), self.observation.bins)
        if np.shape(self.constant) != shape or np.shape(self.slope) != shape:
            raise DomainError(
                f"constant {np.shape(self.constant)} and slope {np.shape(self.slope)} "
                f"must be (nuisances, bins) = {shape}"
            )

    @property
    def is_sensitive(self) -> bool:
        """Whether this hypothesis predicts any event."""
        return bool((self.slope != 0.0).any())

    @cached_property
    def natural_x_muB2(self) -> float:
        """mu^2 with about as much signal as there are data, or errors, or as the table reaches: the scale of u."""
        seen = self.observation
        signal = np.abs(self.nuisances.start) @ np.abs(self.slope)
        if not signal.any():
            signal = np.abs(self.slope).sum(axis=0)
        if not signal.any():
            return 1.0
        if seen.kind is Cost.POISSON:
            return float(max(seen.counts.sum(), 1.0) / signal.sum())
        if seen.kind is Cost.GAUSSIAN:
            return float(1.0 / np.sqrt((signal**2 / seen.variance).sum()))
        return float(seen.table_step * (seen.table.shape[1] - 1) / signal.max())

    @cached_property
    def kernel(self) -> tuple[Any, ...]:
        """The arguments of the kernels: observation, constant, slope in u = x/natural_x_muB2, priors, start."""
        constant = np.array(self.constant, dtype=float, order="C")
        slope = np.array(self.slope * self.natural_x_muB2, dtype=float, order="C")
        start = np.array(self.nuisances.start, dtype=float)
        return (self.observation.kernel, constant, slope, self.nuisances.kernel, start)

    def fits(self, x_muB2: Array) -> Fits:
        """Return the profile at each fixed mu^2; raises ConvergenceError where the minimiser fails."""
        x = np.ascontiguousarray(x_muB2, dtype=float)
        chi2, theta, converged = profile_many(x / self.natural_x_muB2, *self.kernel)
        if not converged.all():
            raise ConvergenceError(
                f"profile likelihood did not converge at mu = {np.sqrt(x[~converged][0]):.4g} mu_B; the start of the "
                "nuisances must expect events in every bin that has some, and no bin below zero"
            )
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
        return np.asarray(nuisances @ (self.constant + x_muB2 * self.slope))

    def derivative(self, x_muB2: float) -> float:
        """Return d(-2 ln L)/d(mu^2) of the profile, in mu_B^-2."""
        slope, converged = derivative_at(x_muB2 / self.natural_x_muB2, *self.kernel)
        if not converged:
            raise ConvergenceError(f"profile likelihood did not converge at mu = {np.sqrt(x_muB2):.4g} mu_B")
        return float(slope / self.natural_x_muB2)

    @cached_property
    def best_fit(self) -> BestFit:
        """Minimum over mu^2 >= 0; requires a sensitive hypothesis."""
        k, bins = self.constant.shape
        p = np.append(self.nuisances.start, 0.0)
        arguments: tuple[Any, ...] = (*self.kernel, p, False, workspace(k, bins))
        chi2, converged = minimum(*arguments)
        if not converged or not np.isfinite(chi2):
            raise ConvergenceError(
                "the best fit of the profile likelihood was not found: check the start of the nuisances"
            )
        return BestFit(float(p[k] * self.natural_x_muB2), float(chi2), p[:k].copy())

    def upper_crossing_muB2(self, chi2_level: float) -> float:
        """Return mu^2 above the best fit where -2 ln L reaches the level (which must exceed the minimum).

        Infinite if it stays below: a flux that floats with the relative width w can be scaled away at a cost of
        1/w^2, so -2 ln L does not grow without end.
        """
        return self._crossing_muB2(chi2_level, falling=False)

    def lower_crossing_muB2(self, chi2_level: float) -> float | None:
        """Return mu^2 below the best fit where -2 ln L reaches the level; None if mu = 0 stays below it."""
        if self.best_fit.x_muB2 == 0.0 or self.null_chi2 <= chi2_level:
            return None
        return self._crossing_muB2(chi2_level, falling=True)

    def _crossing_muB2(self, chi2_level: float, *, falling: bool) -> float:
        if not chi2_level > self.best_fit.chi2:
            raise DomainError(f"the level {chi2_level} must exceed the minimum of -2 ln L, {self.best_fit.chi2}")
        u, converged = edges(chi2_level, falling, *self.kernel)
        if not converged:
            raise ConvergenceError(
                f"-2 ln L was not found to cross {chi2_level} {'below' if falling else 'above'} the best fit"
            )
        return float(u * self.natural_x_muB2)

    def pulls(self, nuisances: Array) -> Array:
        """Return (theta - center)/width of each nuisance; NaN for those without a prior or fixed."""
        width = self.nuisances.width
        known = (width > 0.0) & np.isfinite(width)
        return np.where(known, (nuisances - self.nuisances.center) / np.where(known, width, 1.0), np.nan)

    def covariance(self, x_muB2: float, nuisances: Array, *, with_signal: bool = False) -> Array:
        """Return the covariance (k, k) of the nuisances at fixed mu^2: the inverse of half the Fisher matrix.

        with_signal: (k + 1, k + 1) with mu^2 [mu_B^2] in front, which then floats. Zero rows for parameters that are
        fixed or sit at their bound. Raises ConvergenceError if the data cannot tell the others apart.
        """
        extended = np.vstack([nuisances @ self.slope, self.constant + x_muB2 * self.slope])
        precision = np.pad(self.nuisances.precision, ((1, 0), (1, 0)))
        free = np.append(with_signal, ~self.nuisances.fixed & (nuisances > self.nuisances.lower))
        half = (extended * self._information(nuisances @ extended[1:])) @ extended.T + precision
        scale = np.sqrt(np.maximum(np.diag(half), 0.0))
        rows = np.ix_(free, free)
        # others may have no scale at all
        product = np.outer(scale, scale)[rows]
        try:
            inverse = np.linalg.inv(half[rows] / product)
        except np.linalg.LinAlgError as error:
            raise ConvergenceError("data and priors do not tell all nuisances apart: no covariance") from error
        covariance = np.zeros_like(half)
        covariance[rows] = inverse / product
        return covariance if with_signal else covariance[1:, 1:]

    def _information(self, model: Array) -> Array:
        """Half the second derivative of each cost, for counts as expected."""
        seen = self.observation
        if seen.kind is Cost.POISSON:
            return np.divide(1.0, model, out=np.zeros_like(model), where=model > 0.0)
        if seen.kind is Cost.GAUSSIAN:
            return 1.0 / seen.variance
        first, second = np.empty_like(model), np.empty_like(model)
        cost_derivatives(seen.kernel, np.ascontiguousarray(model), first, second)
        return 0.5 * second
