"""The page of the report on speed."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.provenance.job import run_job
from nudipole.provenance.tables import write_text
from nudipole.report.pages import picture_and_tables_page

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake

TITLES = {
    "benchmarks": "Beside other ways to compute the same",
    "scaling": "Seconds = fixed + seconds per point * points^exponent",
    "workflow": "The whole workflow; overhead is all that is no kernel",
    "memory": "Memory and time of the rules",
    "storage": "Parquet tables with a row a point",
}
LISTS = ["points", "seconds"]
"""Columns that hold lists, which the picture shows."""


def work(snakemake: "Snakemake") -> None:
    tables = {}
    for name, path in snakemake.input.items():
        if name in TITLES:
            rows = json.loads(Path(path).read_text(encoding="utf-8"))
            tables[TITLES[name]] = pd.DataFrame(rows).drop(columns=LISTS, errors="ignore")
    svg = Path(snakemake.input.picture).read_bytes()
    write_text(picture_and_tables_page("Speed", svg, tables), Path(snakemake.output[0]))


run_job(snakemake, work)
