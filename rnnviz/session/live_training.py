"""How a training stands, as one value for those who show it."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.document.trained import Trained, blocks_of, obstacle
from rnnviz.document.training import Part, Training
from rnnviz.document.training_history import TrainingHistory
from rnnviz.document.weight_vector import WeightVector
from rnnviz.session.session import Session
from rnnviz.session.training import TrainingRun


@dataclass(frozen=True, slots=True, eq=False)
class LiveTraining:
    """How a training stands.

    Attributes:
        settings: how it goes on.
        position: the update whose weights are shown.
        last: the newest update.
        part: the part of an update that was taken last, while it is taken part by part.
        obstacle: why there can be no training; empty if there can.
        is_playing: whether it goes on by itself.
    """

    settings: Training
    position: int
    last: int
    part: Part | None
    obstacle: str
    is_playing: bool
    _history: TrainingHistory | None
    _vector: WeightVector | None
    _blocks: tuple[tuple[int, str], ...]

    def has_curves_of(self, other: LiveTraining) -> bool:
        """Return whether another one has the same curves, clipped at the same line."""
        return (
            self._history is other._history
            and self.last == other.last
            and self.settings == other.settings
            and self.obstacle == other.obstacle
        )

    def trained(self) -> Trained | None:
        """Return the curves as far as they are now; None before the first update. It takes a moment."""
        if self._history is None or self._vector is None or self.last == self._history.first.update:
            return None
        return Trained(self._history.curves(), self._vector.places, self._blocks, self.settings)


def live_training(run: TrainingRun, session: Session) -> LiveTraining:
    """Return how a session's training stands."""
    unfinished, document = run.unfinished, session.document
    taken = None
    if unfinished is not None:
        parts = list(Part)
        taken = parts[-1] if unfinished.next_part is None else parts[parts.index(unfinished.next_part) - 1]
    return LiveTraining(
        run.settings,
        run.position,
        run.last,
        taken,
        obstacle(document, has_data=run.task is not None),
        run.is_playing,
        run.history,
        run.vector,
        blocks_of(document),
    )
