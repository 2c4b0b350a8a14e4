"""Flux moments as a table and back, without loss."""

import numpy as np
import pandas as pd

from nudipole.flavours import ALL_MODES
from nudipole.sources.moments import FluxMoments

POWER_UNITS = ("cm^-2 s^-1", "cm^-2 s^-1 MeV^-1", "cm^-2 s^-1 MeV^-2")


def _moment(k: int, mode: str) -> str:
    return f"Phi_{k}_{mode}_per_cm2_s{'' if k == 0 else f'_MeV{k}'}"


def _density(mode: str) -> str:
    return f"dPhi_dE_{mode}_per_cm2_s_MeV"


UNITS = {
    "component": "1",
    "source": "",
    "is_line": "",
    "E_nu_MeV": "MeV",
    **{_moment(k, mode): POWER_UNITS[k] for mode in ALL_MODES for k in range(3)},
    **{_density(mode): "cm^-2 s^-1 MeV^-1" for mode in ALL_MODES},
}


def moments_frame(moments: FluxMoments) -> pd.DataFrame:
    """Return one row a node: Phi_k above its energy and dPhi/dE at it, for each mode."""
    sizes = np.diff(moments.offset)
    columns = {
        "component": np.repeat(np.arange(len(sizes)), sizes),
        "source": np.repeat(np.array(moments.source, dtype=object), sizes),
        "is_line": np.repeat(moments.is_line, sizes),
        "E_nu_MeV": moments.E_nu_MeV,
    }
    for f, mode in enumerate(ALL_MODES):
        columns |= {_moment(k, mode): moments.Phi[:, f, k] for k in range(3)}
        columns |= {_density(mode): moments.dPhi_dE[:, f]}
    return pd.DataFrame(columns)[list(UNITS)]


def moments_from_frame(frame: pd.DataFrame) -> FluxMoments:
    """Return the moments of a table written from `moments_frame`."""
    first = frame.groupby("component", sort=False).first()
    sizes = frame.groupby("component", sort=False).size()
    Phi = np.stack([[frame[_moment(k, mode)] for k in range(3)] for mode in ALL_MODES])
    return FluxMoments(
        source=tuple(first["source"]),
        is_line=np.array(first["is_line"], dtype=bool),
        E_max_MeV=np.array(frame.groupby("component", sort=False)["E_nu_MeV"].last()),
        offset=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        # a copy: arrays of a frame are read-only, for which numba would compile every kernel again
        E_nu_MeV=np.array(frame["E_nu_MeV"]),
        Phi=np.ascontiguousarray(np.moveaxis(Phi, 2, 0)),
        dPhi_dE=np.ascontiguousarray(np.stack([frame[_density(mode)] for mode in ALL_MODES], axis=1)),
    )
