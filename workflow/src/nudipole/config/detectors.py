"""The detector records of a project, with the configuration's changes laid over them, checked against their schema."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import jsonschema

from nudipole.config.detector_checks import record_problems, variants_of
from nudipole.config.load import canonical, merge, read_yaml
from nudipole.config.records import record_text, schema_problems, stop_at
from nudipole.detectors.record import Experiment, default_variant, experiment_of, without_nulls
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
    for key in ("overrides", "variants", "experiments"):
        for name in config["detectors"][key] or ():
            _require_known(f"detectors.{key}", name, names)
    records: dict[str, dict[str, Any]] = {
        name: canonical(merge(read_yaml(root / FOLDER / f"{name}.yaml"), overrides.get(name, {}))) for name in names
    }
    # first the schema of all, since a combination looks into the records of its parts
    for name in names:
        _stop_at(_schema_problems(records[name], schema), name, name in overrides)
    for name in names:
        _stop_at([*record_problems(name, records)], name, name in overrides)
    # from here on the configured variant is the default one: in combinations and pictures as well
    chosen = {name: configured_variant(name, records, config) for name in names}
    for name in names:
        if "variants" in records[name]:
            records[name]["default_variant"] = chosen[name]
    _check_coverage(records, config)
    return records


def check_record(name: str, content: Mapping[str, Any], others: Records, schema: Mapping[str, Any]) -> None:
    """Raise ConfigError if this would be no valid content of a record beside the others."""
    records = {**others, name: canonical(content)}
    _stop_at(_schema_problems(records[name], schema), name, False)
    _stop_at([*record_problems(name, records)], name, False)
    experiments(name, records)


def _check_coverage(records: Records, config: Mapping[str, Any]) -> None:
    """Stop if toys are asked of a likelihood that says nothing of other outcomes."""
    for name in config["statistics"]["coverage"]["experiments"]:
        _require_known("statistics.coverage.experiments", name, tuple(records))
        experiment = experiment_of(name, records)
        if any(part.data.table or (part.data.events and part.bins.width is None) for part in experiment.parts):
            raise ConfigError(
                f"statistics.coverage.experiments: {name} (variant {experiment.variant}) has a tabulated likelihood or "
                f"single events, for which there are no toy experiments; remove it, or choose a binned variant"
            )


def _stop_at(problems: list[str], name: str, is_overridden: bool) -> None:
    aside = " with detectors.overrides on top" if is_overridden else ""
    stop_at(problems, "detector", FOLDER / f"{name}.yaml", FOLDER / "README.md", aside)


def _require_known(key: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise ConfigError(f"{key}: {name!r} has no record; {FOLDER} has {', '.join(names)}")


def _schema_problems(record: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """Return what the schema does not allow, in the record and in each of its variants."""
    validator = jsonschema.Draft202012Validator(schema)

    found = schema_problems(without_nulls(record), validator, _text)
    if found:
        return found
    varied = ((variant, schema_problems(content, validator, _text)) for variant, content in variants_of(record).items())
    return [f"variants.{variant}: {problem}" for variant, texts in varied for problem in texts]


def _text(error: jsonschema.ValidationError) -> str:
    if error.validator == "dependentRequired":
        return "variants and default_variant need each other: one of them is missing"
    if error.validator != "oneOf":
        return record_text(error)
    rule, content = cast("Mapping[str, Any]", error.schema), cast("Mapping[str, Any]", error.instance)
    complete = rule["oneOf"][1]["required"]
    if "combine" in content:
        return f"combine stands beside {', '.join(complete)}: a combination has no keys on target or data"
    missing = [key for key in complete if key not in content]
    return f"missing {', '.join(missing)}; or name the records to put together under `combine`"


def configured_variant(name: str, records: Records, config: Mapping[str, Any]) -> str:
    """Return the default variant of an experiment: that of the configuration, or else of the record."""
    section, record = config["detectors"], records[name]
    allowed = list(variants_of(record))
    chosen = section["variants"].get(name, default_variant(record))
    if name == "xenon1t" and name not in section["variants"] and "tritium" in allowed:
        chosen = "tritium" if section["xenon1t"]["tritium"] else "no_tritium"
    if chosen not in allowed:
        raise ConfigError(f"detectors.variants.{name} = {chosen!r} is not allowed: its record has {', '.join(allowed)}")
    return str(chosen)


def experiments(name: str, records: Records) -> tuple[Experiment, ...]:
    """Return an experiment in each of its variants, the default one first."""
    default = default_variant(records[name])
    others = (variant for variant in records[name].get("variants", ()) if variant != default)
    return tuple(experiment_of(name, records, variant) for variant in (default, *others))


def records_of(name: str, records: Records) -> dict[str, Any]:
    """Return the record of an experiment and those of what it combines."""
    parts = (part for content in variants_of(records[name]).values() for part in content.get("combine", ()))
    return {key: records[key] for key in (name, *parts)}
