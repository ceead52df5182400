"""Frozen values with arrays in them: locking, and equality."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class DocumentError(ValueError):
    """Something cannot be part of a document; the message says what, where and what to do."""


def frozen(values: object, where: str, ndim: int | None = None) -> Array:
    """Return a read-only, contiguous float64 copy; an array that is one already comes back itself.

    Whoever locks an array and hands it in must not unlock it again.

    Raises:
        DocumentError: not numbers, ragged, not finite, or not ``ndim``-dimensional.
    """
    if _is_locked(values):
        array = values
    else:
        try:
            array = np.array(values, dtype=np.float64, order="C")
        except (TypeError, ValueError, OverflowError):
            raise DocumentError(f"{where}: expected numbers in rows of equal length") from None
        array.flags.writeable = False
    if not np.isfinite(array).all():
        index = [int(i) + 1 for i in np.argwhere(~np.isfinite(array))[0]]
        raise DocumentError(f"{where}: entry {index} is not a finite number; give every entry a value")
    if ndim is not None and array.ndim != ndim:
        raise DocumentError(f"{where}: expected {ndim} dimensions, got {array.ndim} (shape {array.shape})")
    return array


def _is_locked(values: object) -> TypeGuard[Array]:
    return (
        isinstance(values, np.ndarray)
        and values.dtype == np.float64
        and values.flags.c_contiguous
        and not values.flags.writeable
    )


def frozen_mapping(arrays: Mapping[str, object], where: str) -> Mapping[str, Array]:
    """Return a read-only mapping of read-only arrays."""
    return MappingProxyType({name: frozen(values, f"{where}.{name}") for name, values in arrays.items()})


def equal(left: object, right: object) -> bool:
    """Return whether two values are the same, arrays compared bit for bit (so −0.0 is not 0.0)."""
    if left is right:
        return True
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return left.shape == right.shape and left.dtype == right.dtype and left.tobytes() == right.tobytes()
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return False
    return type(left) is type(right) and left == right


class Value:
    """A frozen dataclass that compares its arrays; it has no hash."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        return all(equal(getattr(self, field.name), getattr(other, field.name)) for field in fields)
