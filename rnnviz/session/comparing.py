"""The same task for every kind of cell, trained in a worker process."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from rnnviz.core.cells import CELLS
from rnnviz.document.cell_comparison import CellResult, Comparison, compare_cells
from rnnviz.session.job import Job


class CellComparison(QObject):
    """Trains RNN, GRU and LSTM of about as many parameters on the same batches, one after the other.

    Signals:
        progressed(float): which part of all updates was made, 0 to 1.
        found(CellResult): one kind of cell is done; it is the last of `results`.
        finished(): all are.
        failed(str): why it has ended early, in one line.
    """

    progressed = Signal(float)
    found = Signal(object)
    finished = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        """Belong to a session, or to something that does; the process starts with `start`."""
        super().__init__(parent)
        self._results: list[CellResult] = []
        self._total = 1
        self._job = Job(self)
        self._job.progressed.connect(self._add)
        self._job.finished.connect(self._finish)
        self._job.failed.connect(self.failed)

    @property
    def results(self) -> tuple[CellResult, ...]:
        """What was found so far, the plain cell first."""
        return tuple(self._results)

    @property
    def is_running(self) -> bool:
        """Whether there is more to come."""
        return self._job.is_running

    def start(self, comparison: Comparison) -> None:
        """Begin anew."""
        self._results = []
        self._total = len(CELLS) * comparison.updates
        self._job.start(compare_cells, comparison)

    def cancel(self) -> None:
        """End it at once; what was found stays."""
        self._job.cancel()

    def close(self) -> None:
        """End it, and its process."""
        self._job.close()

    def _add(self, value: object) -> None:
        if isinstance(value, CellResult):
            self._results.append(value)
            self.found.emit(value)
        elif isinstance(value, int):
            self.progressed.emit(value / self._total)

    def _finish(self, _: object) -> None:
        self.finished.emit()
