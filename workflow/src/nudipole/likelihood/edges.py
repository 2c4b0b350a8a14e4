"""The interval in mu^2 that a criterion gives at one mass."""

from dataclasses import dataclass
from math import inf
from typing import Protocol

from nudipole.likelihood.calibration import Threshold, feldman_cousins, interval_of
from nudipole.likelihood.cls import asimov, cls_limits, power_constrained
from nudipole.likelihood.cost import Cost
from nudipole.likelihood.intervals import IntervalKind, limit_statistic, threshold
from nudipole.likelihood.scan import BestFit, SignalScan


@dataclass(frozen=True)
class Criterion:
    """How an interval is read off a profile likelihood.

    parameters: of the chi^2 quantile, 2 for curves drawn as contours; toys: experiments a node of a calibration.
    """

    confidence_level: float
    kind: IntervalKind
    power_constraint: bool = False
    toys: int = 20_000
    parameters: int = 1

    @property
    def delta_chi2(self) -> float:
        """Delta(-2 ln L) of the criterion; that of two-sided for those without a fixed one, to draw a contour at."""
        kind = self.kind if self.kind.has_threshold else IntervalKind.TWO_SIDED
        return threshold(self.confidence_level, kind, self.parameters if kind is IntervalKind.TWO_SIDED else 1)

    @property
    def words(self) -> str:
        """The criterion as stored with each limit."""
        power = ", power-constrained (not below -1 sigma of the expected limit)" if self.power_constraint else ""
        return limit_statistic(self.confidence_level, self.kind, self.parameters) + power


class Profile(Protocol):
    """-2 ln L as a function of mu^2 at one mass, from a model or read back from a stored surface."""

    @property
    def best_fit(self) -> BestFit:
        """Minimum over mu^2 >= 0."""
        ...

    def upper_crossing_muB2(self, chi2_level: float) -> float:
        """Return mu^2 above the best fit where the level is reached, infinite if it is not."""
        ...

    def lower_crossing_muB2(self, chi2_level: float) -> float | None:
        """Return mu^2 below the best fit where the level is reached, None if mu = 0 stays below it."""
        ...


def threshold_edges(profile: Profile, criterion: Criterion) -> tuple[float | None, float]:
    """Return (lower, upper) edge in mu_B^2 for a kind with one Delta(-2 ln L) at all mu (see `interval_edges`)."""
    level = profile.best_fit.chi2 + threshold(criterion.confidence_level, criterion.kind, criterion.parameters)
    lower = profile.lower_crossing_muB2(level) if criterion.kind.has_lower_edge else None
    return lower, profile.upper_crossing_muB2(level)


def interval_edges(
    scan: SignalScan, criterion: Criterion, calibrated: Threshold | None = None
) -> tuple[float | None, float]:
    """Return (lower, upper) edge in mu_B^2; the lower is None where mu = 0 belongs to it or the interval is one-sided.

    calibrated: a threshold for Feldman-Cousins that is known already. The upper edge is infinite where no source can
    make N, or where its flux can be scaled away at that level.
    """
    if not scan.is_sensitive:
        return None, inf
    if criterion.kind is IntervalKind.CLS:
        limits = cls_limits(scan, criterion.confidence_level)
        return None, limits.power_constrained_muB2 if criterion.power_constraint else limits.observed_muB2
    if criterion.kind is IntervalKind.FELDMAN_COUSINS:
        if calibrated is not None:
            interval = interval_of(scan, calibrated)
        else:
            interval = feldman_cousins(scan, criterion.confidence_level, criterion.toys)
        return interval.lower_muB2, _with_power(scan, criterion, interval.upper_muB2)
    lower, upper = threshold_edges(scan, criterion)
    return lower, _with_power(scan, criterion, upper)


def _with_power(scan: SignalScan, criterion: Criterion, upper_muB2: float) -> float:
    if not criterion.power_constraint or scan.observation.kind is Cost.TABULATED:
        return upper_muB2
    return power_constrained(upper_muB2, expected_upper_muB2(scan, criterion, -1.0))


def expected_upper_muB2(scan: SignalScan, criterion: Criterion, sigma: float = 0.0) -> float:
    """Return the upper edge without signal for data that fluctuate by so many sigma of mu^2, from the Asimov data.

    With r = mu^2/sigma(mu^2) from the Asimov data and the best fit at N: q = (r - N)^2, or r^2 - 2 r N if N < 0 (Cowan
    et al., arXiv:1007.1727, eq. 62); solved for the threshold t, r = N + sqrt(t), or N + sqrt(N^2 + t). Feldman-Cousins
    counts with the two-sided threshold here, its asymptotic limit far from the boundary.
    """
    if criterion.kind is IntervalKind.CLS:
        return float(cls_limits(scan, criterion.confidence_level).expected_muB2[round(sigma) + 2])
    kind = IntervalKind.TWO_SIDED if criterion.kind is IntervalKind.FELDMAN_COUSINS else criterion.kind
    t = threshold(criterion.confidence_level, kind, criterion.parameters)
    r = sigma + (t if sigma >= 0.0 else sigma**2 + t) ** 0.5
    background = asimov(scan)
    return background.upper_crossing_muB2(background.best_fit.chi2 + r * r)
