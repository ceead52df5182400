"""Time series from CSV and TXT files and from pasted tables: a row is a time step, a column is a feature.

How a table is read
-------------------
Nobody says how a file is written, so every way to read it is tried on a sample of the rows, and the one that
makes the most rows consist of numbers wins. What was found is part of the result, to be shown to the user; it
can also be given.

- **Passed over.** Blank lines, lines that begin with ``#``, separators at the end of a row, rows of nothing
  but separators above and below the table, a first line ``sep=;`` (which is obeyed).
- **Header.** The first row, when there is a name in it and no number, not even a broken one, where the other
  rows have numbers. A header of plain numbers (years) looks like a row of data and is read as one.
- **Labels.** Leading columns in which no row has a number (dates, times, names of rows) are left out and
  reported. So is a first column that counts the rows and has no name, as R writes it (the header is one name
  short). A date such as 20240131 is a number.
- **Numbers.** Digits with an optional sign (plus, hyphen or Unicode minus), decimal sign and exponent. There
  are no thousands separators: ``1,234`` never means 1234, and ``1,234.5`` is refused.

Where two readings work equally well, the first that applies is taken:

1. A tab in every row, or else a semicolon, means that commas do not separate: ``1,5;2,7`` is 1.5 and 2.7.
2. One comma in each row, digits on both sides, as in ``1,5`` or ``1,234``: two columns if the header has a
   comma, if all cells are 0 or 1, or if it would be an odd way to write decimals (``3,10`` beside ``4,7``:
   zeros at the end without a fixed number of places). Otherwise one column with a decimal comma.
3. More commas than one are separators: ``1,5,2,7`` is four columns. A decimal comma between comma separators
   must be quoted: ``"1,5","2,7"``.
4. White space beside a comma belongs to it: ``1, 5`` is 1 and 5. Elsewhere it separates before a comma does:
   ``1 2,5`` is 1 and 2.5, and ``2024-01-31 2,5`` is 2.5 with a label.
5. A decimal point before a decimal comma, where there is neither.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

import numpy as np

from rnnviz.document.text import TextError, decoded_file
from rnnviz.document.values import Array, DocumentError

MAX_BYTES = 50_000_000
MAX_ROWS = 1_000_000
MAX_FEATURES = 256
MAX_LINE = 20_000  # characters: 256 numbers need some 7,000
MIN_ROWS = 2

_ONE_COLUMN = ""
_WHITE_SPACE = " "
_SAMPLE = 200  # rows from the top, and as many spread over the rest

_DIALECTS = (
    ("\t", "."),
    ("\t", ","),
    (";", "."),
    (";", ","),
    (_ONE_COLUMN, "."),
    (_ONE_COLUMN, ","),
    (_WHITE_SPACE, "."),
    (_WHITE_SPACE, ","),
    (",", "."),
    (",", ","),
)
_MINUS = "\N{MINUS SIGN}"
_SIGN = rf"[+\-{_MINUS}]?"
_NUMBER = {  # "1." is how NumPy and Fortran write 1; nobody writes "1,"
    ".": re.compile(rf"{_SIGN}(?:[0-9]+\.?|[0-9]*\.[0-9]+)(?:[eE]{_SIGN}[0-9]+)?"),
    ",": re.compile(rf"{_SIGN}(?:[0-9]+|[0-9]*,[0-9]+)(?:[eE]{_SIGN}[0-9]+)?"),
}
_NUMBER_LIKE = re.compile(rf"{_SIGN}(?=.*[0-9])[0-9.,\s'\u2019]+(?:[eE]{_SIGN}[0-9]+)?")
_COMMA_PAIR = re.compile(rf"{_SIGN}([0-9]+),([0-9]+)(?:[eE]{_SIGN}[0-9]+)?")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_QUOTED_OR_WORD = re.compile(r'"(?:[^"]|"")*"|[^ \t]+')
_SPACES = re.compile(r"[ \t]+")
_SPACED_COMMA = re.compile(r"[ \t],|,[ \t]")
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])", re.IGNORECASE)
_MISSING = frozenset({"", "na", "n/a", "#n/a", "<na>", "null", "none", "missing", "-", "--", "?", "."})
_NOT_FINITE = re.compile(rf"{_SIGN}(?:nan|inf|infinity|∞|1\.#(?:ind|inf|qnan))", re.IGNORECASE)


class SeriesError(DocumentError):
    """A time series cannot be read: one line that says what is wrong, where, and what to do.

    Attributes:
        line: the line at fault, from 1, or None when it is not one line.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A time series, and how it was read.

    Attributes:
        names: the features; from the header, or x1, x2 …
        values: (timesteps, features), as in the file, read-only.
        separator: comma, semicolon or tab; a space for any white space; empty for a single column.
        decimal: point or comma.
        has_header: the first row gave the names.
        left_out: columns of labels that were not read, by name or as "column 1".
    """

    names: tuple[str, ...]
    values: Array
    separator: str
    decimal: str
    has_header: bool
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the file: the line it starts on, from 1, and its text."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """A way to read the rows.

    Attributes:
        width: cells in a row, without those that only a trailing separator makes.
        labels: leading columns that are left out.
        labels_may_be_numbers: the header says that the first column holds names of rows.
    """

    separator: str
    decimal: str
    width: int = 1
    labels: int = 0
    labels_may_be_numbers: bool = False

    def cells(self, text: str) -> list[str]:
        """Return the cells of a row; empty ones beyond the width are dropped."""
        cells = _split(text, self.separator)
        while len(cells) > self.width and not cells[-1]:
            cells.pop()
        return cells

    def is_number(self, cell: str) -> bool:
        """Return whether a cell is a number as this layout writes it."""
        return _NUMBER[self.decimal].fullmatch(cell) is not None

    def number(self, cell: str) -> float:
        """Return the value of a cell that `is_number`; infinite if it is too large for float64."""
        return float(cell.replace(",", ".").replace(_MINUS, "-"))

    def is_good(self, cells: Sequence[str]) -> bool:
        """Return whether cells are a complete row of numbers, labels aside."""
        values = cells[self.labels :]
        return len(cells) == self.width and bool(values) and all(map(self.is_number, values))

    def names_a_column(self, cells: Sequence[str]) -> bool:
        """Return whether cells can be a header: somewhere a name, nowhere a number, not even a broken one."""
        values = cells[self.labels :] if len(cells) >= self.width else cells
        return any(map(_is_word, values)) and not any(map(_NUMBER_LIKE.fullmatch, values))


# ---- reading


def read_series(path: Path, *, separator: str | None = None, decimal: str | None = None) -> Series:
    """Return the time series in a CSV or TXT file.

    UTF-8, UTF-16 with a byte order mark, or Latin-1. The arguments are those of `parse_series`.

    Raises:
        SeriesError: the file cannot be opened, is over 50 MB or binary, or what `parse_series` refuses.
    """
    try:
        text = decoded_file(path, MAX_BYTES)
    except TextError as error:
        raise SeriesError(str(error)) from error
    return parse_series(text, path.name, separator=separator, decimal=decimal)


def parse_series(
    text: str, source: str = "the text", *, separator: str | None = None, decimal: str | None = None
) -> Series:
    """Return the time series that a table of text holds, read as the head of this module explains.

    ``source`` begins every message. ``separator`` (as in `Series`) and ``decimal`` are detected unless given.

    Raises:
        SeriesError: nothing there, no numbers, rows of different lengths, a cell that is no number, infinite
            or missing, fewer than 2 or more than 1,000,000 rows, more than 256 features, a line over
            20,000 characters, over 50 MB.
    """
    if len(text) > MAX_BYTES:
        raise SeriesError(f"{source} is over {MAX_BYTES / 1e6:.0f} MB: cut it into smaller parts.")
    rows = _rows(text.removeprefix("\ufeff"), source)
    if rows and (told := _SEPARATOR_LINE.fullmatch(rows[0].text.strip(" "))):
        separator = separator if separator is not None else told[1]
        rows = rows[1:]
    if not rows:
        raise SeriesError(f"{source} is empty: give it at least {MIN_ROWS} rows of numbers.")
    _check_lines(rows, source)
    dialects = [d for d in _dialects(rows) if separator in (None, d[0]) and decimal in (None, d[1])]
    if not dialects:
        raise SeriesError(
            "The separator must be a comma, semicolon, tab, space or empty, and the decimal sign . or ,"
        )
    return _parse(rows, dialects, source)


def _parse(rows: list[_Row], dialects: list[tuple[str, str]], source: str) -> Series:
    """Read the rows; if one cannot be read, detect again with that row in the sample."""
    sample = _sample(rows)
    layout = _detect(sample, dialects, source)
    try:
        return _read(rows, layout, source)
    except SeriesError as error:
        surprising = [row for row in rows if row.line == error.line and row not in sample]
        again = _detect(sample + surprising, dialects, source)
        if again == layout:
            raise
        return _read(rows, again, source)


def _read(rows: list[_Row], layout: _Layout, source: str) -> Series:
    first = layout.cells(rows[0].text)
    has_header = not layout.is_good(first) and layout.names_a_column(first)
    if has_header:
        layout = _fitted_to_header(layout, first, rows, source)
        rows = rows[1:]
    _check_size(len(rows), layout, source)
    names = _names(first if has_header else [], layout)
    labels = layout.labels
    return Series(
        names=tuple(name or f"x{feature}" for feature, name in enumerate(names[labels:], start=1)),
        values=_values(rows, layout, names, source),
        separator=layout.separator,
        decimal=layout.decimal,
        has_header=has_header,
        left_out=tuple(name or f"column {column}" for column, name in enumerate(names[:labels], start=1)),
    )


def _check_lines(rows: Sequence[_Row], source: str) -> None:
    longest = max(rows, key=lambda row: len(row.text))
    if len(longest.text) > MAX_LINE:
        raise SeriesError(
            f"{source}, line {longest.line}: {len(longest.text):,} characters, and at most {MAX_LINE:,} "
            "can be read: write one time step to a line.",
            longest.line,
        )


def _check_size(count: int, layout: _Layout, source: str) -> None:
    features = layout.width - layout.labels
    if features > MAX_FEATURES:
        raise SeriesError(
            f"{source} has {features:,} columns of numbers, and at most {MAX_FEATURES} can be read: "
            "remove some, or write one time step to a line if they are the steps."
        )
    if count > MAX_ROWS:
        raise SeriesError(
            f"{source} has {count:,} rows, and at most {MAX_ROWS:,} can be read: "
            "keep a part, or every n-th row."
        )
    if count < MIN_ROWS:
        rows = "only one row" if count else "no row"
        raise SeriesError(
            f"{source} has {rows} of numbers: a series needs at least {MIN_ROWS}, "
            "one line for each time step."
        )


def _fitted_to_header(layout: _Layout, header: Sequence[str], rows: Sequence[_Row], source: str) -> _Layout:
    if len(header) == layout.width:
        return layout
    if len(header) == layout.width - 1:
        if layout.labels:
            return layout
        first_cells = [layout.cells(row.text)[0] for row in rows[1:3]]
        if first_cells in (["0", "1"], ["1", "2"]):
            return replace(layout, labels=1, labels_may_be_numbers=True)
    raise SeriesError(
        f"{source}, line {rows[0].line}: the header has {_count(len(header), 'name')}, but the rows below "
        f"have {_count(layout.width, 'cell')}. Give each column one name; "
        "a name with a separator in it goes in quotation marks.",
        rows[0].line,
    )


def _names(header: Sequence[str], layout: _Layout) -> list[str]:
    """Return a name for each column, labels included, empty where there is none; no other occurs twice."""
    names = [""] * (layout.width - len(header)) + [" ".join(name.split()) for name in header]
    taken: Counter[str] = Counter()
    for column, name in enumerate(names):
        taken[name] += 1
        if name and taken[name] > 1:
            names[column] = f"{name} ({taken[name]})"
    return names


# ---- values


def _values(rows: Sequence[_Row], layout: _Layout, names: Sequence[str], source: str) -> Array:
    numbers = array("d")
    for row in rows:
        cells = layout.cells(row.text)
        if len(cells) != layout.width:
            raise _ragged(row, len(cells), layout.width, source)
        converted = _converted(row.text, cells, layout)
        if converted is None:
            raise _bad_cell(row, cells, layout, names, source)
        numbers.extend(converted)
    values = np.array(numbers, dtype=np.float64).reshape(len(rows), layout.width - layout.labels)
    finite = np.isfinite(values).all(axis=1)
    if not finite.all():
        row = rows[int(np.argmin(finite))]
        raise _bad_cell(row, layout.cells(row.text), layout, names, source)
    values.setflags(write=False)
    return values


def _converted(text: str, cells: Sequence[str], layout: _Layout) -> list[float] | None:
    """Return the numbers of a row, or None if a cell is none or a label is one; "nan" and "inf" may pass."""
    labels, values = cells[: layout.labels], cells[layout.labels :]
    if not layout.labels_may_be_numbers and any(map(_is_number_anywhere, labels)):
        return None
    if layout.decimal == "." and text.isascii() and "_" not in text:
        try:
            return [float(cell) for cell in values]  # three times as fast as the check below
        except ValueError:
            return None
    return [layout.number(cell) for cell in values] if all(map(layout.is_number, values)) else None


def _ragged(row: _Row, cells: int, width: int, source: str) -> SeriesError:
    return SeriesError(
        f"{source}, line {row.line}: {_count(cells, 'cell')} where the other rows have {width}. "
        "Give every row the same number of cells.",
        row.line,
    )


def _bad_cell(
    row: _Row, cells: Sequence[str], layout: _Layout, names: Sequence[str], source: str
) -> SeriesError:
    column = next(column for column, cell in enumerate(cells) if _is_bad(column, cell, layout))
    name = f" ({_shown(names[column])})" if names[column] else ""
    what = _complaint(cells[column], is_label=column < layout.labels)
    return SeriesError(f"{source}, line {row.line}, column {column + 1}{name}: {what}", row.line)


def _is_bad(column: int, cell: str, layout: _Layout) -> bool:
    if column < layout.labels:
        return _is_number_anywhere(cell) and not layout.labels_may_be_numbers
    return not layout.is_number(cell) or not np.isfinite(layout.number(cell))


def _complaint(cell: str, *, is_label: bool) -> str:
    shown = f"“{_shown(cell)}”"
    if is_label:
        return (
            f"{shown} is a number, but other rows have text there. Remove the column, or put numbers in it."
        )
    if not cell:
        return "the value is missing. Fill it in, or remove the row or the column."
    if cell.casefold() in _MISSING:
        return f"the value is missing ({shown}). Fill it in, or remove the row or the column."
    if _NOT_FINITE.fullmatch(cell):
        return f"{shown} is not a finite number. Replace it by a number, or remove the row or the column."
    if _NUMBER_LIKE.fullmatch(cell):
        return _numeric_complaint(cell, shown)
    return f"{shown} is not a number. Replace it by a number, or remove the row or the column."


def _numeric_complaint(cell: str, shown: str) -> str:
    if _NUMBER["."].fullmatch(cell) and not np.isfinite(float(cell.replace(_MINUS, "-"))):
        return f"{shown} is too large: numbers go up to 1.8e308. Change the unit."
    return (
        f"{shown} is not written like the other numbers. Use one decimal sign throughout, "
        "and no thousands separators."
    )


def _shown(text: str, limit: int = 40) -> str:
    line = " ".join(text.split())
    line = "".join(character if character.isprintable() else "�" for character in line)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# ---- detection


def _dialects(rows: Sequence[_Row]) -> list[tuple[str, str]]:
    """Return all dialects (separator, decimal sign), those that win a tie first."""
    dialects = list(_DIALECTS)
    if not _is_one_decimal_column(rows):
        dialects.remove((_ONE_COLUMN, ","))
        dialects.append((_ONE_COLUMN, ","))
    return dialects


def _is_one_decimal_column(rows: Sequence[_Row]) -> bool:
    """Return whether ``1,5`` in a row by itself is one decimal number, and not two whole ones."""
    first = rows[0].text.strip()
    if not _COMMA_PAIR.fullmatch(first) and len(_split(first, ",")) > 1:
        return False  # a header with a comma
    found = (_COMMA_PAIR.fullmatch(row.text.strip()) for row in rows)
    pairs = [(pair[1], pair[2]) for pair in found if pair]
    is_bits = all({*pair} <= {"0", "1"} for pair in pairs)
    return not is_bits and not _are_odd_decimals([right for _, right in pairs])


def _are_odd_decimals(places: Sequence[str]) -> bool:
    """Return whether digits behind a comma vary in number and yet end in a 0; 05 can only be decimals."""
    if any(len(digits) > 1 and digits.startswith("0") for digits in places):
        return False
    varies = len({len(digits) for digits in places}) > 1
    return varies and any(len(digits) > 1 and digits.endswith("0") for digits in places)


def _sample(rows: Sequence[_Row]) -> list[_Row]:
    """Return the first rows, and some spread evenly over the rest."""
    rest = rows[_SAMPLE:]
    return [*rows[:_SAMPLE], *rest[:: max(1, len(rest) // _SAMPLE)]]


def _detect(sample: Sequence[_Row], dialects: Sequence[tuple[str, str]], source: str) -> _Layout:
    """Return the layout that makes the most rows of the sample numbers; of equals, that of the first dialect.

    If none makes a single row numbers, the layout with the most numbers, so that the message about the first
    bad cell makes sense.
    """
    texts = [row.text for row in sample]
    outranked = _outranked(texts[1:] or texts)
    layouts = [
        _layout(texts, separator, decimal)
        for separator, decimal in dialects
        if separator not in outranked and _occurs(separator, decimal, texts)
    ]
    best = max(layouts or [_Layout(*dialects[0])], key=lambda layout: _score(layout, texts))
    if not any(best.is_number(cell) for text in texts for cell in best.cells(text)):
        if any(map(_NOT_FINITE.fullmatch, (cell for text in texts for cell in best.cells(text)))):
            raise SeriesError(f"{source} has no finite numbers: give it at least {MIN_ROWS} rows of numbers.")
        raise SeriesError(
            f"{source} holds text and no numbers: a series has one row of numbers for each time step. "
            "To use text, open it as text."
        )
    return best


def _outranked(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the separators that cannot be meant, because every row has a stronger one."""
    for stronger, weaker in (("\t", (";", ",")), (";", (",", _WHITE_SPACE))):
        if all(len(_split(text, stronger)) > 1 for text in texts):
            return weaker
    return ()


