"""The verdict: one line on what the gradient does."""

from __future__ import annotations

import math

from rnnviz.document.frame import Frame
from rnnviz.session.session import Selection
from rnnviz.views.fonts import scientific, subscript

_NAMES = {"vanishing": "Vanishing gradient", "exploding": "Exploding gradient", "kept": "The gradient is kept"}


def verdict(frame: Frame, selection: Selection) -> str:
    """Return one line on what the gradient does, from the measured ratio ‖∂L/∂h_0‖ / ‖∂L/∂h_T‖ alone.

    T is the last step of the selected sequence that is not padding.
    """
    if frame.problems:
        return f"Overflow: {frame.problems[0]}. Undo, or make the weights smaller."
    reach, length = frame.reach(selection.layer, selection.sample), frame.document.input.length(selection.sample)
    loss = f"L = {scientific(frame.loss, 4)}"
    if math.isnan(reach.ratio):
        return f"No verdict: {reach.verdict}   ·   {loss}"
    ratio = f"‖∂L/∂h₀‖ / ‖∂L/∂h{subscript(length)}‖ = {scientific(reach.ratio, 3)}"
    return f"{_NAMES[reach.verdict]}: {ratio} over {length} steps   ·   {loss}"
