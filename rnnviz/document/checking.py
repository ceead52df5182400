"""Check every gradient of a document against central differences, array by array."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

import numpy as np

from rnnviz.core.cells import CELLS
from rnnviz.core.gradient_check import EntryCheck, Index, Probe, check_entries, probe_network
from rnnviz.core.network import Forward
from rnnviz.document.compute import compute, core_parts, solve_forward
from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.frame import Frame
from rnnviz.document.values import Array

SAMPLE = 64
_WATCHING_S = 0.05


@dataclass(frozen=True, slots=True)
class ArrayCheck:
    """How the gradient of one array fares, so far.

    Attributes:
        name: what is checked: ``W_hh``, ``h_0``, ``x`` …, with its layer where there are several.
        entries: how many entries the array has.
        sample: how many of them are compared: all, or a random choice that is always the same.
        compared: how many were compared by now; the following three are among them.
        too_small: so near zero that the rounding of the loss hides a relative error; equal within that.
        at_kinks: skipped, because the step crosses the kink of a ReLU unit.
        failed: entries that differ.
        worst: the entry with the largest relative error among those that agree or differ; None before the first.
    """

    name: str
    entries: int
    sample: int
    compared: int = 0
    too_small: int = 0
    at_kinks: int = 0
    failed: int = 0
    worst: EntryCheck | None = None

    @property
    def agreeing(self) -> int:
        """How many entries agree by now."""
        return self.compared - self.failed - self.at_kinks

    @property
    def is_done(self) -> bool:
        """Whether every chosen entry was compared."""
        return self.compared == self.sample

    @property
    def verdict(self) -> str:
        """What can be said so far, in a word or two; empty before the first entry."""
        if self.failed:
            return "fails"
        if not self.is_done:
            return ""
        return "nothing to compare" if self.at_kinks == self.sample else "passes"

    @property
    def where(self) -> str:
        """The place of the worst entry, counted from 1, such as ``[2, 1]``; for x sequence, t and feature."""
        return "" if self.worst is None else f"[{', '.join(str(number + 1) for number in self.worst.index)}]"

    @property
    def remarks(self) -> list[str]:
        """What a reader of the verdict has to know besides."""
        counts = ((self.too_small, "equal within rounding"), (self.at_kinks, "at a ReLU kink"))
        return [f"{count} {words}" for count, words in counts if count]

    def with_entry(self, entry: EntryCheck) -> ArrayCheck:
        """Return the check after one more entry."""
        worst = self.worst
        # not "greater": the error of an overflow is nan, and nothing is worse
        if entry.verdict in ("agrees", "differs") and (worst is None or not entry.error <= worst.error):
            worst = worst if worst is not None and np.isnan(worst.error) else entry
        return replace(
            self,
            compared=self.compared + 1,
            too_small=self.too_small + (entry.verdict == "too small"),
            at_kinks=self.at_kinks + (entry.verdict == "at a kink"),
            failed=self.failed + (entry.verdict == "differs"),
            worst=worst,
        )


def planned_checks(document: Document, sample: int | None = SAMPLE) -> tuple[ArrayCheck, ...]:
    """Return a check that has not begun for every array: each layer's weights and initial states, the readout's, x.

    ``sample`` is the most entries of an array that are compared; None compares all.
    """
    sizes = [(_name(document, place), document.weight(place).size) for place in _places(document)]
    sizes.append(("x", document.input.values.size))
    return tuple(ArrayCheck(name, size, size if sample is None else min(size, sample)) for name, size in sizes)


def check_gradients(
    document: Document, sample: int | None = SAMPLE, frame: Frame | None = None
) -> Generator[ArrayCheck]:
    """Compare the gradients with central differences; yield the check of the array in hand after every entry.

    The arrays come in the order of `planned_checks`; the last check of each ``is_done``. Where windows hand their
    state on, the derivative is the one that truncated BPTT promises: see `probe_network`.

    Args:
        document: whose gradients are checked.
        sample: the most entries of an array that are compared; None compares all.
        frame: has the gradients that are checked; by default what `compute` makes of the document. Always in
            double precision: differences of single-precision losses prove nothing.
    """
    document = replace(document, precision="float64")
    frame, around = frame or compute(document), solve_forward(document)
    arrays = [
        (document.weight(place), _gradient(frame, place), partial(document.with_weight, place))
        for place in _places(document)
    ]
    arrays.append((document.input.values, frame.x_gradient, partial(_with_input, document)))
    for number, (plan, (values, gradient, moved)) in enumerate(
        zip(planned_checks(document, sample), arrays, strict=True)
    ):
        check, probe = plan, partial(_probe, moved, around)
        for entry in check_entries(probe, values, gradient, _chosen(values.shape, plan.sample, number)):
            check = check.with_entry(entry)
            yield check


def checks_to_watch(document: Document, sample: int | None = SAMPLE) -> Generator[ArrayCheck]:
    """Yield those checks of `check_gradients` that an eye can follow: some twenty a second, and each array's last."""
    shown = -math.inf
    for check in check_gradients(document, sample):
        if check.is_done or monotonic() - shown > _WATCHING_S:
            shown = monotonic()
            yield check


def _places(document: Document) -> list[Place]:
    places = [place for place in document.places() if place.layer == READOUT]
    for number, layer in reversed(list(enumerate(document.layers))):
        initial = (f"{state}_0" for state in CELLS[layer.cell].states)
        places[:0] = [Place(number, name) for name in (*layer.weights, *initial)]
    return places


def _name(document: Document, place: Place) -> str:
    several = len(document.layers) > 1 and place.layer != READOUT
    return f"{place.name} of layer {place.layer + 1}" if several else place.name


def _gradient(frame: Frame, place: Place) -> Array:
    if place.layer == READOUT:
        return frame.readout_gradients[place.name]
    layer = frame.layers[place.layer]
    if place.name.endswith("_0"):
        shares: Array = layer.state_gradients[place.name[0]][:, 0].sum(axis=0)
        return shares
    return layer.weight_gradients[place.name]


def _with_input(document: Document, values: Array) -> Document:
    return replace(document, input=replace(document.input, values=values))


def _probe(moved: Callable[[Array], Document], around: Forward, values: Array) -> Probe:
    return probe_network(*core_parts(moved(values)), around)


def _chosen(shape: tuple[int, ...], sample: int, seed: int) -> list[Index]:
    """Return the indices of so many entries, in order: all of them, or a choice that depends on the seed alone."""
    size = math.prod(shape)
    flat = np.sort(np.random.default_rng(seed).choice(size, sample, replace=False)) if sample < size else range(size)
    return [tuple(int(i) for i in np.unravel_index(number, shape)) for number in flat]
