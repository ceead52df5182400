"""What a scene is to be trained on, and one training of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rnnviz.document.document import Document
from rnnviz.document.training import Training, TrainingState, first_state
from rnnviz.document.training_data import TrainingData, cut_into_pieces, own_data
from rnnviz.document.training_history import TrainingHistory
from rnnviz.document.values import DocumentError, equal
from rnnviz.document.weight_vector import WeightVector

if TYPE_CHECKING:
    from rnnviz.document.tasks._base import Task


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a scene is to be trained on.

    Attributes:
        task: the task whose data they are, or None; with the numbers it was given, and the seed.
        data: the data, or None: the document's own sequences.
        piece: into pieces of how many steps its own long sequence is cut, or None.
    """

    task: Task | None = None
    data: TrainingData | None = None
    piece: int | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0

    def data_for(self, document: Document) -> TrainingData:
        """Return what a document is trained on; DocumentError if its own sequences will not do."""
        if self.data is not None:
            return self.data
        if self.piece is None:
            return own_data(document)
        return cut_into_pieces(document.input, document.objective, self.piece)

    def fits(self, document: Document) -> bool:
        """Return whether the data are the document's own, or its network can read them."""
        try:
            if self.data is not None:
                self.data.training.put_into(document)
        except DocumentError:
            return False
        return True


@dataclass(slots=True)
class Run:
    """One training: the network it began with, what it has been through, and where it stands.

    Attributes:
        key: tells it from other ones.
        scene: which of the opened documents is trained, as the session's history counts them.
        plan, data, document, vector: what is trained on what.
        history: what it has been through.
        state: whose weights are shown; not always the newest.
    """

    key: int
    scene: int
    plan: Plan
    data: TrainingData
    document: Document
    vector: WeightVector
    history: TrainingHistory
    state: TrainingState

    def goes_on_with(self, document: Document) -> bool:
        """Return whether a document is the same network on the same data, whatever its weights are."""
        if not self.vector.fits(document) or document.window != self.document.window:
            return False
        mine = self.document
        is_shown_only = self.plan.data is not None
        return is_shown_only or equal((document.input, document.objective), (mine.input, mine.objective))


def begin(key: int, scene: int, plan: Plan, document: Document, settings: Training) -> Run:
    """Return a training before its first update; DocumentError if the network does not fit the data."""
    data = plan.data_for(document)
    data.training.put_into(document)
    vector = WeightVector(document)
    state = first_state(document, vector, settings)
    return Run(key, scene, plan, data, document, vector, TrainingHistory(state, settings), state)
