"""Edits of many weights at once: of a block, of a whole matrix, and of what is locked. Locked entries stay."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Literal

import numpy as np

from rnnviz.core.initialisers import INITIALISERS, with_spectral_radius
from rnnviz.core.structures import STRUCTURES, rotation
from rnnviz.document.block import Block
from rnnviz.document.changing import with_every_entry, with_free_entries
from rnnviz.document.document import Document, Place
from rnnviz.document.edits import Edit
from rnnviz.document.locks import Mask
from rnnviz.document.values import Array, DocumentError

Distribution = Literal["normal", "uniform"]
LARGEST_WEIGHT = 1e6  # what can be entered by hand


def fill_block(place: Place, block: Block, value: float, merge_key: Hashable = None) -> Edit:
    """Set every entry of a block to one number."""
    return Edit(
        f"Set {place.name} to {value:g}", _in_block(place, block, lambda old: np.full_like(old, value)), merge_key
    )


def scale_block(place: Place, block: Block, factor: float, merge_key: Hashable = None) -> Edit:
    """Multiply every entry of a block by a number."""

    def scaled(old: Array) -> Array:
        with np.errstate(over="ignore"):
            new = old * factor
        if np.abs(new).max() > max(LARGEST_WEIGHT, float(np.abs(old).max())):
            raise DocumentError(f"{place.name}: an entry would be larger than 1,000,000; scale by less")
        return new

    return Edit(f"Scale {place.name} by {factor:g}", _in_block(place, block, scaled), merge_key)


def negate_block(place: Place, block: Block) -> Edit:
    """Change the sign of every entry of a block."""
    return Edit(f"Negate {place.name}", _in_block(place, block, lambda old: 0.0 - old))


def shuffle_block(place: Place, block: Block, seed: int) -> Edit:
    """Exchange the free entries of a block at random: the same seed gives the same order."""

    def apply(document: Document) -> Document:
        new, part = _parts(document, place, block)
        mask = document.locked(place)
        free = np.ones(part.shape, bool) if mask is None else ~mask.reshape(len(mask), -1)[block.slices]
        part[free] = np.random.default_rng(seed).permutation(part[free])
        return with_free_entries(document, place, new)

    return Edit(f"Shuffle {place.name}", apply)


def randomise_block(
    place: Place,
    block: Block,
    seed: int,
    size: float,
    distribution: Distribution = "normal",
    merge_key: Hashable = None,
) -> Edit:
    """Draw every entry of a block: normal with deviation ``size``, or uniform in ±size; seeded."""

    def drawn(old: Array) -> Array:
        generator = np.random.default_rng(seed)
        if distribution == "normal":
            return generator.normal(0.0, size, old.shape)
        return generator.uniform(-size, size, old.shape)

    return Edit(f"Randomise {place.name}", _in_block(place, block, drawn), merge_key)


def initialise_array(place: Place, initialiser: str, seed: int) -> Edit:
    """Draw a whole array with an entry of ``INITIALISERS``; a vector is drawn as a column."""

    def apply(document: Document) -> Document:
        old = document.weight(place)
        rows, columns = _matrix(old).shape
        drawn = INITIALISERS[initialiser].draw(np.random.default_rng([seed, *place.name.encode()]), rows, columns)
        return with_free_entries(document, place, drawn.reshape(old.shape))

    return Edit(f"Initialise {place.name}: {INITIALISERS[initialiser].title}", apply)


def set_spectral_radius(place: Place, radius: float, present: float | None = None, merge_key: Hashable = None) -> Edit:
    """Scale a square matrix so that max |λ| is ``radius``; what it is now need not be found if it is ``present``."""

    def apply(document: Document) -> Document:
        matrix = _square(document, place)
        try:
            scaled = with_spectral_radius(matrix, radius, present)
        except ValueError as error:
            raise DocumentError(f"{place.name}: {error}; change an entry or initialise it first") from None
        return with_every_entry(document, place, scaled, f"be scaled to ρ = {radius:g}")

    return Edit(f"Set the spectral radius of {place.name} to {radius:g}", apply, merge_key)


def apply_structure(place: Place, structure: str) -> Edit:
    """Bring a matrix into an entry of ``STRUCTURES``."""
    chosen = STRUCTURES[structure]

    def apply(document: Document) -> Document:
        matrix = _square(document, place) if chosen.needs_square else _matrix(document.weight(place))
        try:
            made = chosen.of(matrix)
        except ValueError as error:
            raise DocumentError(f"{place.name}: {error}; change an entry or initialise it first") from None
        return with_every_entry(document, place, made, f"become {chosen.title.lower()}")

    return Edit(f"Make {place.name} {chosen.title.lower()}", apply)


def set_rotation(place: Place, degrees: float, merge_key: Hashable = None) -> Edit:
    """Make a square matrix turn each pair of units, the first two, the next two …, by an angle."""

    def apply(document: Document) -> Document:
        units = len(_square(document, place))
        if units == 1:
            raise DocumentError(f"{place.name}: one unit cannot be turned; use at least 2 units")
        return with_every_entry(document, place, rotation(units, np.deg2rad(degrees)), "become a rotation")

    return Edit(f"Make {place.name} a rotation by {degrees:g}°", apply, merge_key)


def lock_block(place: Place, block: Block, *, locked: bool) -> Edit:
    """Lock a block against edits and training, or free it."""

    def apply(document: Document) -> Document:
        old, shape = document.locked(place), document.weight(place).shape
        mask: Mask = np.zeros(shape, np.bool_) if old is None else old.copy()
        mask.reshape(len(mask), -1)[block.slices] = locked
        return document.with_locks(place, mask)

    return Edit(f"{'Lock' if locked else 'Unlock'} {place.name}", apply)


def _in_block(place: Place, block: Block, change: Callable[[Array], Array]) -> Callable[[Document], Document]:
    """Return the function that changes a block of an array, and leaves what is locked in it."""

    def apply(document: Document) -> Document:
        new, part = _parts(document, place, block)
        part[...] = change(part.copy())
        return with_free_entries(document, place, new)

    return apply


def _parts(document: Document, place: Place, block: Block) -> tuple[Array, Array]:
    """Return a copy of an array, and the view of a block of it."""
    new = document.weight(place).copy()
    matrix = _matrix(new)
    if block.bottom >= matrix.shape[0] or block.right >= matrix.shape[1]:
        raise DocumentError(f"{place.name}: {block.shape[0]} × {block.shape[1]} entries reach beyond {matrix.shape}")
    return new, matrix[block.slices]


def _square(document: Document, place: Place) -> Array:
    matrix = _matrix(document.weight(place))
    if matrix.shape[0] != matrix.shape[1]:
        raise DocumentError(f"{place.name}: a matrix of {matrix.shape[0]} × {matrix.shape[1]} is not square")
    return matrix


def _matrix(array: Array) -> Array:
    """Return an array as a matrix: a vector is one column."""
    return array.reshape(len(array), -1)
