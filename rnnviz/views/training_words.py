"""A training in words: what an update did, and what each of its parts has found."""

from __future__ import annotations

import numpy as np

from rnnviz.document.training import Part, UnfinishedUpdate
from rnnviz.session.live_training import LiveTraining
from rnnviz.views.fonts import scientific


def state_words(live: LiveTraining) -> str:
    """Return what the newest update at or before the shown one did, in one line."""
    trained = live.trained
    if live.position == 0 or trained is None:
        return "not trained yet" if live.last == 0 else "as it began"
    curves = trained.curves
    row = max(int(np.searchsorted(curves.updates, live.position, side="right")) - 1, 0)
    before, after = float(curves.before[row]), float(curves.after[row])
    norm = scientific(before, 2) if before == after else f"{scientific(before, 2)} → {scientific(after, 2)}"
    words = f"loss {scientific(float(curves.loss[row]), 3)}  ·  ‖g‖ {norm}"
    return f"{words}  ·  {live.rate:,.0f}/s" if live.rate else words


def part_words(live: LiveTraining) -> str:
    """Return what the part of an update that was taken last has found, in one line."""
    update, part = live.unfinished, live.part
    if part is None:
        return "press to take one part at a time"
    if part is Part.UPDATE or update is None:
        return f"the weights are those of update {live.position:,} now"
    return _FOUND[part](update)


def _forward(update: UnfinishedUpdate) -> str:
    x = update.batch.x
    count, steps = (x.shape[2] if x.ndim == 3 else 1), len(x)
    sequences = "1 sequence" if count == 1 else f"{count} sequences"
    return f"{sequences} of {steps} {'step' if steps == 1 else 'steps'} were read"


def _loss(update: UnfinishedUpdate) -> str:
    assert update.loss is not None
    return f"the loss of this batch is {scientific(update.loss, 4)}"


def _backward(update: UnfinishedUpdate) -> str:
    assert update.norms is not None
    return f"‖∂L/∂w‖ = {scientific(float(np.linalg.norm(update.norms)), 4)}"


def _clip(update: UnfinishedUpdate) -> str:
    assert update.clipped is not None
    before, after = update.clipped.before, update.clipped.after
    if before == after:
        return f"‖∂L/∂w‖ stays {scientific(before, 4)}: below the limit"
    return f"‖∂L/∂w‖ {scientific(before, 4)} → {scientific(after, 4)}"


_FOUND = {Part.FORWARD: _forward, Part.LOSS: _loss, Part.BACKWARD: _backward, Part.CLIP: _clip}
