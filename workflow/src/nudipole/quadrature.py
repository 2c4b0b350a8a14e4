"""Gauss-Legendre rules on [0, 1], which compiled kernels take as they are."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Rule(NamedTuple):
    """Nodes and weights of a rule on [0, 1]; a NamedTuple because the compiled kernels take it as it is."""

    x: NDArray[np.float64]
    w: NDArray[np.float64]


@lru_cache(maxsize=32)
def unit_rule(nodes: int) -> Rule:
    """Return the Gauss-Legendre rule on [0, 1], read-only because it is shared."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    x, w = 0.5 * (x + 1.0), 0.5 * w
    x.setflags(write=False)
    w.setflags(write=False)
    return Rule(x, w)
