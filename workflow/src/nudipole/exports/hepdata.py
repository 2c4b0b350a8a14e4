"""The computed limits as tables of a HEPData submission.

A constraint and coupling has up to three tables: its default curve, what it favours, and all other variants. Couplings
with the same numbers share them: stars, nucleosynthesis and the CMB do not tell the flavours apart. Points off the grid
and the rims of what was computed are no limits and left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.errors import DataError
from nudipole.exports.provenance import LICENCE, LICENCE_URL, Provenance
from nudipole.exports.rows import (
    COUPLINGS,
    VARIANTS,
    level_text,
    one_line,
    require_distinct,
    safe_name,
    with_rims,
)
from nudipole.limits.table import Edge, Status

if TYPE_CHECKING:
    from hepdata_lib import Submission, Table

DIGITS = 6
"""Significant digits: far below the error of any curve; limits.parquet and the CSV files have all."""
LONGEST_NAME = 64
ABSENT = "-"
"""What HEPData shows, and does not draw, where a row belongs to another edge."""
EDGES = {
    Edge.FLOOR: "smallest excluded",
    Edge.CEILING: "largest excluded",
    Edge.PREFERRED_LOW: "smallest favoured",
    Edge.PREFERRED_HIGH: "largest favoured",
}
FAVOURED_EDGES = (str(Edge.PREFERRED_LOW), str(Edge.PREFERRED_HIGH))
KEYWORDS = {
    "reactions": ["NU --> N GAMMA"],
    "observables": ["MU_NU"],
    "phrases": ["Neutrino magnetic moment", "Dipole portal", "Heavy neutral lepton", "Exclusion"],
}
PAPER_URL = "https://arxiv.org/abs/2007.15563"


@dataclass(frozen=True, eq=False)
class Content:
    """What becomes one table: rows of one constraint in couplings that have the same numbers."""

    name: str
    kind: str
    flavours: tuple[str, ...]
    rows: pd.DataFrame

    @property
    def is_mixed(self) -> bool:
        """Whether the rows belong to several variants or confidence levels, which then are columns."""
        return len(self.rows[["variant", "confidence_level"]].drop_duplicates()) > 1


def contents(limits: pd.DataFrame) -> list[Content]:
    """Return the tables to be, in the order of the limits table, the default curves first."""
    rows = with_rims(limits[limits["origin"] == "computed"])
    rows = rows[(rows["status"] == str(Status.OK)) & ~rows["is_rim"]]
    found: dict[str, list[Content]] = {"": [], "favoured": [], VARIANTS: []}
    for constraint, of_it in rows.groupby("constraint", sort=False):
        favoured = of_it["edge"].isin(FAVOURED_EDGES)
        parts = {"": of_it["is_default"] & ~favoured, "favoured": favoured, VARIANTS: ~of_it["is_default"] & ~favoured}
        for kind, chosen in parts.items():
            for flavours, table in _shared(of_it[chosen]):
                words = [safe_name(str(constraint)), *map(safe_name, flavours), *([kind] if kind else [])]
                found[kind].append(Content(" ".join(words), kind, flavours, table))
    tables = [content for kind in found.values() for content in kind]
    require_distinct(content.name for content in tables)
    return tables


def _shared(rows: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """Yield the different tables among those of all couplings, each with the couplings that share it."""
    tables: dict[str, pd.DataFrame] = {}
    owners: dict[str, list[str]] = {}
    for flavour, table in rows.groupby("flavour", sort=False):
        same = table.drop(columns="flavour").to_csv(index=False)
        tables.setdefault(same, table)
        owners.setdefault(same, []).append(str(flavour))
    for same, table in tables.items():
        yield tuple(flavour for flavour in COUPLINGS if flavour in owners[same]), table


def submission_of(
    limits: pd.DataFrame, provenance: Provenance, figures: Mapping[str, tuple[str, str]], references: str
) -> "Submission":
    """Return the submission, not yet written.

    figures: image and thumbnail of each coupling. references: the BibTeX file to go with it.
    """
    from hepdata_lib import Submission

    submission = Submission()
    submission.get_license = _licence
    submission.comment = (
        "Limits on the moment mu_nu of the neutrino dipole portal, L = (mu_nu/2) F_ab nubar sigma^ab N, against the "
        "mass M_N of the sterile neutrino. effective: the moment as experiments quote it, without flavour conversion. "
        f"Made by {provenance.statement}. To cite: {provenance.how_to_cite}."
    )
    submission.add_link("The analysis that this one starts from", PAPER_URL)
    submission.add_additional_resource("What the limits rest on, as BibTeX", references, copy_file=True)
    tables = contents(limits)
    if not tables:
        raise DataError("the limits table has no computed point on the grid, so there is nothing to submit")
    for content in tables:
        submission.add_table(_table(content, provenance, figures))
    return submission


def _licence() -> dict[str, str]:
    return {"name": LICENCE, "url": LICENCE_URL, "description": "Reuse with attribution."}


def _table(content: Content, provenance: Provenance, figures: Mapping[str, tuple[str, str]]) -> "Table":
    from hepdata_lib import Table

    if len(content.name) > LONGEST_NAME:
        raise DataError(
            f"the table name {content.name!r} has {len(content.name)} characters, HEPData allows {LONGEST_NAME}; "
            f"shorten the name of the constraint"
        )
    table = Table(content.name)
    table.description = _description(content, provenance)
    shown = [flavour for flavour in content.flavours if flavour in figures]
    table.location = f"Figure parameter_space_{shown[0]}" if shown else "Not in a figure"
    table.keywords = {name: list(values) for name, values in KEYWORDS.items()}
    for flavour in shown[:1]:
        image, thumbnail = figures[flavour]
        table.add_additional_resource("Image file", image, copy_file=True)
        table.add_additional_resource("Thumbnail image file", thumbnail, copy_file=True)
    table.add_data_license(**_licence())
    for variable in _variables(content):
        table.add_variable(variable)
    return table


def _description(content: Content, provenance: Provenance) -> str:
    first = content.rows.iloc[0]
    what = {"": "default curve", "favoured": "favoured region", VARIANTS: "all variants beside the default"}
    couplings = ", or ".join(COUPLINGS[flavour] for flavour in content.flavours)
    words = [f"{first['constraint']}, {what[content.kind]}; {couplings}."]
    for (variant, _), rows in content.rows.groupby(["variant", "confidence_level"], sort=False):
        level, statistic = level_text(rows), " / ".join(rows["statistic"].unique())
        words.append(f"Variant {variant} (confidence level {level}): {statistic}.")
    words.append(f"Made by {provenance.statement}.")
    return one_line(" ".join(words))


def _variables(content: Content) -> Iterator[object]:
    """Yield the columns: the mass, what tells pieces and variants apart, and a moment for each edge."""
    from hepdata_lib import Variable

    rows = content.rows
    columns = [("M_N", "MeV", rows["M_N_MeV"].tolist())]
    if content.is_mixed:
        columns.append(("variant", "", rows["variant"].tolist()))
        columns.append(("confidence level", "", [float(level) for level in rows["confidence_level"]]))
    if rows["branch"].nunique() > 1:
        columns.append(("piece of the contour", "", rows["branch"].tolist()))
    for name, unit, values in columns:
        variable = Variable(name, is_independent=True, is_binned=False, units=unit, values=values)
        variable.digits = DIGITS
        yield variable
    for edge, words in EDGES.items():
        of_it = rows["edge"] == str(edge)
        if not of_it.any():
            continue
        values = [mu if here else ABSENT for mu, here in zip(rows["mu_nu_muB"].tolist(), of_it, strict=True)]
        moment = Variable(f"mu_nu, {words}", is_independent=False, is_binned=False, units="mu_B", values=values)
        moment.digits = DIGITS
        for name, value in _qualifiers(content, rows[of_it]).items():
            moment.add_qualifier(name, one_line(value))
        yield moment


def _qualifiers(content: Content, rows: pd.DataFrame) -> dict[str, str]:
    several = "see the column or the description"
    variants, statistics = rows["variant"].unique(), rows["statistic"].unique()
    return {
        "Constraint": str(rows["constraint"].iloc[0]),
        "Flavour": ", ".join(content.flavours),
        "Edge": str(rows["edge"].iloc[0]),
        "Variant": str(variants[0]) if len(variants) == 1 else several,
        "Confidence level": level_text(rows),
        "Statistic": str(statistics[0]) if len(statistics) == 1 else several,
        "Reference": " | ".join(map(str, rows["reference"].unique())),
    }
