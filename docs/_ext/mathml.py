"""Equations as MathML, made when the pages are built: browsers draw it without a script, also from disk."""

import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)


def mathml(latex: str, display: str) -> str:
    """Return an equation as MathML; ValueError if it has what the converter does not know."""
    # letters of a word as one token and not one by one, and alignment as a table, which the converter knows
    known = latex.replace(r"\mathrm", r"\text")
    known = known.replace(r"\begin{aligned}", r"\begin{array}{rl}").replace(r"\end{aligned}", r"\end{array}")
    markup = convert(known, display=display)
    if "\\" in markup or "<mi>&</mi>" in markup or re.search("<mtext>[^<]*[_^]", markup):
        raise ValueError("a command, an alignment sign, or a power of a word was left over")
    return markup.replace("<mtable>", '<mtable displaystyle="true" rowspacing="0.5em">')


def _markup(node: nodes.Node, display: str) -> str:
    try:
        return mathml(node.astext(), display)
    except Exception as error:
        logger.warning("equation cannot be drawn (%s): %s", error, node.astext(), location=node)
        return ""


def visit_inline(writer: Any, node: nodes.math) -> None:
    """Write an equation of a line of text."""
    writer.body.append(_markup(node, "inline"))
    raise nodes.SkipNode


def visit_block(writer: Any, node: nodes.math_block) -> None:
    """Write an equation of its own."""
    writer.body.append(f'<div class="math">{_markup(node, "block")}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer of equations."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
