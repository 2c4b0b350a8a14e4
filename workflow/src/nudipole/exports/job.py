"""What the export jobs of the workflow read."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.exports.provenance import Provenance
from nudipole.exports.references import parse_bibliography
from nudipole.exports.sources import Cited, curve_sources, papers_of
from nudipole.provenance.digest import file_sha256
from nudipole.provenance.tables import read_info, read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake


@dataclass(frozen=True, eq=False)
class Export:
    """The limits, the records of the published ones, what all rest on, and where they come from."""

    limits: pd.DataFrame
    sources: pd.DataFrame
    cited: Cited
    provenance: Provenance


def export_of_job(snakemake: "Snakemake") -> Export:
    """Return what the inputs `limits`, `tables` (before the merge), `sources` and `bibliography` of a job hold."""
    path = Path(snakemake.input.limits)
    limits, sources = read_table(path), read_table(Path(snakemake.input.sources))
    tables = ((read_table(Path(p)), read_info(Path(p))["citations"]) for p in snakemake.input.tables)
    bibliography = parse_bibliography(Path(snakemake.input.bibliography).read_text(encoding="utf-8"))
    papers = papers_of(sources).values()
    cited = Cited(bibliography.with_papers(papers), curve_sources(limits, tables, sources))
    return Export(limits, sources, cited, Provenance(file_sha256(path), read_info(path)["config_digest"]))
