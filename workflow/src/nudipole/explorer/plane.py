"""The plane as a Bokeh figure without curves: the page's script fills its sources."""

import json
import re
from typing import Any

from nudipole.units import d_per_GeV_from_mu_muB

SOURCES = {
    "fills": ("xs", "ys", "colour", "alpha"),
    "lines": ("xs", "ys", "colour", "width", "dash"),
    "point": ("x", "y"),
}
_ID = re.compile(r'"p(\d+)"')


def plane_item(M_N_range_MeV: tuple[float, float], mu_nu_range_muB: tuple[float, float]) -> str:
    """Return the figure as the JSON that BokehJS embeds; models are numbered from 1, whatever was made before."""
    from bokeh.core.types import ID
    from bokeh.embed import json_item

    # unsorted: BokehJS wants a model before what refers to it
    item = json.dumps(json_item(_figure(M_N_range_MeV, mu_nu_range_muB), ID("plane")))
    numbers: dict[str, int] = {}
    return _ID.sub(lambda found: f'"p{numbers.setdefault(found[1], len(numbers) + 1)}"', item)


def _figure(M_N_range_MeV: tuple[float, float], mu_nu_range_muB: tuple[float, float]) -> Any:
    from bokeh.models import BoxZoomTool, ColumnDataSource, LogAxis, PanTool, Range1d, ResetTool, WheelZoomTool
    from bokeh.plotting import figure

    low, high = mu_nu_range_muB
    plane = figure(
        name="plane", x_axis_type="log", y_axis_type="log", sizing_mode="stretch_both", tools="",
        x_range=Range1d(start=M_N_range_MeV[0], end=M_N_range_MeV[1]), y_range=Range1d(start=low, end=high),
        x_axis_label="M_N  [MeV]", y_axis_label="μ_ν  [μ_B]",
        extra_y_ranges={"d": Range1d(start=d_per_GeV_from_mu_muB(low), end=d_per_GeV_from_mu_muB(high))},
    )  # fmt: skip
    plane.extra_y_ranges["d"].name = "d_range"
    plane.add_layout(LogAxis(y_range_name="d", axis_label="d  [1/GeV]"), "right")
    wheel = WheelZoomTool()
    plane.add_tools(PanTool(), wheel, BoxZoomTool(), ResetTool())
    plane.toolbar.active_scroll = wheel
    plane.toolbar.logo = None
    sources = {
        name: ColumnDataSource({column: [] for column in columns}, name=name) for name, columns in SOURCES.items()
    }
    plane.patches("xs", "ys", source=sources["fills"], fill_color="colour", fill_alpha="alpha", line_alpha=0.0)
    plane.multi_line("xs", "ys", source=sources["lines"], line_color="colour", line_width="width", line_dash="dash")
    plane.scatter("x", "y", source=sources["point"], marker="cross", size=18, line_color="#000000", line_width=2)
    _connect(plane)
    return plane


def _connect(plane: Any) -> None:
    """Send what happens on the plane to the page's script."""
    from bokeh.models import CustomJS

    for event in ("tap", "mousemove", "mouseleave", "reset"):
        plane.js_on_event(event, CustomJS(code=f"window.nudipole.on_{event}(cb_obj.x, cb_obj.y)"))
    for axis in (plane.x_range, plane.y_range):
        for end in ("start", "end"):
            axis.js_on_change(end, CustomJS(code="window.nudipole.on_view()"))
