"""Configuration: merging, --set, numbers, every kind of mistake named with key, value and what is allowed; the page."""

import re
from pathlib import Path

import pytest

from nudipole.config.describe import README_PATH, page_of_project
from nudipole.config.load import (
    DEFAULT_PATH,
    SCHEMA_PATH,
    load_config,
    merge,
    parse_assignment,
    read_yaml,
    validate,
)
from nudipole.config.model import Grid, grid_config, solar_config, statistics_config
from nudipole.errors import ConfigError
from nudipole.likelihood.intervals import IntervalKind

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = read_yaml(ROOT / SCHEMA_PATH)
DEFAULT = read_yaml(ROOT / DEFAULT_PATH)


def leaves(schema, path=""):
    """Yield (dotted key, rule) of every leaf of a schema."""
    for key, rule in schema["properties"].items():
        full = f"{path}.{key}" if path else key
        if rule.get("type") == "object":
            yield from leaves(rule, full)
        else:
            yield full, rule


def at(config, path):
    for key in path.split("."):
        config = config[key]
    return config


# ---- layers


def test_merge():
    below = {"a": {"x": 1, "y": {"z": 2}}, "b": [1, 2], "c": 3}
    above = {"a": {"y": {"w": 4}}, "b": [5], "c": {"d": 6}}
    assert merge(below, above) == {"a": {"x": 1, "y": {"z": 2, "w": 4}}, "b": [5], "c": {"d": 6}}
    assert below == {"a": {"x": 1, "y": {"z": 2}}, "b": [1, 2], "c": 3}
    assert merge(below, {"a": None})["a"] is None
    assert merge() == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("solar.model=BS05-OP", {"solar": {"model": "BS05-OP"}}),
        ("flavours=[mu, e]", {"flavours": ["mu", "e"]}),
        ("detectors.xenon1t.tritium=false", {"detectors": {"xenon1t": {"tritium": False}}}),
        ("stellar.mu_0_muB=null", {"stellar": {"mu_0_muB": None}}),
        ("stellar.mu_0_muB = 1.2e-12 ", {"stellar": {"mu_0_muB": 1.2e-12}}),
        ("grid.M_N_points=7", {"grid": {"M_N_points": 7}}),
        ("data.catalog=a=b", {"data": {"catalog": "a=b"}}),
    ],
)
def test_assignments(text, expected):
    assert parse_assignment(text) == expected


@pytest.mark.parametrize("text", ["solar.model", "=3", " =3", ""])
def test_assignments_that_are_none(text):
    with pytest.raises(ConfigError, match=r"is not of the form key=value, for example solar\.model=BS05-OP"):
        parse_assignment(text)
    with pytest.raises(ConfigError, match=r"--set a: the value '\[1' is not valid YAML"):
        parse_assignment("a=[1")


def test_later_layers_win(tmp_path):
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text("grid: {M_N_points: 11, mu_nu_points: 12}\nsolar: {model: BS05-OP}\n")
    second.write_text("grid: {M_N_points: 13}\n")
    config = load_config(ROOT, [first, second], ["solar.model=B23-GS98"])
    assert config["grid"]["M_N_points"] == 13
    assert config["grid"]["mu_nu_points"] == 12
    assert config["solar"]["model"] == "B23-GS98"
    assert config["grid"]["M_N_max_MeV"] == DEFAULT["grid"]["M_N_max_MeV"]


# ---- numbers


def test_numbers_that_yaml_takes_for_text():
    # YAML 1.1 wants a point and a sign: 1e-2 is a text to it.
    config = load_config(ROOT, [], ["grid.M_N_min_MeV=1e-2", "statistics.region_confidence_levels=[9e-1, .95]"])
    assert config["grid"]["M_N_min_MeV"] == 0.01
    assert config["statistics"]["region_confidence_levels"] == [0.9, 0.95]
    assert parse_assignment("a=1e-2") == {"a": "1e-2"}


@pytest.mark.parametrize("text", ["4e2", "400.0", "400", "'400'", "4.0e+2"])
def test_whole_numbers_are_integers_however_they_are_written(text):
    value = load_config(ROOT, [], [f"numerics.flux_nodes={text}"])["numerics"]["flux_nodes"]
    assert (value, type(value)) == (400, int)


# ---- mistakes

