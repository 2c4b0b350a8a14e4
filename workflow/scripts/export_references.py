"""BibTeX of what all curves, or those of one figure, rest on."""

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
    export, output = export_of_job(snakemake), Path(snakemake.output[0])
    flavour = snakemake.wildcards.get("flavour")
    if flavour is None:
        title, constraints = "References of all curves of nudipole", tuple(export.cited.sources)
    else:
        options, style = snakemake.params.config["figures"], style_of(snakemake.params.style)
        title = f"References of the figure {output.stem} of nudipole"
        constraints = drawn_constraints(drawn_limits(export.limits, export.sources), flavour, options, style)
    write_text(export.cited.document(title, constraints, export.provenance, software=flavour is None), output)


run_job(snakemake, work)
