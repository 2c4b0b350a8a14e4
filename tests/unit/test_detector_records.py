"""Detector records: schema, variants, combinations, overrides, and what is said of records that are not valid."""

import random
import shutil
from copy import deepcopy
from math import inf
from pathlib import Path

import pytest
import yaml

from nudipole.cli.project import bundled_tables, catalog_of
from nudipole.config import detectors as config_detectors
from nudipole.config.detectors import (
    DETECTOR_SCHEMA_PATH,
    FOLDER,
    configured_variant,
    experiments,
    load_records,
    record_names,
    records_of,
)
from nudipole.config.load import load_config, read_yaml
from nudipole.config.model import solar_config
from nudipole.constraints import detector
from nudipole.constraints.solar_inputs import solar_flux_moments
from nudipole.detectors.record import ONLY_VARIANT, default_variant, experiment_of, in_variant
from nudipole.errors import ConfigError, ConvergenceError, DataError, DomainError

ROOT = Path(__file__).resolve().parents[2]
COARSE = ("numerics.flux_nodes=60", "numerics.recoil_nodes_per_panel=2")
CONFIG = load_config(ROOT, [], COARSE)
TABLES = bundled_tables(ROOT, catalog_of(ROOT, CONFIG))
SHIPPED = {name: read_yaml(ROOT / FOLDER / f"{name}.yaml") for name in record_names(ROOT)}


@pytest.fixture(scope="module")
def moments():
    return solar_flux_moments(TABLES, solar_config(CONFIG), CONFIG["numerics"]["flux_nodes"])


def configured(**changes):
    """The configuration with other keys in its section `detectors`."""
    return {**CONFIG, "detectors": {**CONFIG["detectors"], **changes}}


def changed(record, path, value):
    """A copy with one key set; a value of ... removes it."""
    copy = deepcopy(record)
    *parents, last = path.split("/")
    node = copy
    for key in parents:
        node = node.setdefault(key, {})
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return copy


@pytest.fixture
def project(tmp_path):
    """A project folder with records to edit: a function that writes one."""
    shutil.copytree(ROOT / FOLDER, tmp_path / FOLDER)
    (tmp_path / DETECTOR_SCHEMA_PATH).parent.mkdir(parents=True)
    shutil.copy(ROOT / DETECTOR_SCHEMA_PATH, tmp_path / DETECTOR_SCHEMA_PATH)

    def write(name, record):
        (tmp_path / FOLDER / f"{name}.yaml").write_text(yaml.safe_dump(record), encoding="utf-8")
        return tmp_path

    return write


# ---- records as shipped


@pytest.mark.parametrize("name", record_names(ROOT))
def test_every_variant_is_an_experiment(name):
    records = load_records(ROOT, CONFIG)
    found = experiments(name, records)
    assert [e.variant for e in found] == list(dict.fromkeys([found[0].variant, *SHIPPED[name].get("variants", ())]))
    catalog = catalog_of(ROOT, CONFIG)
    for experiment in found:
        assert experiment.citation
        assert [part.name for part in experiment.parts] == SHIPPED[name].get("combine", [name])
        for dataset in experiment.datasets:
            assert catalog.dataset(dataset).name == dataset
    assert set(records_of(name, records)) == {name, *SHIPPED[name].get("combine", ())}


def test_variants_lay_keys_over_the_record_and_null_removes():
    below = {"a": 1, "b": {"c": 2, "d": 3}, "variants": {"v": {"b": {"c": None, "e": 4}, "a": None}, "w": {}}}
    assert in_variant(below, "v") == {"b": {"d": 3, "e": 4}}
    assert in_variant(below, "w") == {"a": 1, "b": {"c": 2, "d": 3}}
    # a prior that is null is a free scale, not one that is left out
    assert in_variant({"b": {"prior_relative": None, "x": None}}, ONLY_VARIANT) == {"b": {"prior_relative": None}}


