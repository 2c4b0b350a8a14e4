"""Compile every kernel once, so that parallel jobs find them in the cache."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numba

from nudipole.constraints.warm_up import compile_kernels
from nudipole.provenance.job import run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    compile_kernels()
    Path(snakemake.output[0]).write_text(json.dumps({"numba": numba.__version__}) + "\n", encoding="utf-8")


run_job(snakemake, work)
