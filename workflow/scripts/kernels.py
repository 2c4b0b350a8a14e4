"""Compile the kernels of a branch once, so that parallel jobs find them in the cache."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numba

from nudipole.provenance.compiled import compile_once
from nudipole.provenance.job import run_job
from nudipole.provenance.tables import write_text

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    compile_once(snakemake.wildcards.branch)
    write_text(json.dumps({"numba": numba.__version__}) + "\n", Path(snakemake.output[0]))


run_job(snakemake, work)
