"""Read the tables of one branch, check them against their contract, write them as Parquet."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.data.bundled import read_dataset
from nudipole.data.catalog import load_catalog
from nudipole.provenance.digest import file_sha256
from nudipole.provenance.job import log, run_job
from nudipole.provenance.tables import TableInfo, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    catalog = load_catalog(Path(snakemake.params.catalog))
    root = Path(snakemake.params.root)
    chosen = snakemake.params.datasets.items()
    for (name, downloaded), source, target in zip(chosen, snakemake.input, snakemake.output, strict=True):
        dataset = catalog.dataset(name)
        frame = read_dataset(dataset, root, Path(source) if downloaded else None)
        units = {column.name: column.unit for column in dataset.columns}
        # the bundled table and the original hold the same numbers, so the result must not tell them apart
        inputs = {dataset.path: dataset.sha256}
        citations = (dataset.citation, *(f"arXiv:{number}" for number in dataset.arxiv))
        write_table(frame, Path(target), TableInfo(dataset.title, units, citations, inputs))
        log.info("%s: %d rows from %s, sha256 %s", name, len(frame), source, file_sha256(Path(source)))


run_job(snakemake, work)
