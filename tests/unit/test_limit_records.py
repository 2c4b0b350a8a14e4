"""Records of published limits: schema, points, units, what the configuration adds, and what is said of bad ones."""

import random
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from nudipole.config.detectors import load_records
from nudipole.config.limits import (
    FOLDER,
    LIMIT_SCHEMA_PATH,
    chosen_limits,
    load_limits,
    published_moments_muB,
)
from nudipole.config.load import load_config, read_yaml
from nudipole.constants import MU_B_PER_GEV
from nudipole.constraints import stellar
from nudipole.cross_sections import sigma_cm2
from nudipole.errors import ConfigError
from nudipole.limits.published import citations, drawn_limits, published_curves, sources_frame
from nudipole.limits.record import limit_of
from nudipole.limits.table import PROJECTION, curves_frame
from nudipole.stellar.star import MOMENT_BOUNDS

ROOT = Path(__file__).resolve().parents[2]
CONFIG = load_config(ROOT)
KEYS = sorted(path.stem for path in (ROOT / FOLDER).glob("*.yaml"))
SHIPPED = {key: read_yaml(ROOT / FOLDER / f"{key}.yaml") for key in KEYS}
NO_CURVES = pd.DataFrame({"curve": pd.Series(dtype=str), "M_N_MeV": [], "mu_nu_muB": []})

Record = dict[str, Any]
Write = Callable[[str, Record], Path]

MINE: Record = {
    "title": "My search",
    "label": "Mine",
    "reference": "A. Author, J. Phys. 1 (2026) 2",
    "category": "laboratory",
    "confidence_level": 0.9,
    "status": "digitised",
    "obtained": "by hand",
    "licence": "CC-BY-4.0",
    "curves": [{"flavours": ["mu"], "edge": "floor", "points": {"M_N_MeV": [1, 10], "mu_nu_muB": [2e-9, 3e-9]}}],
}


@pytest.fixture
def project(tmp_path: Path) -> Write:
    """A project folder with the schema and no limits: a function that writes one record."""
    (tmp_path / LIMIT_SCHEMA_PATH).parent.mkdir(parents=True)
    shutil.copy(ROOT / LIMIT_SCHEMA_PATH, tmp_path / LIMIT_SCHEMA_PATH)
    (tmp_path / FOLDER).mkdir(parents=True)

    def write(name: str, record: Record) -> Path:
        (tmp_path / FOLDER / f"{name}.yaml").write_text(yaml.safe_dump(record), encoding="utf-8")
        return tmp_path

    return write


def configured(**section: list[str]) -> Record:
    return {**CONFIG, "limits": {"records": [], "without": [], **section}}


def rows(root: Path, config: Record = CONFIG) -> pd.DataFrame:
    """Return the rows of the limits table that the records of a project make."""
    limits = chosen_limits(load_limits(root, config), config)
    read = [limit_of(key, limit.content, limit.path.parent) for key, limit in limits.items()]
    return curves_frame(published_curves(NO_CURVES, read, tuple(config["flavours"])))


def with_points(points: Any, **more: Any) -> Record:
    """Return the record with other points of its curve."""
    curve = {"flavours": ["mu"], "edge": "floor", "points": points, **more}
    return {**MINE, "curves": [curve]}


# ---- records as shipped


@pytest.mark.parametrize("key", KEYS)
def test_every_record_is_valid_and_complete(key: str) -> None:
    limit = load_limits(ROOT, CONFIG)[key]
    read = limit_of(key, limit.content, limit.path.parent)
    assert read.citation, "a reader must find the paper"
    assert all(len(curve.M_N_MeV) == len(curve.mu_nu_muB) >= 2 for curve in read.curves)
    for curve in limit.content["curves"]:
        assert isinstance(curve["points"], dict) or "sha256" in curve, "an altered file would go unnoticed"


def test_no_points_without_a_record() -> None:
    named = {file for limit in load_limits(ROOT, CONFIG).values() for file in limit.points}
    assert named == set((ROOT / FOLDER).glob("*.csv"))


def test_what_an_experiment_published_beside_its_own_record() -> None:
    moments = published_moments_muB(load_records(ROOT, CONFIG), load_limits(ROOT, CONFIG))
    known = {name: moment for name, moment in moments.items() if moment is not None}
    assert known == {"xenon1t": 2.9e-11, "xenonnt": 6.4e-12, "borexino": 2.8e-11}


