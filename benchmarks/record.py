"""One line of the benchmark table, and the clock that fills it."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """Time and accuracy of one of our computations beside an alternative way to do the same."""

    name: str
    """What is computed, one word a benchmark."""
    case: str
    """The inputs, in words."""
    ours_s: float
    """Median wall time of our code, in seconds."""
    alternative: str
    """What we compare with."""
    alternative_s: float
    """Median wall time of the alternative, in seconds."""
    relative_error: float
    """Largest relative difference between the two results."""

    @property
    def ratio(self) -> float:
        """How many times faster we are than the alternative."""
        return self.alternative_s / self.ours_s


def median_seconds(function: Callable[[], object], repeats: int = 5) -> float:
    """Median wall time of a call, after one call that is not counted (compilation, caches)."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
