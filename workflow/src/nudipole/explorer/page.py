"""The page from its parts: BokehJS, the plane, the curves, and the page's own script and style."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from nudipole.explorer.plane import plane_item

PARTS = ("verdicts.js", "curves.js", "explorer.js")


def explorer_page(content: Mapping[str, Any]) -> str:
    """Return the page for the content of `content.page_content`; it names no address and loads nothing."""
    from bokeh.resources import Resources

    assets = files("nudipole.explorer") / "assets"
    bokeh = "\n".join(Resources(mode="inline", components=["bokeh"]).js_raw)
    view = content["view"]
    plane = plane_item(tuple(view["M_N_range_MeV"]), tuple(view["mu_nu_range_muB"]))
    parts = {
        "STYLE": (assets / "explorer.css").read_text(encoding="utf-8"),
        "BOKEH": bokeh,
        "PLANE": _script_safe(plane),
        "CONTENT": _script_safe(json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)),
        "SCRIPT": "\n".join((assets / name).read_text(encoding="utf-8") for name in PARTS),
    }
    page = (assets / "explorer.html").read_text(encoding="utf-8")
    head, *pieces = page.split("@@")
    return head + "".join(parts.get(piece, piece) for piece in pieces)


def _script_safe(text: str) -> str:
    """Return JSON that cannot end the script element it stands in."""
    return text.replace("<", "\\u003c")