def test_stars_have_the_numbers_of_the_records() -> None:
    floors = rows(ROOT).query("flavour == 'mu'").groupby("constraint")["mu_nu_muB"].min()
    bounds = {bound.mu_0_muB for bound in MOMENT_BOUNDS}
    assert {floors["pub_red_giants"], floors["pub_white_dwarfs"]} <= bounds


def test_a_light_N_scatters_as_a_massless_one() -> None:
    # neutrinos of 0.2 MeV, half the endpoint of pp, on electrons seen from 1 keV; mu goes as the root of the rate
    rate = sigma_cm2(0.2, 1.0, 30.0, np.array([0.0, 0.03]), 1e-11)
    assert 1.0 < np.sqrt(rate[0] / rate[1]) < 1.05
    last = rows(ROOT).query("constraint in ['pub_xenonnt', 'pub_gemma', 'pub_conus', 'pub_xenon1t']")
    assert last.groupby("constraint")["M_N_MeV"].max().tolist() == [0.03] * 4


def test_a_light_N_cools_stars_as_a_massless_one() -> None:
    star = stellar.build(CONFIG)
    light, massless = (star.limits(mass, "mu").excluded[0].low for mass in (0.005, 1e-6))
    assert 1.0 <= light / massless < 1.01


# ---- units


@pytest.mark.parametrize(
    ("columns", "rel"),
    [
        ({"M_N_MeV": [1.0, 10.0], "mu_nu_muB": [2e-9, 3e-9]}, 0.0),
        ({"M_N_GeV": [1e-3, 1e-2], "mu_nu_muB": [2e-9, 3e-9]}, 1e-15),
        # mu = 2 d: one division and one multiplication away
        ({"M_N_MeV": [1.0, 10.0], "d_per_GeV": [2e-9 * MU_B_PER_GEV / 2, 3e-9 * MU_B_PER_GEV / 2]}, 1e-15),
        ({"M_N_GeV": ["1e-3", "1e-2"], "mu_nu_muB": ["2e-9", "3e-9"]}, 1e-15),
    ],
)
@pytest.mark.parametrize("in_file", [False, True])
def test_units_of_the_points(project: Write, columns: dict[str, Any], rel: float, in_file: bool) -> None:
    if in_file:
        root = project("mine", with_points("mine.csv"))
        lines = [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
        (root / FOLDER / "mine.csv").write_text("\n".join(["# a comment", ",".join(columns), *lines, ""]))
    else:
        root = project("mine", with_points(columns))
    frame = rows(root)
    assert frame["M_N_MeV"].tolist() == pytest.approx([1.0, 10.0], rel=rel, abs=0)
    assert frame["mu_nu_muB"].tolist() == pytest.approx([2e-9, 3e-9], rel=rel, abs=0)


def test_one_number_holds_at_every_mass(project: Write) -> None:
    frame = rows(project("mine", with_points({"M_N_MeV": [1, 2, 5], "mu_nu_muB": 2e-9})))
    assert frame["mu_nu_muB"].tolist() == [2e-9] * 3


def test_d_is_148_times_mu(project: Write) -> None:
    # 148.152 GeV^-1 per mu_B to six digits, from mu_B = 296.304 GeV^-1
    frame = rows(project("mine", with_points({"M_N_MeV": [1, 2], "d_per_GeV": 148.152e-9})))
    assert frame["mu_nu_muB"].tolist() == pytest.approx([1e-9, 1e-9], rel=3e-6, abs=0)


# ---- what stands in tables


def test_words_of_the_tables(project: Write) -> None:
    more = {"projection": True, "status": "unverified", "note": "a guess", "statistic": "no background"}
    root = project("mine", {**MINE, **more, "confidence_level": None, "citation": ["doi:10.1/a", "arXiv:2601.00001"]})
    (row,) = rows(root).drop_duplicates("constraint").to_dict("records")
    assert (row["constraint"], row["variant"], row["origin"], row["confidence_level"]) == (
        "pub_mine", PROJECTION, "published", 0.9,
    )  # fmt: skip
    assert row["statistic"] == "projection, as published, no confidence level, no background (unverified; a guess)"
    assert row["reference"] == "A. Author, J. Phys. 1 (2026) 2, arXiv:2601.00001"


def test_table_of_sources(project: Write) -> None:
    read = [
        limit_of("one", {**MINE, "citation": ["arXiv:hep-ph/0000001"], "year": 2000.0}, Path()),
        limit_of("two", {**MINE, "citation": ["doi:10.1/a"], "drawn": False, "collection": "a collection"}, Path()),
    ]
    sources = sources_frame(read)
    assert sources["arxiv"].tolist() == ["hep-ph/0000001", ""]
    assert sources["doi"].tolist() == ["", "10.1/a"]
    assert sources["drawn"].tolist() == [True, False]
    assert np.isnan(sources["year"].iloc[1])
    assert citations(read) == (MINE["reference"], "arXiv:hep-ph/0000001", "doi:10.1/a", "a collection")
    limits = pd.DataFrame({"constraint": ["pub_one", "pub_two", "pub_brdar2020_SN1987A", "xenon1t"]})
    assert drawn_limits(limits, sources)["constraint"].tolist() == ["pub_one", "pub_brdar2020_SN1987A", "xenon1t"]


def test_sources_of_no_record() -> None:
    assert drawn_limits(pd.DataFrame({"constraint": ["xenon1t"]}), sources_frame([]))["constraint"].tolist() == [
        "xenon1t"
    ]


# ---- the configuration


def test_a_record_elsewhere_and_one_left_out(project: Write, tmp_path: Path) -> None:
    root = project("other", MINE)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/search.yaml").write_text(yaml.safe_dump(with_points("search.csv")))
    (tmp_path / "mine/search.csv").write_text("M_N_MeV,mu_nu_muB\n1,1e-9\n2,1e-9\n")
    config = configured(records=["mine/search.yaml"], without=["other"])
    assert set(rows(root, config)["constraint"]) == {"pub_search"}
    limits = load_limits(root, config)
    assert list(limits) == ["other", "search"]
    assert limits["search"].files == (tmp_path / "mine/search.yaml", tmp_path / "mine/search.csv")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"without": ["lep"]}, "limits.without: 'lep' has no record; there are other"),
        ({"records": ["nowhere.yaml"]}, "limits.records: 'nowhere.yaml' is no file; paths begin at the project folder"),
        ({"records": ["more/other.yaml"]}, "limits.records: 'more/other.yaml' has the key 'other' of another record"),
        ({"records": ["more/My-search.yaml"]}, "more/My-search.yaml: 'My-search' is no key of a published limit"),
        ({"records": ["more/brdar2020_x.yaml"]}, "not beginning with brdar2020; rename the file"),
        ({"records": ["more/list.yaml"]}, "more/list.yaml must hold keys and values, got a list"),
    ],
)
def test_names_in_the_configuration(project: Write, tmp_path: Path, section: Record, message: str) -> None:
    root = project("other", MINE)
    (tmp_path / "more").mkdir()
    for name in ("other", "My-search", "brdar2020_x"):
        (tmp_path / f"more/{name}.yaml").write_text(yaml.safe_dump(MINE))
    (tmp_path / "more/list.yaml").write_text("[1, 2]")
    with pytest.raises(ConfigError, match=message):
        load_limits(root, configured(**section))


