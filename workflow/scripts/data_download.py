"""Download one provider's original."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.data.catalog import RemoteSource
from nudipole.data.remote import download
from nudipole.provenance.job import log, run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    source = RemoteSource(**snakemake.params.source)
    log.info("downloading %s", source.url)
    # not parameters of the rule: patience does not change a file, so it must not fetch it again
    patience = snakemake.config["data"]
    limits = {"timeout_s": float(patience["timeout_s"]), "retries": int(patience["retries"])}
    download(source, Path(snakemake.output[0]), **limits)


run_job(snakemake, work)
