"""What a constraint rests on by its configuration, before anything is computed."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nudipole.config.detectors import experiments, load_records, record_names
from nudipole.config.limits import chosen_limits, load_limits
from nudipole.constraints.datasets import COSMOLOGY, detector_datasets, solar_datasets
from nudipole.data.bibliography import dataset_text
from nudipole.data.catalog import Catalog
from nudipole.errors import DomainError
from nudipole.exports.references import Paper
from nudipole.limits.published import BRDAR2020, BRDAR2020_PREFIX, BRDAR2020_REFERENCE, PREFIX
from nudipole.limits.record import PublishedLimit, limit_of

COMPUTED = ("stellar", "supernova", "sn_low_energy", "sn_explosion", "sn_gamma", "sn_neutrinos", "bbn", "cmb")


def published_records(root: Path, config: Mapping[str, Any]) -> tuple[PublishedLimit, ...]:
    """Return the published limits of a configuration."""
    chosen = chosen_limits(load_limits(root, config), config)
    return tuple(limit_of(key, file.content, file.path.parent) for key, file in chosen.items())


def paper_of(limit: PublishedLimit) -> Paper:
    """Return the paper of a published limit."""
    return Paper(PREFIX + limit.key, limit.reference, limit.number("arXiv"), limit.number("doi"))


def published_sources(limits: Iterable[PublishedLimit]) -> dict[str, tuple[str, ...]]:
    """Return the citations of every published limit, by its name in the limits table."""
    digitised = {f"{BRDAR2020_PREFIX}{name}": (BRDAR2020_REFERENCE,) for name in BRDAR2020}
    records = {limit.key: (paper_of(limit).text, limit.collection) for limit in limits}
    return digitised | {f"{PREFIX}{key}": tuple(filter(None, texts)) for key, texts in records.items()}


def declared_sources(name: str, root: Path, config: Mapping[str, Any], catalog: Catalog) -> tuple[str, ...]:
    """Return what a constraint cites, as texts; DomainError if there is none of that name."""
    if name.startswith(PREFIX):
        published = published_sources(published_records(root, config))
        if name not in published:
            raise _unknown(name, published)
        return published[name]
    if name in record_names(root):
        return _detector(name, root, config, catalog)
    if name == "stellar":
        from nudipole.constraints import stellar

        return stellar.build(config).citations
    if name in ("bbn", "cmb"):
        from nudipole.constraints.cosmology_curves import REFERENCE

        return (REFERENCE, *_datasets(COSMOLOGY, catalog))
    if name in COMPUTED:
        from nudipole.constraints.supernova_inputs import CITATIONS

        return CITATIONS
    raise _unknown(name, [*record_names(root), *COMPUTED])


def _unknown(name: str, known: Iterable[str]) -> DomainError:
    return DomainError(f"unknown constraint {name!r}; choose one of {', '.join(known)}")


def _datasets(names: tuple[str, ...], catalog: Catalog) -> tuple[str, ...]:
    return tuple(dataset_text(catalog.dataset(name)) for name in names)


def _detector(name: str, root: Path, config: Mapping[str, Any], catalog: Catalog) -> tuple[str, ...]:
    """Return the papers of the record, of its data, and of the Sun that the configuration chooses."""
    variants = experiments(name, load_records(root, config))
    spread = config["detectors"]["solar_spread"]
    used = detector_datasets(variants, config["statistics"], spread) + solar_datasets(config["solar"]["model"])
    papers = tuple(paper for variant in variants for paper in variant.citation)
    return tuple(dict.fromkeys([*papers, *_datasets(used, catalog)]))