def _occurs(separator: str, decimal: str, texts: Sequence[str]) -> bool:
    """Return whether a dialect is worth trying: its signs are there."""
    if decimal == "," and not any("," in text for text in texts):
        return False
    if separator == _WHITE_SPACE:
        beside_comma = any(_SPACED_COMMA.search(text) for text in texts[1:] or texts)
        return not beside_comma and any(_SPACES.search(text.strip()) for text in texts)
    return any(separator in text for text in texts)


def _layout(texts: Sequence[str], separator: str, decimal: str) -> _Layout:
    """Return the layout of the rows below the first one, which may be a header, in a given dialect."""
    narrow = _Layout(separator, decimal)
    rows = [narrow.cells(text) for text in texts[1:] or texts]
    widths = Counter(map(len, rows))
    width = max(widths, key=lambda width: (widths[width], width))
    columns = zip(*(row for row in rows if len(row) == width), strict=True)
    labels = takewhile(_is_label_column, columns)
    return _Layout(separator, decimal, width, min(sum(1 for _ in labels), width - 1))


def _is_label_column(column: Sequence[str]) -> bool:
    return any(map(_is_word, column)) and not any(map(_is_number_anywhere, column))


def _score(layout: _Layout, texts: Sequence[str]) -> tuple[int, int, int]:
    """Return how well a layout suits: rows of numbers, else numbers at all; how well the first row fits."""
    rows = [layout.cells(text) for text in texts]
    good = sum(map(layout.is_good, rows))
    numbers = 0 if good else sum(layout.is_number(cell) for cells in rows for cell in cells)
    short_by = 0 if layout.is_good(rows[0]) else layout.width - len(rows[0])
    return good, numbers, {0: 2, 1: 1}.get(short_by, 0)


