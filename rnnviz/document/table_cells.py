"""The cells of a table: which are numbers, which are words, and what is wrong with the others.

A number is digits with an optional sign (plus, hyphen or Unicode minus), decimal sign and exponent. There are
no thousands separators: ``1,234`` never means 1234, and ``1,234.5`` is refused.
"""

from __future__ import annotations

import re
from math import isfinite

_MINUS = "\N{MINUS SIGN}"
_SIGN = rf"[+\-{_MINUS}]?"
_NUMBER = {  # "1." is how NumPy and Fortran write 1; nobody writes "1,"
    ".": re.compile(rf"{_SIGN}(?:[0-9]+\.?|[0-9]*\.[0-9]+)(?:[eE]{_SIGN}[0-9]+)?"),
    ",": re.compile(rf"{_SIGN}(?:[0-9]+|[0-9]*,[0-9]+)(?:[eE]{_SIGN}[0-9]+)?"),
}
_NUMBER_LIKE = re.compile(rf"{_SIGN}(?=.*[0-9])[0-9.,\s'\u2019]+(?:[eE]{_SIGN}[0-9]+)?")
_COMMA_PAIR = re.compile(rf"{_SIGN}([0-9]+),([0-9]+)(?:[eE]{_SIGN}[0-9]+)?")
_NOT_FINITE = re.compile(rf"{_SIGN}(?:nan|inf|infinity|∞|1\.#(?:ind|inf|qnan))", re.IGNORECASE)
_MISSING = frozenset({"", "na", "n/a", "#n/a", "<na>", "null", "none", "missing", "-", "--", "?", "."})

_SHOWN = 40  # characters of a cell that a message repeats
_REPLACE = "Replace it by a number, or remove the row or the column."
_FILL_IN = "Fill it in, or remove the row or the column."


def is_number(cell: str, decimal: str) -> bool:
    """Return whether a cell is a number with this decimal sign, point or comma."""
    return _NUMBER[decimal].fullmatch(cell) is not None


def is_number_anywhere(cell: str) -> bool:
    """Return whether a cell is a number with a decimal point or with a comma: such a cell is no label."""
    return any(number.fullmatch(cell) for number in _NUMBER.values())


def is_number_like(cell: str) -> bool:
    """Return whether a cell is a number, or wants to be one, such as ``1,234.5``."""
    return _NUMBER_LIKE.fullmatch(cell) is not None


def is_not_finite(cell: str) -> bool:
    """Return whether a cell says infinite, or that it is not a number, as programs write it."""
    return _NOT_FINITE.fullmatch(cell) is not None


def is_word(cell: str) -> bool:
    """Return whether a cell says something other than that a value is missing or not finite."""
    return cell.casefold() not in _MISSING and not is_not_finite(cell)


def comma_pair(text: str) -> tuple[str, str] | None:
    """Return the digits on both sides of the one comma in a row such as ``1,5``, or None."""
    pair = _COMMA_PAIR.fullmatch(text.strip())
    return (pair[1], pair[2]) if pair else None


def number_of(cell: str) -> float:
    """Return the value of a cell that is a number; infinite if it is too large for float64."""
    return float(cell.replace(",", ".").replace(_MINUS, "-"))


# ---- what is wrong


def complaint(cell: str) -> str:
    """Return what is wrong with a cell that should have been a finite number, and what to do."""
    quoted = f"“{shortened(cell)}”"
    if not cell:
        return f"the value is missing. {_FILL_IN}"
    if cell.casefold() in _MISSING:
        return f"the value is missing ({quoted}). {_FILL_IN}"
    if is_not_finite(cell):
        return f"{quoted} is not a finite number. {_REPLACE}"
    if is_number(cell, ".") and not isfinite(number_of(cell)):
        return f"{quoted} is too large: numbers go up to 1.8e308. Change the unit."
    if is_number_like(cell):
        return (
            f"{quoted} is not written like the other numbers. Use one decimal sign throughout, "
            "and no thousands separators."
        )
    return f"{quoted} is not a number. {_REPLACE}"


def label_complaint(cell: str) -> str:
    """Return what is wrong with a number in a column of labels, and what to do."""
    return f"“{shortened(cell)}” is a number, but other rows have text there. Remove the column, or put numbers in it."


def shortened(text: str) -> str:
    """Return a cell as a message repeats it: in one line, not too long, and with nothing invisible in it."""
    line = " ".join(text.split())
    line = "".join(character if character.isprintable() else "�" for character in line)
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def counted(number: int, noun: str) -> str:
    """Return a number of things in words: 1 name, 2 names."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
