"""Random search beside a training, on request: what the same number of evaluations finds without a gradient."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from rnnviz.document.random_search import best_losses
from rnnviz.document.values import Array
from rnnviz.session.job import Job
from rnnviz.session.training import TrainingRun


class Baseline(QObject):
    """The best losses of a random search, from the weights that the training began with, on its data.

    Signals:
        progressed(): there are more `losses`, or none any more.
        failed(str): why there will be no more, in one line.
    """

    progressed = Signal()
    failed = Signal(str)

    def __init__(self, training: TrainingRun) -> None:
        """Belong to a training; its process starts with the first search."""
        super().__init__(training)
        self._training = training
        self._pieces: list[Array] = []
        self._job = Job(self)
        self._job.progressed.connect(self._add)
        self._job.failed.connect(self.failed)

    @property
    def losses(self) -> Array:
        """The best loss after each evaluation so far, (n,): it never rises."""
        return np.concatenate(self._pieces) if self._pieces else np.empty(0)

    @property
    def is_searching(self) -> bool:
        """Whether there is more to come."""
        return self._job.is_running

    def search(self, evaluations: int) -> None:
        """Search anew, with so many evaluations: as many as there were updates, say.

        Raises:
            DocumentError: there is nothing to train on.
        """
        training = self._training
        data = training.data
        self._pieces = []
        self._job.start(best_losses, training.start, data, training.settings, evaluations)
        self.progressed.emit()

    def clear(self) -> None:
        """End the search and forget what it has found."""
        self._job.cancel()
        self._pieces = []
        self.progressed.emit()

    def _add(self, piece: object) -> None:
        assert isinstance(piece, np.ndarray)
        self._pieces.append(piece)
        self.progressed.emit()
