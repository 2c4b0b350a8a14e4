"""Results as JSON, as text for people, and as files."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nudipole.errors import StorageError
from nudipole.units import d_per_GeV_from_mu_muB

if TYPE_CHECKING:
    from nudipole.constraints.base import Evaluation, MassLimits, Range


def as_json(content: Any) -> str:
    """Return strict JSON; a NaN would be a bug and raises ValueError."""
    return json.dumps(content, indent=2, allow_nan=False)


def evaluation_text(result: "Evaluation") -> str:
    """Return an evaluation as a small table."""
    lines = [
        f"{result.constraint}, flavour {result.flavour}: "
        f"M_N = {result.M_N_MeV:g} MeV, mu_nu = {result.mu_nu_muB:g} mu_B",
        f"  verdict: {result.verdict}{_margin_text(result)}",
    ]
    for name, value in result.quantities.items():
        unit = result.units[name]
        shown = "-" if value is None else f"{value:.6g}"
        lines.append(f"  {name:<28} {shown:>14} {'' if unit == '1' else unit}".rstrip())
    return "\n".join(lines)


def write_text(text: str, path: Path) -> None:
    """Write a file; StorageError if it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}; choose another --output") from None


def summary_text(results: "Sequence[Evaluation]") -> str:
    """Return the verdicts of several constraints on one point, a line each."""
    first = results[0]
    lines = [f"flavour {first.flavour}: M_N = {first.M_N_MeV:g} MeV, mu_nu = {first.mu_nu_muB:g} mu_B"]
    for result in results:
        margin = "" if result.margin_dex is None else f"{result.margin_dex:+.3f} dex"
        lines.append(f"  {result.constraint:<16} {result.verdict:<12} {margin:>11}".rstrip())
    return "\n".join(lines)


def _margin_text(result: "Evaluation") -> str:
    if result.margin_dex is None:
        return " (nothing is excluded at this mass)"
    side = "inside the excluded range" if result.margin_dex > 0 else "below the excluded range"
    return f" ({abs(result.margin_dex):.3f} dex {side})"


def _range_text(interval: "Range") -> str:
    low = "from below the grid" if interval.low is None else f"from {interval.low:.4g} mu_B"
    high = "beyond the grid" if interval.high is None else f"{interval.high:.4g} mu_B"
    return f"{low} to {high}"


def limits_text(result: "MassLimits") -> str:
    """Return the edges at one mass as text."""
    lines = [
        f"{result.constraint}, flavour {result.flavour}: M_N = {result.M_N_MeV:g} MeV",
        f"  {result.confidence_level:.0%} CL, {result.statistic}",
    ]
    for word, ranges in (("excluded", result.excluded), ("preferred", result.preferred)):
        lines += [f"  {word:<10} mu_nu {_range_text(r)}" for r in ranges] or [f"  {word:<10} nothing on the grid"]
    return "\n".join(lines)


def limits_json(result: "MassLimits") -> dict[str, Any]:
    """Return the edges at one mass in the form of the command-line contract."""
    content = asdict(result)
    content["preferred"] = [{"low": r["low"], "high": r["high"]} for r in content["preferred"]]
    return content


def conversion(value: float, unit: str) -> dict[str, float]:
    """Return a coupling in both conventions; unit is muB or d."""
    from nudipole.units import mu_muB_from_d_per_GeV

    mu = value if unit == "muB" else mu_muB_from_d_per_GeV(value)
    return {"mu_nu_muB": mu, "d_per_GeV": d_per_GeV_from_mu_muB(mu)}
