"""A trainer in a worker process, asked for one thing at a time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from rnnviz.document.document import Document
from rnnviz.document.training import Training
from rnnviz.document.training_data import TrainingData
from rnnviz.session import bursts
from rnnviz.session.job import Job

Answer = Callable[[object], None]


class RemoteTrainer(QObject):
    """Has a network and its data brought to a process once, and functions of `bursts` called there.

    Signals:
        idle(): an answer has come, and whoever asked was told; or the process is ready to be asked.
        failed(str): one line that says why there will be no answer.
    """

    idle = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        """Start nothing yet: the process starts with the first question."""
        super().__init__(parent)
        self._answer: Answer | None = None
        self._key: int | None = None
        self._job = Job(self)
        self._job.finished.connect(self._receive)
        self._job.failed.connect(self._fail)

    @property
    def is_busy(self) -> bool:
        """Whether it is at work, or on its way to be."""
        return self._job.is_running

    def is_ready_for(self, key: int) -> bool:
        """Return whether the network and data of this key are there."""
        return self._key == key

    def prepare(self, key: int, document: Document, data: TrainingData, settings: Training) -> None:
        """Bring a network and its data to the process; `idle` says when they are there."""
        self._key = key
        self._job.start(bursts.prepare, key, document, data, settings)

    def ask(self, answer: Answer, function: Callable[..., object], *arguments: object) -> None:
        """Call a function of `bursts` there, with the key and more arguments; ``answer`` is given what it returns."""
        self._answer = answer
        self._job.start(function, self._key, *arguments)

    def forget(self) -> None:
        """Do not listen to the answer that is on its way."""
        self._answer = None

    def close(self) -> None:
        """End the process."""
        self._answer = self._key = None
        self._job.close()

    def _receive(self, value: object) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            answer(value)
        self.idle.emit()

    def _fail(self, reason: str) -> None:
        self._answer = self._key = None
        self.failed.emit(reason)
