"""The detector records of a project, with the configuration's changes laid over them, checked against their schema."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from nudipole.config.load import canonical, merge, problem_text, read_yaml
from nudipole.detectors.record import Experiment, default_variant, experiment_of, in_variant, without_nulls
from nudipole.errors import ConfigError

FOLDER = Path("resources/detectors")
DETECTOR_SCHEMA_PATH = Path("workflow/schemas/detector.schema.yaml")

Records = Mapping[str, Mapping[str, Any]]


def record_names(root: Path) -> tuple[str, ...]:
    """Return the names of all records of a project, sorted."""
    return tuple(sorted(path.stem for path in (root / FOLDER).glob("*.yaml")))


def load_records(root: Path, config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every record with `detectors.overrides` laid over it; ConfigError names file, key and what is allowed."""
    overrides, names = config["detectors"]["overrides"] or {}, record_names(root)
    schema = read_yaml(root / DETECTOR_SCHEMA_PATH)
    for key, known in (("overrides", overrides), ("variants", config["detectors"]["variants"])):
        for name in known:
            _require_known(f"detectors.{key}", name, names)
    for name in config["detectors"]["experiments"]:
        _require_known("detectors.experiments", name, names)
    records = {}
    for name in names:
        record = without_nulls(canonical(merge(read_yaml(root / FOLDER / f"{name}.yaml"), overrides.get(name, {}))))
        problems = [*_problems(record, schema), *_reference_problems(record, names)]
        if problems:
            listing = "\n  - ".join(problems)
            raise ConfigError(
                f"the detector record {FOLDER / f'{name}.yaml'} is not valid"
                f"{' with detectors.overrides on top' if name in overrides else ''}:\n  - {listing}\n"
                f"{FOLDER}/README.md describes every key."
            )
        records[name] = record
    _check_coverage(records, config)
    return records


def _check_coverage(records: Records, config: Mapping[str, Any]) -> None:
    """Stop if toys are asked of a likelihood that says nothing of other outcomes."""
    for name in config["statistics"]["coverage"]["experiments"]:
        _require_known("statistics.coverage.experiments", name, tuple(records))
        experiment = experiment_of(name, records, configured_variant(name, records, config))
        if any(part.data.table or (part.data.events and part.bins.width is None) for part in experiment.parts):
            raise ConfigError(
                f"statistics.coverage.experiments: {name} (variant {experiment.variant}) has a tabulated likelihood or "
                f"single events, for which there are no toy experiments; remove it, or choose a binned variant"
            )


def _require_known(key: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise ConfigError(f"{key}: {name!r} has no record; {FOLDER} has {', '.join(names)}")


def _problems(record: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the schema does not allow, in the record and in each of its variants."""
    validator = jsonschema.Draft202012Validator(schema)
    yield from (problem_text(error) for error in sorted(validator.iter_errors(record), key=lambda e: str(e.path)))
    for variant in record.get("variants", {}):
        if isinstance(record["variants"][variant], Mapping):
            errors = validator.iter_errors(in_variant(record, variant))
            yield from (f"variants.{variant}: {problem_text(error)}" for error in errors)


def _reference_problems(record: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    """Yield names that a record mentions and nobody defines."""
    variants = record.get("variants", {})
    if variants and default_variant(record) not in variants:
        yield f"default_variant = {default_variant(record)!r} is not allowed: must be one of {', '.join(variants)}"
    for part in record.get("combine", ()):
        if part not in names:
            yield f"combine: {part!r} has no record; {FOLDER} has {', '.join(names)}"
    backgrounds = record.get("backgrounds", {})
    for name in record.get("data", {}).get("background", ()):
        if name not in backgrounds:
            yield f"data.background: {name!r} is no component; backgrounds has {', '.join(backgrounds)}"


def configured_variant(name: str, records: Records, config: Mapping[str, Any]) -> str:
    """Return the default variant of an experiment: that of the configuration, or else of the record."""
    section = config["detectors"]
    if name == "xenon1t" and "tritium" in records[name].get("variants", {}):
        return "tritium" if section["xenon1t"]["tritium"] else "no_tritium"
    chosen = str(section["variants"].get(name, default_variant(records[name])))
    allowed = records[name].get("variants", {chosen: {}})
    if chosen not in allowed:
        raise ConfigError(f"detectors.variants.{name} = {chosen!r} is not allowed: its record has {', '.join(allowed)}")
    return chosen


def configured_experiments(name: str, records: Records, config: Mapping[str, Any]) -> tuple[Experiment, ...]:
    """Return an experiment in each of its variants, that of the default curve first."""
    return experiments(name, records, configured_variant(name, records, config))


def experiments(name: str, records: Records, default: str) -> tuple[Experiment, ...]:
    """Return an experiment in each of its variants, the given one first."""
    others = (variant for variant in records[name].get("variants", ()) if variant != default)
    return tuple(experiment_of(name, records, variant) for variant in (default, *others))


def records_of(name: str, records: Records) -> dict[str, Any]:
    """Return the record of an experiment and those of what it combines."""
    return {key: records[key] for key in (name, *records[name].get("combine", ()))}
