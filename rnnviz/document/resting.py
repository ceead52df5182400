"""Where a layer would rest if the input of one step stood still."""

from __future__ import annotations

from rnnviz.core.measures.fixed_points import Rests, rests, starting_points
from rnnviz.document.compute import compute
from rnnviz.document.document import Document
from rnnviz.document.runs import layer_run

MOST_NUMBERS = 128  # of a state: a search in more takes many seconds


def resting_places(document: Document, layer: int, sample: int, t: int) -> Rests:
    """Return the fixed and the slow points of a layer for its input at step t, 1…T of the sequence.

    The search starts from states of the trajectory and from random ones around it, the same each time.
    """
    run = layer_run(compute(document), layer, sample)
    return rests(run.weights, run.trace.x[t - 1], starting_points(run.trace))
