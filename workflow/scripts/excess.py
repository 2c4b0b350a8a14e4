"""What later experiments leave of the XENON1T excess, as a table and as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.limits.excess import UNITS, excess_frame
from nudipole.plotting.excess import draw_excess
from nudipole.plotting.save import save_figure
from nudipole.provenance.job import input_digests, run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    limits = read_table(Path(snakemake.input[0]))
    shares = excess_frame(limits)
    info = table_info(snakemake, "What later experiments leave of the XENON1T excess", UNITS)
    write_table(shares, Path(snakemake.output.table), info)
    figure = draw_excess(limits, shares, tuple(snakemake.params.config["flavours"]))
    for path in (Path(snakemake.output.png), Path(snakemake.output.pdf)):
        save_figure(figure, path, "Neutrino dipole portal, XENON1T excess", input_digests(snakemake))


run_job(snakemake, work)
