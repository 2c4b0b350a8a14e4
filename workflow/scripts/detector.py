"""One detector: expected signal, likelihood surface, limits, and fits at chosen points."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.constraints.detector_curves import curves
from nudipole.constraints.detector_fits import FITS_UNITS, fits_frame, spectra_frame, spectra_units
from nudipole.constraints.detector_job import constraint_of_job
from nudipole.constraints.detector_tables import rates_frame, rates_units, surface_frame, surface_units
from nudipole.limits.table import UNITS, curves_frame
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    constraint = constraint_of_job(snakemake)
    flavours, title = tuple(snakemake.params.config["flavours"]), constraint.experiment.label
    spectra = spectra_frame(constraint, flavours)
    tables = {
        "rates": (
            rates_frame(constraint, flavours),
            "signal events per bin for mu_nu = 1 mu_B",
            rates_units(constraint),
        ),
        "likelihood": (
            surface_frame(constraint, flavours),
            f"Delta(-2lnL), variant {constraint.experiment.variant}",
            surface_units(constraint),
        ),
        "limits": (curves_frame(curves(constraint, flavours)), "limits and favoured regions", UNITS),
        "spectra": (spectra, "observed and expected events", spectra_units(constraint, spectra)),
        "fits": (fits_frame(constraint, flavours), "nuisances, pulls and goodness of fit", FITS_UNITS),
    }
    for name, (frame, words, units) in tables.items():
        info = table_info(snakemake, f"{title}: {words}", units, constraint.experiment.citation)
        write_table(frame, Path(snakemake.output[name]), info)


run_job(snakemake, work)
