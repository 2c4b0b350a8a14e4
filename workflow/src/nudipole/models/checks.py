"""What the formulas of the models ask of their arguments."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nudipole.errors import DomainError

Array = NDArray[np.float64]

SMALLEST, LARGEST = 1e-30, 1e30
"""Far beyond any use, and near enough to 1 that no formula leaves the range of a double."""


def positive(name: str, value: ArrayLike) -> Array:
    """Return a value as an array; DomainError unless all of it lies from SMALLEST to LARGEST."""
    values = np.asarray(value, dtype=np.float64)
    if not ((values >= SMALLEST) & (values <= LARGEST)).all():
        raise DomainError(f"{name} must be positive, from {SMALLEST:g} to {LARGEST:g}, got {values.tolist()}")
    return values


def share(name: str, value: ArrayLike) -> Array:
    """Return a value as an array; DomainError unless all of it lies above 0 and at or below 1."""
    values = positive(name, value)
    if (values > 1.0).any():
        raise DomainError(f"{name} must be at most 1, got {values.tolist()}")
    return values
