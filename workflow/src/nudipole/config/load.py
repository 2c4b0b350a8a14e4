"""Read configuration files, lay them over each other, and check the result against the schema."""

import difflib
import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import jsonschema
import yaml

from nudipole.errors import ConfigError
from nudipole.safe_yaml import check_extent, load_yaml

SCHEMA_PATH = Path("workflow/schemas/config.schema.yaml")
DEFAULT_PATH = Path("config/config.yaml")
REFERENCE_PATH = Path("config/reference.yaml")

SMALLEST_DM2_31_EV2 = 1e-4

WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file; ConfigError if it is missing, unreadable or not a mapping."""
    try:
        content = load_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"configuration file {path} does not exist; check the path") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"configuration file {path} cannot be read: {error}; correct it") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigError(f"configuration file {path} must hold keys and values, got a {type(content).__name__}")
    return content


def merge(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the layers laid over each other, later ones on top, mappings key by key."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            below = merged.get(key)
            if isinstance(value, Mapping):
                merged[key] = merge(below if isinstance(below, Mapping) else {}, value)
            else:
                merged[key] = value
    return merged


def parse_assignment(text: str) -> dict[str, Any]:
    """Return the nested mapping of `solar.model=BS05-OP`; the value is read as YAML."""
    key, separator, value = text.partition("=")
    if not separator or not key.strip():
        raise ConfigError(f"--set {text!r} is not of the form key=value, for example solar.model=BS05-OP")
    try:
        node: Any = load_yaml(value)
    except yaml.YAMLError as error:
        raise ConfigError(f"--set {key}: the value {value!r} is not valid YAML: {error}") from None
    for part in reversed(key.strip().split(".")):
        node = {part: node}
    return dict(node)


def canonical(node: Any) -> Any:
    """Return the node with strings such as `1e-2` as numbers, and `true`, `false` and `null` as what they say.

    YAML 1.1 takes the first for text, and Snakemake's --config all of them.

    Keys are sorted: Snakemake compares parameters as text, and their order depends on which file names a key first.
    """
    if isinstance(node, Mapping):
        return {key: canonical(node[key]) for key in sorted(node, key=str)}
    if isinstance(node, list):
        return [canonical(value) for value in node]
    if isinstance(node, str) and _NUMBER.fullmatch(node):
        return float(node)
    return WORDS.get(node, node) if isinstance(node, str) else node


def _integers(node: Any, schema: Mapping[str, Any]) -> Any:
    """Return the valid node with numbers such as 4e2 as integers where the schema wants integers."""
    if isinstance(node, Mapping):
        inside = schema.get("properties", {})
        return {key: _integers(value, inside.get(key, {})) for key, value in node.items()}
    return int(node) if schema.get("type") == "integer" else node


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a nested node with its path."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from leaves(value, f"{path}[{i}]")
    else:
        yield path, node


TYPE_WORDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "a section with keys",
    "string": "text",
}


def choices(values: Iterable[Any]) -> str:
    """Return allowed values in the words of YAML."""
    return ", ".join("null" if value is None else str(value) for value in values)


def type_words(kind: str | list[str]) -> str:
    """Return the JSON-schema type(s) in words."""
    return " or ".join(TYPE_WORDS[name] for name in ([kind] if isinstance(kind, str) else kind))


def _allowed(error: jsonschema.ValidationError) -> str:
    """Return what the schema allows at the place of an error, in words."""
    rule: Mapping[str, Any] = cast("Mapping[str, Any]", error.schema)
    words = [f"one of {choices(rule['enum'])}"] if "enum" in rule else []
    words += [type_words(rule["type"])] if "type" in rule and "enum" not in rule else []
    comparisons = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}
    words += [f"{sign} {rule[key]:g}" for key, sign in comparisons.items() if key in rule]
    counts = {"minItems": "at least", "maxItems": "at most"}
    words += [f"{sign} {rule[key]} entries" for key, sign in counts.items() if key in rule]
    words += ["without repetition"] if rule.get("uniqueItems") else []
    words += ["not empty"] if rule.get("minLength") else []
    words += [f"of the form {rule['form']}"] if "form" in rule else []
    words += [f"in {rule['unit']}"] if "unit" in rule else []
    return ", ".join(words)


def problem_text(error: jsonschema.ValidationError, whole: str = "configuration") -> str:
    """Return what is wrong at the place of an error and what would be right; whole: what is checked, in a word."""
    path = ".".join(str(part) for part in error.absolute_path) or whole
    schema, instance = cast("Mapping[str, Any]", error.schema), cast("Mapping[str, Any]", error.instance)
    if error.validator == "additionalProperties":
        known = list(schema.get("properties", {}))
        unknown = [key for key in instance if key not in known]
        parts = []
        for key in unknown:
            close = difflib.get_close_matches(str(key), known, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            full = key if path == whole else f"{path}.{key}"
            parts.append(f"unknown key {full} = {instance[key]!r}{hint}; allowed there: {', '.join(known)}")
        return "; ".join(parts)
    if error.validator == "required":
        missing = [key for key in schema["required"] if key not in instance]
        return f"{path}: missing {', '.join(missing)}"
    return f"{path} = {error.instance!r} is not allowed: must be {_allowed(error) or error.message}"


def _range_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a JSON schema cannot say: non-finite numbers and empty ranges."""
    for path, value in leaves(config):
        if isinstance(value, float) and not math.isfinite(value):
            yield f"{path} = {value} is not allowed: must be a finite number"
    grid, figures = config["grid"], config["figures"]
    pairs = [
        ("grid.M_N_max_MeV", grid["M_N_max_MeV"], "grid.M_N_min_MeV", grid["M_N_min_MeV"]),
        ("grid.mu_nu_max_muB", grid["mu_nu_max_muB"], "grid.mu_nu_min_muB", grid["mu_nu_min_muB"]),
    ]
    for place, ranges in (("figures", figures), ("figures.zoom", figures["zoom"])):
        for key in ("M_N_range_MeV", "mu_nu_range_muB"):
            low, high = ranges[key]
            pairs.append((f"{place}.{key}[1]", high, f"{place}.{key}[0]", low))
    for key in ("M_LQ_range_TeV", "sqrt_y1y2_range", "LHC_M_LQ_TeV"):
        low, high = config["models"]["leptoquark"][key]
        pairs.append((f"models.leptoquark.{key}[1]", high, f"models.leptoquark.{key}[0]", low))
    splitting = config["solar"]["oscillation_overrides"].get("dm2_31_eV2")
    if splitting is not None and abs(splitting) < SMALLEST_DM2_31_EV2:
        yield (
            f"solar.oscillation_overrides.dm2_31_eV2 = {splitting:g} is not allowed: must be at least "
            f"{SMALLEST_DM2_31_EV2:g} in size, or the mass states are degenerate"
        )
    decays, profile = config["supernova"]["decays"], config["supernova"]["profile"]
    for name in ("gamma", "neutrinos"):
        window = decays[name]
        key = f"supernova.decays.{name}"
        pairs.append((f"{key}.E_max_MeV", window["E_max_MeV"], f"{key}.E_min_MeV", window["E_min_MeV"]))
    far = config["supernova"]["R_far_km"]
    pairs.append(("supernova.R_far_km", far, "supernova.profile.R_c_km", profile["R_c_km"]))
    pairs.append(("supernova.R_far_km", far, "supernova.decays.R_in_km", decays["R_in_km"]))
    if (profile["kind"] == "table") != (profile["table"] is not None):
        yield (
            f"supernova.profile.table = {profile['table']} is not allowed with kind = {profile['kind']}: "
            f"`table` needs the path of one, `chang` null"
        )
    for upper, high, lower, low in pairs:
        if not low < high:
            yield f"{upper} = {high:g} is not allowed: must exceed {lower} = {low:g}, or the range is empty"


