"""Sphinx set-up: MyST Markdown, equations as MathML, nothing from the network; `make docs` builds it."""

import os
import sys
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parent
SOURCE = DOCS.parent / "workflow" / "src"
sys.path[:0] = [str(SOURCE), str(DOCS / "_ext")]
# the kernel of the notebook is another process
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH", "")]))

import readable_kernels  # noqa: E402, F401 - before the package

import nudipole  # noqa: E402

project = "nudipole"
copyright = "the nudipole authors, BSD-3-Clause"
version = release = nudipole.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "mathml", "plain_docstrings", "package_api", "columns"]
exclude_patterns = ["_build"]
nitpicky = False

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_ipywidgets_js = {}

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
highlight_language = "none"

html_theme = "furo"
html_math_renderer = "mathml"
html_title = f"nudipole {release}"
html_static_path = ["_static"]
html_css_files = ["nudipole.css"]
html_copy_source = False
html_show_sphinx = False


def setup(app: Sphinx) -> None:
    """Show tables of the READMEs as they are: Pygments has no word for CSV."""
    app.add_lexer("csv", TextLexer)
