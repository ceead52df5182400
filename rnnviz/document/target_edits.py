"""Edits of what the network should answer: targets, and which steps count. Steps t are counted from 1."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace

import numpy as np

from rnnviz.document.document import Document, Steps
from rnnviz.document.edits import Edit
from rnnviz.document.values import DocumentError


def set_targets(changes: Mapping[tuple[int, int, int], float], merge_key: Hashable = None) -> Edit:
    """Change targets; each key is (sequence, step, output), counted from 0. Classes have the one output 0."""

    def apply(document: Document) -> Document:
        if document.objective.targets is None:
            raise DocumentError("objective.targets: there are none to change; add targets first")
        targets = document.objective.targets.copy()
        numbers = targets.reshape(*targets.shape[:2], -1)  # a class is one number per step
        for index, value in changes.items():
            numbers[index] = value
        return replace(document, objective=replace(document.objective, targets=targets))

    return Edit("Set targets", apply, merge_key)


def add_targets() -> Edit:
    """Give every step a target of 0, to be compared by half the squared error."""

    def apply(document: Document) -> Document:
        if document.objective.targets is not None:
            return document
        targets = np.zeros((document.batch, document.timesteps, document.outputs))
        return replace(document, objective=replace(document.objective, loss="half_squared_error", targets=targets))

    return Edit("Add targets", apply)


def remove_targets() -> Edit:
    """Compare with nothing any more: the loss is the sum of the outputs.

    A softmax readout becomes a linear one, for the sum of its outputs is always 1.
    """

    def apply(document: Document) -> Document:
        readout = document.readout
        if readout is not None and readout.activation == "softmax":
            readout = replace(readout, activation="linear")
        return replace(document, readout=readout, objective=replace(document.objective, loss="sum", targets=None))

    return Edit("Remove targets", apply)


def count_steps(steps: range, counts: bool, merge_key: Hashable = None) -> Edit:
    """Let the loss of steps count, or not; where all do, the list becomes "all"."""

    def apply(document: Document) -> Document:
        counted = set().union(*map(document.counted_steps, range(document.batch)))
        counted = counted | set(steps) if counts else counted - set(steps)
        if not counted:
            raise DocumentError("objective.steps: at least one step has to count; let another step count first")
        every = len(counted) == document.timesteps
        chosen: Steps = "all" if every else tuple(sorted(counted))
        return replace(document, objective=replace(document.objective, steps=chosen))

    name = f"step {steps.start}" if len(steps) == 1 else f"steps {steps.start} to {steps.stop - 1}"
    return Edit(f"Count {name}" if counts else f"Do not count {name}", apply, merge_key)
