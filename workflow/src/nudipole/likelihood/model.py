"""What a likelihood is made of: the observation, and the nuisances with their joint Gaussian prior."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from nudipole.errors import DomainError
from nudipole.likelihood.cost import Cost

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Observation:
    """What was seen in the bins, and the cost of deviating from it.

    counts (bins,); variance (bins,) for a Gaussian cost; table and slopes (bins, nodes) against expected events in
    steps of table_step for a tabulated one. What a cost does not need is empty.
    """

    kind: Cost
    counts: Array
    variance: Array
    table: Array
    slopes: Array
    table_step: float

    @classmethod
    def poisson(cls, counts: Array) -> Self:
        """Return counts with Poisson fluctuations; they need not be whole."""
        return cls(Cost.POISSON, np.array(counts, dtype=float), np.zeros(0), np.zeros((0, 0)), np.zeros((0, 0)), 1.0)

    @classmethod
    def gaussian(cls, counts: Array, variance: Array) -> Self:
        """Return counts with Gaussian errors; raises DomainError unless every variance is positive."""
        if not (variance > 0.0).all():
            raise DomainError("a Gaussian likelihood needs a positive error in every bin")
        empty = np.zeros((0, 0))
        return cls(Cost.GAUSSIAN, np.array(counts, dtype=float), np.array(variance, dtype=float), empty, empty, 1.0)

    @classmethod
    def tabulated(cls, table: Array, table_step: float) -> Self:
        """Return -2 ln of a likelihood ratio (bins, nodes) against events 0, step, 2 step ... in each bin."""
        nodes = table_step * np.arange(table.shape[1])
        slopes = CubicSpline(nodes, table, axis=1, bc_type="natural").derivative()(nodes)
        counts = np.zeros(len(table))
        return cls(
            Cost.TABULATED, counts, np.zeros(0), np.array(table, dtype=float), np.ascontiguousarray(slopes), table_step
        )

    @property
    def kernel(self) -> tuple[int, Array, Array, Array, Array, float]:
        """The form in which kernels take it."""
        return (int(self.kind), self.counts, self.variance, self.table, self.slopes, self.table_step)

    def __len__(self) -> int:
        """Return the number of bins."""
        return len(self.counts)


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
    def independent(cls, names: tuple[str, ...], center: Array, width: Array, lower: Array, start: Array) -> Self:
        """Return nuisances with a width each; infinite for a free one, zero for one that is fixed at its start."""
        fixed = width == 0.0
        inverse = 1.0 / np.where(fixed, np.inf, width)
        return cls(names, center, lower, start, np.diag(inverse**2), fixed)

    def joined(self, other: Self) -> Self:
        """Return these nuisances followed by others that are independent of them."""
        k, n = len(self.names), len(other.names)
        precision = np.zeros((k + n, k + n))
        precision[:k, :k], precision[k:, k:] = self.precision, other.precision
        pairs = ("center", "lower", "start", "fixed")
        arrays = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in pairs}
        return replace(self, names=self.names + other.names, precision=precision, **arrays)

    def correlated(self, names: tuple[str, ...], correlation: Array) -> Self:
        """Return the nuisances with the correlation matrix of some that have a width each.

        Raises DomainError unless the matrix is symmetric, has a unit diagonal and is positive definite.
        """
        rows = np.array([self.names.index(name) for name in names])
        rows, kept = rows[~self.fixed[rows]], ~self.fixed[rows]
        matrix = correlation[np.ix_(kept, kept)]
        good = np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1.0)
        if not good or np.linalg.eigvalsh(matrix).min() <= 0.0:
            raise DomainError(
                f"the correlations of {', '.join(names)} must be symmetric, positive definite and 1 on the diagonal"
            )
        inverse_width = np.sqrt(np.diag(self.precision)[rows])
        precision = self.precision.copy()
        precision[np.ix_(rows, rows)] = np.outer(inverse_width, inverse_width) * np.linalg.inv(matrix)
        return replace(self, precision=precision)

    def conditioned(self, coefficients: Array, value: float, sigma: float) -> Self:
        """Return the nuisances with the further prior ((coefficients . theta - value)/sigma)^2.

        Two Gaussians are one, up to a constant: P' = P + c c^T/sigma^2, P' center' = P center + c value/sigma^2.
        """
        free = ~self.fixed
        c = np.where(free, coefficients, 0.0)
        left = value - float(coefficients[self.fixed] @ self.start[self.fixed])
        precision = self.precision + np.outer(c, c) / sigma**2
        known = free & (np.diag(precision) > 0.0)
        block = np.ix_(known, known)
        center = self.center.copy()
        center[known] = np.linalg.solve(precision[block], (self.precision @ self.center + c * left / sigma**2)[known])
        return replace(self, precision=precision, center=center)

    @property
    def width(self) -> Array:
        """Standard deviation of each prior (others integrated out); infinite without one, zero if fixed."""
        known = ~self.fixed & (np.diag(self.precision) > 0.0)
        width = np.where(self.fixed, 0.0, np.inf)
        if known.any():
            width[known] = np.sqrt(np.diag(np.linalg.inv(self.precision[np.ix_(known, known)])))
        return width

    @property
    def kernel(self) -> tuple[Array, Array, Array, Flags]:
        """The form in which kernels take it."""
        return (self.center, self.precision, self.lower, self.fixed)
