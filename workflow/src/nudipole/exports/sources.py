"""What the curves of a limits table rest on: the papers of its rows, and the data they were computed from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from nudipole.exports.provenance import Provenance
from nudipole.exports.references import SOFTWARE, Bibliography, Paper
from nudipole.limits.published import PREFIX


def papers_of(sources: pd.DataFrame) -> dict[str, Paper]:
    """Return the paper of each published limit by constraint; sources: the table of their records."""
    columns = sources[["key", "reference", "arxiv", "doi"]].astype(str)
    found = (Paper(f"{PREFIX}{key}", *texts) for key, *texts in columns.itertuples(index=False))
    return {paper.key: paper for paper in found}


def curve_sources(
    limits: pd.DataFrame, tables: Iterable[tuple[pd.DataFrame, Iterable[str]]], sources: pd.DataFrame
) -> dict[str, tuple[str, ...]]:
    """Return what each constraint cites, as texts.

    tables: each table of limits before the merge, with the citations of its provenance. A computed constraint rests on
    all of them; a published curve on its own paper and the collection it was taken from, since its table holds those
    of many. sources: the table of the records of published limits.
    """
    papers = papers_of(sources)
    collections = dict(zip(PREFIX + sources["key"], sources["collection"], strict=True))
    inherited = {str(name): tuple(texts) for table, texts in tables for name in table["constraint"].unique()}
    found = {}
    for constraint, rows in limits.groupby("constraint", sort=False):
        name, texts = str(constraint), list(map(str, rows["reference"].unique()))
        if (rows["origin"] == "computed").all():
            texts += inherited.get(name, ())
        elif name in papers:
            texts += filter(None, [papers[name].text, collections[name]])
        found[name] = tuple(dict.fromkeys(texts))
    return found


@dataclass(frozen=True, eq=False)
class Cited:
    """Entries of the bibliography by constraint."""

    bibliography: Bibliography
    sources: Mapping[str, tuple[str, ...]]

    def keys(self, constraints: Iterable[str]) -> tuple[str, ...]:
        """Return the keys of all that some constraints rest on, sorted."""
        return self.bibliography.keys_of(text for name in constraints for text in self.sources[name])

    def unlisted(self, constraints: Iterable[str]) -> tuple[str, ...]:
        """Return citations in words that no entry of the bibliography stands for."""
        texts = dict.fromkeys(text for name in constraints for text in self.sources[name])
        return tuple(text for text in texts if not self.bibliography.keys_of([text]))

    def document(self, title: str, constraints: Iterable[str], provenance: Provenance, *, software: bool) -> str:
        """Return a BibTeX file of what some constraints rest on; software: with what everything was computed with.

        Text outside of entries is a comment in BibTeX; an @ would start an entry.
        """
        chosen = list(constraints)
        keys = sorted({*self.keys(chosen), *(SOFTWARE if software else ())})
        head = [title, f"Constraints: {', '.join(chosen)}", f"Made by {provenance.statement}"]
        head += [f"Also cited, without an entry: {text}" for text in self.unlisted(chosen)]
        return "\n".join(line.replace("@", "(at)") for line in head) + "\n\n" + self.bibliography.bibtex(keys)
