"""Reading time series: every way to write a table, and every way to get one wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnviz.document import series as module
from rnnviz.document.series import (
    Series,
    SeriesError,
    parse_series,
    read_series,
    with_next_value_targets,
)
from rnnviz.document.values import Array

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"


def values_of(text: str) -> list[list[float]]:
    values: list[list[float]] = parse_series(text).values.tolist()
    return values


# ---- any matrix, written in any dialect, comes back


@dataclass(frozen=True)
class Dialect:
    """One way to write a table."""

    separator: str
    decimal: str
    style: str
    quoted: bool
    header: bool
    labels: bool
    minus: str
    newline: str
    trailing: bool
    noise: bool

    def number(self, value: float) -> str:
        text = format(value, ".17e") if self.style == "scientific" else repr(value)
        if self.style == "integers" and value == int(value) and abs(value) < 1e15 and str(value) != "-0.0":
            text = str(int(value))
        text = text.replace(".", self.decimal).replace("-", self.minus)
        must_be_quoted = self.separator == self.decimal == ","
        return f'"{text}"' if self.quoted or must_be_quoted else text

    def write(self, values: Array) -> str:
        rows = [[self.number(float(value)) for value in row] for row in values]
        if self.labels:
            rows = [[f"2024-01-{day:02d}", *row] for day, row in enumerate(rows, start=1)]
        if self.header:
            rows.insert(0, [*(["date"] if self.labels else []), *names(values.shape[1])])
        end = self.separator if self.trailing else ""
        lines = [self.separator.join(row) + end for row in rows]
        if self.noise:
            lines = [
                "# written by a logger; version 1,5",
                "",
                *lines[:2],
                "   ",
                "  # half way",
                *lines[2:],
                "",
            ]
        return self.newline.join(lines)


def names(count: int) -> list[str]:
    return [f"sensor_{column}" for column in range(count)]


def can_be_told(dialect: Dialect, values: Array) -> bool:
    """Return whether the text has one reading only, or the documented one is what was meant."""
    columns = values.shape[1] + dialect.labels
    if columns > 1 and not dialect.separator:
        return False
    if dialect.trailing and not dialect.separator.strip():
        return False
    if dialect.header or dialect.quoted:
        return True
    if dialect.decimal == "," and columns == 1:  # 0,1 above 1,0 is two columns of bits
        return not set(values.ravel()) <= {0.0, 0.1, 1.0, 1.1} and dialect.separator != ","
    return not (dialect.separator == "," and columns <= 2 and dialect.style == "integers")


dialects = st.builds(
    Dialect,
    separator=st.sampled_from([",", ";", "\t", " ", "   ", "\t ", ""]),
    decimal=st.sampled_from([".", ","]),
    style=st.sampled_from(["shortest", "scientific", "integers"]),
    quoted=st.booleans(),
    header=st.booleans(),
    labels=st.booleans(),
    minus=st.sampled_from(["-", "\N{MINUS SIGN}"]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    trailing=st.booleans(),
    noise=st.booleans(),
)
finite = st.floats(allow_nan=False, allow_infinity=False, width=64)
everyday = st.integers(-2000, 2000).map(lambda cents: cents / 100)
matrices = hnp.arrays(
    np.float64,
    st.tuples(st.integers(2, 9), st.integers(1, 4)),
    elements=st.one_of(finite, everyday, st.integers(-9, 99).map(float)),
)


@settings(max_examples=600, deadline=None)
@given(dialect=dialects, values=matrices)
@example(
    dialect=Dialect(",", ",", "shortest", False, False, True, "-", "\r\n", True, True),
    values=np.eye(3) * -0.5,
)
def test_any_matrix_in_any_dialect_comes_back_exactly(dialect: Dialect, values: Array) -> None:
    if values.shape[1] + dialect.labels > 1 and not dialect.separator:
        values = values[:, :1]
    assume(can_be_told(dialect, values))
    series = parse_series(dialect.write(values))
    assert series.values.tobytes() == np.ascontiguousarray(values).tobytes()
    assert series.has_header == dialect.header
    assert list(series.names) == (
        names(values.shape[1]) if dialect.header else [f"x{k + 1}" for k in range(values.shape[1])]
    )
    assert series.left_out == (("date" if dialect.header else "column 1",) if dialect.labels else ())


@settings(max_examples=300, deadline=None)
@given(
    values=matrices,
    separator=st.sampled_from([",", ";", "\t", " "]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
)
def test_any_matrix_in_any_encoding_comes_back_from_a_file(
    values: Array, separator: str, encoding: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("series") / "values.csv"
    header = separator.join(f"größe_{k}" for k in range(values.shape[1]))
    rows = [separator.join(map(repr, row)) for row in values.tolist()]
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    series = read_series(path)
    assert series.values.tobytes() == values.tobytes()
    assert series.names[0] == "größe_0"


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet=" \t\n,;.\"'#-+\N{MINUS SIGN}0123eaxNn \ufeff\x00é", max_size=60))
@example('"\n')
@example('a,"b\nc" d\n1,2\n3,4')
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        series = parse_series(text)
    except SeriesError as error:
        message = str(error)
    else:
        message = ""
        assert np.isfinite(series.values).all()
        assert series.values.shape[1] == len(series.names) >= 1
        assert len(series.values) >= 2
    assert "\n" not in message


# ---- the cases that have more than one reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,5;2,7\n3,1;4,2", [[1.5, 2.7], [3.1, 4.2]]),
        ("1,5\n2,7", [[1.5], [2.7]]),
        ("1,234\n5,678", [[1.234], [5.678]]),
        ("x\n1,5\n2,7", [[1.5], [2.7]]),
        ("a,b\n1,5\n2,7", [[1, 5], [2, 7]]),
        ("1,5\n3\n2,7", [[1.5], [3], [2.7]]),
        ("3\n1,5\n2", [[3], [1.5], [2]]),
        ("0,1\n1,0\n1,1", [[0, 1], [1, 0], [1, 1]]),
        ("3,10\n4,7\n12,25", [[3, 10], [4, 7], [12, 25]]),
        ("3,10\n4,70\n12,25", [[3.1], [4.7], [12.25]]),
        ("3,10\n4,7\n12,05", [[3.1], [4.7], [12.05]]),
        ("1,-5\n2,7", [[1, -5], [2, 7]]),
        ("1, 5\n2, 7", [[1, 5], [2, 7]]),
        ("1,5,2,7\n3,1,4,2", [[1, 5, 2, 7], [3, 1, 4, 2]]),
        ('"1,5","2,7"\n"3,1","4"', [[1.5, 2.7], [3.1, 4]]),
        ("1,5 2,7\n3,1 4,2", [[1.5, 2.7], [3.1, 4.2]]),
        ("1,5\t2,7\n3,1\t4,2", [[1.5, 2.7], [3.1, 4.2]]),
        ("1;2\n3;4", [[1, 2], [3, 4]]),
        ("2020-01-01;1,5\n2020-01-02;2,5", [[1.5], [2.5]]),
        ("2020-01-01 12:00,1.5\n2020-01-01 13:00,2.5", [[1.5], [2.5]]),
        ("2020-01-01 12:00 1.5\n2020-01-01 13:00 2.5", [[1.5], [2.5]]),
        ("2020-01-01 1,5\n2020-01-02 2,5", [[1.5], [2.5]]),
        ("week,v\nweek 1,5\nweek 2,7", [[5], [7]]),
        ("1 2,5\n3 4,5", [[1, 2.5], [3, 4.5]]),
        ("1 ,5\n2 ,7", [[1, 5], [2, 7]]),
        ("  1   2\n 10  20", [[1, 2], [10, 20]]),
        ("1 2\t3\n4\t5 6", [[1, 2, 3], [4, 5, 6]]),
        ("\t1\n\t2", [[1], [2]]),
        ("1.;.5\n+1e3;-2E-2", [[1, 0.5], [1000, -0.02]]),
        (",5\n1,5", [[0.5], [1.5]]),
        ("\N{MINUS SIGN}1\n1e\N{MINUS SIGN}2", [[-1], [0.01]]),
        ("sep=;\n1;2\n3;4", [[1, 2], [3, 4]]),
        ("a;b;;\n1;2;;\n3;4;;\n;;;", [[1, 2], [3, 4]]),
        ("a;b\n1;2;\n3;4;", [[1, 2], [3, 4]]),
        ("1;2;\n3;4\n5;6;", [[1, 2], [3, 4], [5, 6]]),
        ("20240131,1.5\n20240201,2", [[20240131, 1.5], [20240201, 2]]),
    ],
)
def test_ambiguous_table_is_read_as_documented(text: str, expected: list[list[float]]) -> None:
    assert values_of(text) == expected


def test_decimal_comma_far_below_whole_numbers_is_found() -> None:
    text = "\n".join(["3"] * 2999 + ["3,5"] + ["4"] * 2000)
    series = parse_series(text)
    assert (series.separator, series.decimal) == ("", ",")
    assert series.values[2999, 0] == 3.5


def test_dialect_is_reported() -> None:
    series = parse_series("Zeit;Temp (°C);Druck\n12:00;1,5;2,7\n12:10;3;4")
    assert (series.separator, series.decimal, series.has_header) == (";", ",", True)
    assert series.names == ("Temp (°C)", "Druck")
    assert series.left_out == ("Zeit",)


def test_several_columns_of_labels_are_left_out() -> None:
    series = parse_series("day,time,v\nMon,9:00,1\nTue,9:00,2")
    assert series.left_out == ("day", "time")
    assert series.names == ("v",)


def test_names_of_rows_without_a_header_are_left_out_as_r_writes_them() -> None:
    series = parse_series('"a" "b"\n"1" 0.5 0.6\n"2" 0.7 0.8')
    assert series.names == ("a", "b")
    assert series.left_out == ("column 1",)
    assert series.values.tolist() == [[0.5, 0.6], [0.7, 0.8]]


def test_row_of_names_that_is_one_short_is_refused_when_no_column_counts_the_rows() -> None:
    with pytest.raises(SeriesError, match="line 1: the header has 2 names, but the rows below have 3 cells"):
        parse_series("a,b\n5,2,3\n6,2,3")


def test_dates_can_be_the_header() -> None:
    assert parse_series("2024-01;2024-02\n1;2\n3;4").names == ("2024-01", "2024-02")


def test_header_of_pandas_index_is_a_header() -> None:
    series = parse_series(",a,b\n0,1.5,2\n1,2.5,3")
    assert series.names == ("x1", "a", "b")


def test_names_that_occur_twice_are_numbered() -> None:
    assert parse_series("a,a,b\n1,2,3\n4,5,6").names == ("a", "a (2)", "b")


def test_quoted_name_may_hold_separators_quotation_marks_and_line_ends() -> None:
    series = parse_series('"Temp,\n(""dry"")",b\n1,2\n3,4')
    assert series.names == ('Temp, ("dry")', "b")


def test_values_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        parse_series("1\n2").values[0, 0] = 5


# ---- what is refused


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "the text is empty", None),
        ("\n \n# only a comment\n", "the text is empty", None),
        (";;;\n;;;", "the text is empty", None),
        ("The quick brown fox\njumps over\nthe lazy dog", "holds text and no numbers", None),
        ("a,b\nc,d", "holds text and no numbers", None),
        ("nan\nnan\n", "no finite numbers", None),
        ("1,2,x\n3,4,5\n6,7,8", "line 1, column 3: “x” is not a number", 1),
        ("a,b\n1,2\n\n3,4,5\n6,7", "line 4: 3 cells where the other rows have 2", 4),
        ("a,b,c\n1,2,3\n3,4\n6,7,8", "line 3: 2 cells where the other rows have 3", 3),
        ("a,b\n1,2\n3,oops\n5,6", "line 3, column 2 (b): “oops” is not a number", 3),
        ("a,b\n1,2\n3,\n5,6", "line 3, column 2 (b): the value is missing. Fill it in", 3),
        ("a,b\n1,2\n3,NA\n5,6", "line 3, column 2 (b): the value is missing (“NA”)", 3),
        ("1\nnan\n3", "line 2, column 1: “nan” is not a finite number", 2),
        ("nan\n1\n3", "line 1, column 1: “nan” is not a finite number", 1),
        ("1,5\n-INF\n3,5", "line 2, column 1: “-INF” is not a finite number", 2),
        ("1\n1e999\n3", "line 2, column 1: “1e999” is too large", 2),
        ("1\n1_000\n3", "line 2, column 1: “1_000” is not a number", 2),
        ("1\n\u0661\n3", "line 2, column 1: “\u0661” is not a number", 2),
        ("1;2\n3;1,234.5\n4;5", "line 2, column 2: “1,234.5” is not written like the other numbers", 2),
        ("1;2,5\n3;1.234,5\n4;5,5", "line 2, column 2: “1.234,5” is not written like the other", 2),
        ("1\n1\u00a0234\n3", "line 2, column 1: “1 234” is not written like the other numbers", 2),
        ("1.5;2\n3;4,5\n4.5;5", "line 2, column 2: “4,5” is not written like the other numbers", 2),
        ("1..5\n2\n3", "line 1, column 1: “1..5” is not written like the other numbers", 1),
        ("1,5\n2.5\n3.5", "line 1, column 1: “1,5” is not written like the other numbers", 1),
        ("temp,2019\n1,2\n3,4", "line 1, column 1: “temp” is not a number", 1),
        ("12.30;1,5\n12.40;1,7", "line 1, column 2: “1,5” is not written like the other numbers", 1),
        ("1", "only one row", None),
        ("a,b\n1,2", "only one row", None),
        ("1,2,3,4,5,6,7,8", "only one row", None),
        ("a,b,c\n1;2\n3;4", "line 1: the header has 1 name, but", 1),
        ("a;b;c\n1;2\n3;4", "line 1: the header has 3 names, but the rows below have 2 cells", 1),
        ('a,b\n1,2\n3,"4\n5,6', "line 3: a quotation mark is opened and never closed", 3),
        ("day,v\nMon,1\n3,2\nTue,3", "line 2, column 1 (day): “Mon” is not a number", 2),
        (",".join(map(str, range(257))) + "\n" + ",".join(map(str, range(257))), "257 columns", None),
    ],
)
def test_bad_table_is_refused_saying_where(text: str, message: str, line: int | None) -> None:
    with pytest.raises(SeriesError) as caught:
        parse_series(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    if line is not None:
        assert caught.value.line == line


def test_unexpected_number_among_labels_far_down_is_refused() -> None:
    rows = [f"id{row},{row}" for row in range(5000)]
    rows[4321] = "77,5"
    with pytest.raises(SeriesError, match=r"line 4322|is not a number"):
        parse_series("\n".join(rows))


def test_series_written_along_one_line_is_refused_at_once() -> None:
    with pytest.raises(SeriesError, match=r"line 1: 40,000,000 characters.*write one time step to a line"):
        parse_series("1," * 20_000_000)


def test_256_columns_are_read() -> None:
    row = ",".join(map(str, range(256)))
    assert parse_series(f"{row}\n{row}").values.shape == (2, 256)


def test_a_million_rows_are_read_and_one_more_is_refused() -> None:
    text = "1.5\n" * 1_000_000
    assert parse_series(text).values.shape == (1_000_000, 1)
    with pytest.raises(SeriesError, match=r"1,000,001 rows.*every n-th"):
        parse_series(text + "2")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "values.csv is empty"),
        (b"\xff\xfe", "values.csv is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "values.csv is not text but binary data"),
        (bytes(range(256)), "binary data"),
        (b"PK\x03\x04\x14\x00\x06\x00", "a spreadsheet or zip archive"),
        ("1\n2\n".encode("utf-16-le"), "binary data"),
        ("1\n2\n".encode("utf-32"), "binary data"),
        (b"\xff\xfe1\x00\n", "broken UTF-16"),
        (b"a,b\n1,2\n3,x\n", "values.csv, line 3, column 2 (b): “x”"),
    ],
)
def test_bad_file_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "values.csv"
    path.write_bytes(data)
    with pytest.raises(SeriesError) as caught:
        read_series(path)
    assert message in str(caught.value)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SeriesError, match=r"none\.csv cannot be opened: No such file"):
        read_series(tmp_path / "none.csv")
    with pytest.raises(SeriesError, match="cannot be opened"):
        read_series(tmp_path)


def test_file_over_50_mb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "values.csv"
    path.write_bytes(b"1.5\n" * 12_500_001)
    with pytest.raises(SeriesError, match=r"values\.csv is over 50 MB"):
        read_series(path)
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    with pytest.raises(SeriesError, match="the text is over"):
        parse_series("1\n" * 20)


# ---- what a series is turned into


def test_targets_are_the_next_rows() -> None:
    values = np.arange(6.0).reshape(3, 2)
    inputs, targets = with_next_value_targets(values)
    assert inputs.tolist() == [[0, 1], [2, 3]]
    assert targets.tolist() == [[2, 3], [4, 5]]
    inputs[0, 0] = 9
    assert values[0, 0] == 0


def test_one_row_has_no_next_value() -> None:
    with pytest.raises(SeriesError, match="at least 2 rows"):
        with_next_value_targets(np.ones((1, 3)))
    with pytest.raises(SeriesError, match="timesteps, features"):
        with_next_value_targets(np.ones(3))


# ---- the example


def test_example_is_read_without_leaving_anything_out() -> None:
    series: Series = read_series(EXAMPLES / "daylight.csv")
    assert series.names == ("daylight_hours", "temperature_celsius")
    assert series.values.shape == (60, 2)
    assert series.left_out == ()


def test_example_is_what_its_readme_computes() -> None:
    program = re.search(r"```python\n(.*?)```", (EXAMPLES / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert program
    made = subprocess.run([sys.executable, "-c", program[1]], capture_output=True, text=True, check=True).stdout
    assert made == (EXAMPLES / "daylight.csv").read_text(encoding="utf-8")
