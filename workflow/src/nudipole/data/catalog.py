"""The catalogue `resources/catalog.yaml`: what every table is, must look like, and comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from nudipole.data.entry import Entry
from nudipole.errors import DataError
from nudipole.safe_yaml import load_yaml

BRANCHES = ("solar", "xenon1t", "xenonnt", "lz", "pandax4t", "borexino", "neutrinos", "published", "cosmology")
COLUMN_TYPES = ("float", "int", "str")
CHECKS = ("increasing", "nonnegative", "positive", "fraction", "nullable")


@dataclass(frozen=True)
class Column:
    """One column: its name, unit, type (`float`, `int`, `str`) and the checks its values must pass."""

    name: str
    unit: str
    type: str
    checks: frozenset[str] = frozenset()

    @property
    def nullable(self) -> bool:
        """Whether an empty cell is allowed."""
        return "nullable" in self.checks


@dataclass(frozen=True)
class RemoteSource:
    """The provider's original file: where it is, what it hashes to, and how it is read."""

    dataset: str
    url: str
    sha256: str
    parser: str
    every: int = 1
    """Keep every n-th row of the original, and its last one."""
    note: str = ""


@dataclass(frozen=True)
class Bins:
    """Names of the columns with the lower and upper edges of contiguous bins."""

    low: str
    high: str


@dataclass(frozen=True)
class Dataset:
    """One table of the project; `path` is relative to the project root."""

    name: str
    branch: str
    title: str
    citation: str
    arxiv: tuple[str, ...]
    doi: str | None
    licence: str
    path: str
    sha256: str
    remote: RemoteSource | None
    rows: int
    bins: Bins | None
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in their order."""
        return [column.name for column in self.columns]

    @property
    def units(self) -> dict[str, str]:
        """Unit of every column."""
        return {column.name: column.unit for column in self.columns}


@dataclass(frozen=True)
class Catalog:
    """All datasets, in the order of the file."""

    datasets: tuple[Dataset, ...]

    @property
    def names(self) -> list[str]:
        """Names of all datasets."""
        return [dataset.name for dataset in self.datasets]

    def dataset(self, name: str) -> Dataset:
        """The dataset called `name`; an unknown name is a `DataError` that lists the known ones."""
        for dataset in self.datasets:
            if dataset.name == name:
                return dataset
        raise DataError(f"no dataset is called '{name}'; the catalogue has: {', '.join(self.names)}")

    def of_branch(self, branch: str) -> tuple[Dataset, ...]:
        """All datasets of one branch."""
        return tuple(dataset for dataset in self.datasets if dataset.branch == branch)


def load_catalog(path: Path) -> Catalog:
    """Read and validate the catalogue; every error names the entry and the key."""
    try:
        content = load_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"the catalogue {path} cannot be read: {error.strerror}; correct data.catalog") from error
    except UnicodeDecodeError as error:
        raise DataError(f"the catalogue {path} is not a text file: {error}") from error
    except yaml.YAMLError as error:
        raise DataError(f"the catalogue {path} is not valid YAML: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("datasets"), list):
        raise DataError(f"the catalogue {path} needs a list under the key 'datasets'")
    datasets = tuple(_dataset(entry, number) for number, entry in enumerate(content["datasets"], start=1))
    names = [dataset.name for dataset in datasets]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DataError(f"the catalogue {path} lists {', '.join(repeated)} more than once; remove the repetition")
    return Catalog(datasets)


_DATASET_KEYS = (
    *("name", "branch", "title", "citation", "arxiv", "doi", "licence"),
    *("bundled", "remote", "rows", "bins", "columns"),
)


def _dataset(content: object, number: int) -> Dataset:
    name = content.get("name") if isinstance(content, Mapping) else None
    where = f"entry '{name}'" if isinstance(name, str) else f"entry number {number}"
    entry = Entry(content, where, _DATASET_KEYS)
    bundled = Entry(entry.content.get("bundled"), f"{where}, bundled", ("path", "sha256"))
    columns = _columns(entry)
    return Dataset(
        name=entry.text("name"),
        branch=entry.choice("branch", BRANCHES),
        title=entry.text("title"),
        citation=entry.text("citation"),
        arxiv=entry.texts("arxiv"),
        doi=entry.optional_text("doi"),
        licence=entry.text("licence"),
        path=_relative(bundled),
        sha256=bundled.sha256("sha256"),
        remote=_remote(entry),
        rows=entry.positive_int("rows"),
        bins=_bins(entry, {column.name for column in columns}),
        columns=columns,
    )


def _relative(bundled: Entry) -> str:
    path = bundled.text("path")
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise bundled.fail("path", "a path inside the project is needed")
    return path


def _remote(entry: Entry) -> RemoteSource | None:
    content = entry.content.get("remote")
    if content is None:
        return None
    remote = Entry(content, f"{entry.where}, remote", ("url", "sha256", "parser", "every", "note"))
    return RemoteSource(
        dataset=entry.text("name"),
        url=remote.text("url"),
        sha256=remote.sha256("sha256"),
        parser=remote.text("parser"),
        every=remote.positive_int("every", default=1),
        note=remote.text("note", default=""),
    )


def _bins(entry: Entry, columns: set[str]) -> Bins | None:
    content = entry.content.get("bins")
    if content is None:
        return None
    bins = Entry(content, f"{entry.where}, bins", ("low", "high"))
    return Bins(low=bins.choice("low", columns), high=bins.choice("high", columns))


def _columns(entry: Entry) -> tuple[Column, ...]:
    contents = entry.content.get("columns")
    if not isinstance(contents, list) or not contents:
        raise entry.fail("columns", "a list of columns is needed")
    columns = []
    for number, content in enumerate(contents, start=1):
        column = Entry(content, f"{entry.where}, column {number}", ("name", "unit", "type", "checks"))
        checks = column.texts("checks")
        if not set(checks) <= set(CHECKS):
            raise column.fail("checks", f"only {', '.join(CHECKS)} are known")
        columns.append(
            Column(
                column.text("name"),
                column.text("unit"),
                column.choice("type", COLUMN_TYPES),
                frozenset(checks),
            )
        )
    return tuple(columns)
