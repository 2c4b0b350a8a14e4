"""Pictures of the intermediate steps: fluxes, cooling, and the comparison with the literature."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.plotting.alp import draw_alp
from nudipole.plotting.cooling import draw_cooling
from nudipole.plotting.ratios import draw_ratios
from nudipole.plotting.save import save_figure
from nudipole.plotting.solar import draw_solar
from nudipole.provenance.job import input_digests, run_job
from nudipole.provenance.tables import read_table
from nudipole.stellar.star import star_named

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    config = snakemake.params.config
    tables = {
        name: pd.concat([read_table(Path(path)) for path in ([paths] if isinstance(paths, str) else paths)])
        for name, paths in snakemake.input.items()
    }
    stellar, solar = config["stellar"], config["solar"]
    mu_0 = star_named(stellar["star"]).mu_0_muB if stellar["mu_0_muB"] is None else float(stellar["mu_0_muB"])
    figures = {
        "solar": draw_solar(tables["moments"], f"Solar neutrinos, {solar['model']}, {solar['oscillation']}"),
        "cooling": draw_cooling(tables["cooling"], mu_0, stellar["emission"]),
        "ratios": draw_ratios(tables["reference"], tables["published"]),
        "alp": draw_alp(tables["alp"], tables["alp_published"]),
    }
    digests = input_digests(snakemake)
    for path in map(Path, map(str, snakemake.output)):
        save_figure(figures[path.stem], path, f"Neutrino dipole portal, {path.stem}", digests)


run_job(snakemake, work)
