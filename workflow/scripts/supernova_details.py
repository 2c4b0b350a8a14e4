"""Supernova: production by channel, mean free paths, and what sets the reach of low-energy supernovae."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.config.model import grid_config
from nudipole.constraints.supernova_details import PATH_UNITS, PRODUCTION_UNITS, mean_free_path_frame, production_frame
from nudipole.constraints.supernova_inputs import CITATIONS, supernova_config
from nudipole.constraints.supernova_model import Model
from nudipole.constraints.supernova_reach import UNITS as REACH_UNITS
from nudipole.constraints.supernova_reach import reach_frame
from nudipole.data.profile import read_profile
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    config = snakemake.params.config
    typed = supernova_config(config)
    table = read_profile(Path(snakemake.input[0])) if typed.profile_table is not None else None
    model, point = Model(typed, table), config["figures"]["supernova_point"]
    production = production_frame(model, grid_config(config), tuple(config["flavours"]))
    info = table_info(snakemake, "Supernova: production by channel", PRODUCTION_UNITS, CITATIONS)
    write_table(production, Path(snakemake.output.production), info)
    masses = tuple(float(mass) for mass in point["M_N_MeV"])
    paths = mean_free_path_frame(model, masses, float(point["mu_nu_muB"]), float(point["p_MeV"]))
    info = table_info(snakemake, "Supernova: mean free path of N", PATH_UNITS, CITATIONS)
    write_table(paths, Path(snakemake.output.mean_free_path), info)
    info = table_info(snakemake, "What sets the reach of low-energy supernovae", REACH_UNITS, CITATIONS)
    write_table(reach_frame(config, table), Path(snakemake.output.reach), info)


run_job(snakemake, work)
