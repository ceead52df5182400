"""Where the files that ship with the program are."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def asset(name: str) -> Path:
    """Return the path of a file in ``assets/``: inside an installed package, beside it in a checkout."""
    inside = _PACKAGE / "assets" / name
    return inside if inside.exists() else _PACKAGE.parent / "assets" / name