EFFECTIVE = {"flavours": ["effective"], "edge": "floor", "points": {"M_N_MeV": [1e-6, 0.03], "d_per_GeV": 148.152e-11}}


@pytest.mark.parametrize(
    ("curves", "named", "message"),
    [
        ([EFFECTIVE], "lep", "detector record of mine has published_limit = 'lep', which is no .*; there are mine"),
        ([{**EFFECTIVE, "flavours": ["mu"]}], "mine", "mine.yaml has 0 curves of flavour effective"),
        ([EFFECTIVE, EFFECTIVE], "mine", "mine.yaml has 2 curves of flavour effective .*floor or preferred_high"),
    ],
)
def test_published_limit_of_a_detector(project: Write, curves: list[Record], named: str, message: str) -> None:
    limits = load_limits(project("mine", {**MINE, "curves": curves}), CONFIG)
    with pytest.raises(ConfigError, match=message):
        published_moments_muB({"mine": {"published_limit": named}, "other": {}}, limits)


def test_published_limit_in_other_units(project: Write) -> None:
    limits = load_limits(project("mine", {**MINE, "curves": [EFFECTIVE]}), CONFIG)
    found = published_moments_muB({"a": {"published_limit": "mine"}, "b": {}}, limits)
    assert found == {"a": pytest.approx(1e-11, rel=3e-6, abs=0), "b": None}


# ---- records that are not valid: file, key, value, what is allowed

