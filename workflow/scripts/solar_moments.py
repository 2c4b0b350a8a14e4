"""Flux moments of all solar components."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.config.model import solar_config
from nudipole.constraints.solar_inputs import solar_flux_moments
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table
from nudipole.sources.moments_table import UNITS, moments_frame

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    config = snakemake.params.config
    tables = {Path(path).stem: Path(path) for path in snakemake.input}
    solar = solar_config(config)
    moments = solar_flux_moments(lambda name: read_table(tables[name]), solar, config["numerics"]["flux_nodes"])
    info = table_info(snakemake, f"Solar flux moments, {solar.model}, {solar.oscillation}", UNITS)
    write_table(moments_frame(moments), Path(snakemake.output[0]), info)


run_job(snakemake, work)
