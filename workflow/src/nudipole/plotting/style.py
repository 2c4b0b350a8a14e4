"""How the figures look: fonts, colours and the short names of curves, in one place."""

from dataclasses import dataclass
from typing import Any

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
LABEL_PT = 9.5
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


@dataclass(frozen=True)
class Look:
    """How one constraint is drawn and named; an empty name means that it shares the label of another curve."""

    name: str
    colour: str
    text_colour: str


COMPUTED = {
    "cmb": Look("CMB $N_\\mathrm{eff}$\n(this work)", SKY, "#1F6FA3"),
    "bbn": Look("BBN $^4$He\n(this work)", VERMILLION, "#A34700"),
    "stellar": Look("Stellar cooling\n(this work)", PURPLE, "#8A2F63"),
    "supernova": Look("SN 1987A cooling\n(this work)", GREEN, "#00664A"),
    "sn_low_energy": Look("Low-energy supernovae", GREEN, "#00664A"),
    "sn_gamma": Look("SN 1987A gamma rays", GREEN, "#00664A"),
    "xenon1t_nr": Look("XENON1T nuclear recoils\n(this work)", WINE, "#5E173A"),
    "borexino": Look("Borexino\n(this work)", OLIVE, "#55551A"),
    "xenon1t": Look("XENON1T\n(this work)", BLUE, "#004B77"),
    "xenonnt": Look("XENONnT\n(this work)", INDIGO, INDIGO),
    "lz": Look("LZ", INDIGO, INDIGO),
    "pandax4t": Look("PandaX-4T", INDIGO, INDIGO),
    "darwin": Look("DARWIN (projection)", BLACK, BLACK),
}
"""Constraints of this package, in drawing order; text is darker than its line, for contrast on the filled region."""

DASH_DOTTED = (0, (7.0, 1.5, 1.5, 1.5))
DOTTED = (0, (1.2, 1.6))
OUTLINED = {"sn_low_energy": DASH_DOTTED, "sn_gamma": DASH_DOTTED, "lz": "-", "pandax4t": (0, (5.0, 2.0))}
"""Constraints drawn as thin lines without a filling, with the style of the line; projections are dotted ones."""
NOT_DRAWN = ("sn_explosion", "sn_neutrinos", "liquid_xenon")
"""Close to one of those, or weaker everywhere; they are in the pictures of the supernova and of the excess."""

FALLBACK_COLOURS = (VERMILLION, GREEN, SKY, BLACK)

FAVOURED = Look("XENON1T favoured,\nno tritium", ORANGE, "#8A4B00")
FAVOURED_SHADES = ("#F8DDA0", "#EDB54A")
"""Fill of the 2 and 1 sigma regions, outermost first."""

BRDAR2020 = {
    "Borexino_90CL": Look("", OLIVE, OLIVE),
    "XENON1T_ER_90CL_incl_tritium": Look("", BLUE, BLUE),
    "SN1987A": Look("SN1987A", GREY, "#333333"),
    "stellar_cooling": Look("", "#8A2F63", PURPLE),
    "BBN_high_4He": Look(r"BBN $^4$He", VERMILLION, "#A34700"),
    "CMB_dNeff_0.3_a": Look(r"CMB $\Delta N_\mathrm{eff}=0.3$", SKY, "#1F6FA3"),
    "CMB_dNeff_0.3_b": Look(r"CMB $\Delta N_\mathrm{eff}=0.3$", SKY, "#1F6FA3"),
    "IceCube_double_bang": Look("IceCube\n(projection)", BLACK, BLACK),
    "CHARM2_NOMAD_region": Look("CHARM-II, NOMAD", GREY, "#333333"),
    "MiniBooNE_region": Look("MiniBooNE", GREY, "#333333"),
    "MiniBooNE_ROI": Look("MiniBooNE\nfavoured", GREEN, "#00664A"),
}
"""Curves of the summary figure of arXiv:2007.15563, by the name in its digitised table."""

BRDAR2020_TWICE = {"CHARM2_NOMAD_region": ("pub_charm_ii", "pub_nomad"), "MiniBooNE_region": ("pub_miniboone",)}
"""Regions of that figure which the laboratory limits show from the original papers."""

LABORATORY_FILL = "#E4E4E4"
LABORATORY_LINE = "#777777"
LABORATORY_TEXT = "#333333"

FLAVOURS = {
    "e": r"coupling to $\nu_e$ only",
    "mu": r"coupling to $\nu_\mu$ only",
    "tau": r"coupling to $\nu_\tau$ only",
    "effective": "effective moment (no flavour conversion)",
}
