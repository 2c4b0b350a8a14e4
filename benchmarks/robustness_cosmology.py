"""Random points of the early universe over all initial states: what fails, how well energy is conserved, how fast.

From the top of the repository: `python benchmarks/robustness_cosmology.py --points 5000 --seed 1`. The exit code is 1
if a point crashes, is not finite, drifts in energy, or moves by more than the tolerance when steps get smaller.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nudipole.cli.project import bundled_tables, catalog_of, project_root
from nudipole.config.load import load_config
from nudipole.constraints.cosmology_inputs import cosmology_config
from nudipole.constraints.cosmology_universe import NETWORKS, Universe, universe
from nudipole.cosmology.background import DRIFT_ALLOWED, Status
from nudipole.cosmology.point import Point
from nudipole.cosmology.surface import ABUNDANCES

M_N_RANGE_MEV, MU_RANGE_MUB = (1e-2, 1e3), (1e-14, 1e-6)
MOMENTS_PER_MASS = 5
"""All points of one mass share its table of scattering rates, which takes as long as eight points."""
FAMILY = "cosmology.family=[decoupled, thermal, zero, freeze-in]"
T_RH = "cosmology.family_T_RH_MeV=[5, 10, 100, 1000]"
TIGHT_RTOL, ALLOWED_SHIFT = 1e-7, 2e-6
"""Y_p may move by that much between the configured tolerance and the tight one."""
ROUNDING = 1e-20
"""An abundance more negative than this is wrong; less so, nothing of the species was left."""
SHOWN = 40


@dataclass(frozen=True)
class Result:
    """One point: the initial state, what came out (or the exception) and how long it took."""

    initial: str
    M_N_MeV: float
    mu_nu_muB: float
    point: Point | None
    error: str
    seconds: float

    @property
    def name(self) -> str:
        """The point in words."""
        return f"{self.initial:17s} M_N = {self.M_N_MeV:.10g} MeV, mu = {self.mu_nu_muB:.10g} mu_B"

    @property
    def status(self) -> str:
        """Status, or the exception."""
        return str(self.point.status) if self.point else self.error

    @property
    def lowest(self) -> float:
        """Smallest of N_eff and the abundances of a solved point, NaN if one is not finite, else infinite."""
        if self.point is None or not self.point.status.solved:
            return np.inf
        numbers = [self.point.background.N_eff]
        numbers += [getattr(self.point.abundances[n], a) for n in NETWORKS for a in ABUNDANCES]
        return float(np.min(numbers)) if np.isfinite(numbers).all() else np.nan

    @property
    def drift(self) -> float:
        """Largest drift in energy, NaN after an exception."""
        return self.point.background.energy_drift if self.point else np.nan


def universes(root: Path, assignments: Sequence[str]) -> list[Universe]:
    """Return the universe of every initial state, for the configuration with assignments on top."""
    config = load_config(root, [], [FAMILY, T_RH, *assignments])
    settings, tables = cosmology_config(config), bundled_tables(root, catalog_of(root, config))
    return [universe(settings, scenario, tables) for scenario in settings.scenarios]


def solve(state: Universe, M_N_MeV: float, mu_nu_muB: float) -> Result:
    """Return one point; an exception is a result here."""
    start = time.perf_counter()
    point, error = None, ""
    try:
        point = state.point(M_N_MeV, mu_nu_muB)
    except Exception as exception:
        error = f"{type(exception).__name__}: {exception}"
    return Result(state.scenario.label, M_N_MeV, mu_nu_muB, point, error, time.perf_counter() - start)


def random_results(states: Sequence[Universe], points: int, seed: int) -> list[Result]:
    """Return points log-uniform in mass and moment, each moment with every initial state."""
    random = np.random.default_rng(seed)
    results: list[Result] = []
    while len(results) < points:
        M = float(np.exp(random.uniform(*np.log(M_N_RANGE_MEV))))
        for mu in np.exp(random.uniform(*np.log(MU_RANGE_MUB), MOMENTS_PER_MASS)):
            results += [solve(state, M, float(mu)) for state in states]
    return results[:points]


def tight(state: Universe) -> Universe:
    """Return the universe with smaller steps in background and network."""
    return replace(
        state,
        accuracy=replace(state.accuracy, rtol=TIGHT_RTOL),
        nucleosynthesis=replace(state.nucleosynthesis, rtol=TIGHT_RTOL),
    )


def shifts(states: Sequence[Universe], results: Sequence[Result], subset: int, seed: int) -> list[tuple[float, Result]]:
    """Return how far Y_p moves with smaller steps on a random subset of the solved points, largest first."""
    by_label = {state.scenario.label: tight(state) for state in states}
    solved = [r for r in results if r.point and r.point.status.solved]
    chosen = np.random.default_rng(seed + 1).permutation(len(solved))[:subset]
    moved = []
    for result in sorted((solved[k] for k in chosen), key=lambda r: r.M_N_MeV):
        again = solve(by_label[result.initial], result.M_N_MeV, result.mu_nu_muB)
        if again.point is None or not again.point.status.solved:
            moved.append((np.inf, replace(result, error=f"{again.status} at rtol {TIGHT_RTOL:g}")))
            continue
        loose, small = result.point.abundances, again.point.abundances
        moved.append((max(abs(loose[n].Y_p - small[n].Y_p) for n in NETWORKS), result))
    return sorted(moved, key=lambda pair: -pair[0])


def show(title: str, lines: Sequence[str]) -> None:
    """Print a list, not more than SHOWN lines of it."""
    print(f"\n{title}: {len(lines)}")
    for line in lines[:SHOWN]:
        print("  " + line)
    if len(lines) > SHOWN:
        print(f"  ... and {len(lines) - SHOWN} more")


def report(results: Sequence[Result]) -> bool:
    """Print statuses, times, drifts and everything that went wrong; return whether nothing did."""
    print(f"{'initial state':20s} {'points':>6s} {'median ms':>9s} {'99 % ms':>8s} {'max drift':>9s}  statuses")
    for label in dict.fromkeys(r.initial for r in results):
        mine = [r for r in results if r.initial == label]
        ms = 1e3 * np.array([r.seconds for r in mine])
        counts = ", ".join(f"{k} {v}" for k, v in Counter(r.status for r in mine).most_common())
        drift = np.nanmax([r.drift for r in mine if r.point and r.point.status.solved])
        print(f"{label:20s} {len(mine):6d} {np.median(ms):9.2f} {np.quantile(ms, 0.99):8.2f} {drift:9.1e}  {counts}")
    crashed = [f"{r.name}: {r.error}" for r in results if r.point is None]
    broken = [f"{r.name}: {r.lowest:.1e}" for r in results if not r.lowest > -ROUNDING]
    negative = [f"{r.name}: {r.lowest:.1e}" for r in results if -ROUNDING < r.lowest < 0.0]
    unsolved = [
        f"{r.name}: {r.status}, drift {r.drift:.1e}, {r.point.background.steps} steps"
        for r in results
        if r.point and not r.point.status.solved
    ]
    drifting = [f"{r.name}: {r.drift:.1e}" for r in results if r.status == Status.OK and r.drift > DRIFT_ALLOWED]
    show("crashes", crashed)
    show("solved, but not finite or negative", broken)
    show("solved, with an abundance that is negative by rounding", negative)
    show("unsolved", unsolved)
    show(f"energy drift above {DRIFT_ALLOWED:g}", drifting)
    return not (crashed or broken or unsolved or drifting)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--subset", type=int, default=300, help="points repeated with smaller steps")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as on the command line")
    parser.add_argument("--project", type=Path, default=None)
    options = parser.parse_args(arguments)

    states = universes(project_root(options.project), options.set)
    for state in states:
        # compiles, so that the times below are those of a solve
        solve(state, 1.0, 1e-10)
    print(f"{options.points} points, seed {options.seed}, M_N in {M_N_RANGE_MEV} MeV, mu in {MU_RANGE_MUB} mu_B")
    results = random_results(states, options.points, options.seed)
    clean = report(results)
    moved = shifts(states, results, options.subset, options.seed)
    print(f"\nY_p between the configured rtol and {TIGHT_RTOL:g}: median {np.median([s for s, _ in moved]):.1e}")
    far = [f"{r.name}: {s:.1e} {r.error}" for s, r in moved if s > ALLOWED_SHIFT]
    show(f"Y_p moves by more than {ALLOWED_SHIFT:g}", far)
    print(f"largest: {', '.join(f'{s:.1e}' for s, _ in moved[:5])}")
    return 0 if clean and not far else 1


if __name__ == "__main__":
    sys.exit(main())
