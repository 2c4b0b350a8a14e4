"""The tables shipped with the project: verified against the catalogue, then read."""

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from nudipole.data.catalog import Column, Dataset
from nudipole.data.contract import breach, check_columns, check_contract, remedy
from nudipole.data.parsers import parse_original
from nudipole.errors import DataError
from nudipole.provenance.digest import file_sha256

Cell = float | int | str

_CONVERT: dict[str, Callable[[str], Cell]] = {"float": float, "int": int, "str": str}
_DTYPE = {"float": "float64", "int": "int64", "str": "str"}
_WANTED = {"float": "a number", "int": "a whole number", "str": "a text"}


def verify_bundled(dataset: Dataset, root: Path) -> None:
    """Check that the table below `root` is the one the catalogue registers.

    An altered table is read and checked first, so that the error names the row at fault; an alteration
    that the contract allows is still an error, because nobody registered it.
    """
    path = _existing(dataset, root)
    if file_sha256(path) == dataset.sha256:
        return
    check_contract(read_table(path, dataset), dataset)
    raise DataError(
        f"dataset '{dataset.name}': {dataset.path} was altered (its SHA-256 is not that of the catalogue), "
        f"though it still keeps its contract; {remedy(dataset)}"
    )


def read_bundled(dataset: Dataset, root: Path) -> pd.DataFrame:
    """The verified and contract-checked table below the project root."""
    verify_bundled(dataset, root)
    frame = read_table(_existing(dataset, root), dataset)
    check_contract(frame, dataset)
    return frame


def read_dataset(dataset: Dataset, root: Path, original: Path | None = None) -> pd.DataFrame:
    """The dataset from the bundled table or a downloaded original, in the same columns and types."""
    if original is None:
        return read_bundled(dataset, root)
    if dataset.remote is None:
        raise DataError(f"dataset '{dataset.name}' has no original in the catalogue; use data.source: bundled")
    if not original.is_file():
        raise DataError(f"dataset '{dataset.name}': there is no original at {original}; download it first")
    if file_sha256(original) != dataset.remote.sha256:
        raise DataError(
            f"dataset '{dataset.name}': {original} is not the file the catalogue describes "
            "(SHA-256 differs); delete it and download it again, or use data.source: bundled"
        )
    frame = parse_original(original, dataset.remote)
    check_contract(frame, dataset)
    return frame


def read_table(path: Path, dataset: Dataset) -> pd.DataFrame:
    """Read a table in the project's own format; lines that start with # are its header.

    Cells are converted one by one, not by pandas: its readers turn a stray text into a whole column of
    texts, and do not say where it is.
    """
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"dataset '{dataset.name}': {dataset.path} cannot be read: {error}; {remedy(dataset)}"
        ) from error
    table = list(csv.reader(lines))
    if not table:
        raise breach(dataset, "the table is empty")
    check_columns(table[0], dataset)
    rows = table[1:]
    for number, row in enumerate(rows, start=1):
        if len(row) != len(dataset.columns):
            raise breach(dataset, f"row {number} has {len(row)} cells, the contract says {len(dataset.columns)}")
    data = {
        column.name: pd.Series(
            [_cell(row[place], column, number, dataset) for number, row in enumerate(rows, start=1)],
            dtype=_DTYPE[column.type],
        )
        for place, column in enumerate(dataset.columns)
    }
    return pd.DataFrame(data)


def _cell(text: str, column: Column, row: int, dataset: Dataset) -> Cell:
    if column.type == "float" and text.strip() == "":
        return float("nan")
    try:
        return _CONVERT[column.type](text)
    except ValueError:
        found = f"column '{column.name}', row {row}: found '{text}', allowed: {_WANTED[column.type]}"
        raise breach(dataset, found) from None


def _existing(dataset: Dataset, root: Path) -> Path:
    path = root / dataset.path
    if not path.is_file():
        raise DataError(f"dataset '{dataset.name}': {dataset.path} is missing below {root}; {remedy(dataset)}")
    return path
