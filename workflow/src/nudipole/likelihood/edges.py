"""The interval in mu^2 that a criterion gives at one mass."""

from math import inf

from nudipole.likelihood.intervals import IntervalKind, threshold
from nudipole.likelihood.scan import SignalScan


def interval_edges(
    scan: SignalScan, confidence_level: float, kind: IntervalKind, parameters: int = 1
) -> tuple[float | None, float]:
    """Return (lower, upper) edge in mu_B^2; the lower is None where mu = 0 belongs to it or the interval is one-sided.

    The upper edge is infinite where no source can make N, or where its flux can be scaled away at that level.
    """
    if not scan.is_sensitive:
        return None, inf
    level = scan.best_fit.chi2 + threshold(confidence_level, kind, parameters)
    lower = scan.lower_crossing_muB2(level) if kind.has_lower_edge else None
    return lower, scan.upper_crossing_muB2(level)
