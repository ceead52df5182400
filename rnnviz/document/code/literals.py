"""Arrays as Python source: exact to the last bit, in rows that can be read."""

from __future__ import annotations

import base64
import textwrap

import numpy as np

from rnnviz.document.code.comments import WIDTH
from rnnviz.document.values import Array

LARGEST_LIST = 2_000  # numbers; more would fill pages
MOST_DECIMALS = 4


def array_literal(array: Array, used: int = 0, *, whole: bool = False) -> str:
    """Return an expression for an array; its first line begins after ``used`` characters, others are indented alike.

    With ``whole`` the numbers are written as integers.
    """
    if array.size > LARGEST_LIST and not whole:
        return _encoded(array)
    if array.size > 1 and not (array.any() or np.signbit(array).any() or whole):
        return f"np.zeros({array.shape[0] if array.ndim == 1 else array.shape})"
    values = array.astype(int) if whole else array
    short = f"np.array({values.tolist()!r})"
    has_one_row = all(size == 1 for size in array.shape[:-1])
    if used + len(short) <= WIDTH and (has_one_row or array.shape[-1] == 1):
        return short
    if array.ndim > 1 and array.shape[-1] == 1:
        return f"{array_literal(array[..., 0], used + 11, whole=whole)}[..., None]"
    words = np.array(_padded([repr(number) for number in values.ravel().tolist()])).reshape(array.shape)
    widths = np.char.str_len(words).max(axis=tuple(range(words.ndim - 1)))
    return f"np.array({_nested(words, widths, '')})"


def indented(source: str, by: int) -> str:
    """Return source whose lines after the first are moved to the right."""
    return source.replace("\n", "\n" + " " * by)


def _nested(words: np.ndarray, widths: np.ndarray, indent: str) -> str:
    inside = indent + "    "
    if words.ndim > 1:
        rows = "".join(f"{inside}{_nested(row, widths, inside)},\n" for row in words)
        return f"[\n{rows}{indent}]"
    row = f"[{', '.join(f'{word:>{width}}' for word, width in zip(words, np.atleast_1d(widths), strict=True))}]"
    if indent and len(indent) + len(row) < WIDTH - 8:
        return row
    lines = textwrap.wrap(", ".join(words), WIDTH - 8 - len(inside))
    return f"[\n{inside}" + f"\n{inside}".join(lines) + f",\n{indent}]"


def _padded(words: list[str]) -> list[str]:
    """Return numbers with zeros at their ends, so that their points stand below each other, if those are few."""
    decimals = [len(word.partition(".")[2]) for word in words]
    most = max(decimals)
    if most > MOST_DECIMALS or any("e" in word for word in words):
        return words
    return [word + "0" * (most - count) for word, count in zip(words, decimals, strict=True)]


def _encoded(array: Array) -> str:
    """Return an array as text that only a computer reads: a page instead of a hundred."""
    text = base64.b64encode(np.ascontiguousarray(array, "<f8").tobytes()).decode()
    lines = "".join(f'    "{line}"\n' for line in textwrap.wrap(text, WIDTH - 14))
    remark = f"    # {array.size:,} numbers, too many to be read: float64, little-endian, as base64\n"
    return f'np.frombuffer(base64.b64decode(\n{remark}{lines}), "<f8").reshape{array.shape}'
