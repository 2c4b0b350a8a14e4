"""Providers' formats, turned into the columns of our own tables.

Every parser takes the text of the original and returns the same columns, types and digits as the bundled
table. A text that does not look like the format is a `DataError` with the line at fault.
"""

from collections.abc import Callable, Iterator
from math import isfinite, nan
from pathlib import Path

import pandas as pd

from nudipole.data.catalog import RemoteSource
from nudipole.errors import DataError

XENON1T_SR1_EXPOSURE_T_YR = 0.647309514
"""Exposure that turns the published rates of arXiv:2006.09721v2, Fig. 4, into whole events."""

EFFICIENCY_MAX_KEV = 50.0
"""The analysis needs the efficiency below 30 keV plus the resolution; the original goes on to 210 keV."""

_COUNT_TOLERANCE = 1e-6  # the published rates have 16 digits, so rate times exposure is an integer to 1e-12
_HALF_BIN_KEV = 0.5

Parser = Callable[[str], pd.DataFrame]


def parse_original(path: Path, remote: RemoteSource) -> pd.DataFrame:
    """Read a downloaded original with the parser the catalogue names."""
    parser = PARSERS.get(remote.parser)
    if parser is None:
        known = ", ".join(sorted(PARSERS))
        raise DataError(f"dataset '{remote.dataset}': unknown parser '{remote.parser}'; known: {known}")
    try:
        frame = parser(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, DataError) as error:
        raise DataError(
            f"dataset '{remote.dataset}': {path} is not in the format {remote.parser}: {error}; "
            "use data.source: bundled, or see whether the provider changed the file"
        ) from error
    return thin(frame, remote.every)


def thin(frame: pd.DataFrame, every: int) -> pd.DataFrame:
    """Keep every n-th row, counted from the n-th, and the last row."""
    kept = list(range(every - 1, len(frame), every))
    if len(frame) and (not kept or kept[-1] != len(frame) - 1):
        kept.append(len(frame) - 1)
    return frame.iloc[kept].reset_index(drop=True)


def xenon1t_courtesy_counts(text: str) -> pd.DataFrame:
    """`energy [keV], rate, rate uncertainty [events/(t yr keV)]` in bins of 1 keV -> bin edges and events."""
    low, high, counts = [], [], []
    for number, fields in _fields(text, columns=3, separator=","):
        energy, rate = _number(fields[0], number), _number(fields[1], number)
        events = rate * XENON1T_SR1_EXPOSURE_T_YR
        if abs(events - round(events)) > _COUNT_TOLERANCE:
            raise DataError(f"line {number}: rate {rate} times the exposure is {events}, not a whole number of events")
        low.append(energy - _HALF_BIN_KEV)
        high.append(energy + _HALF_BIN_KEV)
        counts.append(round(events))
    return _table({"E_low_keV": low, "E_high_keV": high}).assign(counts=pd.Series(counts, dtype="int64"))


def xenon1t_courtesy_efficiency(text: str) -> pd.DataFrame:
    """`energy, detection, selection, total, upper, lower uncertainty` -> energy and total efficiency."""
    energies, totals = [], []
    for number, fields in _fields(text, columns=6, separator=","):
        energy = _number(fields[0], number)
        if energy <= EFFICIENCY_MAX_KEV:
            energies.append(energy)
            totals.append(_number(fields[3], number))
    return _table({"E_keV": energies, "efficiency": totals})


def bahcall_two_columns(text: str) -> pd.DataFrame:
    """`E_nu [MeV]  dN/dE [1/MeV]`, without a header."""
    pairs = [(_number(a, n), _number(b, n)) for n, (a, b) in _fields(text, columns=2)]
    return _table({"E_nu_MeV": [pair[0] for pair in pairs], "dN_dE_per_MeV": [pair[1] for pair in pairs]})


def bahcall_pp_table(text: str) -> pd.DataFrame:
    """Four pairs of columns (E_nu, dN/dE) side by side: each pair is read to its end before the next one."""
    rows = [[_number(field, number) for field in fields] for number, fields in _fields(text, columns=8)]
    energies = [row[pair] for pair in (0, 2, 4, 6) for row in rows]
    spectrum = [row[pair] for pair in (1, 3, 5, 7) for row in rows]
    return _table({"E_nu_MeV": energies, "dN_dE_per_MeV": spectrum})


def winter_b8(text: str) -> pd.DataFrame:
    """`E_nu [MeV]  1000 dN/dE  1000 sigma [1/MeV]`.

    The factor is applied to the decimal digits: dividing the binary number would differ in its last bit
    from the same digits in the bundled table.
    """
    columns: dict[str, list[float]] = {"E_nu_MeV": [], "dN_dE_per_MeV": [], "sigma_per_MeV": []}
    for number, (energy, spectrum, sigma) in _fields(text, columns=3):
        columns["E_nu_MeV"].append(_number(energy, number))
        columns["dN_dE_per_MeV"].append(_number(spectrum + "e-3", number))
        columns["sigma_per_MeV"].append(_number(sigma + "e-3", number))
    return _table(columns)


PARSERS: dict[str, Parser] = {
    "bahcall_pp_table": bahcall_pp_table,
    "bahcall_two_columns": bahcall_two_columns,
    "winter_b8": winter_b8,
    "xenon1t_courtesy_counts": xenon1t_courtesy_counts,
    "xenon1t_courtesy_efficiency": xenon1t_courtesy_efficiency,
}


def _fields(text: str, *, columns: int, separator: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and fields of the lines that are neither empty nor a # comment."""
    found = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        fields = line.split(separator)
        if len(fields) != columns:
            raise DataError(f"line {number}: expected {columns} columns, found {len(fields)}: '{line.strip()[:80]}'")
        found = True
        yield number, fields
    if not found:
        raise DataError("there are no numbers in it")


def _number(field: str, line: int) -> float:
    try:
        value = float(field)
    except ValueError:
        value = nan
    if not isfinite(value):
        raise DataError(f"line {line}: '{field.strip()[:40]}' is not a number")
    return value


def _table(columns: dict[str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values, dtype="float64") for name, values in columns.items()})
