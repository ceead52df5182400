"""How long the weights panel takes: to be built, for one step of a drag, and for one step of its lens.

    python benchmarks/weights.py           every size
    python benchmarks/weights.py 512       this number of units only

A step is from the mouse's event to the last pixel, without the network's own computation. A frame is 16.7 ms.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from rnnviz.document.document import Document
from rnnviz.document.network_edits import set_cell, set_units
from rnnviz.document.presets import built_in
from rnnviz.session.computer import InlineComputer
from rnnviz.session.session import Session
from rnnviz.views.editors.matrix import MatrixEditor
from rnnviz.views.editors.weights import WeightsPanel
from rnnviz.views.fonts import load_fonts
from rnnviz.views.theme import LIGHT

STEPS = 40
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


class NoComputer(InlineComputer):
    """Computes nothing after the first frame: only the panel is measured."""

    def request(self, document: Document) -> None:
        """Ignore the document."""


def main() -> None:
    """Measure every size, or those named on the command line."""
    application = QApplication([])
    load_fonts()
    for units in map(int, sys.argv[1:] or ("6", "40", "128", "512")):
        for cell in ("rnn", "lstm"):
            measure(application, cell, units)


def measure(application: QApplication, cell: str, units: int) -> None:
    """Print what one network takes, in milliseconds."""
    document = set_units(0, units).apply(set_cell(0, cell).apply(built_in("default")))
    session = Session(document, NoComputer())
    start = time.perf_counter()
    panel = WeightsPanel(session, LIGHT)
    panel.resize(275, 900)
    panel.show()
    application.processEvents()
    print(f"{cell} of {units} units: built and painted in {1000 * (time.perf_counter() - start):.0f} ms")
    editor = panel.editors[0]
    _report("one step of a drag", drag_steps(editor, application))
    if editor.lens is not None:
        _report("one step of the lens", lens_steps(editor, application))
    panel.close()
    panel.deleteLater()


def drag_steps(editor: MatrixEditor, application: QApplication) -> Callable[[int], None]:
    """Press a cell, and return a function that drags it a pixel further and paints."""
    start = editor.cell_rect(1, 1).center()
    QTest.mousePress(editor, LEFT, NONE, start)

    def step(number: int) -> None:
        where = QPointF(start - QPoint(0, 10 + number))
        everywhere = QPointF(editor.mapToGlobal(where))
        event = QMouseEvent(QEvent.Type.MouseMove, where, everywhere, Qt.MouseButton.NoButton, LEFT, NONE)
        application.sendEvent(editor, event)
        application.processEvents()

    return step


def lens_steps(editor: MatrixEditor, application: QApplication) -> Callable[[int], None]:
    """Return a function that moves the lens and paints."""

    def step(number: int) -> None:
        editor.show_cell((2 * number, 3 * number), centred=True)
        application.processEvents()

    return step


def _report(what: str, step: Callable[[int], None]) -> None:
    times = []
    for number in range(STEPS):
        start = time.perf_counter()
        step(number)
        times.append(1000 * (time.perf_counter() - start))
    print(f"    {what}: median {median(times):.1f} ms, slowest {max(times):.1f} ms")


if __name__ == "__main__":
    main()
