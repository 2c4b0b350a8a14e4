"""Columns of a dataset that a detector record names."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.errors import DataError


def numbers(table: pd.DataFrame, column: str, where: str) -> NDArray[np.float64]:
    """Return a column as numbers.

    where: the dataset and the key that names it. Raises DataError if there is no such column, or it holds texts.
    """
    numeric = [str(name) for name in table.columns if pd.api.types.is_numeric_dtype(table[name])]
    if column not in numeric:
        raise DataError(f"{where}: there is no column {column!r} of numbers; there are {', '.join(numeric)}")
    return table[column].to_numpy(dtype=float)