def _is_number_anywhere(cell: str) -> bool:
    """Return whether a cell is a number with a decimal point or with a comma: such a cell is no label."""
    return any(number.fullmatch(cell) for number in _NUMBER.values())


def _is_word(cell: str) -> bool:
    """Return whether a cell says something other than that a value is missing or not finite."""
    return cell.casefold() not in _MISSING and not _NOT_FINITE.fullmatch(cell)


# ---- rows and cells


def _rows(text: str, source: str) -> list[_Row]:
    """Return the rows that say something. A quoted cell may go on over several lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if '"' in text:
        rows = _joined(lines, source)
    else:
        rows = [_Row(number, line) for number, line in enumerate(lines, start=1) if _says_something(line)]
    first, last = 0, len(rows)
    while first < last and not rows[first].text.strip(' \t,;"'):
        first += 1
    while last > first and not rows[last - 1].text.strip(' \t,;"'):
        last -= 1
    return rows[first:last]


def _says_something(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith("#")


def _joined(lines: Sequence[str], source: str) -> list[_Row]:
    """Return the rows, with lines put together until the quotation marks are closed."""
    rows: list[_Row] = []
    pending: list[str] = []
    start, is_open = 1, False
    for number, line in enumerate(lines, start=1):
        if not is_open and not _says_something(line):
            continue
        start = start if is_open else number
        is_open ^= line.count('"') % 2 == 1
        pending.append(line)
        if not is_open:
            rows.append(_Row(start, "\n".join(pending)))
            pending = []
    if is_open:
        raise SeriesError(
            f"{source}, line {start}: a quotation mark is opened and never closed. Close it or remove it.",
            start,
        )
    return rows


def _split(text: str, separator: str) -> list[str]:
    """Return the cells of a row, without the white space around them and without their quotation marks."""
    if '"' in text:
        return _split_quoted(text, separator)
    if separator == _ONE_COLUMN:
        return [text.strip()]
    if separator == _WHITE_SPACE:
        # str.split splits at a no-break space too, which groups digits: that must not make two cells
        return text.split() if text.isascii() else _SPACES.split(text.strip())
    return [cell.strip() for cell in text.split(separator)]


def _split_quoted(text: str, separator: str) -> list[str]:
    if separator == _ONE_COLUMN:
        return [_unquoted(text.strip())]
    if separator == _WHITE_SPACE:
        return [_unquoted(cell) for cell in _QUOTED_OR_WORD.findall(text.strip())]
    try:
        cells = next(csv.reader([text], delimiter=separator, skipinitialspace=True))
    except csv.Error:  # a quotation mark inside a cell, as in 5" pipe, over a line end; or an endless cell
        cells = text.split(separator)
    return [cell.strip() for cell in cells]


def _unquoted(cell: str) -> str:
    quoted = _QUOTED.fullmatch(cell)
    return quoted[1].replace('""', '"').strip() if quoted else cell


# ---- what a series is turned into


def z_scores(values: Array) -> Array:
    """Return each column's distance from its mean in standard deviations (timesteps, features).

    The standard deviation is that of the values themselves (divided by T). A constant column becomes zeros.

    Raises:
        SeriesError: ``values`` is not (timesteps, features) with at least one time step.
    """
    _check_table(values, rows=1)
    largest = np.abs(values).max(axis=0)
    scaled = values / np.where(largest > 0, largest, 1.0)  # squares of 1e200 would be infinite
    centred = scaled - scaled.mean(axis=0)
    deviation = np.sqrt(np.mean(centred**2, axis=0))
    # rounding gives a constant a deviation, so that alone does not tell
    varies = (values.max(axis=0) > values.min(axis=0)) & (deviation > 0)
    scores: Array = np.where(varies, centred / np.where(varies, deviation, 1.0), 0.0)
    return scores


def with_next_value_targets(values: Array) -> tuple[Array, Array]:
    """Return all rows but the last, and the row after each: inputs and targets, both (T - 1, N), copies.

    Raises:
        SeriesError: ``values`` is not (timesteps, features) with at least two time steps.
    """
    _check_table(values, rows=MIN_ROWS)
    return values[:-1].copy(), values[1:].copy()


def _check_table(values: Array, rows: int) -> None:
    match values.shape:
        case (timesteps, _) if timesteps >= rows:
            return
    raise SeriesError(
        f"The values have shape {values.shape}: give (timesteps, features), at least {_count(rows, 'row')}."
    )
