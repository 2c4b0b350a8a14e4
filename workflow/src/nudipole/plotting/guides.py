"""Lines that are no limits: equal lifetimes of N, and what a model's mass mixing makes natural."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.lines import Line2D

from nudipole.models.lifetime import lifetime_line_muB
from nudipole.models.naturalness import natural_moment_muB
from nudipole.plotting.curves import Array, Run
from nudipole.plotting.labels import Label
from nudipole.plotting.layer import Layer
from nudipole.plotting.panels import power_of_ten
from nudipole.plotting.style import GREY

POINTS = 61
GUIDE_SCALE = 0.72
LIFETIME_DASHES = (0, (1.0, 2.2))
NATURAL_DASHES = (0, (6.0, 1.5, 1.0, 1.5, 1.0, 1.5))
BROWN = "#7A4B1E"


def draw_lifetimes(layer: Layer, lifetimes_s: Sequence[float]) -> None:
    """Draw lines of equal proper lifetime, Gamma = mu^2 M^3/(16 pi): mu = sqrt(tau(M, mu_B)/tau) mu_B."""
    masses = _masses(layer)
    lines = ((lifetime_line_muB(masses, tau_s=tau_s), rf"$\tau_N = {_number(tau_s)}$ s") for tau_s in lifetimes_s)
    if _draw(layer, masses, lines, GREY, LIFETIME_DASHES):
        layer.handles.append(Line2D([], [], color=GREY, linewidth=0.9, linestyle=LIFETIME_DASHES, label="lifetime"))


def draw_naturalness(layer: Layer, lines: Sequence[Mapping[str, float]]) -> None:
    """Draw the largest natural moment for each new-physics scale and mixing (nudipole.models.naturalness)."""
    masses = _masses(layer)
    named = ((_natural_moments(masses, line), _natural_name(line)) for line in lines)
    if _draw(layer, masses, named, BROWN, NATURAL_DASHES):
        name = "naturalness"
        layer.handles.append(Line2D([], [], color=BROWN, linewidth=0.9, linestyle=NATURAL_DASHES, label=name))


def _natural_moments(masses: Array, line: Mapping[str, float]) -> Array:
    scale, mixing, delta = line["Lambda_TeV"], line["s_max"], line.get("delta", 1.0)
    return natural_moment_muB(masses, Lambda_TeV=scale, s_max=mixing, delta=delta)


def _natural_name(line: Mapping[str, float]) -> str:
    """Return the parameters of a line; delta only where a symmetry is assumed."""
    name = rf"$\Lambda = {line['Lambda_TeV']:g}$ TeV, $s = {_number(line['s_max'])}$"
    return name + (rf", $\delta = {_number(line['delta'])}$" if "delta" in line else "")


def _masses(layer: Layer) -> Array:
    return np.geomspace(layer.frame.M_N_min_MeV, layer.frame.M_N_max_MeV, POINTS)


def _number(value: float) -> str:
    """Return a number as mathtext without its dollars; powers of ten plainly."""
    exponent = np.log10(value)
    if 1e-2 <= value <= 1e3:
        return f"{value:g}"
    return f"10^{{{round(exponent)}}}" if np.isclose(exponent, round(exponent)) else power_of_ten(value).strip("$")


def _draw(layer: Layer, masses: Array, lines: Iterable[tuple[Array, str]], colour: str, dashes: Any) -> bool:
    drawn = False
    for moments, name in lines:
        run = Run(masses, moments)
        if not layer.visible([run]):
            continue
        layer.line(run, linewidth=0.9, color=colour, linestyle=dashes, zorder=3.2)
        label = Label(name, "", colour, run.points(), 0, along=True, scale=GUIDE_SCALE, lead_from_pt=6.0)
        layer.labels.append(label)
        drawn = True
    return drawn