def test_tritium_by_variant():
    with_tritium, without = experiments("xenon1t", load_records(ROOT, CONFIG))
    assert [b.name for b in with_tritium.parts[0].backgrounds] == ["B0", "tritium"]
    assert [b.name for b in without.parts[0].backgrounds] == ["B0"]
    assert with_tritium.parts[0].backgrounds[1].prior_relative == inf
    assert with_tritium.parts[0].backgrounds[0].prior_relative == 0.026


def test_the_published_variant_of_borexino_removes_nested_keys():
    records = load_records(ROOT, CONFIG)
    part = experiment_of("borexino", records, "published").parts[0]
    assert (part.shapes, part.flux_priors, part.solar_model) == ((), None, "Borexino-fit")
    assert part.response.sigma == (0.0, 1.41255, -0.0178, 0.0, 0.0)
    assert [b.name for b in part.backgrounds if b.prior_relative == inf] == ["Bi210"]
    # the fit itself is the background, and a change of 210Bi that is in it
    assert part.matched is None
    assert {b.name: b.prior_relative for b in part.backgrounds} == {"Bi210": inf, "Borexino_fit": 0}


# ---- which variant


@pytest.mark.parametrize(
    ("name", "section", "expected"),
    [
        ("borexino", {}, "recommended"),
        ("borexino", {"variants": {"borexino": "published"}}, "published"),
        ("xenon1t", {"xenon1t": {"tritium": False}}, "no_tritium"),
        ("xenon1t", {"xenon1t": {"tritium": True}, "variants": {"xenon1t": "no_tritium"}}, "no_tritium"),
        ("lz", {}, ONLY_VARIANT),
    ],
)
def test_variant_of_the_configuration(name, section, expected):
    config = configured(**section)
    records = load_records(ROOT, config)
    assert configured_variant(name, records, config) == expected
    first, *others = experiments(name, records)
    assert first.variant == expected
    assert expected not in [e.variant for e in others]


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (
            {"variants": {"borexino": "publishd"}},
            "detectors.variants.borexino = 'publishd' is not allowed: its record has published, "
            "published_calibrated, recommended",
        ),
        ({"variants": {"lz": "binned"}}, "detectors.variants.lz = 'binned' is not allowed.*standard"),
        ({"variants": {"LZ": "x"}}, "detectors.variants: 'LZ' has no record; resources/detectors has borexino, borex"),
        ({"experiments": ["xenon"]}, "detectors.experiments: 'xenon' has no record; .*xenon1t, xenon1t_nr, xenonnt"),
        ({"overrides": {"xenon": {}}}, "detectors.overrides: 'xenon' has no record"),
        (
            {"overrides": {"xenon1t": {"variants": {"no_tritium": None}}}, "xenon1t": {"tritium": False}},
            "variants.no_tritium = None is not allowed: must be a section",
        ),
    ],
)
def test_names_that_do_not_exist(section, message):
    with pytest.raises(ConfigError, match=message):
        load_records(ROOT, configured(**section))


# ---- overrides


def test_override_changes_one_key():
    config = configured(overrides={"darwin": {"exposure_t_yr": 500, "backgrounds": {"B0": {"prior_relative": 0.01}}}})
    (experiment,) = experiments("darwin", load_records(ROOT, config))
    part = experiment.parts[0]
    assert part.exposure_t_yr == 500
    assert (part.backgrounds[0].prior_relative, part.backgrounds[0].scale) == (0.01, 308.971)


