"""Locks: which entries of an array of weights neither edits nor training may change."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rnnviz.document.values import Array, DocumentError

Mask = NDArray[np.bool_]


def fitted_locks(locks: Mapping[str, Mask], arrays: Mapping[str, Array]) -> Mapping[str, Mask]:
    """Return a read-only mapping of read-only masks that fit the arrays they belong to.

    A mask follows its array: it is cut where that is smaller and free where that is larger, it goes when its
    array goes, and it goes when nothing in it is locked. So there is one way only to say what is locked.
    """
    fitted = {name: _fitted(mask, arrays[name].shape, name) for name, mask in locks.items() if name in arrays}
    return MappingProxyType({name: fitted[name] for name in arrays if name in fitted and fitted[name].any()})


def _fitted(mask: Mask, shape: tuple[int, ...], name: str) -> Mask:
    if mask.dtype != np.bool_ or mask.ndim != len(shape):
        raise DocumentError(f"locks.{name}: expected {len(shape)} dimensions of true and false, got shape {mask.shape}")
    if mask.shape == shape and not mask.flags.writeable:
        return mask
    fitted = np.zeros(shape, np.bool_)
    common = tuple(slice(min(sizes)) for sizes in zip(mask.shape, shape, strict=True))
    fitted[common] = mask[common]
    fitted.flags.writeable = False
    return fitted
