"""BibTeX of what all curves rest on, and of what those of each figure do."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.exports.drawn import drawn_constraints
from nudipole.exports.job import export_of_job
from nudipole.limits.published import drawn_limits
from nudipole.plotting.style import style_of
from nudipole.provenance.job import run_job
from nudipole.provenance.tables import write_text

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    export, config, output = export_of_job(snakemake), snakemake.params.config, snakemake.output
    title, everything = "References of all curves of nudipole", tuple(export.cited.sources)
    write_text(export.cited.document(title, everything, export.provenance, software=True), Path(output.all))
    style, limits = style_of(snakemake.params.style), drawn_limits(export.limits, export.sources)
    for flavour, path in zip(config["flavours"], map(Path, output.figures), strict=True):
        title = f"References of the figure {path.stem} of nudipole"
        constraints = drawn_constraints(limits, flavour, config["figures"], style)
        write_text(export.cited.document(title, constraints, export.provenance, software=False), path)


run_job(snakemake, work)
