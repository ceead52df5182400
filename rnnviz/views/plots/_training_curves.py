"""The curves of a training: which there are, and on which scales."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.activations import Array
from rnnviz.document.trained import Trained, group_norms
from rnnviz.views.axes import finite_extent
from rnnviz.views.plots._training_look import CURVES, TrainingLook, Which
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

_THIN, _USUAL, _THICK, _BROAD = 1.1, 1.5, 2.0, 3.2
_MOST_DECADES = 18
_LEAST_UPDATES = 20  # the axis is at least so long
_BEYOND = 97.0  # per cent of the numbers that a linear axis holds: one jump must not flatten the rest
_LOSS_COLOUR, _HELD_OUT_COLOUR = 0, 5  # of the series of units


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Something over updates.

    Attributes:
        name: what the legend calls it.
        updates, values: its points, (n,) each.
        colour, width: of its pen; the width in pixels of usual words.
        has_points: whether each of its few points is marked.
    """

    name: str
    updates: Array | NDArray[np.int64]
    values: Array
    colour: str
    width: float = _THIN
    has_points: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """One panel.

    Attributes:
        caption: what it shows.
        curves: from the back to the front.
        low, high: the range of values; exponents of ten on a logarithmic axis.
        is_log: whether values are on a logarithmic axis.
        level: a value that a line is drawn at, with its name, or None.
    """

    caption: str
    curves: tuple[Curve, ...]
    low: float
    high: float
    is_log: bool
    level: tuple[float, str] | None = None


def charts(trained: Trained | None, look: TrainingLook, theme: Theme) -> tuple[Chart, ...]:
    """Return the panels that a look chooses, empty ones before there is a training."""
    chosen: Sequence[Which] = [key for key in CURVES if key != "all"] if look.which == "all" else [look.which]
    return tuple(_chart(key, trained, look, theme) for key in chosen)


def _chart(which: Which, trained: Trained | None, look: TrainingLook, theme: Theme) -> Chart:
    curves: tuple[Curve, ...] = ()
    level = None
    if trained is not None:
        if which == "loss":
            curves = (*_searched(trained, look, theme), *_losses(trained, theme))
        elif which == "gradient":
            curves, level = _gradients(trained, look, theme), _limit(trained)
        elif which == "weights":
            curves = _norms(trained, trained.curves.weight_norms, look, theme)
        else:
            curves, level = _radii(trained, theme), (1.0, "")
    is_log = look.log_value and which != "radius"  # which is near 1
    low, high = _range(curves, level, is_log=is_log)
    return Chart(CURVES[which][0], curves, low, high, is_log, level)


def _losses(trained: Trained, theme: Theme) -> tuple[Curve, ...]:
    found, colour = trained.curves, theme.units[_LOSS_COLOUR]
    loss = Curve("each update", found.updates, found.loss, colour, _USUAL)
    if np.isnan(found.held_out).all():
        return (loss,)
    return loss, Curve("held-out", found.measured, found.held_out, theme.units[_HELD_OUT_COLOUR], _THICK)


def _searched(trained: Trained, look: TrainingLook, theme: Theme) -> tuple[Curve, ...]:
    """Return the best loss of random search, as far as the training has come: one evaluation beside each update."""
    found = trained.searched
    if found is None or not look.baseline:
        return ()
    values = found[: trained.last]
    return (Curve("random search", np.arange(1, len(values) + 1), values, theme.muted, _THICK),)


def _gradients(trained: Trained, look: TrainingLook, theme: Theme) -> tuple[Curve, ...]:
    found = trained.curves
    parts = _norms(trained, found.norms_before, look, theme)
    whole = Curve("all", found.updates, found.before, theme.gradient, _USUAL)
    if np.array_equal(found.before, found.after, equal_nan=True):
        return *parts, whole
    # broad and at the back: it is seen where clipping makes a difference
    return Curve("all, clipped", found.updates, found.after, theme.gradient_direct, _BROAD), *parts, whole


def _limit(trained: Trained) -> tuple[float, str] | None:
    settings = trained.settings
    return (settings.clip_at, f"clipped at {settings.clip_at:g}") if settings.clipping == "norm" else None


def _norms(trained: Trained, norms: Array, look: TrainingLook, theme: Theme) -> tuple[Curve, ...]:
    """Return the norm of each part of the network, which have the same colours in every panel."""
    groups = trained.groups(by_block=look.per == "block")
    return tuple(
        Curve(name, trained.curves.updates, group_norms(norms, columns), theme.units[number % len(theme.units)])
        for number, (name, columns) in enumerate(groups)
    )


def _radii(trained: Trained, theme: Theme) -> tuple[Curve, ...]:
    found = trained.curves
    if len(found.measured) == 0:
        return ()
    return tuple(
        Curve(
            f"ρ(W_h{block})" if trained.layers == 1 else f"ρ(W_h{block}), layer {layer + 1}",
            found.measured,
            found.radii[:, column],
            theme.units[column % len(theme.units)],
            _USUAL,
            has_points=len(found.measured) < 30,
        )
        for column, (layer, block) in enumerate(trained.blocks)
    )


def _range(curves: Sequence[Curve], level: tuple[float, str] | None, *, is_log: bool) -> tuple[float, float]:
    """Return a range that holds all, or nearly all, that is drawn; whole exponents on a logarithmic axis."""
    values = np.concatenate([*(curve.values for curve in curves), [] if level is None else [level[0]]])
    with np.errstate(invalid="ignore"):
        values = values[np.isfinite(values)]
        if is_log:
            values = np.log10(values[values > 0])
            if len(values) == 0:
                return -2.0, 0.0
            high = math.ceil(values.max() - 1e-9)
            return float(max(min(math.floor(values.min() + 1e-9), high - 1), high - _MOST_DECADES)), float(high)
    if len(values) == 0:
        return 0.0, 1.0
    most = float(np.percentile(values, _BEYOND, method="lower"))
    low = float(values.min())
    extent = finite_extent(values) if finite_extent(values) < 2 * most else 1.2 * most
    return (-rounded_limit(-low) if low < 0 else 0.0), min(rounded_limit(extent), 1e300)


def updates_axis(last: int, *, is_log: bool) -> tuple[float, float]:
    """Return the ends of an axis over updates: exponents of ten on a logarithmic one. It seldom changes."""
    high = rounded_limit(max(last, _LEAST_UPDATES))
    return (0.0, float(np.log10(high))) if is_log else (0.0, high)


def thinned(xs: Array, ys: Array) -> tuple[Array, Array]:
    """Return a curve, in pixels, with at most the smallest and largest value of each column of pixels.

    xs do not fall, and may lie closer together at one end than at the other.
    """
    columns = np.floor(xs)
    starts = np.flatnonzero(np.concatenate(([True], columns[1:] != columns[:-1])))
    if len(xs) <= 3 * len(starts):
        return xs, ys
    with np.errstate(invalid="ignore"):
        lows, highs = np.fmin.reduceat(ys, starts), np.fmax.reduceat(ys, starts)
    return np.repeat(columns[starts] + 0.5, 2), np.stack([lows, highs], axis=1).ravel()
