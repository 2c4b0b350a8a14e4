"""One line of the benchmark table, and the clocks that fill it."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

BATCH_S = 0.02
"""Calls are repeated until they take at least that long together, so that the clock does not matter."""
MOST_CALLS = 10_000


@dataclass(frozen=True)
class Effort:
    """How much time a benchmark may take."""

    rounds: int = 5
    """How often each side of a comparison is timed, in turns."""
    is_quick: bool = False
    """Whether slow alternatives are left out: a look at whether everything runs."""


QUICK = Effort(rounds=1, is_quick=True)


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


def interleaved_seconds(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int, *, is_slow: bool = False
) -> tuple[float, float]:
    """Return the median wall times of a call of each, timed in turns so that a busy machine slows both.

    Each is called before (compilation, caches), unless theirs is slow: then it is called once a round and no more.
    """
    ours()
    ours_calls = _calls(ours)
    if is_slow:
        theirs_calls = 1
    else:
        theirs()
        theirs_calls = _calls(theirs)
    pairs = [(_seconds(ours, ours_calls), _seconds(theirs, theirs_calls)) for _ in range(rounds)]
    ours_s, theirs_s = zip(*pairs, strict=True)
    return statistics.median(ours_s), statistics.median(theirs_s)


def compare(
    name: str,
    case: str,
    ours: Callable[[], object],
    alternative: str,
    theirs: Callable[[], object],
    relative_error: float,
    effort: Effort,
    *,
    units: tuple[int, int] = (1, 1),
    is_slow: bool = False,
) -> Record:
    """Return both times for one unit of work, of which a call of ours and of theirs does the given numbers."""
    rounds = min(effort.rounds, 3) if is_slow else effort.rounds
    ours_s, theirs_s = interleaved_seconds(ours, theirs, rounds, is_slow=is_slow)
    return Record(name, case, ours_s / units[0], alternative, theirs_s / units[1], relative_error)


def _seconds(function: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start) / calls


def _calls(function: Callable[[], object]) -> int:
    """Return how many calls fill BATCH_S."""
    return min(MOST_CALLS, max(1, ceil(BATCH_S / max(_seconds(function, 1), 1e-9))))
