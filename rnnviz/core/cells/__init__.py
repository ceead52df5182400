"""The cells: one file each, found by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells._base import Cell


def _discover() -> dict[str, type[Cell]]:
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    found = [importlib.import_module(f"{__name__}.{name}").CELL for name in names]
    return {cell.name: cell for cell in sorted(found, key=lambda cell: len(cell.blocks))}


CELLS = _discover()


def make_cell(name: str, activation: str = "tanh") -> Cell:
    """Return the cell of that name; ``activation`` matters to the plain RNN only."""
    return CELLS[name](ACTIVATIONS[activation])
