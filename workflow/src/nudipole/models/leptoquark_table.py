"""The moment over the plane of leptoquark mass and coupling, as a table."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from nudipole.models.leptoquark import dirac_mass_MeV, moment_muB

UNITS = {"M_LQ_TeV": "TeV", "sqrt_y1y2": "1", "mu_nu_muB": "mu_B", "m_nuN_per_log_MeV": "MeV"}
CITATIONS = ("arXiv:2007.15563",)
"""Where the model is proposed as the origin of the moment; the loop is computed here."""
POINTS = 61
"""A side of the grid: the moment is a power law up to a logarithm."""


def leptoquark_table(section: Mapping[str, Any]) -> pd.DataFrame:
    """Return moment, and Dirac mass for a logarithm of 1, on a logarithmic grid; section: `models.leptoquark`."""
    masses, couplings = (
        np.geomspace(low, high, POINTS) for low, high in (section["M_LQ_range_TeV"], section["sqrt_y1y2_range"])
    )
    mass, coupling = np.meshgrid(masses, couplings, indexing="ij")
    m_b_GeV = float(section["m_b_GeV"])
    moments = moment_muB(coupling**2, mass, m_b_GeV=m_b_GeV, formula=section["formula"])
    dirac = dirac_mass_MeV(coupling**2, m_b_GeV=m_b_GeV)
    columns = (mass, coupling, moments, dirac)
    return pd.DataFrame({name: values.ravel() for name, values in zip(UNITS, columns, strict=True)})
