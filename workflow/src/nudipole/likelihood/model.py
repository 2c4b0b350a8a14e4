"""What a likelihood is made of: the observation, and the nuisances with their joint Gaussian prior."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from nudipole.errors import DomainError
from nudipole.likelihood.cost import Cost

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


def _own(values: Array) -> Array:
    """Return a contiguous, writable copy: kernels are compiled for that kind of array only."""
    return np.array(values, dtype=float, order="C")


@dataclass(frozen=True)
class Observation:
    """What was seen in the bins, and the cost of deviating from it.

    counts (bins,); variance (bins,) for a Gaussian cost; table (bins, nodes) against expected events 0, table_step,
    2 table_step ... for a tabulated one. What a cost does not need is empty.
    """

    kind: Cost
    counts: Array
    variance: Array
    table: Array
    table_step: float

    @classmethod
    def poisson(cls, counts: Array) -> Self:
        """Return counts with Poisson fluctuations; they need not be whole."""
        if not (np.asarray(counts) >= 0.0).all():
            raise DomainError("a Poisson likelihood needs counts that are not negative: subtracted data are Gaussian")
        return cls(Cost.POISSON, _own(counts), np.zeros(0), np.zeros((0, 0)), 1.0)

    @classmethod
    def gaussian(cls, counts: Array, variance: Array) -> Self:
        """Return counts with Gaussian errors; raises DomainError unless every variance is positive."""
        if np.shape(variance) != np.shape(counts) or not (np.asarray(variance) > 0.0).all():
            raise DomainError("a Gaussian likelihood needs a positive variance for every bin")
        return cls(Cost.GAUSSIAN, _own(counts), _own(variance), np.zeros((0, 0)), 1.0)

    @classmethod
    def tabulated(cls, table: Array, table_step: float) -> Self:
        """Return -2 ln of a likelihood ratio (bins, nodes) against the events expected in each bin."""
        if np.ndim(table) != 2 or np.shape(table)[1] < 2 or not table_step > 0.0:
            raise DomainError(
                "a tabulated likelihood needs a table (bins, nodes), two nodes or more, and a positive step"
            )
        return cls(Cost.TABULATED, np.zeros(len(table)), np.zeros(0), _own(table), float(table_step))

    @property
    def bins(self) -> int:
        """Number of bins."""
        return len(self.counts)

    def __len__(self) -> int:
        """Return the number of bins."""
        return self.bins

    @cached_property
    def _slopes(self) -> Array:
        """Slopes of the table at its nodes, those of a cubic spline: its interpolation has continuous slopes."""
        if self.kind is not Cost.TABULATED:
            return np.zeros((0, 0))
        nodes = self.table_step * np.arange(self.table.shape[1])
        return _own(CubicSpline(nodes, self.table, axis=1).derivative()(nodes))

    @property
    def kernel(self) -> tuple[int, Array, Array, Array, Array, float]:
        """The form in which kernels take it."""
        return (int(self.kind), _own(self.counts), _own(self.variance), _own(self.table), self._slopes, self.table_step)


@dataclass(frozen=True)
class Nuisances:
    """Parameters theta with the prior (theta - center)^T P (theta - center) and theta >= lower.

    center, lower, start (k,); precision P (k, k), zero rows for free parameters; fixed (k,): stays at its start.
    """

    names: tuple[str, ...]
    center: Array
    lower: Array
    start: Array
    precision: Array
    fixed: Flags

    @classmethod
    def independent(
        cls,
        names: tuple[str, ...],
        center: Array,
        width: Array,
        lower: Array,
        start: Array,
        fixed: Flags | None = None,
    ) -> Self:
        """Return nuisances with a width each: infinite for a free one; zero, or marked, for one fixed at its start."""
        marked = (width == 0.0) if fixed is None else (fixed | (width == 0.0))
        inverse = 1.0 / np.where(width == 0.0, np.inf, width)
        return cls(tuple(names), _own(center), _own(lower), _own(start), np.diag(inverse**2), marked.astype(bool))

    def joined(self, other: Self) -> Self:
        """Return these nuisances followed by others that are independent of them."""
        k, n = len(self.names), len(other.names)
        precision = np.zeros((k + n, k + n))
        precision[:k, :k], precision[k:, k:] = self.precision, other.precision
        names = ("center", "lower", "start", "fixed")
        arrays = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in names}
        return replace(self, names=self.names + other.names, precision=precision, **arrays)

    def correlated(self, names: tuple[str, ...], correlation: Array) -> Self:
        """Return the nuisances with the correlation matrix of some that have a width each.

        Raises DomainError unless the matrix is symmetric and positive definite with a unit diagonal.
        """
        rows = np.array([self.names.index(name) for name in names])
        kept = ~self.fixed[rows]
        rows, matrix = rows[kept], correlation[np.ix_(kept, kept)]
        good = np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1.0)
        if len(rows) and (not good or np.linalg.eigvalsh(matrix).min() <= 0.0):
            raise DomainError(
                f"the correlation of {', '.join(names)} must be symmetric and positive definite with a unit diagonal"
            )
        inverse_width = np.sqrt(np.diag(self.precision)[rows])
        precision = self.precision.copy()
        precision[np.ix_(rows, rows)] = np.outer(inverse_width, inverse_width) * np.linalg.inv(matrix)
        return replace(self, precision=precision)

    def conditioned(self, coefficients: Array, value: float, sigma: float) -> Self:
        """Return the nuisances with the further prior ((b . theta - value)/sigma)^2, b the coefficients.

        Two Gaussians are one up to a constant: P' = P + b b^T/sigma^2, P' center' = P center + b value/sigma^2; what
        is fixed moves the value and stays. Raises DomainError if sigma is not positive.
        """
        if not sigma > 0.0:
            raise DomainError(f"the width of a condition must be positive, got {sigma}")
        # one row of unit width for the condition, those of a square root of P for what is known already
        b = np.where(self.fixed, 0.0, coefficients) / sigma
        left = (value - float(np.asarray(coefficients)[self.fixed] @ self.start[self.fixed])) / sigma
        root = self._root
        # least squares around the old centre: directions that nothing constrains do not move
        residual = np.append(np.zeros(len(root)), left - b @ self.center)
        scale = np.sqrt(np.diag(self.precision) + b**2)
        scale = np.where(scale > 0.0, scale, 1.0)
        shift = np.linalg.lstsq(np.vstack([root, b]) / scale, residual, rcond=1e-13)[0] / scale
        return replace(self, precision=self.precision + np.outer(b, b), center=self.center + shift)

    @cached_property
    def _eigen(self) -> tuple[Array, Array, Array]:
        """(scale, D, V) with P = S V D V^T S on what is not fixed, only positive D; S makes the diagonal one."""
        free = np.outer(~self.fixed, ~self.fixed)
        precision = np.where(free, self.precision, 0.0)
        diagonal = np.diag(precision)
        scale = np.where(diagonal > 0.0, np.sqrt(np.maximum(diagonal, 0.0)), 1.0)
        values, vectors = np.linalg.eigh(precision / np.outer(scale, scale))
        kept = values > 1e-13
        return scale, values[kept], vectors[:, kept]

    @property
    def _root(self) -> Array:
        """R with R^T R = P, one row a constrained direction."""
        scale, values, vectors = self._eigen
        return np.asarray((vectors * np.sqrt(values)).T * scale)

    @property
    def spread(self) -> Array:
        """S (k, r) so that theta + S z, z unit normal, has the distribution of the centres when theta is true.

        Only in the directions that P constrains: in the others the centre has no effect.
        """
        scale, values, vectors = self._eigen
        return _own((vectors / np.sqrt(values)) / scale[:, None])

    @property
    def width(self) -> Array:
        """Standard deviation of each prior, the others integrated out; infinite without one, zero if fixed."""
        scale, values, vectors = self._eigen
        # a parameter is known if no unconstrained direction moves it
        known = ~self.fixed & ((vectors**2).sum(axis=1) > 1.0 - 1e-9)
        variance = (vectors**2 / values).sum(axis=1) / scale**2
        return np.asarray(np.where(self.fixed, 0.0, np.where(known, np.sqrt(variance), np.inf)))

    @property
    def kernel(self) -> tuple[Array, Array, Array, Flags]:
        """The form in which kernels take it."""
        return (_own(self.center), _own(self.precision), _own(self.lower), np.array(self.fixed, dtype=bool))
