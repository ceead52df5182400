"""What came of a training, as one value: its curves, and what their columns belong to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.random_search import best_losses
from rnnviz.document.tasks import task_named
from rnnviz.document.training import Trainer, Training, TrainingFailedError
from rnnviz.document.training_data import own_data
from rnnviz.document.training_history import Curves, TrainingHistory
from rnnviz.document.values import Array, DocumentError
from rnnviz.document.weight_vector import WeightVector

Group = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """The curves of a training.

    Attributes:
        curves: what was recorded.
        places: the arrays of weights that the columns of its norms belong to.
        settings: how it was trained last.
        ended: why it came to an end by itself; empty if it did not.
        searched: the best loss that random search has after each evaluation, (n,); None if it was not asked for.
    """

    curves: Curves
    places: tuple[Place, ...]
    settings: Training
    ended: str = ""
    searched: Array | None = None

    @property
    def last(self) -> int:
        """The newest update; 0 before the first."""
        return int(self.curves.updates[-1]) if len(self.curves.updates) else 0

    @property
    def blocks(self) -> tuple[tuple[int, str], ...]:
        """The layer and the block that each column of the spectral radii belongs to."""
        recurrent = (place for place in self.places if place.layer != READOUT and place.name.startswith("W_h"))
        return tuple((place.layer, block_of(place)) for place in recurrent)

    @property
    def layers(self) -> int:
        """How many recurrent layers the network has."""
        return self.blocks[-1][0] + 1

    def groups(self, *, by_block: bool) -> tuple[Group, ...]:
        """Return what the arrays of weights belong to, each a name with its columns: layers, or their blocks."""
        found: dict[str, list[int]] = {}
        for column, place in enumerate(self.places):
            found.setdefault(self._name(place, by_block=by_block), []).append(column)
        return tuple((name, tuple(columns)) for name, columns in found.items())

    def _name(self, place: Place, *, by_block: bool) -> str:
        if place.layer == READOUT:
            return "readout"
        if not by_block:
            return f"layer {place.layer + 1}" if self.layers > 1 else "recurrent layer"
        return self.block_name(place.layer, block_of(place))

    def block_name(self, layer: int, block: str) -> str:
        """Return what a block is called: with the number of its layer where there are several."""
        return f"{block}, layer {layer + 1}" if self.layers > 1 else block


def block_of(place: Place) -> str:
    """Return the block that an array of a layer's weights belongs to: the last letter of its name."""
    return place.name[-1]


def group_norms(norms: Array, columns: tuple[int, ...]) -> Array:
    """Return the norm of several arrays together, (m,), from that of each, (m, n): the root of the sum of squares."""
    chosen = norms[:, list(columns)]
    largest = np.maximum(chosen.max(axis=1, initial=0.0), 1e-300)  # squares of large numbers would overflow
    with np.errstate(invalid="ignore"):
        return np.asarray(largest * np.sqrt(((chosen / largest[:, None]) ** 2).sum(axis=1)))


def obstacle(document: Document, *, has_data: bool = False) -> str:
    """Return why a document cannot be trained; empty if it can. With data of a task it needs no targets of its own."""
    if not has_data:
        try:
            own_data(document)
        except DocumentError as error:
            return str(error)
    free = WeightVector(document).free
    if free is not None and not free.any():
        return "weights: all of them are locked; unlock some to train them"
    return ""


def trained(document: Document, settings: Training, updates: int, task: str = "", evaluations: int = 0) -> Trained:
    """Train a document, on the data of a task or on its own sequences, and return the curves.

    With ``evaluations`` random search looks at so many weights beside it.

    Raises:
        DocumentError: it has nothing to be trained on, or the data do not fit it.
    """
    data = task_named(task).data(seed=document.initialisation.seed) if task else own_data(document)
    trainer = Trainer(document, data, settings)
    state, ended = trainer.start(), ""
    history = TrainingHistory(state, settings, most_states=2)  # only its curves are wanted
    try:
        while not ended and state.update < updates:
            state, record = trainer.update(state)
            history.add([record], [state], settings)
            ended = str(trainer.stop(record) or "")
    except TrainingFailedError as error:
        ended = str(error)
    found = None
    if evaluations:
        found = np.concatenate(list(best_losses(document, data, settings, evaluations)))
    return Trained(history.curves(), trainer.vector.places, settings, ended, found)
