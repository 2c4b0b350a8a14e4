"""Photodisintegration of some points of one initial state, by ACROPOLIS in an environment of its own."""

import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nudipole.constraints.cosmology_job import config_of_job, universe_of_job
from nudipole.constraints.photodisintegration import UNITS, flagged_points, result_frame, sources
from nudipole.cosmology.likelihood import chi2_abundances
from nudipole.cosmology.photodisintegration import DecaySource, as_request
from nudipole.errors import ConvergenceError
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake

log = logging.getLogger("nudipole")
RUNNER = "acropolis_run.py"


def ask(interpreter: str, runner: Path, requests: list[dict[str, object]]) -> list[dict[str, Any]]:
    """Return ACROPOLIS' answers; ConvergenceError with the end of its output if the process fails."""
    if not requests:
        return []
    with tempfile.TemporaryDirectory() as folder:
        request, answer = Path(folder) / "request.json", Path(folder) / "answer.json"
        request.write_text(json.dumps(requests), encoding="utf-8")
        command = [interpreter, str(runner), str(request), str(answer)]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        for line in outcome.stdout.splitlines():
            log.info("%s", line)
        if outcome.returncode or not answer.exists():
            raise ConvergenceError(f"ACROPOLIS ended with code {outcome.returncode}: {outcome.stderr[-500:]}")
        found: list[dict[str, Any]] = json.loads(answer.read_text(encoding="utf-8"))
        return found


def work(snakemake: "Snakemake") -> None:
    config, section = config_of_job(snakemake), snakemake.params.config["photodisintegration"]
    label, universe = snakemake.wildcards.scenario, universe_of_job(snakemake, snakemake.wildcards.scenario)
    surfaces = read_table(Path(snakemake.input.surfaces))
    points = flagged_points(surfaces, config.network, label, section["every"])
    chosen = np.array_split(np.arange(len(points)), snakemake.params.parts)[int(snakemake.wildcards.part)]
    points = points.iloc[chosen].reset_index(drop=True)
    log.info("%d points", len(points))
    found = sources(points, universe, config.network)
    # the rule's conda environment holds ACROPOLIS itself
    interpreter = snakemake.params.python or sys.executable
    runner = Path(snakemake.scriptdir) / RUNNER
    answers = ask(interpreter, runner, [as_request(each) for each in found if isinstance(each, DecaySource)])
    standard = universe.standard().abundances[config.network]
    chi2 = float(chi2_abundances(np.array(standard.Y_p), np.array(standard.D_H), config.observed))
    frame = result_frame(points, found, answers, config, chi2)
    info = table_info(snakemake, f"Abundances after photodisintegration, {label}", UNITS, ("arXiv:2011.06518",))
    write_table(frame, Path(snakemake.output[0]), info)


run_job(snakemake, work)
