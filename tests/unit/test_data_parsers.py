"""Parsers of the providers' formats, on small samples of our own (tests/samples)."""

from pathlib import Path

import pandas as pd
import pytest

from nudipole.data.catalog import RemoteSource
from nudipole.data.parsers import PARSERS, parse_original, thin
from nudipole.errors import DataError

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


def parse(name: str, parser: str, every: int = 1) -> pd.DataFrame:
    return parse_original(SAMPLES / name, RemoteSource("toy", "http://localhost/x", "0" * 64, parser, every))


def test_two_columns() -> None:
    frame = parse("two_columns.dat", "bahcall_two_columns")
    assert frame["E_nu_MeV"].tolist() == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    assert frame["dN_dE_per_MeV"].tolist() == [0.2, 0.45, 0.71, 0.88, 0.63, 0.25, 0.0]


@pytest.mark.parametrize(
    ("every", "energies"),
    [(1, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]), (3, [0.3, 0.6, 0.7]), (7, [0.7]), (10, [0.7])],
)
def test_thinning_keeps_the_last_row(every: int, energies: list[float]) -> None:
    frame = parse("two_columns.dat", "bahcall_two_columns", every)
    assert frame["E_nu_MeV"].tolist() == energies
    assert frame.index.tolist() == list(range(len(energies)))


def test_thinning_nothing_gives_nothing() -> None:
    assert thin(pd.DataFrame({"E": []}), 3).empty


def test_pp_table_is_read_pair_by_pair() -> None:
    frame = parse("pp_table.txt", "bahcall_pp_table")
    assert frame["E_nu_MeV"].tolist() == [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08]
    assert frame["dN_dE_per_MeV"].tolist() == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.0]


def test_winter_table_is_divided_by_1000_digit_by_digit() -> None:
    frame = parse("b8_table.dat", "winter_b8")
    assert frame.columns.tolist() == ["E_nu_MeV", "dN_dE_per_MeV", "sigma_per_MeV"]
    # Exact: the same doubles as the decimal digits of a bundled table.
    assert frame["dN_dE_per_MeV"].tolist() == [0.000214, 0.012976, 0.0]
    assert frame["sigma_per_MeV"].tolist() == [2e-05, -9.1e-05, 0.0]


def test_courtesy_counts_are_whole_events() -> None:
    frame = parse("counts.txt", "xenon1t_courtesy_counts")
    assert frame["E_low_keV"].tolist() == [1.0, 2.0, 3.0]
    assert frame["E_high_keV"].tolist() == [2.0, 3.0, 4.0]
    assert frame["counts"].tolist() == [7, 12, 0]
    assert frame["counts"].dtype == "int64"


def test_courtesy_efficiency_ends_at_50_keV() -> None:
    frame = parse("efficiency.txt", "xenon1t_courtesy_efficiency")
    assert frame["E_keV"].tolist() == [0.0, 25.0, 50.0]
    assert frame["efficiency"].tolist() == [0.0, 0.81, 0.855]


@pytest.mark.parametrize(
    ("parser", "text", "finding"),
    [
        ("bahcall_two_columns", "0.1 0.2\n0.3\n", r"line 2: expected 2 columns, found 1: '0.3'"),
        ("bahcall_two_columns", "<html><body>Not found</body></html>\n", r"line 1"),
        ("bahcall_two_columns", "0.1 x\n", r"line 1: 'x' is not a number"),
        ("bahcall_two_columns", "# nothing but comments\n\n", r"there are no numbers in it"),
        ("bahcall_pp_table", "1 2 3 4 5 6\n", r"expected 8 columns, found 6"),
        ("winter_b8", "0.1 0.2 e3\n", r"line 1: 'e3e-3' is not a number"),
        ("xenon1t_courtesy_counts", "1.5,10.0,1.0\n", r"line 1: rate 10.0 .* not a whole number of events"),
        ("xenon1t_courtesy_counts", "1.5;10.0;1.0\n", r"expected 3 columns, found 1"),
        ("xenon1t_courtesy_efficiency", "1,2,3\n", r"expected 6 columns, found 3"),
    ],
)
def test_a_text_in_another_format_is_refused(tmp_path: Path, parser: str, text: str, finding: str) -> None:
    path = tmp_path / "original.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=finding) as caught:
        parse_original(path, RemoteSource("toy", "http://localhost/x", "0" * 64, parser))
    assert "dataset 'toy'" in str(caught.value)
    assert "data.source: bundled" in str(caught.value)


@pytest.mark.parametrize("parser", sorted(PARSERS))
def test_binary_content_is_refused(tmp_path: Path, parser: str) -> None:
    path = tmp_path / "original.txt"
    path.write_bytes(b"\x1f\x8b\x08\x00\xff\xfe")
    with pytest.raises(DataError, match="dataset 'toy'"):
        parse_original(path, RemoteSource("toy", "http://localhost/x", "0" * 64, parser))


def test_an_unknown_parser_is_refused() -> None:
    with pytest.raises(DataError, match=r"unknown parser 'guess'; known: bahcall_pp_table"):
        parse("two_columns.dat", "guess")
