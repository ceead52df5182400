"""What the matrices of a network are called, for eyes and ears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rnnviz.core.cells import CELLS
from rnnviz.document.document import READOUT, Document, Layer, Place
from rnnviz.views.fonts import MINUS

_BLOCKS = {
    ("rnn", "h"): "hidden",
    ("lstm", "i"): "input gate",
    ("lstm", "f"): "forget gate",
    ("lstm", "g"): "candidate",
    ("lstm", "o"): "output gate",
    ("gru", "r"): "reset gate",
    ("gru", "z"): "update gate",
    ("gru", "n"): "candidate",
}
_READOUT = {"W_hy": "hidden → output", "b_y": "output bias"}
_INITIAL = {"h": "initial hidden state", "c": "initial cell state"}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def places_in_order(document: Document) -> Iterator[Place]:
    """Yield every array as it is read: recurrent, input, biases, initial states, layer by layer; the readout."""
    for number, layer in enumerate(document.layers):
        for start in ("W_h", "W_x", "b_"):
            yield from (Place(number, name) for name in layer.weights if name.startswith(start))
        yield from (Place(number, f"{state}_0") for state in layer.initial_state)
    yield from (place for place in document.places() if place.layer == READOUT)


def words_for(document: Document, place: Place) -> str:
    """Return what a matrix connects, such as ``hidden → forget gate``."""
    if place.layer == READOUT:
        return _READOUT[place.name]
    if place.name.endswith("_0"):
        return _INITIAL[place.name[0]]
    layer = document.layers[place.layer]
    kind, block = _parts(layer, place.name)
    target = block_words(layer.cell, block)
    if kind == "W_h":
        return f"hidden → {target}"
    if kind == "W_x":
        return f"{'input' if place.layer == 0 else f'layer {place.layer}'} → {target}"
    bias = "recurrent bias" if kind == "b_h" else "bias"
    return bias if target == "hidden" else f"{target} {bias}"


def block_words(cell: str, block: str) -> str:
    """Return what a block of a cell is called, such as ``forget gate``."""
    return _BLOCKS.get((cell, block), f"block {block}")


@dataclass(frozen=True, slots=True)
class AxisNames:
    """What each row and each column of a matrix is called; a vector's one column has no name."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def transposed(self) -> AxisNames:
        """The names of the transposed matrix."""
        return AxisNames(self.columns, self.rows)


def axis_names(document: Document, place: Place) -> AxisNames:
    """Return what feeds a matrix, in its columns, and what it feeds, in its rows: units, features and outputs."""
    array = document.weight(place)
    letter = "y" if place.layer == READOUT else place.name[0] if place.name.endswith("_0") else "h"
    rows = _numbered_all(letter, len(array))
    if array.ndim == 1:
        return AxisNames(rows, ("",))
    if place.layer == 0 and place.name.startswith("W_x"):
        features = document.input.features
        return AxisNames(rows, tuple(name or _numbered("x", number) for number, name in enumerate(features)))
    return AxisNames(rows, _numbered_all("h", array.shape[1]))


@lru_cache(maxsize=64)
def _numbered_all(letter: str, count: int) -> tuple[str, ...]:
    return tuple(_numbered(letter, index) for index in range(count))


def spoken(document: Document, place: Place, shape: tuple[int, int], *, transposed: bool = False) -> str:
    """Return a matrix's name for a screen reader, with its shape as displayed."""
    name = place.name if place.layer == READOUT else f"{place.name}{_of_layer(document, place.layer)}"
    words = words_for(document, place).replace("→", "to")
    return f"{name}, {words}, {shape[0]} by {shape[1]}" + (", transposed" if transposed else "")


def describe(document: Document, place: Place, row: int, column: int) -> str:
    """Return what one weight is, in full precision: ``W_hh[2, 4] = +0.93: from h₄ to h₂``."""
    array = document.weight(place)
    is_vector = array.ndim == 1
    value = float(array[row] if is_vector else array[row, column])
    index = f"{row + 1}" if is_vector else f"{row + 1}, {column + 1}"
    number = f"{value:+}".replace("-", MINUS)
    return f"{place.name}[{index}] = {number}: {_meaning(document, place, row, column)}"


def _meaning(document: Document, place: Place, row: int, column: int) -> str:
    if place.layer == READOUT:
        output = _numbered("y", row)
        return f"bias of {output}" if place.name == "b_y" else f"from {_numbered('h', column)} to {output}"
    where = _of_layer(document, place.layer)
    if place.name.endswith("_0"):
        return f"initial {_numbered(place.name[0], row)}{where}"
    layer = document.layers[place.layer]
    kind, block = _parts(layer, place.name)
    target = _numbered(block, row)
    if (layer.cell, block) != ("rnn", "h"):
        target += f" ({block_words(layer.cell, block)})"
    if kind == "W_h":
        return f"from {_numbered('h', column)} to {target}{where}"
    if kind == "W_x":
        return f"from {_source(document, place.layer, column)} to {target}{where}"
    return f"{'recurrent bias' if kind == 'b_h' else 'bias'} of {target}{where}"


def _source(document: Document, layer: int, column: int) -> str:
    if layer == 0:
        return document.input.features[column]
    return _numbered("h", column) + _of_layer(document, layer - 1)


def _of_layer(document: Document, layer: int) -> str:
    return f" of layer {layer + 1}" if len(document.layers) > 1 else ""


def _numbered(letter: str, index: int) -> str:
    return letter + str(index + 1).translate(_SUBSCRIPTS)


def _parts(layer: Layer, name: str) -> tuple[str, str]:
    """Split ``W_xf`` into ``W_x`` and ``f``; ``b_h`` is a bias of block h, ``b_hn`` a recurrent one of n."""
    if name.startswith("b_"):
        return ("b_", name[2:]) if name[2:] in CELLS[layer.cell].blocks else ("b_h", name[3:])
    return name[:3], name[3:]
