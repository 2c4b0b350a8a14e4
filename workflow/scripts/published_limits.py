"""Published limits in the columns of the limits table, and the table of their sources."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.config.load import canonical, read_yaml
from nudipole.limits.published import SOURCE_UNITS, citations, published_curves, sources_frame
from nudipole.limits.record import limit_of
from nudipole.limits.table import UNITS, curves_frame
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    paths = [Path(path) for path in snakemake.input.records]
    limits = [limit_of(path.stem, canonical(read_yaml(path)), path.parent) for path in paths]
    curves = read_table(Path(snakemake.input.curves[0]))
    frame = curves_frame(published_curves(curves, limits, tuple(snakemake.params.config["flavours"])))
    cited = citations(limits)
    info = table_info(snakemake, "Published limits on the dipole portal", UNITS, cited)
    write_table(frame, Path(snakemake.output.limits), info)
    info = table_info(snakemake, "Sources of the published limits on the dipole portal", SOURCE_UNITS, cited)
    write_table(sources_frame(limits), Path(snakemake.output.sources), info)


run_job(snakemake, work)
