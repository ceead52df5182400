"""Taking the steps of sequences apart and putting them together again, with everything that hangs on a step.

An order says for each step after the edit which step it was before, from 0; `NEW` where there was none. What
follows the steps of a sequence: its values, its text and its length; its targets; and which steps count.

- Targets that are the next value or symbol (`predicts_next`) stay that: only the last one keeps its place.
- Where only the last step counts, its target belongs to the sequence and stays at the end.
- Which steps count is one list for all sequences: it follows where all their steps move alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rnnviz.document.document import Document, Input, Objective, Steps
from rnnviz.document.values import Array, DocumentError

NEW = -1
MAX_STEPS = 20_000
MAX_NUMBERS = 2_000_000  # sequences × steps × features: a frame holds some ten arrays of this size
MAX_SEQUENCES = 256

Order = NDArray[np.intp]


def rearranged(document: Document, orders: Sequence[Order], *, moves_targets: bool = True) -> Document:
    """Return the document with the steps of each sequence in another order; shorter ones are padded with 0.

    With ``moves_targets`` false the steps stay as they are and only what is fed in changes places.

    Raises:
        DocumentError: a sequence without a step, too many steps, or none left that counts.
    """
    data, objective = document.input, document.objective
    timesteps = max(map(len, orders))
    if min(map(len, orders)) == 0:
        raise DocumentError("input: a sequence needs at least one step; remove the sequence instead")
    check_size(len(orders), timesteps, data.values.shape[2])
    values = _gathered(data.values, orders, timesteps, blank_step(data))
    lengths = tuple(map(len, orders))
    changed = spelled(replace(data, values=values, lengths=lengths))
    is_next = moves_targets and predicts_next(data, objective)
    if not moves_targets:  # all that can happen to them is that padding goes which no sequence needs
        orders = [np.arange(length) for length in lengths]
    return replace(document, input=changed, objective=_with_orders(document, changed, orders, is_next=is_next))


def with_sequences(document: Document, sources: Sequence[int]) -> Document:
    """Return the document with other sequences, each a copy of one of the old or, where `NEW`, a blank one."""
    data, objective = document.input, document.objective
    check_size(len(sources), document.timesteps, data.values.shape[2])
    values = np.stack([np.broadcast_to(blank_step(data), data.values.shape[1:]) if n == NEW else data.values[n]
                       for n in sources])  # fmt: skip
    lengths = tuple(document.timesteps if n == NEW else data.length(n) for n in sources)
    targets = objective.targets
    if targets is not None:
        targets = np.stack([np.zeros(targets.shape[1:]) if n == NEW else targets[n] for n in sources])
    many = replace(
        document,
        input=spelled(replace(data, values=values, lengths=lengths)),
        objective=replace(objective, targets=targets),
    )
    return rearranged(many, [np.arange(length) for length in lengths])  # without what is now padding in all


def predicts_next(data: Input, objective: Objective) -> bool:
    """Return whether every target is the value, or the symbol, of the step after it, as far as there is one."""
    targets = objective.targets
    if targets is None or max(map(data.length, range(len(targets)))) == 1:
        return False
    following = _as_targets(data, objective)
    return following is not None and all(
        np.array_equal(targets[n, : data.length(n) - 1], following[n, 1 : data.length(n)]) for n in range(len(targets))
    )


def _as_targets(data: Input, objective: Objective) -> Array | None:
    """Return the input as targets of its own kind: symbols as their numbers. None if they are not alike."""
    assert objective.targets is not None
    if objective.targets.ndim == 2:  # noqa: PLR2004 - class indices
        return None if data.vocabulary is None else data.values.argmax(axis=2).astype(np.float64)
    return data.values if data.values.shape == objective.targets.shape else None


def spelled(data: Input) -> Input:
    """Return the input with its text as its values say: that of its first sequence."""
    if data.text is None or data.vocabulary is None:
        return data
    symbols = data.values[0, : data.length(0)].argmax(axis=1).tolist()
    between = "" if data.encoding == "char" else " "
    return replace(data, text=between.join(data.vocabulary[symbol] for symbol in symbols))


def blank_step(data: Input) -> Array:
    """Return what a new step feeds in, (features,): 0, or the first symbol of the alphabet."""
    blank = np.zeros(data.values.shape[2])
    if data.text is not None:
        blank[0] = 1.0
    return blank


def check_size(sequences: int, timesteps: int, features: int) -> None:
    """Refuse more than can be shown."""
    if timesteps > MAX_STEPS:
        raise DocumentError(f"input: {timesteps:,} steps are too many; keep at most {MAX_STEPS:,}")
    if sequences > MAX_SEQUENCES:
        raise DocumentError(f"input: {sequences:,} sequences are too many; keep at most {MAX_SEQUENCES}")
    if sequences * timesteps * features > MAX_NUMBERS:
        raise DocumentError(
            f"input: {sequences:,} × {timesteps:,} × {features:,} numbers are too many; "
            f"at most {MAX_NUMBERS:,} can be shown: keep fewer sequences or steps"
        )


def _gathered(array: Array, orders: Sequence[Order], timesteps: int, blank: Array | float) -> Array:
    gathered = np.zeros((len(orders), timesteps, *array.shape[2:]))
    for sequence, order, source in zip(gathered, orders, array, strict=True):
        sequence[: len(order)] = source[order]
        sequence[np.flatnonzero(order == NEW)] = blank
    return gathered


# What follows the steps


def _with_orders(document: Document, changed: Input, orders: Sequence[Order], *, is_next: bool) -> Objective:
    objective, timesteps = document.objective, changed.values.shape[1]
    steps = _steps(document, orders, timesteps)
    if objective.targets is None:
        return replace(objective, steps=steps)
    targets = _gathered(objective.targets, orders, timesteps, 0.0)
    lengths = [document.input.length(n) for n in range(document.batch)]
    following = _as_targets(changed, replace(objective, targets=targets)) if is_next else None
    for n, (order, length) in enumerate(zip(orders, lengths, strict=True)):
        before = objective.targets[n]
        if following is not None:
            targets[n, : len(order) - 1] = following[n, 1 : len(order)]
        elif objective.steps == "last" and len(order) == length:
            targets[n, :length] = before[:length]
        if following is not None or objective.steps == "last":
            targets[n, len(order) - 1] = before[length - 1]
    return replace(objective, steps=steps, targets=targets)


def _steps(document: Document, orders: Sequence[Order], timesteps: int) -> Steps:
    """Return which steps count after the edit."""
    steps = document.objective.steps
    if isinstance(steps, str):
        return steps
    if not document.layers[-1].return_sequences:
        return "last"
    if all(np.array_equal(order, orders[0]) for order in orders):
        kept = np.flatnonzero(np.isin(orders[0], np.array(steps) - 1)).tolist()
        counted = tuple(step + 1 for step in kept)
    else:
        counted = tuple(step for step in steps if step <= timesteps)
    if not counted:
        raise DocumentError("objective.steps: no step that counts would be left; let another step count first")
    return counted
