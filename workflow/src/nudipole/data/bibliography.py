"""What a text cites, and whether `resources/references.bib` has an entry for it. Read as text: the start of a run pays.

A reference is known by its arXiv number, its DOI, or its volume, year and first page: `arXiv:2007.15563`,
`doi:10.1088/1475-7516/2021/01/039`, `01 (2021) 039`.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nudipole.data.catalog import Catalog, Dataset
from nudipole.errors import DataError

BIBLIOGRAPHY_PATH = Path("resources/references.bib")

_ARXIV = re.compile(
    r"arXiv:\s?(\d{4}\.\d{4,5})|\b((?:astro-ph|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|nucl-ex|nucl-th|physics)/\d{7})"
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"',;{}\[\]`<>]+")
_JOURNAL = re.compile(r"\b(\d+[A-Z]?) \((\d{4})\) ([A-Z]?\d+)\b")
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*[{\"]+([^{}\"]*)[}\"]+,?\s*$", re.MULTILINE)


def cited(text: str) -> tuple[str, ...]:
    """Return what a text cites, each once, in the order arXiv numbers, DOIs, journals."""
    found = [f"arXiv:{new or old}" for new, old in _ARXIV.findall(text)]
    found += [f"doi:{_doi(match)}" for match in _DOI.findall(text)]
    found += [journal(*match) for match in _JOURNAL.findall(text)]
    return tuple(dict.fromkeys(found))


def numbered(text: str) -> tuple[str, ...]:
    """Return the arXiv numbers and DOIs of a text; volume, year and page may be those of somebody's private paper."""
    return tuple(name for name in cited(text) if name.startswith(("arXiv:", "doi:")))


def _doi(found: str) -> str:
    """Return a DOI without the punctuation of the sentence around it; some have parentheses of their own."""
    found = found.rstrip(".:")
    while found.endswith(")") and found.count(")") > found.count("("):
        found = found[:-1].rstrip(".:")
    return found.lower()


def journal(volume: str, year: str, page: str) -> str:
    """Return volume, year and first page as they stand in a citation."""
    return f"{volume} ({year}) {page.partition('-')[0]}"


def names_of(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Return all that an entry with these BibTeX fields can be cited by."""
    found = [f"arXiv:{fields['eprint']}"] if "eprint" in fields else []
    found += [f"doi:{fields['doi'].lower()}"] if "doi" in fields else []
    if {"volume", "year", "pages"} <= set(fields):
        found.append(journal(fields["volume"], fields["year"], fields["pages"]))
    return tuple(found)


def known(bibliography: str) -> frozenset[str]:
    """Return what the entries of a BibTeX file can be cited by."""
    blocks = re.split(r"^@", bibliography, flags=re.MULTILINE)[1:]
    return frozenset(name for block in blocks for name in names_of(dict(_FIELD.findall(block))))


def dataset_text(dataset: Dataset) -> str:
    """Return all that the catalogue says of where a dataset comes from, as one text."""
    numbers = [f"arXiv:{number}" for number in dataset.arxiv]
    return "; ".join([dataset.citation, *numbers, *([f"doi:{dataset.doi}"] if dataset.doi else [])])


def check_references(root: Path, catalog: Catalog, records: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise DataError if data or a detector record cite what the bibliography has no entry for.

    Records of published limits need none: they say enough to make one.
    """
    texts = [(f"the dataset {dataset.name} of the catalogue", dataset_text(dataset)) for dataset in catalog.datasets]
    texts += [
        (f"the detector record {name}", "; ".join(map(str, record["citation"]))) for name, record in records.items()
    ]
    require_entries(texts, known(read_bibliography(root)))


def read_bibliography(root: Path) -> str:
    """Return the text of the bibliography; DataError if it cannot be read."""
    try:
        return (root / BIBLIOGRAPHY_PATH).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the bibliography {BIBLIOGRAPHY_PATH} cannot be read: {error}") from None


def require_entries(texts: Iterable[tuple[str, str]], entries: frozenset[str]) -> None:
    """Raise DataError that lists every citation without an entry; texts: where it stands, and the text."""
    missing = [f"{where} cites {name}" for where, text in texts for name in numbered(text) if name not in entries]
    if missing:
        listing = "\n  - ".join(missing)
        raise DataError(
            f"{BIBLIOGRAPHY_PATH} has no entry for what is cited; add one with its eprint or its doi:\n  - {listing}"
        )
