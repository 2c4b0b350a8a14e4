"""Docstrings of the package as reStructuredText: they are plain text, whose formulas have signs that mean markup."""

import re
from typing import Any

from sphinx.application import Sphinx

MARKUP = re.compile(r"([\\*_|<>`])")
CODE = re.compile(r"(`+[^`]+`+)")
ITEM = re.compile(r"\s*(?:[-*]|\d+\.) ")


def _escaped(text: str) -> str:
    """Return text: what is in backquotes as code, every other sign as itself."""
    parts = CODE.split(text)
    return "".join(
        f"``{' '.join(part.strip('`').split())}``" if i % 2 else MARKUP.sub(r"\\\1", part)
        for i, part in enumerate(parts)
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _paragraph(lines: list[str]) -> list[str]:
    """Return a paragraph: indented ones are formulas or tables and stay as they are, items of a list are apart."""
    if _indent(lines[0]) and not ITEM.match(lines[0]):
        return ["::", "", *(f"    {line}" for line in lines), ""]
    out: list[str] = []
    # code may run over the end of a line, so that text is escaped as a whole
    for line in _escaped("\n".join(lines)).split("\n"):
        bullet = ITEM.match(line)
        if bullet and out:
            out.append("")
        listed = bool(out) and out[0].startswith("- ")
        out.append(f"- {line[bullet.end() :]}" if bullet else ("  " if listed else "") + line.strip())
    return [*out, ""]


def plain(lines: list[str]) -> list[str]:
    """Return the lines of a docstring with its paragraphs as text, formulas as literal blocks, items as lists."""
    out: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
        elif block:
            out += _paragraph(block)
            block = []
    return out


def _process(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    lines[:] = plain(lines)


def setup(app: Sphinx) -> dict[str, Any]:
    """Process every docstring of autodoc."""
    app.connect("autodoc-process-docstring", _process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