@pytest.mark.parametrize(
    ("name", "override", "check"),
    [
        ("darwin", {"backgrounds": {"tritium": None}}, lambda p: [b.name for b in p.backgrounds] == ["B0"]),
        ("xenon1t", {"efficiency": None}, lambda p: p.efficiency is None),
        ("xenonnt", {"bins": {"width": None}}, lambda p: p.bins.width is None),
        ("darwin", {"backgrounds": {"B0": {"prior_relative": None}}}, lambda p: p.backgrounds[0].prior_relative == inf),
        ("darwin", {"exposure_t_yr": "5e2"}, lambda p: p.exposure_t_yr == 500.0),
    ],
)
def test_null_in_an_override_removes_a_key(name, override, check):
    # no toys are asked of a likelihood of single events
    config = configured(overrides={name: override}) | {"statistics": {"coverage": {"experiments": []}}}
    assert check(experiments(name, load_records(ROOT, config))[0].parts[0])


def test_an_override_says_so_in_the_message():
    with pytest.raises(ConfigError, match=r"darwin\.yaml is not valid with detectors\.overrides on top"):
        load_records(ROOT, configured(overrides={"darwin": {"exposure_t_yr": -1}}))


def test_parts_of_a_combination_in_any_variant_are_handed_on(project):
    record = {
        **SHIPPED["lz"],
        "default_variant": "both",
        "variants": {"both": {}, "all": {"combine": ["lz_ws2022", "darwin"]}},
    }
    records = load_records(project("lz", record), CONFIG)
    assert set(records_of("lz", records)) == {"lz", "lz_ws2022", "lz_ws2024", "darwin"}
    assert [p.name for p in experiment_of("lz", records, "all").parts] == ["lz_ws2022", "darwin"]


# ---- records that are not valid: file, key, value, what is allowed

