"""The published figure beside its reproduction, with the ratio of the curves."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.plotting.reproduced import draw_reproduced
from nudipole.plotting.save import save_figure
from nudipole.plotting.style import style_of
from nudipole.provenance.job import input_digests, run_job
from nudipole.provenance.tables import read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    published = pd.concat([read_table(Path(path)) for path in snakemake.input.published])
    style, digests = style_of(snakemake.params.config["style"]), input_digests(snakemake)
    figure = draw_reproduced(read_table(Path(snakemake.input.limits)), published, style)
    for path in snakemake.output:
        save_figure(figure, Path(path), "arXiv:2007.15563, Fig. 2, and its reproduction", digests, style.rc)


run_job(snakemake, work)
