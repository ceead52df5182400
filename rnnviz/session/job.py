"""A long job in a process of its own: it tells how it goes, and can be cancelled at any moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:  # a process is not needed before the first job
    from rnnviz.session.process import WorkerProcess

_DIED = "the process that did the work ended unexpectedly; try again"


class Job(QObject):
    """Runs generator functions, one at a time, in a worker process that is kept for the next one.

    Everything that travels is copied, so a job sees the values as they were when it was started. It never makes
    the caller wait. A job that belongs to a session ends with it.

    Signals:
        progressed(object): each value that the function yields, in order.
        finished(object): what it returned; the last signal of a job that went well.
        failed(str): one line that says why it ended; the last signal of one that did not.
    """

    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(str)
    _answered = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Make the job; its process starts with the first function."""
        super().__init__(parent)
        self._worker: WorkerProcess | None = None
        self._is_running = False
        self._answered.connect(self._receive)

    @property
    def is_running(self) -> bool:
        """Whether a function was started and has neither finished nor failed."""
        return self._is_running

    def start(self, function: Callable[..., object], *arguments: object) -> None:
        """Run a function of a module, or a generator function of one; what runs now is cancelled.

        The arguments have to be picklable.
        """
        self.cancel()
        if self._worker is None:
            from rnnviz.session.process import WorkerProcess

            self._worker = WorkerProcess("rnnviz-job", self._answered.emit)
        self._worker.send(function, *arguments)
        self._is_running = True

    def cancel(self) -> None:
        """End what runs, at once; no signal comes of it any more. Without anything running nothing happens."""
        if self._is_running:
            self.close()

    def close(self) -> None:
        """End what runs, and the process."""
        self._is_running = False
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def _receive(self, worker: WorkerProcess, content: bytes | None) -> None:
        if worker is not self._worker:
            return  # it was stopped while its answer was on the way
        if content is None:
            was_running = self._is_running
            self.close()
            if was_running:
                self.failed.emit(_DIED)
            return
        from rnnviz.session.worker import opened

        answer = opened(content)
        if answer.kind == "yielded":
            self.progressed.emit(answer.value)
            return
        self._is_running = False
        if answer.kind == "returned":
            self.finished.emit(answer.value)
        else:
            self.failed.emit(str(answer.value))
