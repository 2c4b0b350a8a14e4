"""Pictures of one detector: folded spectrum, nuisances, and the likelihood over the plane."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.config.model import statistics_config
from nudipole.detectors.record import experiment_of
from nudipole.likelihood.intervals import threshold
from nudipole.plotting.likelihood import draw_likelihood
from nudipole.plotting.pulls import draw_pulls
from nudipole.plotting.save import save_figure
from nudipole.plotting.spectrum import draw_spectrum
from nudipole.provenance.job import input_digests, run_job
from nudipole.provenance.tables import read_info, read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    config = snakemake.params.config
    tables = {name: read_table(Path(str(path))) for name, path in snakemake.input.items()}
    experiment = experiment_of(snakemake.wildcards.experiment, snakemake.params.records)
    flavour = "mu" if "mu" in config["flavours"] else config["flavours"][0]
    statistics, label = statistics_config(config), experiment.label
    level = statistics.confidence_level
    delta = threshold(level, statistics.interval, experiment.quantile_parameters)
    unit = read_info(Path(snakemake.input.spectra))["units"]["bin_low"]
    figures = {
        "spectrum": draw_spectrum(tables["spectra"], tables["fits"], flavour, unit, label),
        "pulls": draw_pulls(tables["fits"], flavour, label),
        "likelihood": draw_likelihood(tables["likelihood"], tables["limits"], flavour, delta, level, label),
    }
    digests = input_digests(snakemake)
    for path in map(Path, map(str, snakemake.output)):
        name = path.stem.rpartition("_")[2]
        save_figure(figures[name], path, f"Neutrino dipole portal, {label}, {name}", digests)


run_job(snakemake, work)
