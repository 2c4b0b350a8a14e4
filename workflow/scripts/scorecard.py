"""Compare the reference set-up with the published curves."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.limits.scorecard import SCORE_UNITS, score, scorecard_page
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table, write_text

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    limits, published = (
        read_table(Path(snakemake.input.limits)),
        pd.concat([read_table(Path(path)) for path in snakemake.input.published]),
    )
    frame = score(limits, published)
    info = table_info(snakemake, "Computed curves against those of arXiv:2007.15563", SCORE_UNITS)
    write_table(frame, Path(snakemake.output.table), info)
    write_text(scorecard_page(frame), Path(snakemake.output.page))


run_job(snakemake, work)
