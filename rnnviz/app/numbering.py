"""Numbers on the command line count from 1, as the window does."""

from __future__ import annotations

from rnnviz.document.values import DocumentError


def index_of(option: str, number: int, count: int) -> int:
    """Return the index, from 0, that an option such as ``--layer 2`` means; DocumentError if there is none."""
    if not 1 <= number <= count:
        raise DocumentError(f"{option}: there is no {option[2:]} {number}; choose from 1 to {count}")
    return number - 1
