"""`.. package-api:: name`: every module of a package with its public members, so that none is forgotten."""

import pkgutil
from importlib import import_module
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


def module_names(package: str) -> list[str]:
    """Return the modules of a package, its own subpackages left out."""
    found = import_module(package)
    inside = pkgutil.iter_modules(found.__path__, f"{package}.")
    return [package, *sorted(each.name for each in inside if not each.ispkg)]


class PackageApi(SphinxDirective):
    """A section a module."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        lines: list[str] = []
        for name in module_names(self.arguments[0]):
            members = [] if name == self.arguments[0] else ["   :members:"]
            title = [name, "-" * len(name), ""] if members else []
            lines += [*title, f".. automodule:: {name}", *members, ""]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("package-api", PackageApi)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
