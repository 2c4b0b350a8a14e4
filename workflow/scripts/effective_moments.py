"""Limits on the effective moment of a light N beside the published ones."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.limits.effective import UNITS, effective_frame, effective_page
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table, write_text

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    frame = effective_frame(read_table(Path(snakemake.input[0])), snakemake.params.published)
    info = table_info(snakemake, "Effective moment of a light N, computed and published", UNITS)
    write_table(frame, Path(snakemake.output.table), info)
    write_text(effective_page(frame), Path(snakemake.output.page))


run_job(snakemake, work)
