"""What a schema cannot say of the record of a published limit: points that make sense and are the registered ones."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nudipole.config.records import not_finite
from nudipole.errors import DataError
from nudipole.limits.points import column_problems, read_columns
from nudipole.provenance.digest import file_sha256

PAIRED = {"preferred_low": "preferred_high", "preferred_high": "preferred_low"}


def limit_problems(record: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Yield what is wrong with a record that its schema allows; the folder is where its points are."""
    broken = [*not_finite(record)]
    yield from broken
    for number, curve in enumerate(record["curves"] if not broken else ()):
        place = f"curves.{number}"
        try:
            columns = read_columns(curve["points"], folder)
        except DataError as error:
            yield f"{place}.points: {error}"
            continue
        problems = [*column_problems(columns)]
        yield from (f"{place}.points: {problem}" for problem in problems)
        yield from (f"{place}.{problem}" for problem in ([] if problems else _checksum(curve, folder)))
    yield from _pairs(record)


def _checksum(curve: Mapping[str, Any], folder: Path) -> Iterator[str]:
    registered, points = curve.get("sha256"), curve["points"]
    if registered is None:
        return
    if not isinstance(points, str):
        yield "sha256 is not allowed with points in the record: it is that of a file"
        return
    found = file_sha256(folder / points)
    if found != registered:
        yield (
            f"sha256: {points} was altered, though its numbers are sensible; restore it, or if the edit is intended "
            f"write sha256: {found}"
        )


def _pairs(record: Mapping[str, Any]) -> Iterator[str]:
    for flavour in sorted({flavour for curve in record["curves"] for flavour in curve["flavours"]}):
        edges = [curve["edge"] for curve in record["curves"] if flavour in curve["flavours"]]
        for edge, partner in PAIRED.items():
            if edges.count(edge) > edges.count(partner):
                yield f"curves: flavour {flavour} has an edge {edge} without {partner}: an interval needs both"
