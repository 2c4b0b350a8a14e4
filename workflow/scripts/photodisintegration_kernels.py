"""ACROPOLIS compiled, once: parallel processes that fill one numba cache can mix up its entries."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.cosmology.acropolis_process import RUNNER, VERSION, ask, interpreter
from nudipole.cosmology.photodisintegration import WARM_UP
from nudipole.errors import ConvergenceError
from nudipole.provenance.job import run_job
from nudipole.provenance.tables import write_text

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    root = Path(__file__).resolve().parents[2]
    python = interpreter(snakemake.config["photodisintegration"]["python"], root)
    (answer,) = ask(python, root / RUNNER, [WARM_UP])
    if answer["status"] != "ok":
        raise ConvergenceError(f"ACROPOLIS failed on its own history: {answer['status']}")
    write_text(json.dumps({"acropolis": VERSION}) + "\n", Path(snakemake.output[0]))


run_job(snakemake, work)
