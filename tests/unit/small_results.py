"""A folder of results small enough to make in a test: likelihoods with edges known in closed form, a few curves."""

import numpy as np
import pandas as pd

from nudipole.limits.published import sources_frame
from nudipole.limits.table import UNITS, Curve, Edge, Label, Status, curves_frame
from nudipole.provenance.tables import TableInfo, write_table

MASSES_MEV = np.geomspace(0.01, 1.0, 21)
MOMENTS_MUB = np.geomspace(1e-14, 1e-6, 81)
UNIT_MUB = 1e-11
GAUSSIANS = {"xenonnt": (1.0, 2.0), "lz": (4.0, 3.0), "pandax4t": (-5.0, 4.0), "borexino": (8.0, 2.0)}
"""Best fit and error of x = (mu/1e-11 mu_B)^2 at 0.1 MeV."""


def scaled(mu_nu_muB, M_N_MeV):
    """x at 0.1 MeV; the signal falls as 1/M_N^2, a straight line in log-log."""
    return (mu_nu_muB / UNIT_MUB) ** 2 * (0.1 / M_N_MeV) ** 2


def gaussian(best, error):
    """-2 ln L above its minimum over x >= 0."""
    lowest = max(-best, 0.0) ** 2 / error**2
    return lambda x: (x - best) ** 2 / error**2 - lowest


def surface_table(experiment, chi2, masses=MASSES_MEV, flavours=("mu", "e"), moments=MOMENTS_MUB):
    M, mu = (grid.ravel() for grid in np.meshgrid(masses, moments, indexing="ij"))
    pieces = [
        pd.DataFrame({"experiment": experiment, "flavour": flavour, "M_N_MeV": M, "mu_nu_muB": mu,
                      "delta_chi2": chi2(scaled(mu, M)), "nuisance_flux": 1.0})
        for flavour in flavours
    ]  # fmt: skip
    return pd.concat(pieces, ignore_index=True)


def write_surface(folder, frame):
    units = {name: {"M_N_MeV": "MeV", "mu_nu_muB": "mu_B"}.get(name, "1") for name in frame.columns}
    name = frame["experiment"].iloc[0]
    write_table(frame, folder / "likelihood" / f"{name}.parquet", TableInfo(f"{name} surface", units))


def small_limits():
    """Floors of some constraints, two variants of one, and one that ends on the grid."""
    rows = []
    for flavour in ("mu", "e"):
        for number, (name, variant, is_default) in enumerate(
            [("xenonnt", "binned", True), ("xenon1t", "tritium", True), ("xenon1t", "no_tritium", False),
             ("borexino", "recommended", True), ("stellar", "finite_width", True)]
        ):  # fmt: skip
            label = Label(
                name, variant, is_default, flavour, 0.9, "test", "computed", "computed; data arXiv:2207.11330"
            )
            mu = 1e-11 * (1.0 + number) * (1.0 + MASSES_MEV)
            rows.append(Curve(label, Edge.FLOOR, 0, MASSES_MEV, mu, (Status.OK,) * len(mu)))
        for name, variant in (("bbn", "decoupled;primat2023"), ("cmb", "decoupled;planck")):
            label = Label(name, variant, True, flavour, 0.9, "test", "computed", "computed")
            mu = 1e-9 * np.ones(len(MASSES_MEV))
            rows.append(Curve(label, Edge.FLOOR, 0, MASSES_MEV, mu, (Status.OK,) * len(mu)))
    return curves_frame(rows)


def write_results(folder):
    """Write what `nudipole plot` and `nudipole combine` read."""
    for name, (best, error) in GAUSSIANS.items():
        write_surface(folder, surface_table(name, gaussian(best, error)))
    write_surface(folder, surface_table("liquid_xenon", gaussian(1.0, 1.5)))
    write_table(small_limits(), folder / "limits.parquet", TableInfo("limits", UNITS))
    sources = sources_frame([])
    info = TableInfo("sources", dict.fromkeys(sources.columns, ""))
    write_table(sources, folder / "limits" / "published_sources.parquet", info)
    return folder
