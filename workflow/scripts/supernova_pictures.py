"""Pictures of the supernova: L(mu), production, mean free paths, the spread of the bounds, the reach."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.plotting.save import save_figure
from nudipole.plotting.supernova import draw_luminosity, draw_mean_free_path, draw_production, draw_reach
from nudipole.plotting.supernova_bounds import draw_decays, draw_variants
from nudipole.provenance.job import input_digests, run_job
from nudipole.provenance.tables import read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    tables = {name: read_table(Path(str(path))) for name, path in snakemake.input.items()}
    flavour = snakemake.params.config["flavours"][0]
    figures = {
        "supernova_luminosity": draw_luminosity(tables["surface"], flavour),
        "supernova_production": draw_production(tables["production"]),
        "supernova_mean_free_path": draw_mean_free_path(tables["mean_free_path"]),
        "supernova_variants": draw_variants(tables["limits"], tables["published"], flavour),
        "supernova_decays": draw_decays(tables["limits"], flavour),
        "supernova_reach": draw_reach(tables["reach"]),
    }
    digests = input_digests(snakemake)
    for path in map(Path, map(str, snakemake.output)):
        save_figure(figures[path.stem], path, f"Neutrino dipole portal, {path.stem}", digests)


run_job(snakemake, work)