BAD = [
    ("xenon1t", "exposure", 1, r"unknown key exposure = 1 \(did you mean exposure_t_yr\?\); allowed there: title"),
    ("xenon1t", "bins/widht", 1, r"unknown key bins.widht = 1 \(did you mean width\?\)"),
    ("xenon1t", "title", ..., "record: missing title"),
    ("xenon1t", "exposure_t_yr", ..., "missing exposure_t_yr; or name the records to put together under `combine`"),
    ("xenon1t", "exposure_t_yr", None, "missing exposure_t_yr; or"),
    ("xenon1t", "exposure_t_yr", -3, "exposure_t_yr = -3 is not allowed: must be a number, > 0, in t yr"),
    ("xenon1t", "exposure_t_yr", inf, "exposure_t_yr = inf is not allowed: must be a finite number"),
    ("xenon1t", "target/A_g_per_mol", 0.131293, "target.A_g_per_mol = 0.131293 is not.*>= 1, <= 300, in g/mol"),
    ("xenon1t", "recoil", "muon", "recoil = 'muon' is not allowed: must be one of electron, nucleus"),
    ("xenon1t", "recoil", "nucleus", "recoil = nucleus needs isotopes with Z, or Z with A_g_per_mol, and nothing else"),
    ("xenon1t", "target/Z", 54, "target has .*recoil = electron needs"),
    ("xenon1t_nr", "standard_neutrinos", True, "standard_neutrinos = True is not allowed with recoil = nucleus"),
    ("xenon1t_nr", "efficiency", SHIPPED["xenon1t"]["efficiency"], "efficiency is not allowed with response.migration"),
    ("xenon1t", "response/migration", "xenon1t_nr_migration", "must be either `mean_per_MeV` with `sigma`, or `migr"),
    ("xenon1t", "response/sigma", ..., "response has mean_per_MeV: must be either"),
    ("xenon1t", "bins/range", [30, 1], r"bins.range = \[30, 1\] is not allowed: the second must exceed the first"),
    ("xenonnt", "bins/width", 2, "bins.width = 2 is not allowed: it must divide bins.range, 29 wide, .* not 14.5"),
    ("xenonnt", "bins/width", 40, "bins.width = 40 is not allowed"),
    ("xenon1t", "data/dataset", ..., "data: missing dataset"),
    ("xenon1t", "data/counts", ..., "data has none: must be exactly one of counts, events, background, table"),
    ("xenon1t", "data/events", "E_keV", "data has counts, events: must be exactly one of"),
    ("darwin", "data/background", ["B1"], "data.background: 'B1' is no component; backgrounds has B0, tritium"),
    ("borexino", "matched/absorber", "Po21O", "matched.absorber = 'Po21O' is no component; backgrounds has .*Po210"),
    ("borexino", "data/fit", ..., "matched needs data.fit"),
    ("borexino", "shapes/Po210_shift/of", ["Po"], "shapes.Po210_shift.of: 'Po' is no component; there are .*standard"),
    ("borexino", "shapes/Po210_shift/all_but", ["C14"], "shapes.Po210_shift has of, all_but: must be exactly one of"),
    ("borexino", "shapes/Po210_shift/of", ..., "shapes.Po210_shift has none: must be exactly one of"),
    ("borexino", "flux_priors/model", "B16", "flux_priors.model = 'B16' is not allowed: must be one of B16-GS98"),
    ("borexino", "flux_priors/groups/pp/sources", ["p-p"], "= 'p-p' is not allowed: must be one of pp, pep, hep, 7Be"),
    ("borexino", "flux_priors/groups/pp/sources", ["pp", "pep"], "sources: pep belongs to pe?p already"),
    ("borexino", "default_variant", "best", "default_variant = 'best' is not allowed: must be one of .*published"),
    ("borexino", "default_variant", ..., "variants and default_variant need each other"),
    ("borexino", "variants/published/bins/rnage", [1, 2], r"variants.published: unknown key bins.rnage"),
    ("borexino", "variants/published/exposure_t_yr", None, "variants.published: missing exposure_t_yr"),
    ("borexino", "variants/recommended/data", {"counts": None}, "variants.recommended: data has none: must be exactly"),
    ("borexino", "variants", ["published"], "variants = .* is not allowed: must be a section with keys"),
    ("borexino", "backgrounds", [], r"backgrounds = \[\] is not allowed: must be a section with keys"),
    ("lz", "combine", ["lz_ws2022", "LZ"], "combine: 'LZ' has no record; must be of borexino, borexino_phase1, darwin"),
    ("lz", "combine", ["liquid_xenon", "darwin"], "combine: 'liquid_xenon' is a combination itself; must be of"),
    ("lz", "combine", ["lz", "darwin"], "combine: 'lz' is a combination itself"),
    ("lz", "combine", ["darwin"], r"combine = \['darwin'\] is not allowed: must be a list, at least 2 entries"),
    ("lz", "combine", ..., "missing recoil, target, exposure_t_yr, response, bins, data, backgrounds; or name the rec"),
    ("lz", "exposure_t_yr", 10, "combine stands beside exposure_t_yr: a combination has only title, citation, label"),
    ("lz", "combine", ["lz_ws2022", "xenon1t_nr"], "so neutrinos must be .* lz_ws2022: None, xenon1t_nr: "),
    ("xenon1t", "combine", ["darwin", "borexino"], "combine stands beside recoil, target, exposure_t_yr"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "path", "value", "message"), BAD, ids=lambda x: x if isinstance(x, str) else "")
def test_bad_record_stops_with_file_key_value_and_what_is_allowed(project, name, path, value, message):
    root = project(name, changed(SHIPPED[name], path, value))
    with pytest.raises(ConfigError, match=message) as stop:
        load_records(root, CONFIG)
    assert f"resources/detectors/{name}.yaml is not valid" in str(stop.value)
    assert len(str(stop.value)) < 2000


@pytest.mark.parametrize(
    ("key", "value"), [("solar_model", "BS05-OP"), ("neutrinos", ["DSNB"]), ("flux_priors", "widened")]
)
def test_parts_with_other_fluxes_cannot_be_combined(project, key, value):
    if value == "widened":
        own = deepcopy(SHIPPED["borexino"]["flux_priors"])
        project("lz_ws2022", {**SHIPPED["lz_ws2022"], key: own})
        # the same in both is fine, and so is one that has none
        load_records(project("lz_ws2024", {**SHIPPED["lz_ws2024"], key: own}), CONFIG)
        value = changed(own, "groups/pp/width", 0.5)
    root = project("lz_ws2024", {**SHIPPED["lz_ws2024"], key: value})
    with pytest.raises(ConfigError, match=f"parts share their fluxes, so {key} must be the same in all; it is"):
        load_records(root, CONFIG)


