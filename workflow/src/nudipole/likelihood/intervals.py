"""Thresholds on Delta(-2 ln L) for confidence intervals, with the words that go into the tables."""

from enum import StrEnum

from scipy.special import gammaincinv, ndtri

from nudipole.errors import DomainError


class IntervalKind(StrEnum):
    """How an upper limit on mu^2 >= 0 is read off the profile likelihood."""

    TWO_SIDED = "two_sided"
    """Delta = chi2 quantile with one degree of freedom (2.706 at 90 %): the field's convention."""
    ONE_SIDED = "one_sided"
    """Delta = squared normal quantile (1.642 at 90 %): the nominal upper limit."""
    FELDMAN_COUSINS = "feldman_cousins"
    """Delta(mu) from toy experiments, so that the interval covers: see nudipole.likelihood.calibration."""
    CLS = "cls"
    """CL_s = 1 - confidence level with asymptotic distributions: see nudipole.likelihood.cls."""

    @property
    def has_lower_edge(self) -> bool:
        """Whether the interval may exclude mu = 0."""
        return self in {IntervalKind.TWO_SIDED, IntervalKind.FELDMAN_COUSINS}

    @property
    def has_threshold(self) -> bool:
        """Whether one Delta(-2 ln L) serves at all mu."""
        return self in {IntervalKind.TWO_SIDED, IntervalKind.ONE_SIDED}


def _require_level(confidence_level: float) -> None:
    if not 0.5 < confidence_level < 1.0:
        raise DomainError(f"confidence_level must lie between 0.5 and 1, got {confidence_level}")


def _chi2_quantile(probability: float, degrees_of_freedom: int) -> float:
    # scipy.special and not scipy.stats, which takes a second to import
    return float(2.0 * gammaincinv(0.5 * degrees_of_freedom, probability))


def threshold(confidence_level: float, kind: IntervalKind, parameters: int = 1) -> float:
    """Return Delta(-2 ln L) from the minimum over mu^2 >= 0 (Wilks).

    parameters: 2 for curves that were drawn as contours of two parameters (4.605 at 90 %), two-sided only. Raises
    DomainError for a kind whose Delta depends on mu.
    """
    _require_level(confidence_level)
    if not kind.has_threshold:
        raise DomainError(
            f"an interval of the kind {kind.value} has no fixed Delta(-2 ln L): its threshold depends on mu"
        )
    if parameters not in (1, 2) or (parameters == 2 and kind is not IntervalKind.TWO_SIDED):
        raise DomainError(f"parameters must be 1, or 2 for a two-sided interval, got {parameters} for {kind.value}")
    if kind is IntervalKind.TWO_SIDED:
        return _chi2_quantile(confidence_level, parameters)
    return float(ndtri(confidence_level)) ** 2


def region_threshold(confidence_level: float, parameters: int = 2) -> float:
    """Return Delta(-2 ln L) from the global minimum for the two parameters (M_N, mu), or as for one."""
    _require_level(confidence_level)
    return _chi2_quantile(confidence_level, parameters)


def limit_statistic(confidence_level: float, kind: IntervalKind, parameters: int = 1) -> str:
    """Return the statistic in words, as stored with each limit."""
    _require_level(confidence_level)
    if kind is IntervalKind.CLS:
        return f"CLs, asymptotic qtilde, CLs={1.0 - confidence_level:.3g}"
    if kind is IntervalKind.FELDMAN_COUSINS:
        return "profile likelihood, Feldman-Cousins, Delta(-2lnL) from toys at profiled nuisances"
    sided = kind.value.replace("_", "-")
    delta = threshold(confidence_level, kind, parameters)
    dof = "" if parameters == 1 else f", {parameters} parameters"
    return f"profile likelihood, {sided}{dof}, Delta(-2lnL)={delta:.3f} above min over mu^2>=0"


def region_statistic(confidence_level: float, parameters: int = 2) -> str:
    """Return the statistic of a favoured region in words."""
    delta = region_threshold(confidence_level, parameters)
    words = "1 parameter" if parameters == 1 else f"{parameters} parameters"
    return f"profile likelihood, {words}, Delta(-2lnL)={delta:.3f} above global min"
