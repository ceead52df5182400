"""Does order matter? The network's answer to a sequence in several orders, beside that of one that cannot tell.

The order-blind baseline is the same network, taking one step from its initial state on the sum of the inputs:
h = cell(W_x Σ_t x_t + b, W_h h_0), layer by layer, and then the same readout. For a plain RNN that starts from 0
it is h = φ(W_xh Σ_t x_t + b_h). Of one-hot text the sum counts the symbols: a bag of words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Objective
from rnnviz.document.frame import Frame
from rnnviz.document.sequences import Order
from rnnviz.document.step_edits import shuffled
from rnnviz.document.values import Array, DocumentError

ORDERS = {"original": "Original", "reversed": "Reversed", "shuffled": "Shuffled"}


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was answered where the loss is asked for last.

    Attributes:
        t: that step; 1 for the baseline, which takes just one.
        y: (outputs,).
        loss: ℓ at that step, before any reduction.
        course: y at every step, (steps, outputs).
    """

    t: int
    y: Array
    loss: float
    course: Array


def order_of(name: str, length: int, seed: int) -> Order:
    """Return the order that a key of `ORDERS` means, for so many steps; counted from 0."""
    if name == "shuffled":
        return shuffled(length, seed)
    if name not in ORDERS:
        raise DocumentError(f"order: {name!r} is not known; use one of {', '.join(ORDERS)}")
    steps = np.arange(length)
    return steps[::-1].copy() if name == "reversed" else steps


def in_order(document: Document, sample: int, order: Order) -> Document:
    """Return a sequence alone, fed in another order; its targets and the steps that count stay where they are."""
    data, objective, length = document.input, document.objective, document.input.length(sample)
    targets = objective.targets
    return replace(
        document,
        input=Input(data.features, data.values[sample : sample + 1, :length][:, order]),
        objective=replace(
            objective,
            steps="last" if isinstance(objective.steps, str) else document.counted_steps(sample),
            targets=None if targets is None else targets[sample : sample + 1, :length],
        ),
    )


def order_blind(document: Document, sample: int) -> Document:
    """Return the baseline: one step on the sum of a sequence's inputs, asked for the target of its last answer.

    The sum is taken over sorted numbers, so it is the same to the last bit for every order.
    """
    data, objective = document.input, document.objective
    inputs = data.values[sample, : data.length(sample)]
    total = np.sort(inputs, axis=0).sum(axis=0)
    asked, targets = max(document.counted_steps(sample)), objective.targets
    return replace(
        document,
        input=Input(data.features, total[None, None]),
        objective=Objective(
            objective.loss, "last", "sum", None if targets is None else targets[sample : sample + 1, asked - 1 : asked]
        ),
        window=None,
    )


def answer_of(frame: Frame) -> Answer:
    """Return the last answer that counts in the frame of `in_order` or `order_blind`."""
    t = max(frame.document.counted_steps(0))
    return Answer(t, frame.y[0, t - 1], float(frame.loss_steps[0, t - 1]), frame.y[0])


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The answers to a sequence in each order of `ORDERS`, by its key.

    Attributes:
        inputs: what was fed in, (steps, features).
        network: what the network answers.
        baseline: what the order-blind baseline answers.
    """

    inputs: Mapping[str, Array]
    network: Mapping[str, Answer]
    baseline: Mapping[str, Answer]

    def spread(self, answers: Mapping[str, Answer]) -> float:
        """Return how far any answer is from the one to the original order: the largest difference of an output."""
        original = answers["original"].y
        return max(float(np.abs(answer.y - original).max()) for answer in answers.values())


def compare(document: Document, sample: int, seed: int) -> Comparison:
    """Return the answers to a sequence in every order; a pure function, for a worker process too."""
    inputs, network, baseline = {}, {}, {}
    for name in ORDERS:
        ordered = in_order(document, sample, order_of(name, document.input.length(sample), seed))
        inputs[name] = ordered.input.values[0]
        network[name] = answer_of(compute(ordered))
        baseline[name] = answer_of(compute(order_blind(ordered, 0)))
    return Comparison(inputs, network, baseline)
