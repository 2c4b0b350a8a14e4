"""A user's table of a proto-neutron star."""

from pathlib import Path

import pandas as pd

from nudipole.errors import DataError


def read_profile(path: Path) -> pd.DataFrame:
    """Return the columns of a CSV with `#` comments; DataError, naming the file, if it is none.

    What they must hold is checked by `supernova.profile.table_star`.
    """
    try:
        frame = pd.read_csv(path, comment="#", skipinitialspace=True)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"supernova.profile.table: {path} cannot be read: {error}") from None
    for name in frame.columns:
        numbers = pd.to_numeric(frame[name], errors="coerce")
        if numbers.isna().any():
            row = int(numbers.isna().to_numpy().argmax())
            raise DataError(
                f"supernova.profile.table: {path}: {name} = {frame[name].iloc[row]!r} in row {row + 1} is no number"
            )
    return frame.astype("float64")
