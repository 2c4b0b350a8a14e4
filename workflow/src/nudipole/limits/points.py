"""The points of a published curve: columns whose names carry the unit, in a CSV file or in the record itself.

Mass and coupling may come as M_N_MeV or M_N_GeV, mu_nu_muB or d_per_GeV (L = d nubar sigma F N, so mu = 2 d).
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nudipole.errors import DataError

Columns = Mapping[str, list[float]]

MASS_RANGES = {"M_N_MeV": (1e-9, 1e9), "M_N_GeV": (1e-12, 1e6)}
COUPLING_RANGES = {"mu_nu_muB": (1e-20, 1.0), "d_per_GeV": (1e-18, 1e3)}
"""What is sensible, by column: a number outside stands in the wrong column or unit."""


def read_columns(points: str | Mapping[str, Any], folder: Path) -> dict[str, list[float]]:
    """Return the columns of a curve: of a file in the folder, or as the record has them.

    One number in the place of a list holds at every mass. Raises DataError that names file, line and value.
    """
    if isinstance(points, str):
        return _read_file(folder / points)
    longest = max((len(values) for values in points.values() if isinstance(values, list)), default=1)
    return {name: values if isinstance(values, list) else [values] * longest for name, values in points.items()}


def _read_file(path: Path) -> dict[str, list[float]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} cannot be read ({error}); it must be a text file beside the record") from None
    try:
        rows = enumerate(csv.reader(text.splitlines()), start=1)
        lines = [(number, row) for number, row in rows if row and not row[0].startswith("#")]
    except csv.Error as error:
        raise DataError(f"{path.name} is no CSV file ({error})") from None
    if not lines:
        raise DataError(f"{path.name} is empty: its first line must name the columns, for example M_N_MeV,mu_nu_muB")
    names = [name.strip() for name in lines[0][1]]
    columns: dict[str, list[float]] = {name: [] for name in names}
    for number, row in lines[1:]:
        if len(row) != len(columns):
            raise DataError(f"{path.name}, line {number}: {len(row)} cells, must be one for each of {', '.join(names)}")
        for name, cell in zip(names, row, strict=True):
            try:
                columns[name].append(float(cell))
            except ValueError:
                raise DataError(f"{path.name}, line {number}: {name} = {cell!r}, must be a number") from None
    return columns


def column_problems(columns: Columns) -> Iterator[str]:
    """Yield what is wrong with the columns of one curve."""
    chosen = [[name for name in ranges if name in columns] for ranges in (MASS_RANGES, COUPLING_RANGES)]
    if [len(names) for names in chosen] != [1, 1] or len(columns) > 2:
        masses, couplings = (" or ".join(ranges) for ranges in (MASS_RANGES, COUPLING_RANGES))
        yield f"the columns are {', '.join(columns) or 'none'}; must be one of {masses}, and one of {couplings}"
        return
    (mass,), (coupling,) = chosen
    if len(columns[mass]) != len(columns[coupling]) or len(columns[mass]) < 2:
        yield (
            f"{len(columns[mass])} values of {mass} and {len(columns[coupling])} of {coupling}; must be as many of "
            f"both, at least 2"
        )
        return
    ranges = {**MASS_RANGES, **COUPLING_RANGES}
    senseless = [
        problem for name, values in columns.items() for problem in _value_problems(name, values, *ranges[name])
    ]
    yield from senseless
    for number, (before, after) in enumerate(zip(columns[mass], columns[mass][1:], strict=False), start=2):
        if before >= after and not senseless:
            yield (
                f"point {number}: {mass} = {after:g} after {before:g}; masses must rise, and a line that turns back "
                f"is several curves, each a floor or a ceiling"
            )
            return


def _value_problems(name: str, values: list[float], low: float, high: float) -> Iterator[str]:
    for number, value in enumerate(values, start=1):
        # not as a number with a format: YAML has integers that no float can hold
        if not low <= value <= high:
            yield f"point {number}: {name} = {str(value)[:24]}, must be a number from {low:g} to {high:g}"
            return


def M_N_MeV(columns: Columns) -> list[float]:
    """Return the masses in MeV of columns without problems."""
    if "M_N_MeV" in columns:
        return columns["M_N_MeV"]
    # here and below: SciPy, which constants come from, need not be read before a run where nothing is converted
    from nudipole.constants import MEV_PER_GEV

    return [MEV_PER_GEV * mass for mass in columns["M_N_GeV"]]


def mu_nu_muB(columns: Columns) -> list[float]:
    """Return the moments in Bohr magnetons, mu = 2 d, of columns without problems."""
    if "mu_nu_muB" in columns:
        return columns["mu_nu_muB"]
    from nudipole.units import mu_muB_from_d_per_GeV

    return [mu_muB_from_d_per_GeV(d) for d in columns["d_per_GeV"]]
