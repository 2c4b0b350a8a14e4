"""A published limit as the record `resources/limits/<key>.yaml` says, in this package's units."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nudipole.limits.points import M_N_MeV, mu_nu_muB, read_columns

CITATION_KINDS = ("arXiv", "doi")
LEVEL_WITHOUT_ONE = 0.90
"""Written where a paper states no confidence level, as for criteria that have none; the statistic says so."""


@dataclass(frozen=True)
class PublishedCurve:
    """One line of a figure for the couplings that it holds for; edge as in the limits table."""

    flavours: tuple[str, ...]
    edge: str
    M_N_MeV: tuple[float, ...]
    mu_nu_muB: tuple[float, ...]


@dataclass(frozen=True)
class PublishedLimit:
    """A publication with its curves; the keys of the record have the same names and meanings.

    confidence_level is None where none is stated, year where it is not certain. drawn: whether figures show it.
    """

    key: str
    title: str
    label: str
    reference: str
    citation: tuple[str, ...]
    year: int | None
    category: str
    confidence_level: float | None
    statistic: str
    projection: bool
    status: str
    obtained: str
    collection: str
    note: str
    licence: str
    drawn: bool
    curves: tuple[PublishedCurve, ...]

    def number(self, kind: str) -> str:
        """Return the first arXiv number or DOI, empty if there is none."""
        found = (each.partition(":") for each in self.citation)
        return next((number for name, _, number in found if name == kind), "")

    @property
    def cited(self) -> str:
        """The reference with its arXiv number, or else its DOI."""
        numbers = [f"{kind}:{self.number(kind)}" for kind in CITATION_KINDS if self.number(kind)]
        return ", ".join([self.reference, *numbers[:1]])

    @property
    def criterion(self) -> str:
        """What the curve means, in words, with every reservation."""
        level = self.confidence_level
        words = ["projection"] if self.projection else []
        words += ["as published", "no confidence level" if level is None else f"{100.0 * level:.3g} % CL"]
        caveat = "; ".join(filter(None, ["unverified" if self.status == "unverified" else "", self.note]))
        return ", ".join(filter(None, [*words, self.statistic])) + (f" ({caveat})" if caveat else "")


def limit_of(key: str, record: Mapping[str, Any], folder: Path) -> PublishedLimit:
    """Return a checked record in this package's units; the folder is where its points are."""
    year = record.get("year")
    return PublishedLimit(
        key=key,
        title=record["title"],
        label=record["label"],
        reference=record["reference"],
        citation=tuple(record.get("citation", ())),
        year=None if year is None else int(year),
        category=record["category"],
        confidence_level=record["confidence_level"],
        statistic=record.get("statistic", ""),
        projection=record.get("projection", False),
        status=record["status"],
        obtained=record["obtained"],
        collection=record.get("collection", ""),
        note=record.get("note", ""),
        licence=record["licence"],
        drawn=record.get("drawn", True),
        curves=tuple(_curve(content, folder) for content in record["curves"]),
    )


def _curve(content: Mapping[str, Any], folder: Path) -> PublishedCurve:
    columns = read_columns(content["points"], folder)
    return PublishedCurve(
        tuple(content["flavours"]), content["edge"], tuple(M_N_MeV(columns)), tuple(mu_nu_muB(columns))
    )
