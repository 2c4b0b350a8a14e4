"""How the time of each branch grows with its grid.

`python -m benchmarks.scaling [--quick]` writes results/benchmarks/scaling.json.
"""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.collect import OUTPUT, collect

ROOT = Path(__file__).resolve().parents[1]
BUDGET_S, QUICK_S = 12.0, 0.3
"""Longest single run of a branch."""
DECADES = (100, 1000, 10_000, 100_000, 1_000_000)
FEW = (10, 30, 100, 300)
M_N_MEV, MU_MUB = 0.1, (1e-13, 1e-9)
Run = Callable[[int], Any]


def likelihood() -> Run:
    """Return: n evaluations of the profile likelihood of a xenon experiment at one mass."""
    import numpy as np

    scan = _detector("xenonnt").scan(M_N_MEV, "mu")
    return lambda n: scan.fits(np.geomspace(*MU_MUB, n) ** 2)


def templates() -> Run:
    """Return: n masses of a xenon experiment, all sources and flavours; no two runs at the same masses."""
    import numpy as np

    model, rng = _detector("xenonnt").model, np.random.default_rng(1)
    return lambda n: [model.signal(float(M)) for M in 10.0 ** rng.uniform(-2.0, 0.0, n)]


def toys() -> Run:
    """Return: n profiled toys of a xenon experiment."""
    from nudipole.likelihood.toys import toy_statistics

    scan = _detector("xenonnt").scan(M_N_MEV, "mu")
    x = scan.upper_crossing_muB2(scan.best_fit.chi2 + 2.706)
    return lambda n: toy_statistics(1, n, x, scan.nuisances.start, scan)


def stellar() -> Run:
    """Return: n masses of the plasmon integral, between none and the last that a red giant emits."""
    import numpy as np

    from nudipole.stellar.emission import ln_q_over_mu2_eV7
    from nudipole.stellar.star import RED_GIANT

    return lambda n: ln_q_over_mu2_eV7(RED_GIANT, np.linspace(0.0, 60.0, n))


def supernova() -> Run:
    """Return: n points of the luminosity, 81 moments a mass."""
    import numpy as np

    from nudipole.config.load import load_config
    from nudipole.constraints.supernova_inputs import supernova_config
    from nudipole.constraints.supernova_model import Bound, Model

    model, moments = Model(supernova_config(load_config(ROOT))), np.geomspace(1e-14, 1e-6, 81)

    def run(n: int) -> None:
        for M in np.geomspace(0.1, 300.0, -(-n // len(moments))):
            model.values((Bound.COOLING,), float(M), moments[:n], False)

    return run


def nucleosynthesis() -> Run:
    """Return: n points of the early universe, 10 moments a mass."""
    import numpy as np
    from benchmarks.bbn_peers import early_universe

    early = early_universe()

    def run(n: int) -> None:
        for M in np.geomspace(0.5, 50.0, -(-n // 10)):
            early.points(float(M), np.geomspace(1e-13, 1e-9, min(n, 10)))

    return run


def _detector(name: str) -> Any:
    from nudipole.cli.project import build_detector
    from nudipole.config.load import load_config

    return build_detector(name, ROOT, load_config(ROOT))


BRANCHES: dict[str, tuple[Callable[[], Run], Sequence[int]]] = {
    "likelihood evaluations": (likelihood, DECADES),
    "detector templates": (templates, FEW),
    "toys": (toys, DECADES),
    "stellar masses": (stellar, DECADES),
    "supernova points": (supernova, DECADES),
    "BBN points": (nucleosynthesis, FEW),
}


def growth_of(branch: str, budget_s: float) -> dict[str, Any]:
    """Return what was measured of one branch, and the fit to it."""
    from benchmarks.growth import fitted, measured

    prepare, sizes = BRANCHES[branch]
    points, seconds = measured(prepare(), sizes, budget_s)
    return {"branch": branch, "points": points, "seconds": seconds, **asdict(fitted(points, seconds))}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every branch and write scaling.json."""
    parser = argparse.ArgumentParser(description="Time of each branch over its number of points.")
    parser.add_argument("--quick", action="store_true", help="small grids only")
    parser.add_argument("--only", nargs="+", choices=list(BRANCHES), default=list(BRANCHES))
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args(arguments)
    # before NumPy is imported: one core, as in the jobs of the workflow
    os.environ.update({f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")})
    rows = []
    for branch in options.only:
        print(f"scaling of {branch}", flush=True)
        rows.append(growth_of(branch, QUICK_S if options.quick else BUDGET_S))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "scaling.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    print(collect(options.output), end="")


if __name__ == "__main__":
    main()
