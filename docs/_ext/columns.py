"""`columns`: the columns of an output table with their units from the package, and a meaning each from the page.

    ```{columns} nudipole.limits.table.UNITS
    M_N_MeV: mass of N
    ```

A column without meaning, or a meaning without column, is a warning: the page cannot fall behind the code. A name with a
star stands for all columns it matches.
"""

from fnmatch import fnmatch
from importlib import import_module
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)
HEAD = ("column", "unit", "meaning")


def rows_of(units: dict[str, str], meanings: dict[str, str]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return (column, unit, meaning) of each group of columns, and the names for which one of both is missing."""
    rows, matched = [], set()
    for name, meaning in meanings.items():
        inside = [column for column in units if fnmatch(column, name)]
        matched.update(inside or [f"{name} (no column)"])
        rows.append((name, ", ".join(dict.fromkeys(units[column] for column in inside)), meaning))
    missing = [name for name in units if name not in matched] + [name for name in matched if name not in units]
    return rows, missing


class Columns(SphinxDirective):
    """A table with a row a column."""

    has_content = True
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        module, name = self.arguments[0].rsplit(".", 1)
        meanings = dict(line.split(": ", 1) for line in self.content if line.strip())
        rows, missing = rows_of(getattr(import_module(module), name), meanings)
        if missing:
            logger.warning(
                "columns of %s do not match the page: %s", self.arguments[0], missing, location=self.get_location()
            )
        table, group = nodes.table(), nodes.tgroup(cols=len(HEAD))
        group += [nodes.colspec(colwidth=width) for width in (30, 15, 55)]
        group += nodes.thead("", self._row(HEAD, code=False))
        group += nodes.tbody("", *(self._row(row, code=True) for row in rows))
        table += group
        return [table]

    def _row(self, cells: tuple[str, ...], *, code: bool) -> nodes.row:
        row = nodes.row()
        for i, cell in enumerate(cells):
            text = [nodes.literal(cell, cell)] if code and i == 0 else self.parse_inline(cell)[0]
            row += nodes.entry("", nodes.paragraph("", "", *text))
        return row


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("columns", Columns)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
