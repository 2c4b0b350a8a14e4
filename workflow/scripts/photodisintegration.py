"""Photodisintegration: all points in one table, and their picture."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.constraints.photodisintegration import UNITS
from nudipole.plotting.photodisintegration import draw_photodisintegration
from nudipole.plotting.save import save_figure
from nudipole.provenance.job import input_digests, run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    parts = [read_table(Path(str(path))) for path in snakemake.input]
    frame = pd.concat(parts, ignore_index=True).sort_values(["initial", "M_N_MeV", "mu_nu_muB"], ignore_index=True)
    info = table_info(snakemake, "Abundances after photodisintegration", UNITS, ("arXiv:2011.06518",))
    write_table(frame, Path(snakemake.output.table), info)
    figure = draw_photodisintegration(frame)
    for path in (snakemake.output.png, snakemake.output.pdf):
        save_figure(figure, Path(path), "Neutrino dipole portal, photodisintegration", input_digests(snakemake))


run_job(snakemake, work)