def test_a_file_that_is_no_record(project):
    root = project("xenon1t", ["not", "a", "mapping"])
    with pytest.raises(ConfigError, match=r"xenon1t.yaml must hold keys and values, got a list"):
        load_records(root, CONFIG)


# ---- records that are valid and do not fit their tables

UNFIT = [
    ("xenon1t", "data/counts", "events", "data, dataset xenon1t_sr1_er_counts: there is no column 'events' of "),
    ("xenon1t", "data/high", "E_top", "data, dataset xenon1t_sr1_er_counts: there is no column 'E_top'.*E_high_keV"),
    ("xenon1t", "data/high", "E_low_keV", "does not end above its beginning"),
    ("xenonnt", "data/events", "energy", "data.events, dataset xenonnt_sr0_events: there is no column 'energy'"),
    ("xenon1t", "backgrounds/B0/column", "B1", "backgrounds.B0, dataset xenon1t_sr1_er_background: .* 'B1'"),
    ("xenon1t", "backgrounds/B0/dataset", "xenonnt_sr0_background", "backgrounds.B0, dataset xenonnt_sr0_background: "),
    ("xenon1t", "backgrounds/B0/dataset", "no_such", "dataset 'no_such'|no_such"),
    ("xenon1t", "efficiency/dataset", "xenon_subshells", "efficiency.dataset xenon_subshells: .* 'E_keV'"),
    ("xenon1t", "target/shells", "xenon_isotopes", "target.shells, dataset xenon_isotopes: there is no column"),
    ("xenon1t_nr", "target/isotopes", "xenon_subshells", "target.isotopes, dataset xenon_subshells: .* 'A'"),
    ("xenon1t_nr", "response/migration", "xenon_isotopes", "response.migration, dataset xenon_isotopes: there"),
    ("xenon1t_nr", "bins/range", [3, 60], "bins are counted from zero, where bins.range must begin"),
    ("xenon1t_nr", "bins/width", 1, "needs the bins that bins.range and bins.width make"),
    ("xenon1t", "bins/range", [40, 50], "no bin of dataset xenon1t_sr1_er_counts lies in bins.range 40, 50"),
    ("pandax4t", "backgrounds", {}, "pandax4t: 27 events were seen between 1 and 2, where no background expects any"),
    ("xenon1t", "response/sigma", {"constant": -1}, "must grow and its resolution be positive; correct"),
    ("xenon1t", "response/sigma", {"linear": 0.0}, "must grow and its resolution be positive"),
    ("xenon1t", "response/mean_per_MeV", [0, -1000], "no recoil lies above all bins"),
    ("xenon1t", "response/sigma", {"linear": 0.2}, "no recoil lies above all bins; the resolution grows faster"),
    ("borexino", "backgrounds/C14/at", "C14_per_day", "column C14_per_day does not reach over all bins; lower bins.r"),
    ("borexino", "backgrounds/C14/at", "nhits", "backgrounds.C14, dataset borexino_phase2_components: "),
]  # fmt: skip


def last_of(name, records, moments):
    """The constraint with the limit of every variant at one mass."""
    constraint = detector.build(experiments(name, records), CONFIG, TABLES, moments)
    return [constraint.edges_muB(constraint.scan(0.1, "mu", variant))[1] for variant in constraint.models]


