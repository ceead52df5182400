"""Learning without a gradient, to see what the gradient is worth: try other weights, and keep what is better.

Source: Rastrigin 1963, random search, here with steps of every size: the deviation of each is drawn log-uniformly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from rnnviz.document.document import Document
from rnnviz.document.training import Trainer, Training, TrainingState
from rnnviz.document.training_data import TrainingData
from rnnviz.document.values import Array

_AT_A_TIME = 50
_SMALLEST, _LARGEST = 1e-3, 1.0  # deviations of a step, in units of a weight


def random_search(
    document: Document, data: TrainingData, settings: Training, evaluations: int
) -> Iterator[tuple[float, Array]]:
    """Yield the best loss so far after each evaluation, and the weights that have it, as the trainer lays them out.

    It begins with the weights that training begins with. One evaluation looks at as many sequences as one update,
    but always at the same ones, the first batch: so the best loss only falls. Locked weights stay.

    Raises:
        DocumentError: the network does not fit the data.
    """
    trainer = Trainer(document, data, settings)
    batch = trainer.begin(trainer.start()).batch
    state = trainer.start()
    best, chance = trainer.batch_loss(state, batch), np.random.default_rng([settings.seed, 1])
    for number in range(evaluations):
        if number:  # the first evaluation is that of the weights it begins with
            tried = _moved(trainer, state, chance)
            loss = trainer.batch_loss(tried, batch)
            if loss < best:
                best, state = loss, tried
        yield best, state.weights


def best_losses(document: Document, data: TrainingData, settings: Training, evaluations: int) -> Iterator[Array]:
    """Yield the best losses of `random_search`, some at a time: (n,) of the next n evaluations."""
    losses: list[float] = []
    for loss, _ in random_search(document, data, settings, evaluations):
        losses.append(loss)
        if len(losses) == _AT_A_TIME:
            yield np.array(losses)
            losses = []
    if losses:
        yield np.array(losses)


def _moved(trainer: Trainer, state: TrainingState, chance: np.random.Generator) -> TrainingState:
    deviation = np.exp(chance.uniform(np.log(_SMALLEST), np.log(_LARGEST)))
    step = deviation * chance.standard_normal(trainer.vector.size)
    return replace(state, weights=trainer.vector.moved(state.weights, state.weights + step))