BAD: list[tuple[Record, str]] = [
    ({"titel": "x"}, r"unknown key titel = 'x' \(did you mean title\?\); allowed there: title, label"),
    ({"title": ...}, "record: missing title"),
    ({"confidence_level": 90}, "confidence_level = 90 is not allowed: must be a number or null, > 0, < 1"),
    ({"confidence_level": nan}, "confidence_level = nan is not allowed: must be a finite number"),
    ({"status": "checked"}, "status = 'checked' is not allowed: must be one of verified, digitised, unverified"),
    ({"citation": ["2601.00001"]}, "citation.0 = .* is not allowed: must be text"),
    ({"citation": ["ref 3"]}, "citation.0 = 'ref 3' is not .*: must be text, of the form arXiv:<number> or doi:<doi>"),
    ({"year": "next"}, "year = 'next' is not allowed: must be an integer, >= 1930"),
    ({"curves": []}, r"curves = \[\] is not allowed: must be a list, at least 1 entries"),
    (with_points("../other/mine.csv"), "curves.0.points = .* is not allowed: .*of the form NAME.csv"),
    (with_points("absent.csv"), "curves.0.points: absent.csv cannot be read .*must be a text file beside the record"),
    (with_points({"M_N_MeV": [1, 2]}), "the columns are M_N_MeV; must be one of M_N_MeV or M_N_GeV, and one of mu"),
    (with_points({"M_N_MeV": [1, 2], "M_N_GeV": [1, 2], "mu_nu_muB": 1e-9}), "the columns are M_N_GeV, M_N_MeV, mu"),
    (with_points({"M_N_keV": [1, 2], "mu_nu_muB": 1e-9}), "unknown key curves.0.points.M_N_keV = .*did you mean M_N"),
    (with_points({"M_N_MeV": [1, 2], "mu_nu_muB": [1e-9]}), "2 values of M_N_MeV and 1 of mu_nu_muB; must be as many"),
    (with_points({"M_N_MeV": 1, "mu_nu_muB": 1e-9}), "1 values of M_N_MeV and 1 of mu_nu_muB; .*at least 2"),
    (with_points({"M_N_MeV": [1, 2], "mu_nu_muB": [1e-9, -1]}), "point 2: mu_nu_muB = -1, must be a number from 1e-20"),
    (with_points({"M_N_MeV": [1, 2], "mu_nu_muB": [1e-9, 40]}), "point 2: mu_nu_muB = 40, must be .* 1e-20 to 1"),
    (with_points({"M_N_MeV": [1, inf], "mu_nu_muB": 1e-9}), r"points.M_N_MeV\[1\] = inf is not allowed: must be a fin"),
    (with_points({"M_N_MeV": [2, 1], "mu_nu_muB": 1e-9}), "point 2: M_N_MeV = 1 after 2; masses must rise"),
    (with_points({"M_N_MeV": [1, 2], "mu_nu_muB": 1e-9}, sha256="a" * 64), "sha256 is not allowed with points in the"),
    (with_points("mine.csv", sha256="abc"), "sha256 = 'abc' is not allowed: .*64 lower-case hexadecimal digits"),
    (with_points("mine.csv", flavour="mu"), r"unknown key curves.0.flavour = 'mu' \(did you mean flavours\?\)"),
    (with_points("mine.csv", flavours=["numu"]), "curves.0.flavours.0 = 'numu' .* one of e, mu, tau, effective"),
    (with_points("mine.csv", edge="upper"), "curves.0.edge = 'upper' is not allowed: must be one of floor, ceiling"),
    (with_points({"M_N_MeV": [1, 2], "mu_nu_muB": 1e-9}, edge="preferred_low"), "flavour mu has an edge preferred_low"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=[message[:40] for _, message in BAD])
def test_bad_record(project: Write, change: Record, message: str) -> None:
    record = {key: value for key, value in {**MINE, **change}.items() if value is not ...}
    with pytest.raises(ConfigError, match=rf"(?s)the limit record resources/limits/mine\.yaml is not valid.*{message}"):
        load_limits(project("mine", record), CONFIG)


BAD_FILES = [
    (b"", "mine.csv is empty: its first line must name the columns"),
    (b"# only\n# comments\n", "mine.csv is empty"),
    (b"1,1e-9\n2,1e-9\n", "the columns are 1, 1e-9; must be one of M_N_MeV"),
    (b"M_N_MeV,mu_nu_muB\n", "0 values of M_N_MeV and 0 of mu_nu_muB"),
    (b"M_N_MeV,mu_nu_muB\n1,1e-9\n# c\n2\n", "mine.csv, line 4: 1 cells, must be one for each of M_N_MeV, mu_nu_muB"),
    (b"M_N_MeV,mu_nu_muB\n1,1e-9\n2,1e-9x\n", "mine.csv, line 3: mu_nu_muB = '1e-9x', must be a number"),
    (b"M_N_MeV,mu_nu_muB\n1,1e-9\n2,nan\n", "point 2: mu_nu_muB = nan, must be a number from"),
    (b"M_N_MeV,M_N_MeV\n1,1e-9\n2,1e-9\n", "line 2: 2 cells, must be one for each"),
    (b"M_N_MeV,mu_nu_muB\n1,1e-9\n2,\xff\n", "mine.csv cannot be read"),
    (b"M_N_MeV,mu_nu_muB\n1,1e-9\n2,1e-10\n", "sha256: mine.csv was altered, .*write sha256: [0-9a-f]{64}"),
]


@pytest.mark.parametrize(("content", "message"), BAD_FILES, ids=[message[:30] for _, message in BAD_FILES])
def test_bad_points(project: Write, content: bytes, message: str) -> None:
    root = project("mine", with_points("mine.csv", sha256="a" * 64))
    (root / FOLDER / "mine.csv").write_bytes(content)
    with pytest.raises(ConfigError, match=rf"(?s)mine\.yaml is not valid.*{message}"):
        load_limits(root, CONFIG)


# ---- whatever is written into a record, a named error or rows come out

JUNK = [None, "x", "", -1, 0, 1, True, [], {}, ["x"], {"a": 1}, inf, nan, 1e300, "1e-9", [3, 1], [1, 2], 10**400]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield every place in nested mappings and lists."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def mutated(record: Record, rng: random.Random) -> Record:
    """A copy with one place removed, renamed, scaled, repeated, taken from another record, or replaced by junk."""
    copy = deepcopy(record)
    path = rng.choice(list(places(copy)))
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    old, what = parent[path[-1]], rng.randrange(6)
    if what == 0:
        del parent[path[-1]]
    elif what == 1 and isinstance(parent, dict):
        parent[rng.choice(["points", "d_per_GeV", "M_N_GeV", "edge", "note", "zzz", 3])] = parent.pop(path[-1])
    elif what == 2 and isinstance(old, int | float):
        parent[path[-1]] = old * rng.choice([-1, 0, 1e-6, 0.5, 2, 1e30])
    elif what == 3 and isinstance(parent, list):
        parent.append(deepcopy(old))
    elif what == 4:
        donor: Any = SHIPPED[rng.choice(KEYS)]
        for key in rng.choice(list(places(donor))):
            donor = donor[key]
        parent[path[-1]] = deepcopy(donor)
    else:
        parent[path[-1]] = deepcopy(rng.choice(JUNK))
    return copy


def damaged(content: bytes, rng: random.Random) -> bytes:
    """A copy of a points file with one byte changed, a line lost or repeated, or the end cut off."""
    lines, place = content.splitlines(keepends=True), rng.randrange(len(content))
    return rng.choice(
        [
            content[:place] + bytes([rng.randrange(256)]) + content[place + 1 :],
            content[:place],
            b"".join(rng.sample(lines, len(lines) - 1)),
            content + rng.choice(lines),
        ]
    )


def test_mutated_records_end_in_a_named_error_or_rows(project: Write) -> None:
    # the same 500 every time; every other one has its points damaged as well, without the checksum that would tell
    outcomes = []
    for seed in range(500):
        rng = random.Random(seed)
        key = rng.choice(KEYS)
        record = deepcopy(SHIPPED[key])
        for curve in record["curves"] if seed % 2 else ():
            curve.pop("sha256", None)
        root = project("mine", mutated(record, rng))
        for path in (ROOT / FOLDER).glob(f"{key}*.csv"):
            content = path.read_bytes()
            (root / FOLDER / path.name).write_bytes(damaged(content, rng) if seed % 2 else content)
        try:
            outcomes.append("rows" if (rows(root)["mu_nu_muB"] > 0.0).all() else "nonsense")
        except ConfigError as error:
            outcomes.append("error" if "mine.yaml" in str(error) else "an error that does not say where")
    assert set(outcomes) == {"rows", "error"}
    # both often enough that neither is an accident
    assert min(outcomes.count("rows"), outcomes.count("error")) > 50
