"""The contract of a dataset: columns, types, allowed values and number of rows.

A breach is a `DataError` that says which dataset, column and row, the value found, what is allowed and
what to do. Rows are counted from 1, the first row below the line of column names.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nudipole.data.catalog import Column, Dataset
from nudipole.errors import DataError

REGISTER_COMMAND = "python -m nudipole.data.register resources/catalog.yaml"


def remedy(dataset: Dataset) -> str:
    """What to do about a table that is not as the catalogue says."""
    return (
        f"restore the table with `git checkout -- {dataset.path}`; if the edit is intended, "
        f"describe it in the catalogue and run `{REGISTER_COMMAND} {dataset.name}`"
    )


def breach(dataset: Dataset, what: str) -> DataError:
    """The error for a table that breaks its contract."""
    return DataError(f"dataset '{dataset.name}' ({dataset.path}): {what}; {remedy(dataset)}")


def check_contract(frame: pd.DataFrame, dataset: Dataset) -> None:
    """Check a table against its entry in the catalogue; return nothing or raise `DataError`."""
    check_columns([str(name) for name in frame.columns], dataset)
    for column in dataset.columns:
        values = frame[column.name]
        _check_type(values, column, dataset)
        _check_missing(values, column, dataset)
        _check_range(values, column, dataset)
        _check_order(values, column, dataset)
    _check_rows(len(frame), dataset)
    _check_bins(frame, dataset)


def check_columns(names: Sequence[str], dataset: Dataset) -> None:
    """Check that the columns are those of the catalogue, in its order."""
    wanted = dataset.column_names
    if list(names) == wanted:
        return
    findings = [f"column '{name}' is missing" for name in wanted if name not in names]
    findings += [f"column '{name}' is not in the contract" for name in names if name not in wanted]
    if not findings:
        findings = [f"the columns are in the wrong order or repeated: {', '.join(names)}"]
    raise breach(dataset, f"{'; '.join(findings)} (allowed: {', '.join(wanted)})")


def _is_of_type(values: pd.Series, kind: str) -> bool:
    if kind == "float":
        return bool(pd.api.types.is_float_dtype(values.dtype))
    if kind == "int":
        return bool(pd.api.types.is_integer_dtype(values.dtype))
    return bool(pd.api.types.is_string_dtype(values))


def _check_type(values: pd.Series, column: Column, dataset: Dataset) -> None:
    if not _is_of_type(values, column.type):
        raise breach(dataset, f"column '{column.name}' has type {values.dtype}, the contract says {column.type}")


def _fail_at(bad: np.ndarray, values: pd.Series, column: Column, dataset: Dataset, allowed: str) -> None:
    """Raise for the first row in `bad`; say how many more there are."""
    rows = np.flatnonzero(bad)
    if rows.size == 0:
        return
    more = f" (and {rows.size - 1} more rows)" if rows.size > 1 else ""
    value = values.iloc[int(rows[0])]
    shown = f"'{value}'" if column.type == "str" else f"{value}"
    raise breach(dataset, f"column '{column.name}', row {rows[0] + 1}{more}: found {shown}, allowed: {allowed}")


def _check_missing(values: pd.Series, column: Column, dataset: Dataset) -> None:
    if column.type == "str":
        if not column.nullable:
            missing = values.isna() | (values.str.strip() == "")
            _fail_at(missing.to_numpy(dtype=bool), values, column, dataset, "a text")
        return
    numbers = values.to_numpy(dtype=float)
    if column.nullable:
        _fail_at(np.isinf(numbers), values, column, dataset, "a finite number or nothing")
    else:
        _fail_at(~np.isfinite(numbers), values, column, dataset, "a finite number, no NaN, no infinity, no gap")


def _check_range(values: pd.Series, column: Column, dataset: Dataset) -> None:
    if column.type == "str":
        return
    numbers = values.to_numpy(dtype=float)
    if "nonnegative" in column.checks:
        _fail_at(numbers < 0.0, values, column, dataset, "zero or more")
    if "positive" in column.checks:
        _fail_at(numbers <= 0.0, values, column, dataset, "more than zero")
    if "fraction" in column.checks:
        _fail_at((numbers < 0.0) | (numbers > 1.0), values, column, dataset, "0 to 1")


def _check_order(values: pd.Series, column: Column, dataset: Dataset) -> None:
    if "increasing" not in column.checks:
        return
    falls = np.diff(values.to_numpy(dtype=float), prepend=-np.inf) <= 0.0
    _fail_at(falls, values, column, dataset, "more than in the row before (strictly increasing)")


def _check_rows(rows: int, dataset: Dataset) -> None:
    if rows != dataset.rows:
        change = f"{dataset.rows - rows} lost" if rows < dataset.rows else f"{rows - dataset.rows} too many"
        raise breach(dataset, f"it has {rows} rows, the contract says {dataset.rows} ({change})")


def _check_bins(frame: pd.DataFrame, dataset: Dataset) -> None:
    if dataset.bins is None:
        return
    low, high = frame[dataset.bins.low].to_numpy(dtype=float), frame[dataset.bins.high].to_numpy(dtype=float)
    empty = np.flatnonzero(high <= low)
    if empty.size:
        row = int(empty[0])
        raise breach(dataset, f"row {row + 1}: the bin {low[row]} to {high[row]} is empty, allowed: low < high")
    gaps = np.flatnonzero(low[1:] != high[:-1])
    if gaps.size:
        row = int(gaps[0]) + 1
        raise breach(
            dataset,
            f"row {row + 1}: the bin starts at {low[row]}, allowed: {high[row - 1]}, where the last one ends",
        )
