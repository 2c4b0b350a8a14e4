"""A detector as its record describes it: the typed form of `resources/detectors/<name>.yaml` in one variant.

Nothing heavy is imported here: the workflow asks for the datasets of a record before any job starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

POWERS = ("constant", "sqrt", "linear", "quadratic", "cubic")
"""Terms of a resolution, in the order of their coefficients: powers 0, 1/2, 1, 2, 3 of the mean estimator."""

STANDARD = "standard"
"""Name by which nuisances of shape mean weak scattering of solar neutrinos."""


@dataclass(frozen=True)
class Target:
    """Electrons of an element with subshells, free electrons, or nuclei."""

    shells: str | None = None
    A_g_per_mol: float | None = None
    electrons_per_t: float | None = None
    Z: int | None = None
    isotopes: str | None = None


@dataclass(frozen=True)
class ResponseRecord:
    """Mean estimator and resolution, or the dataset of a migration matrix."""

    mean_per_MeV: tuple[float, ...] = ()
    sigma: tuple[float, ...] = ()
    migration: str | None = None
    valid_to: float = inf


@dataclass(frozen=True)
class EfficiencyRecord:
    """A dataset against the recoil energy or the estimator."""

    dataset: str
    energy: str
    constant_above_keV: float = inf


@dataclass(frozen=True)
class BinsRecord:
    """Unit of the estimator, region of interest, and the width of bins that are made here (None: those of the data)."""

    unit: str
    range: tuple[float, float]
    width: float | None = None


@dataclass(frozen=True)
class DataRecord:
    """What was observed; see the schema for the columns."""

    dataset: str
    low: str | None = None
    high: str | None = None
    width: float | None = None
    counts: str | None = None
    error: str | None = None
    error_scale: float = 1.0
    scale: float = 1.0
    events: str | None = None
    background: tuple[str, ...] = ()
    table: str | None = None
    threshold: str | None = None
    fit: str | None = None
    fit_scale: float = 1.0


@dataclass(frozen=True)
class BackgroundRecord:
    """One component; prior_relative is infinite for a free scale and 0 for a fixed one."""

    name: str
    dataset: str
    column: str
    scale: float = 1.0
    density: str | None = None
    at: str | None = None
    prior_relative: float = inf
    start: float = 1.0
    around_zero: bool = False


@dataclass(frozen=True)
class ShapeRecord:
    """One nuisance of shape and the components it acts on."""

    name: str
    kind: str
    size: float
    smoothing_bins: float = 0.0
    of: tuple[str, ...] = ()
    all_but: tuple[str, ...] = ()

    def acts_on(self, component: str) -> bool:
        """Return whether a component moves with this nuisance."""
        return component in self.of or bool(self.all_but and component not in self.all_but)


@dataclass(frozen=True)
class FluxGroup:
    """Solar sources that float together, with the prior of their common scale."""

    name: str
    sources: tuple[str, ...]
    mean: float
    width: float


@dataclass(frozen=True)
class FluxPriors:
    """Priors relative to the fluxes of a solar model."""

    model: str
    groups: tuple[FluxGroup, ...]


@dataclass(frozen=True)
class Matched:
    """Components scaled to the collaboration's fit, with the one that takes the difference in a range."""

    absorber: str
    absorber_range: tuple[float, float]


