"""Changing weights by hand: the one place where edits of numbers meet locks."""

from __future__ import annotations

import numpy as np

from rnnviz.document.document import Document, Layer, Place, Readout
from rnnviz.document.locks import Mask
from rnnviz.document.values import Array, DocumentError

_HOW = "unlock it in the matrix's menu"


def with_free_entries(document: Document, place: Place, values: Array) -> Document:
    """Return the document with the free entries of an array taken from ``values``; locked ones stay.

    Raises:
        DocumentError: every entry that would change is locked; or the values do not fit.
    """
    mask = document.locked(place)
    if mask is None or mask.shape != np.shape(values):
        return document.with_weight(place, values)
    differs = document.weight(place) != values
    if differs.any() and not (differs & ~mask).any():
        raise DocumentError(_refusal(place, differs))
    return document.with_weight(place, free_entries(document.weight(place), values, mask))


def with_every_entry(document: Document, place: Place, values: Array, purpose: str) -> Document:
    """Return the document with all of an array replaced, for what is nothing without one of its entries.

    Args:
        document: the document.
        place: where the array is.
        values: the new array.
        purpose: what it is for, to follow "so that it cannot".

    Raises:
        DocumentError: a locked entry would have to change; or the values do not fit.
    """
    mask = document.locked(place)
    if mask is not None and mask.shape == values.shape and (mask & (document.weight(place) != values)).any():
        first = entry_name(place, np.argwhere(mask & (document.weight(place) != values))[0].tolist())
        raise DocumentError(f"{first} is locked, so that {place.name} cannot {purpose}; {_HOW}")
    return document.with_weight(place, values)


def free_entries(old: Array, new: Array, mask: Mask | None) -> Array:
    """Return ``new`` where entries are free and ``old`` where they are locked."""
    return new if mask is None else np.where(mask, old, new)


def layer_drawn_anew(old: Layer, fresh: Layer) -> Layer:
    """Return a fresh layer of the same cell and sizes, with the locked entries of the old one."""
    if not old.locks:
        return fresh
    arrays = {
        name: free_entries(old.arrays()[name], array, old.locks.get(name)) for name, array in fresh.arrays().items()
    }
    weights = {name: arrays[name] for name in fresh.weights}
    initial_state = {state: arrays[f"{state}_0"] for state in fresh.initial_state}
    return Layer(fresh.cell, weights, initial_state, fresh.activation, fresh.return_sequences, old.locks)


def readout_drawn_anew(old: Readout, fresh: Readout) -> Readout:
    """Return a fresh readout of the same sizes, with the locked entries of the old one."""
    weights = {
        name: free_entries(old.weights[name], array, old.locks.get(name)) for name, array in fresh.weights.items()
    }
    return Readout(fresh.activation, weights, old.locks)


def entry_name(place: Place, index: list[int] | tuple[int, ...]) -> str:
    """Return what people call an entry: ``W_hh[2,3]``, counted from 1."""
    return f"{place.name}[{','.join(str(i + 1) for i in index)}]"


def _refusal(place: Place, differs: Mask) -> str:
    entries = np.argwhere(differs)
    if len(entries) == 1:
        return f"{entry_name(place, entries[0].tolist())} is locked; {_HOW}"
    return f"{place.name}: all {len(entries)} entries that this would change are locked; unlock them in its menu"
