"""Where configuration and tables are, and what the constraints need from them."""

import argparse
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nudipole.config.detectors import FOLDER, experiments, load_records, record_names
from nudipole.config.load import DEFAULT_PATH, load_config, read_yaml
from nudipole.data.catalog import Catalog, load_catalog
from nudipole.errors import ConfigError, DomainError

if TYPE_CHECKING:
    import pandas as pd

    from nudipole.constraints.base import Constraint
    from nudipole.constraints.detector import DetectorConstraint

CONSTRAINTS = {
    "stellar": "stellar cooling: plasmons decay to nu N in red giants (arXiv:1910.10568)",
    "supernova": "SN 1987A: luminosity or emissivity in N with trapping (arXiv:2402.01624)",
    "sn_low_energy": "underluminous type IIP supernovae: energy from decays of N in the envelope (arXiv:2201.09890)",
    "sn_explosion": "SN 1987A: explosion energy from decays of N in the envelope (arXiv:2201.09890)",
    "sn_gamma": "SN 1987A: gamma rays from decays of N outside the envelope (arXiv:1702.02964)",
    "sn_neutrinos": "SN 1987A: energetic neutrinos from decays of N (arXiv:2209.11773)",
    "bbn": "primordial helium (and deuterium) with N in the early universe (arXiv:2007.15563)",
    "cmb": "effective number of neutrinos N_eff in the CMB with N in the early universe (arXiv:2007.15563)",
}
"""Constraints beside the detectors of `resources/detectors`."""


def constraint_titles(root: Path) -> dict[str, str]:
    """Return every constraint of a project that can be evaluated at a point, with what it is."""
    detectors = {}
    for name in record_names(root):
        record = read_yaml(root / FOLDER / f"{name}.yaml")
        citation = record.get("citation", [])
        detectors[name] = f"{record.get('title', name)} ({', '.join(map(str, citation))})"
    return {**detectors, **CONSTRAINTS}


def constraint_names(root: Path) -> tuple[str, ...]:
    """Return the names of every constraint of a project that can be evaluated at a point."""
    return (*record_names(root), *CONSTRAINTS)


def results_folder(args: argparse.Namespace) -> Path:
    """Return the folder of results that was named, or that of the project; ConfigError if it is not there."""
    folder: Path = args.results or project_root(args.project) / "results"
    if not folder.is_dir():
        raise ConfigError(f"there are no results in {folder}: run the workflow (`make`), or name them with --results")
    return folder


def project_root(chosen: Path | None) -> Path:
    """Return the project folder: the chosen one, else the one around the current directory, else this checkout."""
    here = Path.cwd()
    checkout = Path(__file__).resolve().parents[4]
    candidates = [chosen] if chosen else [here, *here.parents, checkout]
    for folder in candidates:
        if (folder / DEFAULT_PATH).is_file():
            return folder
    raise ConfigError(
        f"no nudipole project (a folder with {DEFAULT_PATH}) in {candidates[0]} or above; name one with --project"
    )


def catalog_of(root: Path, config: Mapping[str, Any]) -> Catalog:
    """Return the catalogue a configuration names."""
    return load_catalog(root / config["data"]["catalog"])


def bundled_tables(root: Path, catalog: Catalog) -> Callable[[str], "pd.DataFrame"]:
    """Return a reader of the bundled tables, which the remote originals equal by contract."""
    from nudipole.data.bundled import read_bundled

    return cache(lambda name: read_bundled(catalog.dataset(name), root))


def build_constraint(name: str, root: Path, overlays: list[Path], assignments: list[str]) -> "Constraint":
    """Return a constraint for the configuration with files and assignments on top."""
    known = constraint_names(root)
    if name not in known:
        raise DomainError(f"unknown constraint {name!r}; choose one of {', '.join(known)}")
    config = load_config(root, overlays, assignments)
    # imported here, so that --help does not wait for numba
    if name == "stellar":
        from nudipole.constraints import stellar

        return stellar.build(config)
    if name == "supernova" or name.startswith("sn_"):
        from nudipole.constraints import supernova
        from nudipole.data.profile import read_profile

        return supernova.build(name, config, lambda path: read_profile(root / path))
    if name in ("bbn", "cmb"):
        from nudipole.constraints import cosmology

        return cosmology.build(name, config, bundled_tables(root, catalog_of(root, config)))
    return build_detector(name, root, config)


def build_detector(name: str, root: Path, config: Mapping[str, Any]) -> "DetectorConstraint":
    """Return a detector of `resources/detectors` for a configuration; DomainError if there is none of that name."""
    if name not in record_names(root):
        raise DomainError(f"{name!r} is no detector; {FOLDER} has {', '.join(record_names(root))}")
    from nudipole.constraints import detector

    variants = experiments(name, load_records(root, config))
    return detector.build(variants, config, bundled_tables(root, catalog_of(root, config)))
