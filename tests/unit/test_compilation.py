"""Kernels compiled without a Python wrapper crash the interpreter when Python calls them: nobody may."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "workflow/src/nudipole"
KERNELS = sorted(path for branch in ("cosmology", "likelihood") for path in (PACKAGE / branch).glob("*.py"))
OTHERS = sorted(path for folder in ("tests", "benchmarks", "workflow") for path in (ROOT / folder).rglob("*.py"))


def decorators(function: ast.FunctionDef) -> str:
    return " ".join(ast.unparse(decorator) for decorator in function.decorator_list)


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def module(path: Path) -> str:
    return f"nudipole.{path.parent.name}.{path.stem}"


INNER = {
    module(path): {
        function.name for function in functions(ast.parse(path.read_text())) if "INNER" in decorators(function)
    }
    for path in KERNELS
}


def python_calls(path: Path) -> list[str]:
    """Return calls of inner kernels outside compiled functions, as `name (line)`."""
    tree = ast.parse(path.read_text())
    compiled = [node for node in functions(tree) if "njit" in decorators(node)]
    inside = {id(node) for function in compiled for node in ast.walk(function)}
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in inside)
    named = [(node.func.id, node.lineno) for node in calls if isinstance(node.func, ast.Name)]
    inner = set(INNER[module(path)]) if path in KERNELS else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            known = INNER.get(node.module or "", set())
            inner |= {alias.asname or alias.name for alias in node.names if alias.name in known}
    return [f"{name} ({line})" for name, line in named if name in inner]


def test_there_are_inner_kernels() -> None:
    assert sum(map(len, INNER.values())) > 20


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_calls_none(path: Path) -> None:
    assert python_calls(path) == []


def test_a_call_would_be_found(tmp_path: Path) -> None:
    name = sorted(INNER["nudipole.cosmology.heads"])[0]
    wrong = tmp_path / "wrong.py"
    wrong.write_text(f"from nudipole.cosmology.heads import {name}\n\n\ndef f():\n    return {name}(1.0)\n")
    assert python_calls(wrong) == [f"{name} (5)"]
