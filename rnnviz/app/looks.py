"""What a plot looks at, from the words of the command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

from rnnviz.app.numbering import index_of
from rnnviz.core.cells import CELLS
from rnnviz.document.changing import entry_name
from rnnviz.document.document import Document
from rnnviz.document.gradient_kinds import state_size
from rnnviz.document.nudging import What
from rnnviz.document.resting import MOST_NUMBERS
from rnnviz.document.tasks._base import Task
from rnnviz.document.values import DocumentError
from rnnviz.document.weight_names import first_weight, weight_named
from rnnviz.session.session import Selection
from rnnviz.views.plots._base import Look
from rnnviz.views.plots._gradient_look import GradientLook
from rnnviz.views.plots._network_look import NetworkLook
from rnnviz.views.plots._phase_look import PhaseLook
from rnnviz.views.plots._spectrum_look import SpectrumLook
from rnnviz.views.plots._step_look import StepLook
from rnnviz.views.plots._swept import LARGEST, usual_limit
from rnnviz.views.plots._topics import READOUT, UNIT, topics_of
from rnnviz.views.plots._training_look import TrainingLook
from rnnviz.views.plots.connectivity import ConnectivityLook
from rnnviz.views.plots.perturbation import USUAL_SIZE, NudgeLook
from rnnviz.views.plots.sweep import SweepLook

_OPTIONS = {
    "sweep": ("weight", "range"),
    "perturbation": ("nudge", "nudge_at", "nudge_size"),
    "gradients": ("gradient", "lines"),
    "spectrum": ("block", "jacobian"),
    "phase": ("plane", "nullclines", "fixed_points"),
    "unrolled": ("direction", "folded"),
    "step": ("part", "output_number"),
    "connectivity": ("by_row",),
    "training": ("updates", "curves", "per", "linear", "log_updates", "random_search"),
}
_SIZES = (1e-12, 1e6)
MOST_UPDATES = 1_000_000


def chosen_looks(
    options: argparse.Namespace, document: Document, selection: Selection, task: Task | None = None
) -> dict[str, Look]:
    """Return what the options choose, by view; nothing for a view that no option speaks of.

    The network of a task is trained on the task's data.

    Raises:
        DocumentError: there is no such weight or time, a number is out of range, or the view is another one.
    """
    given = {view: [name for name in names if vars(options)[name] is not None] for view, names in _OPTIONS.items()}
    for view, names in given.items():
        if names and view not in options.views and "all" not in options.views:
            others = ", ".join(options.views)
            raise DocumentError(f"--{names[0].replace('_', '-')}: only the view {view} takes it, not {others}")
    looks = {view: make(options, document, selection) for view, make in _LOOKS.items() if given[view]}
    if given["training"] or task is not None:
        looks["training"] = _training(options, task)
    return looks


def _gradients(options: argparse.Namespace, _document: Document, _selection: Selection) -> GradientLook:
    return GradientLook(options.gradient or "total", frozenset(options.lines or ()))


def _connectivity(options: argparse.Namespace, _document: Document, _selection: Selection) -> ConnectivityLook:
    return ConnectivityLook(bool(options.by_row))


def _unrolled(options: argparse.Namespace, _document: Document, _selection: Selection) -> NetworkLook:
    return NetworkLook(options.direction or "forward", bool(options.folded))


def _step(options: argparse.Namespace, document: Document, selection: Selection) -> StepLook:
    parts = [topic.key for topic in topics_of(document, selection.layer)]
    part = options.part or UNIT
    if part not in parts:
        raise DocumentError(f"--part: there is no part {part!r} here; choose from {', '.join(parts)}")
    if options.output_number is None:
        return StepLook(part)
    if part != READOUT:
        raise DocumentError(f"--output-number: only --part {READOUT} is about an output, not {part}")
    return StepLook(part, index_of("--output-number", options.output_number, document.outputs))


def _training(options: argparse.Namespace, task: Task | None) -> TrainingLook:
    updates = options.updates
    if updates is not None and not 1 <= updates <= MOST_UPDATES:
        raise DocumentError(f"--updates: {updates} is out of range; choose from 1 to {MOST_UPDATES}")
    return TrainingLook(
        options.curves or "all",
        options.per or "layer",
        not options.linear,
        bool(options.log_updates),
        bool(options.random_search),
        updates,
        "" if task is None else task.key,
    )


def _spectrum(options: argparse.Namespace, document: Document, selection: Selection) -> SpectrumLook:
    blocks = CELLS[document.layers[selection.layer].cell].blocks
    if options.block is not None and options.block not in blocks:
        raise DocumentError(f"--block: there is no block {options.block!r} here; choose from {', '.join(blocks)}")
    return SpectrumLook(options.block or "", bool(options.jacobian))


def _phase(options: argparse.Namespace, document: Document, selection: Selection) -> PhaseLook:
    numbers = state_size(document, selection.layer)
    if options.fixed_points and numbers > MOST_NUMBERS:
        raise DocumentError(
            f"--fixed-points: they are searched in states of up to {MOST_NUMBERS} numbers; this layer's has {numbers}"
        )
    return PhaseLook(options.plane or "units", bool(options.nullclines), bool(options.fixed_points))


def _sweep(options: argparse.Namespace, document: Document, selection: Selection) -> SweepLook:
    name, reach = options.weight, options.range
    place, index = first_weight(document, selection.layer)
    if name is not None:
        try:
            place, index = weight_named(document, name, selection.layer)
        except DocumentError as error:
            raise DocumentError(f"--weight: {error}") from None
    value = float(document.weight(place)[index])
    if reach is None:
        limit = usual_limit(value)
        return SweepLook(place, index, -limit, limit, selection.layer)
    low, high = reach
    if not (low < high and max(abs(low), abs(high)) <= LARGEST):
        raise DocumentError(f"--range: {low:g} to {high:g} is no range; give a lower number, then a higher one")
    if not low <= value <= high:
        raise DocumentError(
            f"--range: {entry_name(place, index)} is {value:.6g}, which is not between {low:g} and {high:g}"
        )
    return SweepLook(place, index, low, high, selection.layer)


def _nudge(options: argparse.Namespace, document: Document, selection: Selection) -> NudgeLook:
    what: What = options.nudge or "x"
    if what == "c" and "c" not in document.layers[selection.layer].initial_state:
        raise DocumentError(f"--nudge: layer {selection.layer + 1} has no cell state c; choose x or h")
    first, last = (1 if what == "x" else 0), document.input.length(selection.sample)
    k = first if options.nudge_at is None else options.nudge_at
    if not first <= k <= last:
        raise DocumentError(f"--nudge-at: there is no {what} at {k}; choose from {first} to {last}")
    size = USUAL_SIZE if options.nudge_size is None else options.nudge_size
    if not (math.isfinite(size) and _SIZES[0] <= size <= _SIZES[1]):
        raise DocumentError(f"--nudge-size: {size:g} is out of range; choose from {_SIZES[0]:g} to {_SIZES[1]:g}")
    return NudgeLook(what, k, size)


_LOOKS: dict[str, Callable[[argparse.Namespace, Document, Selection], Look]] = {
    "sweep": _sweep,
    "perturbation": _nudge,
    "gradients": _gradients,
    "spectrum": _spectrum,
    "phase": _phase,
    "unrolled": _unrolled,
    "step": _step,
    "connectivity": _connectivity,
}
