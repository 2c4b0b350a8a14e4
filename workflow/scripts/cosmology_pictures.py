"""Pictures of the early universe: one history, its abundances, maps, and what depends on the initial state."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.cosmology.scenario import scenarios_of
from nudipole.plotting.cosmology_family import draw_family
from nudipole.plotting.cosmology_history import draw_abundances, draw_history
from nudipole.plotting.cosmology_maps import draw_maps
from nudipole.plotting.curves import initial_name
from nudipole.plotting.panels import power_of_ten
from nudipole.plotting.save import save_figure
from nudipole.provenance.job import input_digests, run_job
from nudipole.provenance.tables import read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    config = snakemake.params.config
    tables = {name: read_table(Path(str(path))) for name, path in snakemake.input.items()}
    section = config["cosmology"]
    labels = [scenario.label for scenario in scenarios_of(section)]
    point = config["figures"]["cosmology_point"]
    mu = power_of_ten(float(point["mu_nu_muB"]))
    title = rf"$M_N$ = {point['M_N_MeV']:g} MeV, $\mu_\nu$ = {mu} $\mu_\mathrm{{B}}$, {initial_name(labels[0])}"
    figures = {
        "history": draw_history(tables["history"], title),
        "abundances": draw_abundances(tables["abundances"], title),
        "cosmology_maps": draw_maps(tables["surfaces"], tables["limits"], labels[0], section["network"]),
        "cosmology_family": draw_family(tables["limits"], tables["reference"], tables["published"], labels),
    }
    digests = input_digests(snakemake)
    for path in map(Path, map(str, snakemake.output)):
        save_figure(figures[path.stem], path, f"Neutrino dipole portal, {path.stem}", digests)


run_job(snakemake, work)
