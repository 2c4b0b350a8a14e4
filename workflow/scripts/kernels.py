"""Compile the kernels of a branch once, so that parallel jobs find them in the cache."""

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numba

from nudipole.provenance.job import run_job
from nudipole.provenance.tables import write_text

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    import_module(f"nudipole.warm_up.{snakemake.wildcards.branch}").compile_kernels()
    write_text(json.dumps({"numba": numba.__version__}) + "\n", Path(snakemake.output[0]))


run_job(snakemake, work)
