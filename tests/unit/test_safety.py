"""No way from data to code: what the sources may not call, what data may not do, and messages that are only text."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from nudipole.config.load import SCHEMA_PATH, read_yaml, validate
from nudipole.data.catalog import load_catalog
from nudipole.errors import ConfigError, DataError
from nudipole.safe_yaml import MOST_VALUES, load_yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "workflow/src").rglob("*.py"), *(ROOT / "workflow/scripts").glob("*.py")])
RULES = sorted([ROOT / "Snakefile", ROOT / "workflow/Snakefile", *(ROOT / "workflow/rules").glob("*.smk")])
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "telnetlib", "ftplib"}
FORBIDDEN_METHODS = {"read_pickle", "to_pickle", "system", "popen", "mktemp", "unsafe_load", "full_load", "load_all"}
YAML_MODULE = "safe_yaml.py"


def calls(path):
    """Yield (name, node) of every call in a file: the last part of a dotted name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            function = node.func
            yield (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")), node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_source_runs_what_it_reads(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    names |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not names & FORBIDDEN_MODULES
    for name, node in calls(path):
        direct = isinstance(node.func, ast.Name)
        assert not (direct and name in FORBIDDEN_CALLS), f"{name} in line {node.lineno}"
        assert name not in FORBIDDEN_METHODS, f"{name} in line {node.lineno}"
        words = {word.arg: word.value for word in node.keywords}
        assert "shell" not in words, f"a shell in line {node.lineno}"
        allow = words.get("allow_pickle")
        assert allow is None or getattr(allow, "value", True) is False
        if name == "extractall":
            assert getattr(words.get("filter"), "value", "") == "data"
        if name == "load" and isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "yaml":
            assert path.name == YAML_MODULE, "yaml.load outside safe_yaml"


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_no_rule_has_a_shell(path):
    assert not re.search(r"^\s*(shell|run|notebook|wrapper):", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['true']",
        "!!python/name:os.system",
        "&a [*a]",
        "a: &a {b: *a}",
        "[" * 3000,
        "9" * 5000,
        "2024-99-99",
        "\n".join(["a0: &a0 [x]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 50)}]" for i in range(1, 9))]),
    ],
)
def test_yaml_that_is_more_than_data(text):
    with pytest.raises(yaml.YAMLError):
        load_yaml(text)


def test_yaml_with_an_alias_is_data():
    assert load_yaml("a: &a [1, 2]\nb: *a") == {"a": [1, 2], "b": [1, 2]}
    assert MOST_VALUES > 100_000


def test_a_configuration_that_contains_itself():
    """Snakemake reads --configfile with its own reader."""
    config = {"grid": {}}
    config["grid"]["again"] = config
    with pytest.raises(ConfigError, match="nested more than"):
        validate(config, read_yaml(ROOT / SCHEMA_PATH))


def test_a_message_cannot_steer_the_terminal():
    text = str(DataError("column '\x1b[2J\u202ex\x00' is\nbad"))
    assert text == "column '\\x1b[2J\\u202ex\\x00' is\nbad"


def test_every_download_has_a_checksum_and_is_encrypted_where_the_provider_can():
    plain = set()
    for dataset in load_catalog(ROOT / "resources/catalog.yaml").datasets:
        if dataset.remote is not None:
            assert re.fullmatch(r"[0-9a-f]{64}", dataset.remote.sha256), dataset.name
            if not dataset.remote.url.startswith("https://"):
                plain.add(dataset.name)
    # their provider has no https; the checksum stands for the content
    assert plain <= {"pp_spectrum_bahcall1997", "b8_spectrum_winter2006", "hep_spectrum_bahcall1997"} | HTTP_ONLY


HTTP_ONLY = {"n13_spectrum_bahcall1988", "o15_spectrum_bahcall1988", "f17_spectrum_bahcall1988"}