@pytest.mark.parametrize(("name", "path", "value", "message"), UNFIT, ids=lambda x: x if isinstance(x, str) else "")
def test_record_that_does_not_fit_its_tables(project, moments, name, path, value, message):
    record = changed(SHIPPED[name], path, value)
    for variant in record.get("variants", {}):
        record["variants"][variant] = {} if name == "xenon1t_nr" else record["variants"][variant]
    records = load_records(project(name, record), CONFIG)
    with pytest.raises((DataError, ConfigError, DomainError), match=message):
        last_of(name, records, moments)


def test_nuclear_recoils_in_part_of_their_bins(project, moments):
    # A shorter region keeps the bins of the matrix and of the likelihood in step: weaker, by the bins left out.
    full = last_of("xenon1t_nr", load_records(ROOT, CONFIG), moments)[0]
    limits = []
    for high in (60, 30, 15):
        root = project("xenon1t_nr", changed(SHIPPED["xenon1t_nr"], "bins/range", [0, high]))
        limits.append(last_of("xenon1t_nr", load_records(root, CONFIG), moments)[0])
    assert limits[0] == pytest.approx(full, rel=1e-9)
    # a neutrino from the Sun leaves little above 15 keV
    assert limits[1] == pytest.approx(full, rel=0.05)
    assert limits[2] == pytest.approx(full, rel=0.3)
    assert len(set(limits)) == 3


# ---- whatever is written into a record, a named error or a limit comes out

JUNK = [None, "x", "", -1, 0, 1, True, [], {}, ["x"], {"a": 1}, inf, float("nan"), 1e300, "1e-2", [3, 1], [0, 1], 100]


def paths(node, path=()):
    """Every place in nested mappings and lists."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from paths(value, (*path, key))


def mutated(record, rng):
    """A copy with one key removed, renamed, scaled, taken from elsewhere, or replaced by junk."""
    copy = deepcopy(record)
    path = rng.choice(list(paths(copy)))
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    old, what = parent[path[-1]], rng.randrange(6)
    if what == 0:
        del parent[path[-1]]
    elif what == 1 and isinstance(parent, dict):
        parent[rng.choice(["counts", "combine", "shapes", "density", "at", "zzz", 3])] = parent.pop(path[-1])
    elif what == 2 and isinstance(old, int | float):
        parent[path[-1]] = old * rng.choice([-1, 0, 1e-6, 0.5, 2, 100])
    elif what == 3:
        donor = SHIPPED[rng.choice(list(SHIPPED))]
        for key in rng.choice(list(paths(donor))):
            donor = donor[key]
        parent[path[-1]] = deepcopy(donor)
    elif what == 4 and isinstance(old, str):
        parent[path[-1]] = rng.choice(
            ["E_keV", "counts", "N_h", "efficiency", "xenon_subshells", "lz_ws2022_er_counts"]
        )
    else:
        parent[path[-1]] = deepcopy(rng.choice(JUNK))
    return copy


@pytest.mark.parametrize("block", range(4))
def test_mutated_records_end_in_a_named_error_or_a_limit(monkeypatch, moments, block):
    # 75 mutations a block, the same every time; 2000 were tried when this was written.
    schema, outcomes = read_yaml(ROOT / DETECTOR_SCHEMA_PATH), set()
    for seed in range(75 * block, 75 * (block + 1)):
        rng = random.Random(seed)
        name = rng.choice(list(SHIPPED))
        files = {**SHIPPED, name: mutated(SHIPPED[name], rng)}
        monkeypatch.setattr(config_detectors, "read_yaml", lambda path, f=files: deepcopy(f.get(path.stem, schema)))
        try:
            limits = last_of(name, load_records(ROOT, CONFIG), moments)
            assert all(limit > 0.0 for limit in limits)
            outcomes.add("limit")
        except (ConfigError, DataError, DomainError, ConvergenceError) as error:
            outcomes.add(type(error).__name__)
    assert {"limit", "ConfigError"} <= outcomes


def test_default_variant_of_a_record_without_variants():
    assert default_variant(SHIPPED["darwin"]) == ONLY_VARIANT