def with_variant(config: Mapping[str, Any], variant: str) -> dict[str, Any]:
    """Return the configuration with a variant, `key=value` joined by `;`, laid over its supernova section.

    The empty variant is the configuration itself.
    """
    layers = (parse_assignment(f"supernova.{text}") for text in variant.split(";") if text)
    merged: dict[str, Any] = canonical(merge(config, *layers))
    return merged


def _variant_problems(config: Mapping[str, Any], validator: jsonschema.Draft202012Validator) -> Iterator[str]:
    """Yield what is wrong with the variants of the supernova, each of which must be a valid configuration."""
    for variant in config["supernova"]["variants"]:
        varied = with_variant(config, variant)
        problems = [problem_text(error) for error in validator.iter_errors(varied)] or [*_range_problems(varied)]
        yield from (f"supernova.variants: {variant!r}: {problem}" for problem in problems)


def validate(config: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checked configuration with numbers as numbers; ConfigError lists every problem found."""
    try:
        # Snakemake reads the files of --configfile itself
        check_extent(config)
    except yaml.YAMLError as error:
        raise ConfigError(f"the configuration cannot be used: {error}; correct it") from None
    clean: dict[str, Any] = canonical(config)
    validator = jsonschema.Draft202012Validator(schema)
    problems = [
        problem_text(error) for error in sorted(validator.iter_errors(clean), key=lambda e: list(map(str, e.path)))
    ]
    problems = problems or [*_range_problems(clean)] or [*_variant_problems(clean, validator)]
    if problems:
        listing = "\n  - ".join(problems)
        raise ConfigError(
            f"the configuration is not valid:\n  - {listing}\n"
            f"Change it in {DEFAULT_PATH}, or in the file or key that you laid over it; config/README.md describes "
            f"every key."
        )
    checked: dict[str, Any] = _integers(clean, schema)
    return checked


def load_config(root: Path, overlays: Iterable[Path] = (), assignments: Iterable[str] = ()) -> dict[str, Any]:
    """Return config/config.yaml with files and `key=value` assignments on top, validated."""
    layers = [read_yaml(root / DEFAULT_PATH)]
    layers += [read_yaml(path) for path in overlays]
    layers += [parse_assignment(text) for text in assignments]
    return validate(merge(*layers), read_yaml(root / SCHEMA_PATH))


if __name__ == "__main__":
    # Snakemake reads the files of --configfile itself and names none it cannot read, so the Makefile asks here first.
    try:
        load_config(Path(), map(Path, sys.argv[1:]))
    except ConfigError as error:
        sys.exit(f"nudipole: {error}")
