"""The edits: each is a function from document to document, with a label for the history."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace

from rnnviz.document.changing import entry_name, with_free_entries
from rnnviz.document.document import Document, Input, Objective, Place, Steps
from rnnviz.document.fitting import fitted
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
    """Replace a whole array of weights, all but its locked entries."""
    return Edit(f"Set {place.name}", lambda document: with_free_entries(document, place, values), merge_key)


def set_entry(place: Place, index: tuple[int, ...], value: float, merge_key: Hashable = None) -> Edit:
    """Change one number of an array of weights; ``index`` is (row, column), or (row,) in a vector."""

    def apply(document: Document) -> Document:
        return with_free_entries(document, place, _with_entry(document.weight(place), index, value))

    return Edit(f"Set {entry_name(place, index)}", apply, merge_key)


def set_entries(place: Place, values: Mapping[int, float], merge_key: Hashable = None) -> Edit:
    """Change some numbers of a vector, by their rows, counted from 0."""

    def apply(document: Document) -> Document:
        changed = document.weight(place)
        for row, value in values.items():
            changed = _with_entry(changed, (row,), value)
        return with_free_entries(document, place, changed)

    return Edit(f"Set {place.name}", apply, merge_key)


def paste_block(place: Place, corner: tuple[int, int], block: Array) -> Edit:
    """Write a block of numbers into a matrix, its first number at ``corner`` (row, column).

    A vector is seen as one column. What does not fit is refused, not cut; locked entries stay as they are.
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
        return with_free_entries(document, place, new.reshape(old.shape))

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


def replace_document(document: Document, label: str) -> Edit:
    """Put another document in place of this one, as one undoable step."""
    return Edit(label, lambda _: document)


def feed(data: Input, objective: Objective, label: str) -> Edit:
    """Give the network another input and objective, keeping as much of it as fits; see `fitting.fitted`."""
    return Edit(label, lambda document: fitted(document, data, objective))


def _with_entry(array: Array, index: tuple[int, ...], value: float) -> Array:
    if any(not 0 <= i < size for i, size in zip(index, array.shape, strict=True)):
        raise DocumentError(f"entry {[i + 1 for i in index]} does not exist; the shape is {array.shape}")
    changed = array.copy()
    changed[index] = value
    return changed
