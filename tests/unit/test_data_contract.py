"""Each way a table can be wrong is found, and the message leads to the cell."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nudipole.data.bundled import read_bundled, read_dataset, verify_bundled
from nudipole.data.catalog import Bins, Column, Dataset, RemoteSource
from nudipole.data.contract import check_contract
from nudipole.errors import DataError
from nudipole.provenance.digest import file_sha256

TABLE = """\
# A toy table
E_low_keV,E_high_keV,counts,weight,label
1,2,10,0.5,first
2,3,0,,second
3,4,7,1,third
"""

Edit = Callable[[str], str]


def dataset_for(path: Path) -> Dataset:
    return Dataset(
        name="toy",
        branch="xenon1t",
        title="A toy table",
        citation="",
        arxiv=(),
        doi=None,
        licence="CC-BY-4.0",
        path=path.name,
        sha256=file_sha256(path),
        remote=None,
        rows=3,
        bins=Bins("E_low_keV", "E_high_keV"),
        columns=(
            Column("E_low_keV", "keV", "float", frozenset({"nonnegative", "increasing"})),
            Column("E_high_keV", "keV", "float", frozenset({"positive"})),
            Column("counts", "events", "int", frozenset({"nonnegative"})),
            Column("weight", "1", "float", frozenset({"fraction", "nullable"})),
            Column("label", "", "str"),
        ),
    )


@pytest.fixture
def toy(tmp_path: Path) -> Dataset:
    path = tmp_path / "toy.csv"
    path.write_text(TABLE, encoding="utf-8")
    return dataset_for(path)


def test_a_good_table_is_read_with_the_types_of_the_contract(toy: Dataset, tmp_path: Path) -> None:
    frame = read_bundled(toy, tmp_path)
    assert [str(dtype) for dtype in frame.dtypes[:4]] == ["float64", "float64", "int64", "float64"]
    assert frame["counts"].tolist() == [10, 0, 7]
    assert frame["weight"].isna().tolist() == [False, True, False]
    assert frame["label"].tolist() == ["first", "second", "third"]


def swap(old: str, new: str) -> Edit:
    return lambda text: text.replace(old, new)


@pytest.mark.parametrize(
    ("edit", "finding"),
    [
        (swap("1,2,10", "nan,2,10"), r"column 'E_low_keV', row 1: found nan, allowed: a finite number"),
        (swap("1,2,10", ",2,10"), r"column 'E_low_keV', row 1: found nan"),
        (swap("3,4,7", "3,inf,7"), r"column 'E_high_keV', row 3: found inf"),
        (
            swap("7,1,third", "7,inf,third"),
            r"column 'weight', row 3: found inf, allowed: a finite number or nothing",
        ),
        (swap("2,3,0", "2,3,-1"), r"column 'counts', row 2: found -1, allowed: zero or more"),
        (swap("2,3,0", "2,3,0.5"), r"column 'counts', row 2: found '0.5', allowed: a whole number"),
        (swap("2,3,0", "2,3,many"), r"column 'counts', row 2: found 'many', allowed: a whole number"),
        (swap("1,2,10", "one,2,10"), r"column 'E_low_keV', row 1: found 'one', allowed: a number"),
        (swap("10,0.5", "10,1.5"), r"column 'weight', row 1: found 1.5, allowed: 0 to 1"),
        (swap("1,2,10", "1,0,10"), r"column 'E_high_keV', row 1: found 0.0, allowed: more than zero"),
        (
            swap("3,4,7", "2,4,7"),
            r"column 'E_low_keV', row 3: found 2.0, allowed: more than in the row before",
        ),
        (swap("2,3,0", "2.5,3,0"), r"row 2: the bin starts at 2.5, allowed: 2.0"),
        (swap("3,4,7", "3,3,7"), r"row 3: the bin 3.0 to 3.0 is empty"),
        (swap("second", " "), r"column 'label', row 2: found ' ', allowed: a text"),
        (swap("2,3,0,,second\n", ""), r"it has 2 rows, the contract says 3 \(1 lost\)"),
        (lambda text: text + "4,5,1,1,fourth\n", r"it has 4 rows, the contract says 3 \(1 too many\)"),
        (swap("counts", "events"), r"column 'counts' is missing; column 'events' is not in the contract"),
        (swap("weight,label", "label,weight"), r"the columns are in the wrong order"),
        (swap("10,0.5,first", "10,0.5"), r"row 1 has 4 cells, the contract says 5"),
        (lambda _: "# only a header\n", r"the table is empty"),
    ],
)
def test_a_breach_names_dataset_cell_and_remedy(toy: Dataset, tmp_path: Path, edit: Edit, finding: str) -> None:
    (tmp_path / "toy.csv").write_text(edit(TABLE), encoding="utf-8")
    with pytest.raises(DataError, match=finding) as caught:
        read_bundled(toy, tmp_path)
    message = str(caught.value)
    assert message.startswith("dataset 'toy' (toy.csv)")
    assert "git checkout -- toy.csv" in message
    assert "nudipole.data.register" in message


def test_an_alteration_within_the_contract_is_still_found(toy: Dataset, tmp_path: Path) -> None:
    (tmp_path / "toy.csv").write_text(TABLE.replace("1,2,10", "1,2,11"), encoding="utf-8")
    with pytest.raises(DataError, match=r"was altered.*git checkout -- toy.csv.*nudipole.data.register"):
        verify_bundled(toy, tmp_path)


def test_a_missing_table_is_found(toy: Dataset, tmp_path: Path) -> None:
    (tmp_path / "toy.csv").unlink()
    with pytest.raises(DataError, match=r"toy.csv is missing.*git checkout"):
        verify_bundled(toy, tmp_path)


def test_a_table_that_is_not_text_is_found(toy: Dataset, tmp_path: Path) -> None:
    (tmp_path / "toy.csv").write_bytes(b"\xff\xfe\x00garbage")
    with pytest.raises(DataError, match="cannot be read"):
        read_bundled(toy, tmp_path)


@pytest.mark.parametrize(("column", "kind"), [("counts", "float"), ("E_low_keV", "int"), ("counts", "str")])
def test_a_frame_of_the_wrong_type_is_found(toy: Dataset, tmp_path: Path, column: str, kind: str) -> None:
    frame = read_bundled(toy, tmp_path)
    columns = tuple(replace(entry, type=kind) if entry.name == column else entry for entry in toy.columns)
    with pytest.raises(DataError, match=rf"column '{column}' has type .*, the contract says {kind}"):
        check_contract(frame, replace(toy, columns=columns))


class TestOriginal:
    """`read_dataset` gives the same table from the bundled copy and from the provider's original."""

    @pytest.fixture
    def spectrum(self, tmp_path: Path) -> Dataset:
        original, table = tmp_path / "original.dat", tmp_path / "toy.csv"
        original.write_text("  1.0000E-01  2.5E-01\n  2.0000E-01  7.5E-01\n", encoding="utf-8")
        table.write_text("# toy\nE_nu_MeV,dN_dE_per_MeV\n0.1,0.25\n0.2,0.75\n", encoding="utf-8")
        remote = RemoteSource("toy", "http://localhost/original.dat", file_sha256(original), "bahcall_two_columns")
        columns = (Column("E_nu_MeV", "MeV", "float"), Column("dN_dE_per_MeV", "MeV^-1", "float"))
        return replace(dataset_for(table), remote=remote, rows=2, bins=None, columns=columns)

    def test_both_ways_agree(self, spectrum: Dataset, tmp_path: Path) -> None:
        bundled = read_dataset(spectrum, tmp_path, None)
        original = read_dataset(spectrum, tmp_path, tmp_path / "original.dat")
        assert bundled.equals(original)
        assert bundled.dtypes.equals(original.dtypes)

    def test_another_file_is_refused(self, spectrum: Dataset, tmp_path: Path) -> None:
        (tmp_path / "original.dat").write_text("0.1 0.3\n", encoding="utf-8")
        with pytest.raises(DataError, match="SHA-256 differs"):
            read_dataset(spectrum, tmp_path, tmp_path / "original.dat")

    def test_an_absent_file_and_a_dataset_without_original_are_refused(
        self, spectrum: Dataset, toy: Dataset, tmp_path: Path
    ) -> None:
        with pytest.raises(DataError, match="there is no original"):
            read_dataset(spectrum, tmp_path, tmp_path / "absent.dat")
        with pytest.raises(DataError, match="has no original in the catalogue"):
            read_dataset(toy, tmp_path, tmp_path / "original.dat")
