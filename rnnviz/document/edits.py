"""The edits: each is a function from document to document, with a label for the history."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

import numpy as np

from rnnviz.core.objectives import LOSSES
from rnnviz.document.document import Document, Input, Objective, Place, Steps
from rnnviz.document.values import Array, DocumentError


@dataclass(frozen=True, slots=True)
class Edit:
    """A named change.

    Attributes:
        label: what it does, in the imperative, for the history and the Undo menu entry.
        apply: returns the changed document; raises DocumentError if that would be an impossible one.
        merge_key: edits with an equal key that follow each other are one undo step; None never merges.
    """

    label: str
    apply: Callable[[Document], Document]
    merge_key: Hashable = None


def set_weight(place: Place, values: Array, merge_key: Hashable = None) -> Edit:
    """Replace a whole array of weights."""
    return Edit(f"Set {place.name}", lambda document: document.with_weight(place, values), merge_key)


def set_entry(place: Place, index: tuple[int, ...], value: float, merge_key: Hashable = None) -> Edit:
    """Change one number of an array of weights; ``index`` is (row, column), or (row,) in a vector."""

    def apply(document: Document) -> Document:
        return document.with_weight(place, _with_entry(document.weight(place), index, value))

    name = ",".join(str(i + 1) for i in index)
    return Edit(f"Set {place.name}[{name}]", apply, merge_key)


def paste_block(place: Place, corner: tuple[int, int], block: Array) -> Edit:
    """Write a block of numbers into a matrix, its first number at ``corner`` (row, column).

    A vector is seen as one column. What does not fit is refused, not cut.
    """

    def apply(document: Document) -> Document:
        old = document.weight(place)
        new = old.reshape(len(old), -1).copy()
        rows, columns = slice(corner[0], corner[0] + len(block)), slice(corner[1], corner[1] + block.shape[1])
        if new[rows, columns].shape != block.shape:
            raise DocumentError(
                f"{place.name}: {len(block)} × {block.shape[1]} numbers do not fit at row {corner[0] + 1}, "
                f"column {corner[1] + 1} of {len(new)} × {new.shape[1]}; select a cell further up or left"
            )
        new[rows, columns] = block
        return document.with_weight(place, new.reshape(old.shape))

    return Edit(f"Paste into {place.name}", apply)


def set_input_values(changes: dict[tuple[int, int, int], float], merge_key: Hashable = None) -> Edit:
    """Change input values; each key is (sequence, step, feature), counted from 0."""

    def apply(document: Document) -> Document:
        if document.input.text is not None:
            raise DocumentError("input: it is one-hot text; type another text to change it")
        values = document.input.values.copy()
        for index, value in changes.items():
            values[index] = value
        return replace(document, input=replace(document.input, values=values))

    return Edit("Draw input", apply, merge_key)


def set_loss_steps(steps: Steps) -> Edit:
    """Choose the steps whose loss counts."""
    names = {"all": "Loss at every step", "last": "Loss at the last step"}
    label = names.get(str(steps), "Loss at chosen steps")
    return Edit(label, lambda document: replace(document, objective=replace(document.objective, steps=steps)))


def set_title(title: str) -> Edit:
    """Rename the scene."""
    return Edit("Rename", lambda document: replace(document, title=title))


def set_activation(layer: int, activation: str) -> Edit:
    """Change a plain RNN layer's activation."""

    def apply(document: Document) -> Document:
        layers = list(document.layers)
        layers[layer] = replace(layers[layer], activation=activation)
        return replace(document, layers=tuple(layers))

    return Edit(f"Use {activation}", apply)


def replace_document(document: Document, label: str) -> Edit:
    """Put another document in place of this one, as one undoable step."""
    return Edit(label, lambda _: document)


def feed(data: Input, objective: Objective, label: str) -> Edit:
    """Give the network another input and objective, keeping as much of it as fits.

    The first layer's input weights and the readout are resized where the number of features or outputs
    differs: entries in common are kept, new ones are drawn small from a fixed seed.
    """
    return Edit(label, lambda document: fitted(document, data, objective))


def fitted(document: Document, data: Input, objective: Objective) -> Document:
    """Return the document reading ``data``; see `feed`."""
    features = data.values.shape[2]
    first = document.layers[0]
    weights = {
        name: resized(array, (first.units, features)) if name.startswith("W_x") else array
        for name, array in first.weights.items()
    }
    layers = (replace(first, weights=weights), *document.layers[1:])
    readout = document.readout
    outputs = _outputs_needed(objective)
    if readout is not None and outputs is not None:
        units = readout.weights["W_hy"].shape[1]
        readout = replace(
            readout,
            activation=LOSSES[objective.loss].readout or "linear",
            weights={
                "W_hy": resized(readout.weights["W_hy"], (outputs, units)),
                "b_y": np.resize(np.append(readout.weights["b_y"], np.zeros(outputs)), outputs),
            },
        )
    return replace(document, layers=layers, readout=readout, input=data, objective=objective, window=None)


def _outputs_needed(objective: Objective) -> int | None:
    """Return how many outputs the targets ask for, or None if any number will do."""
    if objective.targets is None:
        return None
    if LOSSES[objective.loss].integer_targets:
        return int(objective.targets.max()) + 1
    return int(objective.targets.shape[2])


def resized(matrix: Array, shape: tuple[int, int]) -> Array:
    """Return the matrix cut or extended to a shape; new entries are normal, deviation 1/√columns, seed 0."""
    if matrix.shape == shape:
        return matrix
    new: Array = np.random.default_rng(0).normal(size=shape) / np.sqrt(shape[1])
    rows, columns = min(shape[0], matrix.shape[0]), min(shape[1], matrix.shape[1])
    new[:rows, :columns] = matrix[:rows, :columns]
    return new


def _with_entry(array: Array, index: tuple[int, ...], value: float) -> Array:
    if any(not 0 <= i < size for i, size in zip(index, array.shape, strict=True)):
        raise DocumentError(f"entry {[i + 1 for i in index]} does not exist; the shape is {array.shape}")
    changed = array.copy()
    changed[index] = value
    return changed
