"""Write resources/detectors/README.md from the schema of detector records, with a worked example.

`python -m nudipole.config.detector_page [PROJECT]`
"""

import sys
from pathlib import Path

from nudipole.config.detectors import DETECTOR_SCHEMA_PATH, FOLDER
from nudipole.config.load import read_yaml
from nudipole.config.record_page import key_table

PAGE_PATH = FOLDER / "README.md"

HEADER = """# Detectors

One YAML record an experiment, or a projection: `<name>.yaml` makes the constraint `<name>`. `nudipole limit <name>` and
`nudipole spectrum <name>` know it at once; with its name in `detectors.experiments` of the configuration the workflow
computes its rates, likelihood, limits and pictures. Any key can be changed without touching the record,
`--set detectors.overrides.darwin.exposure_t_yr=500`, or another variant chosen,
`--set detectors.variants.xenonnt=unbinned`.

What is computed: the expected signal of nu + e (or nucleus) -> N + recoil for every solar source, folded with target,
efficiency and response; a likelihood with the backgrounds, nuisances of shape and the fluxes; limits and preferred
intervals at each mass. Backgrounds and fluxes have Gaussian priors, or none (`prior_relative: null`), and no scale
falls below zero.

## A worked example: a projection

`resources/detectors/xlzd.yaml`, a detector that does not exist yet, with the background that LZ had, for 600 t yr:

```yaml
# xlzd.yaml
title: XLZD projection, 600 t yr with the background of LZ WS2024
label: XLZD
citation: ["arXiv:2410.17137"]
projection: true
recoil: electron
target: {shells: xenon_subshells, A_g_per_mol: 131.293}
exposure_t_yr: 600
response:
  mean_per_MeV: [0, 1000]            # the estimator is the energy in keV
  sigma: {sqrt: 0.33}                # sigma/keV = 0.33 sqrt(E/keV)
efficiency: {dataset: lz_ws2024_efficiency, energy: recoil, constant_above_keV: 10}
bins: {unit: keV, range: [1, 20]}
data: {dataset: lz_ws2024_er_counts, low: E_low_keV, high: E_high_keV, background: [background]}
backgrounds:
  background: {dataset: lz_ws2024_er_counts, column: background_counts, scale: 181.8, prior_relative: 0.02}
```

    nudipole limit xlzd --mass-MeV 0.01 --flavour effective

`data.background` makes the expected background the data, so the limit is the median expected one, drawn dotted. `scale`
is 600 t yr over the 3.3 t yr of the table.

## A worked example: your own data

A table of your own needs a file, an entry in `resources/catalog.yaml`, and its checksum:

```csv
# mine.csv
# Events of my detector in bins of 1 keV
# Units: E_low_keV, E_high_keV: keV; counts, flat_counts: events
# Source: my paper
# Licence of this table: CC-BY-4.0; the numbers are facts from the cited source.
E_low_keV,E_high_keV,counts,flat_counts
2.0,3.0,12,10.5
3.0,4.0,9,10.5
4.0,5.0,11,10.5
5.0,6.0,8,10.5
```

```yaml
# catalog.yaml
  - name: mine
    branch: published
    title: "Events of my detector"
    citation: "my paper"
    arxiv: []
    doi: null
    licence: CC-BY-4.0
    bundled:
      path: resources/mine.csv
      sha256: "0000000000000000000000000000000000000000000000000000000000000000"
    remote: null
    rows: 4
    bins: {low: E_low_keV, high: E_high_keV}
    columns:
      - {name: E_low_keV, unit: "keV", type: float, checks: [positive]}
      - {name: E_high_keV, unit: "keV", type: float, checks: [positive]}
      - {name: counts, unit: "1", type: int, checks: [nonnegative]}
      - {name: flat_counts, unit: "1", type: float, checks: [positive]}
```

    python -m nudipole.data.register resources/catalog.yaml mine

and the record `resources/detectors/mine.yaml`:

```yaml
# mine.yaml
title: My detector
citation: ["my paper"]
recoil: electron
target: {electrons_per_t: 2.5e+29}
exposure_t_yr: 1
response: {mean_per_MeV: [0, 1000], sigma: {linear: 0.1}}
bins: {unit: keV, range: [2, 6]}
data: {dataset: mine, low: E_low_keV, high: E_high_keV, counts: counts}
backgrounds:
  flat: {dataset: mine, column: flat_counts, prior_relative: null}
```

A mistake stops with the file, the key and what is allowed.

## Every key

"""


FOOTER = """
This page is made from `workflow/schemas/detector.schema.yaml` by `python -m nudipole.config.detector_page`.
"""


def page(root: Path) -> str:
    """Return the page of a project."""
    return HEADER + key_table(read_yaml(root / DETECTOR_SCHEMA_PATH)) + FOOTER


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
    (folder / PAGE_PATH).write_text(page(folder), encoding="utf-8")
