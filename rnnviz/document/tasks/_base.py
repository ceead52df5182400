"""What a task is: a rule that makes sequences, a network to begin with, and settings by which it is learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from rnnviz.core.objectives import LOSSES
from rnnviz.document.document import Document, Layer, weight_shapes
from rnnviz.document.fitting import fresh_readout
from rnnviz.document.generators import Made, Numbers, Parameter
from rnnviz.document.initialisation import Initialisation, initial_weights
from rnnviz.document.series import Series
from rnnviz.document.training import LARGEST_SEED, Training
from rnnviz.document.training_data import Examples, TrainingData
from rnnviz.document.values import DocumentError

Pattern = Literal["many-to-one", "many-to-many", "one-to-many"]
Source = str | Series | None
Rule = Callable[[Numbers, Source, int], TrainingData]
SHOWN = 4  # held-out sequences that the document itself holds, to be looked at


@dataclass(frozen=True, slots=True)
class Network:
    """A network to begin with: ``layers`` of a cell, each with so many units; the readout follows from the loss."""

    cell: str
    units: int
    layers: int = 1
    initialisation: Initialisation = field(default_factory=Initialisation)


@dataclass(frozen=True, slots=True)
class Goal:
    """The held-out loss is below ``loss`` after so many updates, with the task's defaults and this seed."""

    loss: float
    updates: int
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be learned.

    Attributes:
        key, title, meaning: its name, what a list calls it, and one line on what is asked.
        pattern: how many steps of input lead to how many of output.
        stands_for: the real problem that it is the smallest case of.
        parameters: the numbers its rule is given.
        rule: from the numbers, a source and a seed to the data.
        network, training: what learns it, and how.
        goal: how well.
        source: what may be loaded instead of its own data: "text", "series", or nothing.
    """

    key: str
    title: str
    meaning: str
    pattern: Pattern
    stands_for: str
    parameters: tuple[Parameter, ...]
    rule: Rule
    network: Network
    training: Training
    goal: Goal
    source: Literal["text", "series"] | None = None

    def data(self, numbers: Mapping[str, float] | None = None, seed: int = 0, source: Source = None) -> TrainingData:
        """Return sequences to train on and held-out ones: the same for the same numbers, seed and source.

        Numbers that are left out have their defaults.

        Raises:
            DocumentError: a number that it does not know, or beyond its limits; a source that it cannot use.
        """
        given = numbers or {}
        unknown = set(given) - {parameter.key for parameter in self.parameters}
        if unknown:
            raise DocumentError(f"{self.title}: there is no number {min(unknown)!r} here")
        if not 0 <= seed <= LARGEST_SEED:
            raise DocumentError(f"seed: {seed} is out of range; use 0 to {LARGEST_SEED}")
        kind = {str: "text", Series: "series", type(None): None}[type(source)]
        if kind not in (None, self.source):
            wanted = f"give a {self.source}" if self.source else "it makes its own data"
            raise DocumentError(f"{self.title}: it cannot use a {kind}; {wanted}")
        return self.rule({p.key: p.checked(given.get(p.key, p.default)) for p in self.parameters}, source, seed)

    def document(self, data: TrainingData | None = None, seed: int = 0) -> Document:
        """Return the network to begin with, its weights drawn with the seed, looking at the last held-out sequences."""
        made = data or self.data(seed=seed)
        examples = made.held_out or made.training
        count = min(examples.count, SHOWN if examples.input.vocabulary is None else 1)  # a text is one sequence
        shown = examples.part(examples.count - count, count)
        network = self.network
        initialisation = replace(network.initialisation, seed=seed)
        layers, width = [], shown.input.values.shape[2]
        for number in range(network.layers):
            shapes = weight_shapes(network.cell, network.units, width)
            layers.append(Layer(network.cell, initial_weights(initialisation, number, network.cell, shapes)))
            width = network.units
        loss = LOSSES[shown.objective.loss]
        readout = fresh_readout(initialisation, loss.readout or "linear", outputs_of(made), width)
        return Document(
            tuple(layers),
            readout,
            shown.input,
            shown.objective,
            title=self.title,
            notes=f"{self.meaning} {self.stands_for}",
            initialisation=initialisation,
        )


def outputs_of(data: TrainingData) -> int:
    """Return how many outputs the targets need."""
    targets = data.training.objective.targets
    assert targets is not None
    if not LOSSES[data.training.objective.loss].integer_targets:
        return int(targets.shape[2])
    vocabulary = data.training.input.vocabulary
    if vocabulary is not None:
        return len(vocabulary)
    held_out = (
        0 if data.held_out is None or data.held_out.objective.targets is None else data.held_out.objective.targets.max()
    )
    return int(max(targets.max(), held_out)) + 1


def drawn(rule: Callable[[Numbers, np.random.Generator, int], Made], training: int = 512, held_out: int = 128) -> Rule:
    """Return a rule that draws so many sequences of each kind, from streams of chance of their own."""

    def draw(numbers: Numbers, source: Source, seed: int) -> TrainingData:  # noqa: ARG001
        made = [rule(numbers, np.random.default_rng([seed, n]), count) for n, count in enumerate((training, held_out))]
        return TrainingData(*(Examples(data, objective) for data, objective in made if objective is not None))

    return draw


def whole(key: str, name: str, default: int, low: int, high: int) -> Parameter:
    """Return a parameter that is a whole number."""
    return Parameter(key, name, default, low, high, is_whole=True)
