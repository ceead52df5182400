"""One weight by name, as it is written in words and on the command line: W_hh[2,1], b_h[2], h_0[1]."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rnnviz.core.cells import CELLS
from rnnviz.document.changing import entry_name
from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.values import DocumentError

_NAMED = re.compile(r"(?:([0-9]+):)?([A-Za-z_0-9]+)\[([0-9]+)(?:,([0-9]+))?\]")


def first_weight(document: Document, layer: int) -> tuple[Place, tuple[int, ...]]:
    """Return the first weight of a layer's recurrent matrix: of several blocks, that of the first."""
    return Place(layer, f"W_h{CELLS[document.layers[layer].cell].blocks[0]}"), (0, 0)


def full_weight_name(place: Place, index: tuple[int, ...], layer: int) -> str:
    """Return the name that `weight_named` finds again from a layer: with the weight's own, if it is another one."""
    name = entry_name(place, index)
    return name if place.layer in (layer, READOUT) else f"{place.layer + 1}:{name}"


def weight_named(document: Document, name: str, layer: int) -> tuple[Place, tuple[int, ...]]:
    """Return where a weight of a layer (counted from 0), or of the readout, is; ``2:W_hh[2,1]`` names the layer too.

    Raises:
        DocumentError: there is no such weight; the message says which there are.
    """
    found = _NAMED.fullmatch(name.replace(" ", ""))
    if found is None:
        raise DocumentError(f"{name!r} names no weight; write it as W_hh[2,1], row and column counted from 1")
    number, matrix, *indices = found.groups()
    if number is not None and not 1 <= int(number) <= len(document.layers):
        raise DocumentError(f"{name}: there is no layer {number}; choose from 1 to {len(document.layers)}")
    places = {place.name: place for place in _places(document, layer if number is None else int(number) - 1)}
    if matrix not in places:
        raise DocumentError(f"{name}: there are no weights {matrix} here; choose one of {', '.join(places)}")
    place, index = places[matrix], tuple(int(i) - 1 for i in indices if i is not None)
    shape = document.weight(place).shape
    if len(index) != len(shape) or not all(0 <= i < size for i, size in zip(index, shape, strict=True)):
        last = entry_name(place, tuple(size - 1 for size in shape))
        raise DocumentError(f"{name}: {matrix} has no such entry; the last one is {last}")
    return place, index


def _places(document: Document, layer: int) -> Iterator[Place]:
    """Yield the weights of one layer, its initial states, and the weights of the readout."""
    for place in document.places():
        if place.layer in (layer, READOUT):
            yield place
    for state in document.layers[layer].initial_state:
        yield Place(layer, f"{state}_0")
