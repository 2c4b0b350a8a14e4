"""Curves as CSV: one file for the default curve of a constraint and coupling, one for all its other variants."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from nudipole.errors import DataError
from nudipole.exports.provenance import LICENCE, Provenance
from nudipole.exports.rows import (
    COUPLINGS,
    VARIANTS,
    level_text,
    one_line,
    require_distinct,
    safe_name,
    with_rims,
)
from nudipole.exports.sources import Cited

COLUMNS = {
    "variant": "",
    "confidence_level": "1",
    "edge": "floor: smallest, ceiling: largest excluded moment; preferred_low, preferred_high: favoured range",
    "branch": "number of the piece",
    "point": "order along the piece",
    "M_N_MeV": "MeV",
    "mu_nu_muB": "mu_B, empty where the edge is off the grid",
    "status": "ok, off_grid_low or off_grid_high",
    "is_rim": "True: the end of what was computed, no limit",
}
"""Columns of every file, with unit or meaning."""
SPECIAL = ("#", ",", '"', "\n", "\r")
"""Not within a cell: simple readers of CSV split or cut there."""


@dataclass(frozen=True, eq=False)
class CurveFile:
    """A file of curves: its name, its text, and what the index says of it."""

    name: str
    text: str
    constraint: str
    flavour: str
    rows: int
    keys: tuple[str, ...]


def curve_files(limits: pd.DataFrame, cited: Cited, provenance: Provenance) -> list[CurveFile]:
    """Return all files, sorted by name; DataError if two would have the same name, or a cell breaks the format."""
    files = []
    for (constraint, flavour), rows in with_rims(limits).groupby(["constraint", "flavour"], sort=False):
        base = f"{safe_name(str(constraint))}__{safe_name(str(flavour))}"
        for name, part in ((base, rows[rows["is_default"]]), (f"{base}__{VARIANTS}", rows[~rows["is_default"]])):
            if len(part):
                keys = cited.keys([str(constraint)])
                text = _text(part, keys, provenance)
                files.append(CurveFile(f"{name}.csv", text, str(constraint), str(flavour), len(part), keys))
    require_distinct(file.name for file in files)
    return sorted(files, key=lambda file: file.name)


def index_text(files: list[CurveFile]) -> str:
    """Return the list of all files as CSV."""
    rows = [(f.name, f.constraint, f.flavour, f.rows, " ".join(f.keys)) for f in files]
    frame = pd.DataFrame(rows, columns=["file", "constraint", "flavour", "rows", "bibtex_keys"])
    return frame.to_csv(index=False, lineterminator="\n")


def _text(rows: pd.DataFrame, keys: tuple[str, ...], provenance: Provenance) -> str:
    table = rows[list(COLUMNS)]
    for column in ("variant", "edge", "status"):
        for cell in table[column].unique():
            if any(mark in cell for mark in SPECIAL):
                raise DataError(
                    f"{column} {cell!r} of {rows['constraint'].iloc[0]} cannot be written as CSV; rename it without "
                    f"comma, quotation mark, hash and line break"
                )
    return "".join(f"# {line}\n" for line in _header(rows, keys, provenance)) + table.to_csv(
        index=False, lineterminator="\n"
    )


def _header(rows: pd.DataFrame, keys: tuple[str, ...], provenance: Provenance) -> Iterator[str]:
    """Yield the lines of the header, as many for every file, so that a reader can skip them by number."""
    first = rows.iloc[0]
    which = "default curve" if first["is_default"] else "all other variants"
    yield one_line(f"{first['constraint']}, {COUPLINGS[first['flavour']]}: {which}")
    yield "Dipole portal L = (mu_nu/2) F_ab nubar sigma^ab N; columns: " + "; ".join(
        f"{name} [{meaning}]" if meaning else name for name, meaning in COLUMNS.items()
    )
    yield f"Confidence level: {level_text(rows)}"
    yield "Statistic: " + one_line(" | ".join(_statistics(rows)))
    yield "Reference: " + one_line(" | ".join(rows["reference"].unique()))
    yield f"BibTeX keys in references.bib: {', '.join(keys)}"
    yield f"Made by {provenance.statement}"
    yield f"Licence: {LICENCE}; to cite: {provenance.how_to_cite}"
    yield (
        f'Read with pandas.read_csv(FILE, comment="#") or numpy.genfromtxt(FILE, skip_header={HEADER_LINES}, '
        f'delimiter=",", names=True, dtype=None, encoding="utf-8")'
    )


HEADER_LINES = 9


def _statistics(rows: pd.DataFrame) -> list[str]:
    """Return the criteria in words, with the variants they belong to where there are several."""
    criteria = rows.groupby("statistic", sort=False)["variant"].unique()
    if len(criteria) == 1:
        return [str(criteria.index[0])]
    return [f"{', '.join(variants)}: {statistic}" for statistic, variants in criteria.items()]
