"""BibTeX of what a text cites: entries of the bundled bibliography, as they stand there.

pybtex reads; writing is done here, because pybtex's writer escapes the LaTeX of titles (`theta_{23}`, tildes).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nudipole.data.bibliography import BIBLIOGRAPHY_PATH, cited, names_of, numbered
from nudipole.errors import DataError

SOFTWARE = ("Matplotlib:2007", "Numba:2015", "NumPy:2020", "SciPy:2020", "Snakemake:2021")
"""Entries of the software that every result rests on."""


@dataclass(frozen=True, eq=False)
class Bibliography:
    """Entries by key; `entries` holds pybtex's, whose fields keep their LaTeX.

    aliases: keys by further arXiv numbers and DOIs that stand for the same papers.
    """

    entries: Mapping[str, Any]
    aliases: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _keys(self) -> dict[str, str]:
        own = {name: key for key, entry in self.entries.items() for name in names_of(entry.fields)}
        return {**self.aliases, **own}

    @cached_property
    def _titles(self) -> dict[str, str]:
        """Keys of what has no number to be known by, by title."""
        nameless = ((key, entry) for key, entry in self.entries.items() if not names_of(entry.fields))
        return {entry.fields["title"].strip("{}"): key for key, entry in nameless if "title" in entry.fields}

    def keys_of(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the keys of all that texts cite, sorted, each once; DataError if a number has no entry."""
        found = set()
        for text in texts:
            for name in numbered(text):
                if name not in self._keys:
                    raise DataError(f"{BIBLIOGRAPHY_PATH} has no entry for {name}, cited as {text!r}; add one")
            found |= {self._keys[name] for name in cited(text) if name in self._keys}
            found |= {key for title, key in self._titles.items() if title in text}
        return tuple(sorted(found))

    def bibtex(self, keys: Iterable[str]) -> str:
        """Return the entries of some keys as BibTeX, in the order of the keys; DataError for an unknown one."""
        blocks = []
        for key in keys:
            if key not in self.entries:
                raise DataError(f"{BIBLIOGRAPHY_PATH} has no entry {key!r}")
            blocks.append(_block(key, self.entries[key]))
        return "\n".join(blocks)

    def with_papers(self, papers: Iterable["Paper"]) -> "Bibliography":
        """Return the bibliography with an entry more for each paper of which no number is known."""
        from pybtex.database import Entry

        entries, aliases = dict(self.entries), dict(self.aliases)
        for paper in papers:
            owners = [{**self._keys, **aliases}.get(name) for name in paper.names]
            key = next(filter(None, owners), paper.key)
            if key == paper.key and paper.names:
                entries[key] = Entry("misc", fields=paper.fields())
            aliases |= dict.fromkeys(paper.names, key)
        return Bibliography(entries, aliases)


@dataclass(frozen=True)
class Paper:
    """What a record says of its paper: reference in words, arXiv number and DOI, both empty where there is none."""

    key: str
    reference: str
    arxiv: str
    doi: str

    @property
    def names(self) -> tuple[str, ...]:
        """The numbers as citations."""
        return numbered(self.text)

    @property
    def text(self) -> str:
        """Reference and numbers as one text."""
        numbers = [f"{kind}:{number}" for kind, number in (("arXiv", self.arxiv), ("doi", self.doi)) if number]
        return ", ".join([self.reference, *numbers])

    def fields(self) -> dict[str, str]:
        """Return the fields of an entry, nothing but what the record says."""
        eprint = {"eprint": self.arxiv, "archivePrefix": "arXiv"} if self.arxiv else {}
        return {"note": self.reference, **eprint, **({"doi": self.doi} if self.doi else {})}


def _block(key: str, entry: Any) -> str:
    fields = {role: " and ".join(map(str, people)) for role, people in entry.persons.items()} | dict(entry.fields)
    lines = [f"    {name} = {{{value}}},\n" for name, value in fields.items()]
    return "".join([f"@{entry.original_type}{{{key},\n", *lines, "}\n"])


def parse_bibliography(text: str) -> Bibliography:
    """Return the entries of a BibTeX text; DataError if it is not BibTeX, or if two entries are cited alike."""
    from pybtex.database import parse_string
    from pybtex.exceptions import PybtexError

    try:
        entries = dict(parse_string(text, "bibtex").entries)
    except PybtexError as error:
        raise DataError(f"the bibliography {BIBLIOGRAPHY_PATH} is no valid BibTeX: {error}; correct it") from None
    owners: dict[str, str] = {}
    for key, entry in entries.items():
        for name in names_of(entry.fields):
            if owners.setdefault(name, key) != key:
                raise DataError(f"the entries {owners[name]} and {key} of {BIBLIOGRAPHY_PATH} both stand for {name}")
    return Bibliography(entries)
