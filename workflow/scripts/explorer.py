"""The plane as one self-contained page."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole import __version__
from nudipole.explorer.content import page_content
from nudipole.explorer.page import explorer_page
from nudipole.plotting.style import style_of
from nudipole.provenance.digest import file_sha256
from nudipole.provenance.job import run_job
from nudipole.provenance.tables import read_table, write_text

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    limits, config = Path(snakemake.input.limits), snakemake.params.config
    figures = config["figures"]
    view = {key: figures[key] for key in ("M_N_range_MeV", "mu_nu_range_muB")}
    about = {"version": __version__, "limits_sha256": file_sha256(limits), "view": view}
    sources, style = read_table(Path(snakemake.input.sources)), style_of(config["style"])
    content = page_content(read_table(limits), sources, style, tuple(config["flavours"]), about)
    write_text(explorer_page(content), Path(snakemake.output[0]))


run_job(snakemake, work)
