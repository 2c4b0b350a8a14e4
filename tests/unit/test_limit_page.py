"""The page on published limits is the one made from the schema, and its worked examples work as they stand."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from nudipole.config.limit_page import PAGE_PATH, page
from nudipole.config.limits import LIMIT_SCHEMA_PATH, load_limits, published_moments_muB
from nudipole.config.load import load_config, read_yaml
from nudipole.limits.published import published_curves, sources_frame
from nudipole.limits.record import PublishedLimit, limit_of
from nudipole.limits.table import curves_frame

ROOT = Path(__file__).resolve().parents[2]
NO_CURVES = pd.DataFrame({"curve": pd.Series(dtype=str), "M_N_MeV": [], "mu_nu_muB": []})


def test_the_page_is_the_one_made_from_the_schema() -> None:
    assert (ROOT / PAGE_PATH).read_text(encoding="utf-8") == page(ROOT)
    schema = read_yaml(ROOT / LIMIT_SCHEMA_PATH)
    curve = schema["properties"]["curves"]["items"]["properties"]
    names = [*schema["properties"], *(f"curves[].{key}" for key in curve)]
    names += [f"curves[].points.{key}" for key in curve["points"]["properties"]]
    for name in names:
        assert f"| `{name}` |" in page(ROOT), name


@pytest.fixture
def examples(tmp_path: Path) -> dict[str, PublishedLimit]:
    """The records of the page, read from a copy of the project."""
    for name in ("config", "resources", "workflow/schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    text = (ROOT / PAGE_PATH).read_text(encoding="utf-8")
    for name, content in re.findall(r"```(?:yaml|csv)\n# (\S+)\n(.*?)```", text, re.DOTALL):
        (tmp_path / "resources/limits" / name).write_text(content, encoding="utf-8")
    limits = load_limits(tmp_path, load_config(tmp_path))
    assert published_moments_muB({"mine": {"published_limit": "my_reactor"}}, limits) == {"mine": 2.0e-11}
    return {
        key: limit_of(key, limit.content, limit.path.parent) for key, limit in limits.items() if key.startswith("my_")
    }


def test_the_examples_are_limits(examples: dict[str, PublishedLimit]) -> None:
    frame = curves_frame(published_curves(NO_CURVES, examples.values(), ("e", "mu", "effective")))
    search = frame[frame["constraint"] == "pub_my_search"]
    assert search["M_N_MeV"].tolist() == pytest.approx([1.0, 10.0, 100.0, 400.0], rel=1e-12, abs=0)
    # mu = 2 d with mu_B = 296.304 GeV^-1, six digits
    expected = [2.0 * d / 296.304 for d in (3.0e-7, 2.0e-7, 2.5e-7, 1.0e-6)]
    assert search["mu_nu_muB"].tolist() == pytest.approx(expected, rel=2e-6, abs=0)
    assert set(search["statistic"]) == {"as published, 95 % CL"}
    reactor = frame[frame["constraint"] == "pub_my_reactor"]
    assert set(reactor["flavour"]) == {"e", "effective"}
    assert set(reactor["mu_nu_muB"]) == {2.0e-11}
    assert set(sources_frame(examples.values())["key"]) == {"my_search", "my_reactor"}
