"""Photodisintegration of some points of one initial state, by ACROPOLIS in an environment of its own."""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nudipole.constraints.cosmology_job import config_of_job, universe_of_job
from nudipole.constraints.photodisintegration import (
    UNITS,
    criteria,
    flagged_points,
    photodisintegration_config,
    result_frame,
    sources,
)
from nudipole.cosmology.acropolis_process import RUNNER, ask, interpreter
from nudipole.cosmology.photodisintegration import DecaySource, as_request
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake

log = logging.getLogger("nudipole")


def work(snakemake: "Snakemake") -> None:
    config, section = config_of_job(snakemake), photodisintegration_config(snakemake.params.config)
    label, part, parts = snakemake.params.scenario, snakemake.params.part, snakemake.params.parts
    universe = universe_of_job(snakemake, label)
    points = flagged_points(read_table(Path(snakemake.input.surfaces)), config.network, label, section)
    points = points.iloc[np.array_split(np.arange(len(points)), parts)[part]].reset_index(drop=True)
    log.info("%d points", len(points))
    found = sources(points, universe, config.network)
    # not a parameter: which Python runs ACROPOLIS is no part of the result
    root = Path(__file__).resolve().parents[2]
    python = interpreter(snakemake.config["photodisintegration"]["python"], root)
    answers = ask(python, root / RUNNER, [as_request(each) for each in found if isinstance(each, DecaySource)])
    standard = asdict(universe.standard().abundances[config.network])
    frame = result_frame(points, found, answers, criteria(config, section, standard))
    info = table_info(snakemake, f"Abundances after photodisintegration, {label}", UNITS, ("arXiv:2011.06518",))
    write_table(frame, Path(snakemake.output[0]), info)


run_job(snakemake, work)
