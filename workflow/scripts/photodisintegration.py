"""Photodisintegration: all points in one table, and their picture."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.constraints.photodisintegration import UNITS
from nudipole.cosmology.scenario import scenarios_of
from nudipole.plotting.photodisintegration import draw_photodisintegration
from nudipole.plotting.save import save_figure
from nudipole.provenance.digest import file_sha256
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_info, read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    section = snakemake.params.config["cosmology"]
    parts = [Path(str(path)) for path in snakemake.input.parts]
    frame = pd.concat([read_table(path) for path in parts], ignore_index=True)
    frame = frame.sort_values(["initial", "M_N_MeV", "mu_nu_muB"], ignore_index=True)
    info = table_info(snakemake, "Abundances after photodisintegration", UNITS, ("arXiv:2011.06518",))
    # the inputs of the parts and not the parts: their number is chance, and must not change the results
    inputs = {name: digest for path in parts for name, digest in read_info(path)["inputs_sha256"].items()}
    inputs[str(snakemake.input.limits)] = file_sha256(Path(snakemake.input.limits))
    inputs = dict(sorted(inputs.items()))
    write_table(frame, Path(snakemake.output.table), replace(info, inputs_sha256=inputs))
    labels = [scenario.label for scenario in scenarios_of(section)]
    figure = draw_photodisintegration(frame, read_table(Path(snakemake.input.limits)), labels, section["network"])
    for path in (snakemake.output.png, snakemake.output.pdf):
        save_figure(figure, Path(path), "Neutrino dipole portal, photodisintegration", inputs)


run_job(snakemake, work)
