"""Pictures of one detector: folded spectrum, nuisances, and the likelihood over the plane."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from nudipole.config.model import statistics_config
from nudipole.detectors.record import Experiment, experiment_of
from nudipole.likelihood.edges import Criterion
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
    flavour = "mu" if "mu" in config["flavours"] else config["flavours"][0]
    digests = input_digests(snakemake)
    for number, (name, records) in enumerate(snakemake.params.records.items()):
        paths = {kind: Path(files[number]) for kind, files in snakemake.input.items()}
        for picture, figure in _pictures(experiment_of(name, records), paths, config, flavour).items():
            for suffix in ("png", "pdf"):
                path = Path(f"results/figures/steps/{name}_{picture}.{suffix}")
                save_figure(figure, path, f"Neutrino dipole portal, {name}, {picture}", digests)


def _pictures(
    experiment: Experiment, paths: Mapping[str, Path], config: Mapping[str, Any], flavour: str
) -> dict[str, Figure]:
    tables = {kind: read_table(path) for kind, path in paths.items()}
    statistics, label = statistics_config(config), experiment.label
    level = statistics.confidence_level
    delta = Criterion(level, statistics.interval, parameters=experiment.quantile_parameters).delta_chi2
    unit = read_info(paths["spectra"])["units"]["bin_low"]
    return {
        "spectrum": draw_spectrum(tables["spectra"], tables["fits"], flavour, unit, label),
        "pulls": draw_pulls(tables["fits"], flavour, label),
        "likelihood": draw_likelihood(tables["likelihood"], tables["limits"], flavour, delta, level, label),
    }


run_job(snakemake, work)
