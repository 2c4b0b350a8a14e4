"""How the figures look: fonts, colours and the short names of curves, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib import RcParams

from nudipole.errors import ConfigError

RC: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
    "axes.linewidth": 0.8,
    "axes.labelsize": 12.0,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "xtick.major.size": 5.0,
    "ytick.major.size": 5.0,
    "xtick.minor.size": 2.5,
    "ytick.minor.size": 2.5,
    "legend.frameon": False,
    "hatch.linewidth": 0.5,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "nudipole",
    "path.simplify": False,
}
"""Fonts that come with matplotlib, so that every machine draws the same; text stays text in PDF and SVG."""

DPI = 220
SMALL_PT = 7.5

BLACK = "#000000"
GREY = "#555555"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
"""The palette of Okabe and Ito, told apart with every common colour blindness."""
OLIVE = "#999933"
INDIGO = "#332288"
WINE = "#882255"
"""From the muted palette of Paul Tol, for detectors beyond the first."""


FAVOURED_TEXT = "#8A4B00"
FAVOURED_SHADES = ("#F8DDA0", "#EDB54A")
"""Fill of the 2 and 1 sigma regions of the excess in the pictures of steps, outermost first."""

FALLBACK_COLOURS = (VERMILLION, GREEN, SKY, BLACK)

DASHED = (0, (5.0, 2.0))
DASH_DOTTED = (0, (7.0, 1.5, 1.5, 1.5))
DOTTED = (0, (1.2, 1.6))
LINES: dict[str, Any] = {"solid": "-", "dashed": DASHED, "dotted": DOTTED, "dashdot": DASH_DOTTED}
"""Kinds of line by their names in the style file."""

FLAVOURS = {
    "e": r"coupling to $\nu_e$ only",
    "mu": r"coupling to $\nu_\mu$ only",
    "tau": r"coupling to $\nu_\tau$ only",
    "effective": "effective moment (no flavour conversion)",
}


@dataclass(frozen=True)
class Look:
    """How one constraint is drawn and named; without a label it shares that of another curve.

    fill is the opacity of its region (0: none); together: its region is filled as one with those of others.
    """

    label: str
    colour: str
    text_colour: str = ""
    line: str = "solid"
    width_pt: float = 1.8
    fill: float = 0.0
    together: bool = False
    shown: bool = True

    def __post_init__(self) -> None:
        """Write in the colour of the line where no other is named."""
        if not self.text_colour:
            object.__setattr__(self, "text_colour", self.colour)


@dataclass(frozen=True)
class Canvas:
    """The size of a figure and of what is written and drawn in it."""

    frame_width_in: float
    frame_height_in: float
    axis_pt: float
    tick_pt: float
    label_pt: float
    small_pt: float
    line_scale: float
    citations: bool
    family_names: bool


@dataclass(frozen=True)
class Favoured:
    """The region that the excess prefers."""

    label: str
    colour: str
    text_colour: str
    shades: tuple[str, ...]


@dataclass(frozen=True)
class Laboratory:
    """Published limits of laboratory searches."""

    fill_colour: str
    line_colour: str
    text_colour: str


@dataclass(frozen=True)
class Style:
    """Everything about the looks of the parameter-space figures (see config/style.yaml)."""

    rc: Mapping[str, Any]
    canvases: Mapping[str, Canvas]
    together: Look
    constraints: Mapping[str, Look]
    digitised: Mapping[str, Look]
    favoured: Favoured
    laboratory: Laboratory


def style_of(content: Mapping[str, Any]) -> Style:
    """Return the style a checked mapping describes; ConfigError for a parameter matplotlib does not know."""
    _check_rc(content["rc"])
    return Style(
        rc={**RC, **content["rc"]},
        canvases={name: Canvas(**each) for name, each in content["canvases"].items()},
        together=Look("", **content["together"]),
        constraints={name: Look(**each) for name, each in content["constraints"].items()},
        digitised={name: Look(**each) for name, each in content["digitised"].items()},
        favoured=Favoured(**{**content["favoured"], "shades": tuple(content["favoured"]["shades"])}),
        laboratory=Laboratory(**content["laboratory"]),
    )


def _check_rc(rc: Mapping[str, Any]) -> None:
    known: Any = RcParams()  # typed for literal keys only
    for key, value in rc.items():
        try:
            known[key] = value
        except (KeyError, ValueError) as error:
            problem = "is no parameter of matplotlib" if isinstance(error, KeyError) else f"is not allowed: {error}"
            raise ConfigError(
                f"style: rc.{key} = {value!r} {problem}; change it in the file of figures.style"
            ) from None
