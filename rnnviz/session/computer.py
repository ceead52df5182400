"""Where frames are computed: at once when that is quick, else in a worker process. This file decides."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.core.cells import CELLS
from rnnviz.document.compute import Solution, compute, frame_of, solve
from rnnviz.document.document import Document
from rnnviz.document.frame import Frame

if TYPE_CHECKING:  # a process is not needed before the first picture
    from rnnviz.session.process import WorkerProcess
    from rnnviz.session.worker import Answer

AT_ONCE_MS = 8.0


class Computer(QObject):
    """Turns documents into frames.

    Attributes:
        at_once_ms: what takes longer is not computed in the event handler.

    Signals:
        frame_ready(Frame): the frame of a requested document; never older than one that came before.
    """

    frame_ready = Signal(object)
    at_once_ms: float = math.inf

    def compute_now(self, document: Document) -> Frame:
        """Return the frame, however long it takes."""
        return compute(document)

    def request(self, document: Document) -> None:
        """Ask for the document's frame; only the newest request is certain to be answered."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop for good. Nothing to do unless a process was started."""


class InlineComputer(Computer):
    """Computes in the caller's thread before `request` returns."""

    def request(self, document: Document) -> None:
        """Compute and announce the frame at once."""
        self.frame_ready.emit(compute(document))


def predicted_ms(document: Document) -> float:
    """Return a guess at the time `compute` takes, good to a factor of two on a current machine.

    Per step and layer the cost is that of some NumPy calls, plus the multiplications of two matrix products.
    """
    per_step = 0.0
    for layer in document.layers:
        blocks = len(CELLS[layer.cell].blocks)
        calls = 5.0 if blocks == 1 else 14.0
        multiplications = 4 * blocks * layer.units * (layer.units + layer.inputs) * document.batch
        per_step += calls * 1e-3 + multiplications * 4e-7
    return document.timesteps * per_step


class BackgroundComputer(Computer):
    """Computes at once what is quick and hands the rest to one worker process; the newest document wins.

    While the worker is busy only the newest request waits: a burst of edits computes at most two frames.
    """

    _answered = Signal(object, object)

    def __init__(self, at_once_ms: float = AT_ONCE_MS) -> None:
        """Make the computer; its process is started by the first request that needs it, or by `warm_up`."""
        super().__init__()
        self.at_once_ms = at_once_ms
        self._worker: WorkerProcess | None = None
        self._in_work: Document | None = None
        self._waiting: Document | None = None
        self._overtaken = False
        self._answered.connect(self._receive)

    def warm_up(self) -> None:
        """Start the worker process, so that the first long computation need not wait for it."""
        if self._worker is None:
            from rnnviz.session.process import WorkerProcess

            self._worker = WorkerProcess("rnnviz-compute", self._answered.emit)

    def warm_up_soon(self) -> None:
        """Start the worker process when the event loop is next idle."""
        QTimer.singleShot(500, self.warm_up)

    def request(self, document: Document) -> None:
        """Compute the frame now if that is quick; otherwise let the worker do it."""
        if predicted_ms(document) <= self.at_once_ms:
            self._waiting, self._overtaken = None, self._in_work is not None
            self.frame_ready.emit(compute(document))
        elif self._in_work is not None:
            self._waiting = document
        else:
            self._start(document)

    def close(self) -> None:
        """End the worker process."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
        self._in_work = self._waiting = None

    def _start(self, document: Document) -> None:
        self.warm_up()
        self._in_work, self._overtaken = document, False
        if self._worker is not None:
            self._worker.send(solve, document)

    def _receive(self, worker: WorkerProcess, content: bytes | None) -> None:
        """Take the worker's answer; None says that the process is gone, so the frame is computed here."""
        if worker is not self._worker:
            return  # it was stopped while its answer was on the way
        document, self._in_work = self._in_work, None
        newer, self._waiting = self._waiting, None
        wanted = None if self._overtaken else document
        answer = None if content is None else _opened(content)
        if answer is None or not isinstance(answer.value, Solution):
            self.close()  # the next long computation starts another process
            if (last := newer or wanted) is not None:
                self.frame_ready.emit(compute(last))
            return
        if newer is not None:
            self._start(newer)
        if wanted is not None:
            self.frame_ready.emit(frame_of(wanted, answer.value))


def _opened(content: bytes) -> Answer:
    from rnnviz.session.worker import opened

    return opened(content)
