"""The same task for every kind of cell, with as many parameters: loss, and reach of the gradient, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from rnnviz.core.measures.norms import norms
from rnnviz.core.measures.reach import GradientReach, gradient_reach
from rnnviz.document.budget import parameters, same_budget
from rnnviz.document.compute import compute
from rnnviz.document.document import Document
from rnnviz.document.tasks import TASKS
from rnnviz.document.training import Trainer, Training, TrainingFailedError
from rnnviz.document.training_data import TrainingData
from rnnviz.document.values import Array


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """How far a network's gradient reaches back, of the last layer.

    Attributes:
        norms: ‖∂L/∂(h_t, c_t)‖ for t = 0…T, the mean over the sequences that the document shows, (T + 1,); the c
            only where there is one: it is the way on which an LSTM's gradient travels.
        reach: what is left of the last at the first.
    """

    norms: Array
    reach: GradientReach


@dataclass(frozen=True, slots=True, eq=False)
class CellResult:
    """What became of one kind of cell.

    Attributes:
        cell: its key.
        units, parameters: its size.
        before, after: the network before and after training.
        loss: of every update's batch, (n,); shorter where a number overflowed.
        measured, held_out: after which updates the held-out loss was measured, (k,), and what it was, (k,).
        reach_before, reach_after: of its gradient.
        trouble: why it ended early, or None.
    """

    cell: str
    units: int
    parameters: int
    before: Document
    after: Document
    loss: Array
    measured: Array
    held_out: Array
    reach_before: Reach
    reach_after: Reach
    trouble: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What `compare_cells` is given."""

    document: Document
    data: TrainingData
    settings: Training
    updates: int


def long_memory() -> Comparison:
    """Return a comparison in which memory decides: the order of two symbols, the first up to sixty steps back.

    With as many parameters an LSTM and a GRU learn it, while the plain RNN goes on guessing: its gradient does
    not reach the first symbol.
    """
    task = TASKS["temporal-order"]
    data = task.data({"steps": 60})
    settings = replace(task.training, learning_rate=0.01, measure_every=15)
    return Comparison(task.document(data), data, settings, 300)


def compare_cells(comparison: Comparison) -> Iterator[CellResult | int]:
    """Train the network once with every kind of cell and about as many parameters, on the same batches.

    Yields how many updates were made so far, over all cells, now and then; and for each cell its result.

    Raises:
        DocumentError: the network does not fit the data.
    """
    for number, network in enumerate(same_budget(comparison.document)):
        for made in _trained(network, comparison):
            yield made if isinstance(made, CellResult) else number * comparison.updates + made


def _trained(document: Document, comparison: Comparison) -> Iterator[CellResult | int]:
    settings = comparison.settings
    trainer = Trainer(document, comparison.data, settings)
    state, losses, trouble = trainer.start(), [], None
    held_out: list[tuple[int, float]] = [(0, trainer.held_out_loss(state))]
    for number in range(1, comparison.updates + 1):
        try:
            state, record = trainer.update(state)
        except TrainingFailedError as error:
            trouble = str(error)
            break
        losses.append(record.loss)
        if number % settings.measure_every == 0:
            held_out.append((number, record.held_out))
            yield number
    after = trainer.document_at(state)
    measured = np.array(held_out)
    yield CellResult(
        cell=document.layers[0].cell,
        units=document.layers[0].units,
        parameters=parameters(document),
        before=document,
        after=after,
        loss=np.array(losses),
        measured=measured[:, 0],
        held_out=measured[:, 1],
        reach_before=reach_of(document),
        reach_after=reach_of(after),
        trouble=trouble,
    )


def reach_of(document: Document) -> Reach:
    """Return how far the gradient of the last layer reaches, over the sequences that the document shows.

    Padded steps come last and have no gradient of their own: sequences of unequal length are looked at from
    their own ends.
    """
    layer = compute(document).layers[-1]
    joint = np.concatenate(list(layer.state_gradients.values()), axis=2)
    shortest = min(map(document.input.length, range(document.batch)))
    ends = [joint[b, document.input.length(b) - shortest : document.input.length(b) + 1] for b in range(document.batch)]
    found = norms(np.stack(ends)).mean(axis=0)
    return Reach(found, gradient_reach(found))
