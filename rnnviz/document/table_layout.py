"""How a table is laid out: separator, decimal sign, how many columns, and which of them are labels.

Nobody says how a file is written, so every way to read it is tried on a sample of the rows, and the one that
makes the most rows consist of numbers wins. Where two readings work equally well, the first that applies is
taken:

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

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from rnnviz.document.table_cells import (
    comma_pair,
    is_not_finite,
    is_number,
    is_number_anywhere,
    is_number_like,
    is_word,
)
from rnnviz.document.table_rows import ONE_COLUMN, WHITE_SPACE, Row, TableError, split

Dialect = tuple[str, str]  # separator, decimal sign

_DIALECTS: tuple[Dialect, ...] = (
    ("\t", "."),
    ("\t", ","),
    (";", "."),
    (";", ","),
    (ONE_COLUMN, "."),
    (ONE_COLUMN, ","),
    (WHITE_SPACE, "."),
    (WHITE_SPACE, ","),
    (",", "."),
    (",", ","),
)
_SAMPLE = 200  # rows from the top, and as many spread over the rest
_SPACED_COMMA = re.compile(r"[ \t],|,[ \t]")
_SPACE = re.compile(r"[ \t]")


@dataclass(frozen=True, slots=True)
class Layout:
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
        cells = split(text, self.separator)
        while len(cells) > self.width and not cells[-1]:
            cells.pop()
        return cells

    def is_number(self, cell: str) -> bool:
        """Return whether a cell is a number as this layout writes it."""
        return is_number(cell, self.decimal)

    def is_good(self, cells: Sequence[str]) -> bool:
        """Return whether cells are a complete row of numbers, labels aside."""
        return len(cells) == self.width and all(map(self.is_number, cells[self.labels :]))

    def names_a_column(self, cells: Sequence[str]) -> bool:
        """Return whether cells can be a header: somewhere a name, nowhere a number, not even a broken one."""
        values = cells[self.labels :] if len(cells) >= self.width else cells
        return any(map(is_word, values)) and not any(map(is_number_like, values))


def sample_of(rows: Sequence[Row]) -> list[Row]:
    """Return the first rows, and some spread evenly over the rest."""
    rest = rows[_SAMPLE:]
    return [*rows[:_SAMPLE], *rest[:: max(1, len(rest) // _SAMPLE)]]


def dialects_for(rows: Sequence[Row]) -> list[Dialect]:
    """Return all dialects, those that win a tie first."""
    dialects = list(_DIALECTS)
    if not _is_one_decimal_column(rows):
        dialects.remove((ONE_COLUMN, ","))
        dialects.append((ONE_COLUMN, ","))
    return dialects


def detect(sample: Sequence[Row], dialects: Sequence[Dialect]) -> Layout:
    """Return the layout that makes the most rows of the sample numbers; of equals, that of the first dialect.

    If none makes a single row numbers, the layout with the most numbers, so that the message about the first
    bad cell makes sense.

    Raises:
        TableError: there is not a single number.
    """
    texts = [row.text for row in sample]
    layouts = [_layout(texts, dialect) for dialect in dialects if _is_possible(dialect, texts)]
    best = max(layouts or [Layout(*dialects[0])], key=lambda layout: _score(layout, texts))
    cells = [cell for text in texts for cell in best.cells(text)]
    if any(map(best.is_number, cells)):
        return best
    if any(map(is_not_finite, cells)):
        raise TableError(" has no finite numbers: give it at least 2 rows of numbers.")
    raise TableError(
        " holds text and no numbers: a series has one row of numbers for each time step. To use text, open it as text."
    )


# ---- one comma in a row: two columns, or a decimal comma?


def _is_one_decimal_column(rows: Sequence[Row]) -> bool:
    """Return whether ``1,5`` in a row by itself is one decimal number, and not two whole ones."""
    first = rows[0].text
    if comma_pair(first) is None and len(split(first, ",")) > 1:
        return False  # a header with a comma
    pairs = [pair for row in rows if (pair := comma_pair(row.text)) is not None]
    are_bits = all({*pair} <= {"0", "1"} for pair in pairs)
    return not are_bits and not _are_odd_decimals([right for _, right in pairs])


def _are_odd_decimals(places: Sequence[str]) -> bool:
    """Return whether digits behind a comma vary in number and yet end in a 0; 05 can only be decimals."""
    several = [digits for digits in places if len(digits) > 1]
    if any(digits.startswith("0") for digits in several):
        return False
    return len(set(map(len, places))) > 1 and any(digits.endswith("0") for digits in several)


# ---- every way to read it


def _is_possible(dialect: Dialect, texts: Sequence[str]) -> bool:
    """Return whether a dialect is worth trying: its signs are there, and nothing separates more strongly."""
    separator, decimal = dialect
    below_header = texts[1:] or texts
    if decimal == "," and not any("," in text for text in texts):
        return False
    if separator in _outranked(below_header):
        return False
    if separator == WHITE_SPACE:
        beside_comma = any(_SPACED_COMMA.search(text) for text in below_header)
        return not beside_comma and any(_SPACE.search(text.strip()) for text in texts)
    return any(separator in text for text in texts)


def _outranked(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the separators that cannot be meant, because every row has a stronger one."""
    for stronger, weaker in (("\t", (";", ",")), (";", (",", WHITE_SPACE))):
        if all(len(split(text, stronger)) > 1 for text in texts):
            return weaker
    return ()


def _layout(texts: Sequence[str], dialect: Dialect) -> Layout:
    """Return the layout of the rows below the first one, which may be a header, in a given dialect."""
    narrow = Layout(*dialect)
    rows = [narrow.cells(text) for text in texts[1:] or texts]
    widths = Counter(map(len, rows))
    width = max(widths, key=lambda width: (widths[width], width))
    columns = zip(*(row for row in rows if len(row) == width), strict=True)
    labels = sum(1 for _ in takewhile(_is_label_column, columns))
    return Layout(*dialect, width, min(labels, width - 1))


def _is_label_column(column: Sequence[str]) -> bool:
    return any(map(is_word, column)) and not any(map(is_number_anywhere, column))


def _score(layout: Layout, texts: Sequence[str]) -> tuple[int, int, int]:
    """Return how well a layout suits: rows of numbers, else numbers at all; how well the first row fits."""
    rows = [layout.cells(text) for text in texts]
    good = sum(map(layout.is_good, rows))
    numbers = 0 if good else sum(layout.is_number(cell) for cells in rows for cell in cells)
    short_by = 0 if layout.is_good(rows[0]) else layout.width - len(rows[0])
    return good, numbers, {0: 2, 1: 1}.get(short_by, 0)
