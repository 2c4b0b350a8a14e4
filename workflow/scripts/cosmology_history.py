"""Cosmology: the history and the abundances of one point, with N and without."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.constraints.cosmology_job import config_of_job, universe_of_job
from nudipole.cosmology.chronicle import HISTORY_UNITS, abundance_frame, abundance_units, history_frame
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    config = config_of_job(snakemake)
    point = snakemake.params.config["figures"]["cosmology_point"]
    universe = universe_of_job(snakemake, config.scenarios[0].label)
    history = universe.history(float(point["M_N_MeV"]), float(point["mu_nu_muB"]))
    title = f"History with M_N = {point['M_N_MeV']:g} MeV, mu_nu = {point['mu_nu_muB']:g} mu_B"
    info = table_info(snakemake, title, HISTORY_UNITS)
    write_table(history_frame(history), Path(snakemake.output.history), info)
    frames = [
        abundance_frame(universe.abundance_steps(each, config.network), with_N=with_N)
        for each, with_N in ((history, True), (universe.standard_history(), False))
    ]
    abundances = table_info(snakemake, f"Abundances: {title}", abundance_units())
    write_table(pd.concat(frames, ignore_index=True), Path(snakemake.output.abundances), abundances)


run_job(snakemake, work)
