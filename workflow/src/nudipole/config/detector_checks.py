"""What a schema cannot say of a detector record: names that must exist, and keys that need or exclude each other."""

from collections.abc import Iterator, Mapping
from typing import Any

from nudipole.config.records import not_finite
from nudipole.detectors.record import ONLY_VARIANT, STANDARD, default_variant, in_variant

Content = Mapping[str, Any]
Records = Mapping[str, Content]

HEADER = ("title", "citation", "label", "projection", "published_limit", "quantile_parameters", "combine")
"""Keys of a combination; all others belong to the records it names."""
WHOLE, MOST_BINS = 1e-6, 10_000
OBSERVATIONS = ("counts", "events", "background", "table")


def variants_of(record: Content) -> dict[str, dict[str, Any]]:
    """Return the content of a record in each of its variants."""
    return {name: in_variant(record, name) for name in record.get("variants", (ONLY_VARIANT,))}


def record_problems(name: str, records: Records) -> Iterator[str]:
    """Yield what is wrong with a record that its schema allows, in any of its variants."""
    record = records[name]
    variants = record.get("variants", {})
    if variants and default_variant(record) not in variants:
        yield f"default_variant = {default_variant(record)!r} is not allowed: must be one of {', '.join(variants)}"
    for variant, content in variants_of(record).items():
        prefix = f"variants.{variant}: " if variants else ""
        others = _combination(content, records) if "combine" in content else _single(content)
        yield from (f"{prefix}{problem}" for problem in ([*not_finite(content)] or others))


def _combination(content: Content, records: Records) -> Iterator[str]:
    extra = [key for key in content if key not in HEADER]
    if extra:
        yield f"combine stands beside {', '.join(extra)}: a combination has only {', '.join(HEADER)}"
    singles = [
        name for name, record in records.items() if not any("combine" in c for c in variants_of(record).values())
    ]
    unknown = [part for part in content["combine"] if part not in singles]
    for part in unknown:
        what = "is a combination itself" if part in records else "has no record"
        yield f"combine: {part!r} {what}; must be of {', '.join(singles)}"
    if not unknown:
        yield from _shared(content["combine"], records)


def _shared(parts: list[str], records: Records) -> Iterator[str]:
    """Yield what parts with the same nuisances of flux may not have in two ways."""
    contents = {part: in_variant(records[part], default_variant(records[part])) for part in parts}
    for key in ("solar_model", "neutrinos", "flux_priors"):
        values = {part: content.get(key) or None for part, content in contents.items()}
        # priors of one part hold for all
        chosen = [value for value in values.values() if value is not None or key != "flux_priors"]
        if any(value != chosen[0] for value in chosen):
            words = {part: "one of its own" if isinstance(value, Mapping) else value for part, value in values.items()}
            listing = ", ".join(f"{part}: {word}" for part, word in words.items())
            yield f"combine: parts share their fluxes, so {key} must be the same in all; it is {listing}"


def _single(content: Content) -> Iterator[str]:
    yield from _target(content)
    yield from _response(content)
    yield from _data(content)
    yield from _components(content)
    yield from _groups(content)


def _target(content: Content) -> Iterator[str]:
    keys = set(content["target"])
    allowed = {
        "electron": ({"shells", "A_g_per_mol"}, {"electrons_per_t"}),
        "nucleus": ({"Z", "isotopes"}, {"Z", "A_g_per_mol"}),
    }[content["recoil"]]
    if keys not in allowed:
        ways = ", or ".join(" with ".join(sorted(way, reverse=True)) for way in allowed)
        yield f"target has {_listed(keys)}: recoil = {content['recoil']} needs {ways}, and nothing else"
    if content["recoil"] == "nucleus" and content.get("standard_neutrinos"):
        yield "standard_neutrinos = True is not allowed with recoil = nucleus: weak scattering is that on electrons"


def _response(content: Content) -> Iterator[str]:
    response, (low, high) = content["response"], content["bins"]["range"]
    if set(response) - {"valid_to"} not in ({"mean_per_MeV", "sigma"}, {"migration"}):
        yield f"response has {_listed(response)}: must be either `mean_per_MeV` with `sigma`, or `migration`"
    if "migration" in response and "efficiency" in content:
        yield "efficiency is not allowed with response.migration, which includes it"
    if not low < high:
        yield f"bins.range = [{low:g}, {high:g}] is not allowed: the second must exceed the first"
    elif "width" in content["bins"]:
        steps = (high - low) / content["bins"]["width"]
        if not 1.0 - WHOLE < steps <= MOST_BINS or abs(steps - round(steps)) > WHOLE:
            yield (
                f"bins.width = {content['bins']['width']:g} is not allowed: it must divide bins.range, {high - low:g} "
                f"wide, into 1 to {MOST_BINS} bins, not {steps:g}"
            )


def _data(content: Content) -> Iterator[str]:
    data, backgrounds = content["data"], content["backgrounds"]
    kinds = [key for key in OBSERVATIONS if key in data]
    if len(kinds) != 1:
        yield f"data has {_listed(kinds)}: must be exactly one of {', '.join(OBSERVATIONS)}"
    for name in data.get("background", ()):
        if name not in backgrounds:
            yield f"data.background: {name!r} is no component; backgrounds has {_listed(backgrounds)}"
    if "matched" in content:
        absorber = content["matched"]["absorber"]
        if absorber not in backgrounds:
            yield f"matched.absorber = {absorber!r} is no component; backgrounds has {_listed(backgrounds)}"
        if "fit" not in data:
            yield "matched needs data.fit, the column to which components are scaled"


def _components(content: Content) -> Iterator[str]:
    known = [*content["backgrounds"], *([STANDARD] if content.get("standard_neutrinos") else [])]
    for name, shape in content.get("shapes", {}).items():
        lists = [key for key in ("of", "all_but") if key in shape]
        if len(lists) != 1:
            yield f"shapes.{name} has {_listed(lists)}: must be exactly one of of, all_but"
        for key in lists:
            for component in shape[key]:
                if component not in known:
                    yield f"shapes.{name}.{key}: {component!r} is no component; there are {_listed(known)}"


def _groups(content: Content) -> Iterator[str]:
    owner: dict[str, str] = {}
    for group, prior in content.get("flux_priors", {}).get("groups", {}).items():
        for source in prior["sources"]:
            if source in owner:
                yield f"flux_priors.groups.{group}.sources: {source} belongs to {owner[source]} already"
            owner[source] = group


def _listed(names: Any) -> str:
    return ", ".join(map(str, names)) or "none"
