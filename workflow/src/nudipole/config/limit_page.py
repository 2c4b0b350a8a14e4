"""Write resources/limits/README.md from the schema of published limits, with worked examples.

`python -m nudipole.config.limit_page [PROJECT]`
"""

import sys
from pathlib import Path

from nudipole.config.limits import LIMIT_SCHEMA_PATH, PAGE_PATH
from nudipole.config.load import read_yaml
from nudipole.config.record_page import key_table

HEADER = """# Published limits

One YAML record a publication: `<key>.yaml` becomes the rows `pub_<key>` of `results/limits.parquet`, with `origin`
published, and a line of `results/limits/published_sources.parquet`, by which the figures label and cite it. Every
record in this folder is read; there is nothing else to register. A record and its points can also stay in a folder of
your own:

    snakemake ... --config limits='{records: [mine/my_search.yaml], without: [lsnd]}'

adds one and leaves another out. Confidence levels are never rescaled. Masses and couplings may come in any of the units
below and are converted with the package's converter; L = (mu/2) F nubar sigma N = d nubar sigma F N, so mu = 2 d.

The digitised figure of arXiv:2007.15563 is the dataset `published_curves_brdar2020` instead, because the scorecard
compares with it point by point.

## A worked example: a curve

`resources/limits/my_search.yaml`,

```yaml
# my_search.yaml
title: My search, neutrino beam
label: My search
reference: "A. Author, B. Author, J. Phys. 1 (2026) 2"
citation: ["arXiv:2601.00001"]
category: laboratory
confidence_level: 0.95
status: digitised
obtained: digitised from Fig. 3
licence: CC-BY-4.0
curves:
  - flavours: [mu]
    edge: floor                        # the smallest excluded coupling
    points: my_search.csv
```

and beside it its points, whose first line says what they are:

```csv
# my_search.csv
M_N_GeV,d_per_GeV
0.001,3.0e-7
0.01,2.0e-7
0.1,2.5e-7
0.4,1.0e-6
```

`snakemake ... -n` checks it. The next run computes `published_limits` and what follows from it, nothing else, and draws
the curve in the figure of nu_mu.

## A worked example: one number

A limit on the moment of a massless neutrino holds for N as long as its mass does not change what the experiment sees.
In scattering that is a mass far below sqrt(E_nu p), where p is the smallest momentum of the recoil seen: for recoil
electrons of keV energies and solar or reactor neutrinos, 0.03 MeV. In a star it is a mass below that of the plasmon. A
transition moment to a sterile N gives the same rate as the moment of a Dirac neutrino of this size.

```yaml
# my_reactor.yaml
title: My detector at a reactor
label: My reactor
reference: "C. Author, J. Phys. 1 (2026) 3"
citation: ["doi:10.1000/182"]
year: 2026
category: laboratory
confidence_level: 0.90
statistic: for a massless N; a mass of up to 0.03 MeV moves it by less than 5 %
status: verified
obtained: number in the abstract
licence: CC-BY-4.0
curves:
  - flavours: [e, effective]           # electron antineutrinos that did not oscillate
    edge: floor
    points: {M_N_MeV: [1.0e-6, 0.03], mu_nu_muB: 2.0e-11}
```

`published_limit: my_reactor` in a record of `resources/detectors` puts the number beside the limit computed for that
detector, in `results/effective_moments.md`.

## Damaged files

A record or a points file with a mistake stops the run before the first job, with the file, the key or line, the value
and what is allowed. With `sha256` (`sha256sum my_search.csv`) in the curve an altered number does as well; all records
here have it.

## Every key

"""

FOOTER = """
This page is made from `workflow/schemas/limit.schema.yaml` by `python -m nudipole.config.limit_page`.
"""


def page(root: Path) -> str:
    """Return the page of a project."""
    return HEADER + key_table(read_yaml(root / LIMIT_SCHEMA_PATH)) + FOOTER


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
    (folder / PAGE_PATH).write_text(page(folder), encoding="utf-8")
