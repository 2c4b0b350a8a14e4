"""Limits of the detectors on the effective moment for a massless N, beside those their collaborations published."""

from collections.abc import Mapping
from math import isfinite

import pandas as pd

from nudipole.limits.table import Edge, Status

UNITS = {
    "constraint": "", "variant": "", "is_default": "", "M_N_MeV": "MeV", "mu_limit_muB": "mu_B", "statistic": "",
    "mu_published_muB": "mu_B", "ratio": "1",
}  # fmt: skip
"""mu_published_muB and ratio (ours over published) are NaN where nothing was published."""


def effective_frame(limits: pd.DataFrame, published_muB: Mapping[str, float | None]) -> pd.DataFrame:
    """Return the upper limits at the lightest mass of the grid, all variants; published_muB by constraint."""
    floors = limits[
        (limits["flavour"] == "effective")
        & (limits["edge"] == str(Edge.FLOOR))
        & (limits["status"] == str(Status.OK))
        & limits["constraint"].isin(published_muB)
    ]
    # of these rows: published curves may begin below the grid
    floors = floors[floors["M_N_MeV"] == floors["M_N_MeV"].min()]
    published = floors["constraint"].map(published_muB).astype(float)
    frame = floors.assign(mu_limit_muB=floors["mu_nu_muB"], mu_published_muB=published)
    frame["ratio"] = frame["mu_limit_muB"] / frame["mu_published_muB"]
    rows: pd.DataFrame = frame[list(UNITS)].reset_index(drop=True)
    return rows


def effective_page(frame: pd.DataFrame) -> str:
    """Return the table as Markdown."""
    lines = [
        "# Effective moment of a light N: this work beside the collaborations",
        "",
        "At the lightest mass of the grid, where the recoil spectrum is that of a massless N; 90 % CL unless the",
        "configuration says otherwise. Published limits may use another criterion: see the statistic of ours.",
        "",
        "| detector | variant | limit [1e-11 mu_B] | published | ratio | statistic |",
        "|---|---|---|---|---|---|",
    ]
    numbers = frame[["mu_limit_muB", "mu_published_muB", "ratio"]].to_numpy(float)
    words = frame[["constraint", "variant", "statistic"]].to_numpy(str)
    for (limit, known, ratio), (name, variant, statistic) in zip(numbers, words, strict=True):
        beside = f"{1e11 * known:.3g} | {ratio:.2f}" if isfinite(known) else " | "
        lines.append(f"| {name} | {variant} | {1e11 * limit:.3g} | {beside} | {statistic} |")
    return "\n".join(lines) + "\n"