MISTAKES = {
    "solar.model=BP2000": r"solar\.model = 'BP2000' is not allowed: must be one of B16-GS98, BS05-OP",
    "solar.modle=BS05-OP": r"unknown key solar\.modle = 'BS05-OP' \(did you mean model\?\); allowed there: model, osc",
    "sollar.model=BS05-OP": r"unknown key sollar = .* \(did you mean solar\?\); allowed there: data, grid",
    "zebra=1": r"unknown key zebra = 1; allowed there: data, grid",
    "grid.M_N_points=many": r"grid\.M_N_points = 'many' is not allowed: must be an integer, >= 2, <= 100000",
    "grid.M_N_points=2.5": r"grid\.M_N_points = 2\.5 is not allowed: must be an integer",
    "grid.M_N_points=1": r"grid\.M_N_points = 1 is not allowed: must be an integer, >= 2",
    "grid.M_N_points=true": r"grid\.M_N_points = True is not allowed: must be an integer",
    "grid.M_N_min_MeV=-1": r"grid\.M_N_min_MeV = -1 is not allowed: must be a number, >= 1e-06, <= 100000, in MeV",
    "grid.M_N_min_MeV=.nan": r"grid\.M_N_min_MeV = nan is not allowed: must be a finite number",
    "grid.M_N_max_MeV=.inf": r"grid\.M_N_max_MeV = inf is not allowed: must be a number, .* in MeV",
    "grid.M_N_max_MeV=1.0e-3": r"grid\.M_N_max_MeV = 0\.001 is not allowed: must exceed grid\.M_N_min_MeV = 0\.01",
    "grid.mu_nu_max_muB=1e-15": r"grid\.mu_nu_max_muB = 1e-15 is not allowed: must exceed grid\.mu_nu_min_muB = 1e-14",
    "figures.M_N_range_MeV=[10, 1]": r"figures\.M_N_range_MeV\[1\] = 1 is not allowed: must exceed .* = 10",
    "figures.M_N_range_MeV=[1]": r"figures\.M_N_range_MeV = \[1\] is not allowed: must be a list, at least 2 entries",
    "figures.mu_nu_range_muB=[1e-9, .nan]": r"figures\.mu_nu_range_muB\[1\] = nan is not allowed: .* finite",
    "flavours=[mu, electron]": r"flavours\.1 = 'electron' is not allowed: must be one of mu, e, tau, effective",
    "flavours=[mu, mu]": r"flavours = \['mu', 'mu'\] is not allowed: must be a list, .* without repetition",
    "flavours=[]": r"flavours = \[\] is not allowed: must be a list, at least 1 entries",
    "flavours=mu": r"flavours = 'mu' is not allowed: must be a list",
    "detectors.xenon1t.tritium=maybe": r"detectors\.xenon1t\.tritium = 'maybe' is not allowed: must be true or false",
    "detectors.xenon1t=3": r"detectors\.xenon1t = 3 is not allowed: must be a section with keys",
    "statistics.confidence_level=0.5": r"statistics\.confidence_level = 0\.5 is not allowed: .* > 0\.5, < 1",
    "statistics.interval=bayes": r"statistics\.interval = 'bayes' is not allowed: must be one of two_sided, one_sided",
    "stellar.mu_0_muB=0": r"stellar\.mu_0_muB = 0 is not allowed: must be a number or null, > 0, <= 1e-06, in mu_B",
    "solar.oscillation_overrides.sin2_theta12=1": r"solar\.oscillation_overrides\.sin2_theta12 = 1 .* < 1",
    "data.catalog=": r"data\.catalog = None is not allowed: must be text, not empty",
    "data.catalog=''": r"data\.catalog = '' is not allowed: must be text, not empty",
    "solar=": r"solar = None is not allowed: must be a section with keys",
    "numerics.flux_nodes=10": r"numerics\.flux_nodes = 10 is not allowed: must be an integer, >= 50, <= 20000",
}


@pytest.mark.parametrize(("assignment", "message"), MISTAKES.items(), ids=MISTAKES)
def test_mistakes_are_named_with_key_value_and_what_is_allowed(assignment, message):
    with pytest.raises(ConfigError) as caught:
        load_config(ROOT, [], [assignment])
    text = str(caught.value)
    assert re.search(message, text), text
    assert "config/README.md describes every key" in text


def test_all_mistakes_are_listed_at_once():
    with pytest.raises(ConfigError) as caught:
        load_config(ROOT, [], ["solar.model=x", "grid.M_N_points=0", "colour=red"])
    assert str(caught.value).count("\n  - ") == 3


def test_missing_keys():
    config = merge(DEFAULT)
    del config["solar"]["model"], config["grid"]
    with pytest.raises(ConfigError, match=r"configuration: missing grid\n.*solar: missing model"):
        validate(config, SCHEMA)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "does not exist"),
        ("a: [1\n", "cannot be read"),
        ("- 1\n- 2\n", "must hold keys and values, got a list"),
        ("just text\n", "must hold keys and values, got a str"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_files_that_are_no_configuration(tmp_path, content, message):
    path = tmp_path / "my.yaml"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError, match=rf"configuration file .*my\.yaml.* {message}|my\.yaml {message}"):
        load_config(ROOT, [path])


def test_an_empty_file_changes_nothing(tmp_path):
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    assert load_config(ROOT, [tmp_path / "empty.yaml"]) == load_config(ROOT)


# ---- the files of the project


