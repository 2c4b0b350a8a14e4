"""A detector's constraint from the files of a workflow job."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.config.detectors import experiments
from nudipole.constraints.detector import DetectorConstraint, build
from nudipole.provenance.tables import read_table
from nudipole.sources.moments_table import moments_from_frame

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake


def constraint_of_job(snakemake: "Snakemake") -> DetectorConstraint:
    """Return the constraint for a job's configuration, flux moments and tables."""
    paths = {Path(path).stem: Path(path) for path in snakemake.input}
    moments = moments_from_frame(read_table(paths["moments"]))
    config = snakemake.params.config
    variants = experiments(snakemake.wildcards.experiment, snakemake.params.records)
    return build(variants, config, lambda name: read_table(paths[name]), moments)