@dataclass(frozen=True)
class Record:
    """One experiment in one variant."""

    name: str
    variant: str
    recoil: str
    target: Target
    exposure_t_yr: float
    response: ResponseRecord
    bins: BinsRecord
    data: DataRecord
    backgrounds: tuple[BackgroundRecord, ...]
    efficiency: EfficiencyRecord | None = None
    standard_neutrinos: bool = False
    standard_scale: float = 1.0
    matched: Matched | None = None
    shapes: tuple[ShapeRecord, ...] = ()
    flux_priors: FluxPriors | None = None
    neutrinos: tuple[str, ...] = ()
    solar_model: str | None = None

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets of this record, each once."""
        optional = (self.target.shells, self.target.isotopes, self.response.migration, self.data.threshold)
        names = [self.data.dataset, *(name for name in optional if name is not None)]
        names += [self.efficiency.dataset] if self.efficiency else []
        names += [background.dataset for background in self.backgrounds]
        names += [OTHER_NEUTRINOS[name] for name in self.neutrinos]
        return tuple(dict.fromkeys(names))


OTHER_NEUTRINOS = {"atmospheric": "atmospheric_flux_lngs", "DSNB": "dsnb_flux"}
"""Dataset of each source beside the Sun."""


@dataclass(frozen=True)
class Experiment:
    """A record, or several with shared fluxes, in one variant; what limits and figures say of it."""

    name: str
    variant: str
    variants: tuple[str, ...]
    title: str
    label: str
    citation: tuple[str, ...]
    projection: bool
    quantile_parameters: int
    published_limit: str | None
    parts: tuple[Record, ...] = field(default=())

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets of all parts, each once."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.datasets))


Content = Mapping[str, Any]


def experiment_of(name: str, records: Mapping[str, Content], variant: str | None = None) -> Experiment:
    """Return an experiment from validated records, in its default variant unless another is named."""
    chosen = default_variant(records[name]) if variant is None else variant
    content = in_variant(records[name], chosen)
    parts = [(part, default_variant(records[part])) for part in content.get("combine", ())]
    return Experiment(
        name=name,
        variant=chosen,
        variants=tuple(records[name].get("variants", (chosen,))),
        title=content["title"],
        label=content.get("label", name),
        citation=tuple(content["citation"]),
        projection=content.get("projection", False),
        quantile_parameters=content.get("quantile_parameters", 1),
        published_limit=content.get("published_limit"),
        parts=tuple(_record(part, own, in_variant(records[part], own)) for part, own in (parts or [(name, chosen)])),
    )


ONLY_VARIANT = "standard"
"""Name of the one variant of a record that lists none."""


def default_variant(content: Content) -> str:
    """Return the variant of the limit in the figure."""
    return str(content.get("default_variant", ONLY_VARIANT))


def in_variant(content: Content, variant: str) -> dict[str, Any]:
    """Return a record with one of its variants laid over it, keys that are null removed."""
    overlay = content.get("variants", {}).get(variant, {})
    own = {key: value for key, value in content.items() if key not in ("variants", "default_variant")}
    return without_nulls(_laid_over(own, overlay))


def without_nulls(content: Content) -> dict[str, Any]:
    """Return a record without the keys that are null; in `variants`, nulls stay: they act on what lies below."""
    kept = {key: value for key, value in content.items() if value is not None or key in NULL_HAS_A_MEANING}
    return {
        key: without_nulls(value) if isinstance(value, Mapping) and key != "variants" else value
        for key, value in kept.items()
    }


def _laid_over(below: Content, above: Content) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        inside = merged.get(key)
        merged[key] = _laid_over(inside, value) if isinstance(value, Mapping) and isinstance(inside, Mapping) else value
    return merged


NULL_HAS_A_MEANING = ("prior_relative",)


def _record(name: str, variant: str, content: Content) -> Record:
    sigma, mean = content["response"].get("sigma", {}), content["response"].get("mean_per_MeV", ())
    data = {**content["data"], "background": tuple(content["data"].get("background", ()))}
    priors, matched = content.get("flux_priors"), content.get("matched")
    return Record(
        name=name,
        variant=variant,
        recoil=content["recoil"],
        target=Target(**content["target"]),
        exposure_t_yr=content["exposure_t_yr"],
        response=ResponseRecord(
            tuple(mean),
            tuple(sigma.get(power, 0.0) for power in POWERS),
            content["response"].get("migration"),
            content["response"].get("valid_to", inf),
        ),
        bins=BinsRecord(**{**content["bins"], "range": tuple(content["bins"]["range"])}),
        data=DataRecord(**data),
        backgrounds=tuple(_background(key, value) for key, value in content["backgrounds"].items()),
        efficiency=EfficiencyRecord(**content["efficiency"]) if "efficiency" in content else None,
        standard_neutrinos=content.get("standard_neutrinos", False),
        standard_scale=content.get("standard_scale", 1.0),
        matched=Matched(matched["absorber"], tuple(matched["absorber_range"])) if matched else None,
        shapes=tuple(_shape(key, value) for key, value in content.get("shapes", {}).items()),
        flux_priors=_priors(priors) if priors else None,
        neutrinos=tuple(content.get("neutrinos", ())),
        solar_model=content.get("solar_model"),
    )


def _background(name: str, content: Content) -> BackgroundRecord:
    prior = content["prior_relative"]
    return BackgroundRecord(name=name, **{**content, "prior_relative": inf if prior is None else prior})


def _shape(name: str, content: Content) -> ShapeRecord:
    lists = {key: tuple(content.get(key, ())) for key in ("of", "all_but")}
    return ShapeRecord(name=name, **{**content, **lists})


def _priors(content: Content) -> FluxPriors:
    groups = content["groups"].items()
    return FluxPriors(
        content["model"], tuple(FluxGroup(name, tuple(g["sources"]), g["mean"], g["width"]) for name, g in groups)
    )