@pytest.mark.parametrize("overlays", [[], ["minimal.yaml"], ["reference.yaml"], ["minimal.yaml", "reference.yaml"]])
def test_the_projects_configurations_are_valid(overlays):
    assert set(load_config(ROOT, [ROOT / "config" / name for name in overlays])) == set(SCHEMA["properties"])


def test_the_default_sets_every_key():
    optional = "solar.oscillation_overrides."
    for key, _ in leaves(SCHEMA):
        if not key.startswith(optional):
            at(DEFAULT, key)


RESOLUTION = {"M_N_points", "mu_nu_points", "family_M_N_points", "family_mu_nu_points", "jobs", "momenta"}
"""Keys of the cosmology section that say how finely and in how many jobs, not what is computed."""


def test_reference_pins_every_choice_of_physics():
    # A later change of a default must not move the comparison with the paper.
    reference = read_yaml(ROOT / "config" / "reference.yaml")
    for key, _ in leaves(SCHEMA):
        section, _, name = key.partition(".")
        if section in {"solar", "detectors", "statistics", "stellar", "cosmology"} and name not in RESOLUTION:
            at(reference, key)
    assert not RESOLUTION & set(reference["cosmology"])
    # null and not an empty mapping, which would let the user's own values through the merge
    assert set(reference["solar"]["oscillation_overrides"].values()) == {None}
    assert at(reference, "solar.model") == "BS05-AGS-OP"
    assert at(reference, "stellar.mu_0_muB") == 2.2e-12


def test_minimal_changes_no_physics():
    minimal = read_yaml(ROOT / "config" / "minimal.yaml")
    assert set(minimal) <= {"grid", "numerics", "figures", "supernova", "cosmology", "detectors", "statistics"}
    assert set(minimal["statistics"]) == {"coverage"}
    assert set(minimal["detectors"]) <= {"experiments", "solar_spread", "fit_M_N_MeV"}
    # fewer initial states are drawn beside the default, which stays as it is
    assert set(minimal["cosmology"]) <= {*RESOLUTION, "family"}


def test_every_key_is_described_and_has_its_unit():
    units = {
        "erg_g_s": "erg/g/s",
        "erg_s": "erg/s",
        "g_cm3": "g/cm^3",
        "per_cm2": "1/cm^2",
        "erg": "erg",
        "km": "km",
        "kpc": "kpc",
        "kt": "kt",
        "cm": "cm",
        "MeV": "MeV",
        "muB": "mu_B",
        "s": "s",
        "eV2": "eV^2",
        "deg": "deg",
        "keV": "keV",
        "GeV": "GeV",
        "TeV": "TeV",
    }
    for key, rule in leaves(SCHEMA):
        assert len(rule["description"]) > 5, key
        # the last of several unit words: L_nu_erg_s is in erg/s
        suffix = next((end for end in units if key.endswith(f"_{end}")), key.rsplit("_", 1)[-1])
        if suffix in units and rule.get("type") != "boolean":
            assert rule.get("unit") == units[suffix], key
        elif rule.get("unit"):
            pytest.fail(f"{key} has the unit {rule['unit']} but not in its name")
    for name, section in SCHEMA["properties"].items():
        assert section["description"], name


def test_objects_of_the_schema_refuse_unknown_keys():
    def objects(rule):
        if rule.get("type") == "object":
            yield rule
            for inner in rule.get("properties", {}).values():
                yield from objects(inner)

    # free keys only where the names of experiments are the keys, and what is below them has a schema of its own
    free = [rule["description"] for rule in objects(SCHEMA) if rule["additionalProperties"] is not False]
    assert len(free) == 1
    assert all("by experiment" in description for description in free)


def test_the_page_is_the_one_made_from_the_schema():
    assert (ROOT / README_PATH).read_text(encoding="utf-8") == page_of_project(ROOT)
    page = page_of_project(ROOT)
    for key, _ in leaves(SCHEMA):
        assert f"| `{key}` |" in page


# ---- the typed form


def test_typed_sections():
    config = load_config(ROOT)
    assert statistics_config(config).interval is IntervalKind.TWO_SIDED
    assert statistics_config(config).region_confidence_levels == (0.6827, 0.9545)
    assert solar_config(config).model == DEFAULT["solar"]["model"]
    grid = grid_config(config)
    assert len(grid.M_N_MeV()) == DEFAULT["grid"]["M_N_points"]
    assert len(grid.mu_nu_muB()) == DEFAULT["grid"]["mu_nu_points"]


def test_grid_is_logarithmic_with_exact_ends():
    masses = Grid(1e-2, 1e3, 6, 1e-14, 1e-6, 3).M_N_MeV()
    assert masses.tolist()[0] == 1e-2
    assert masses.tolist()[-1] == 1e3
    assert masses == pytest.approx([1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3], rel=1e-13, abs=0)
