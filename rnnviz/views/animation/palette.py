"""Few colours that stand for many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.views.animation.pixels import Colours

_KEPT = 0.5  # of the palette: the most frequent colours, such as the ground, stay exactly as they are
_CHUNK = 4096


def reduced(colours: Colours, size: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a palette (P, 3) of at most ``size`` colours, and for each colour (n,) the number of the nearest of them.

    As many colours as there is room for stay exact. Of more the most frequent do; the others are parted by median
    cut: again and again the group that is widest is cut in two. The same colours give the same palette.
    """
    found, which, counts = np.unique(colours, return_inverse=True, return_counts=True)
    rgb = np.stack([(found >> shift) & 255 for shift in (16, 8, 0)], axis=1).astype(np.float64)
    if len(found) <= size:
        return rgb.astype(np.uint8), which.reshape(-1).astype(np.uint8)
    order = np.argsort(-counts, kind="stable")
    kept = int(_KEPT * size)
    groups = _parted(rgb[order[kept:]], counts[order[kept:]], size - kept)
    palette = np.concatenate([rgb[order[:kept]], np.rint(groups)])
    nearest = np.concatenate([_nearest(rgb[i : i + _CHUNK], palette) for i in range(0, len(rgb), _CHUNK)])
    return palette.astype(np.uint8), nearest[which.reshape(-1)]


def _parted(rgb: NDArray[np.float64], counts: NDArray[np.int64], number: int) -> NDArray[np.float64]:
    """Return the middles of groups of colours, (number, 3)."""
    groups = [np.arange(len(rgb))]
    widths = [float(np.ptp(rgb, axis=0).max())]
    while len(groups) < number:
        widest = int(np.argmax(widths))
        group = groups[widest]
        channel = int(np.ptp(rgb[group], axis=0).argmax())
        values = rgb[group, channel]
        cut = (values.min() + values.max()) / 2
        halves = group[values <= cut], group[values > cut]
        groups[widest : widest + 1] = halves
        widths[widest : widest + 1] = [float(np.ptp(rgb[half], axis=0).max()) for half in halves]
    return np.stack([np.average(rgb[group], axis=0, weights=counts[group]) for group in groups])


def _nearest(rgb: NDArray[np.float64], palette: NDArray[np.float64]) -> NDArray[np.uint8]:
    # |a − b|² without |a|², which is the same for every b
    distances = (palette**2).sum(axis=1) - 2 * rgb @ palette.T
    return np.asarray(distances.argmin(axis=1), np.uint8)
