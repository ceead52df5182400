"""How fast the window is, as ratios to a bare pyqtgraph plot measured in the same run.

    python benchmarks/window.py            all of it
    python benchmarks/window.py scrub      or: drag, start

The peer is one pyqtgraph PlotWidget, as it comes, that fills the same 1600 × 1000 window, with one 200-point
curve that is set anew and repainted. Both sides take turns, so that a machine that slows down slows both.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROUNDS, REPEATS = 40, 5
STARTS = 9


def main() -> None:
    """Run the benchmarks named on the command line, or all of them."""
    names = sys.argv[1:] or list(BENCHMARKS)
    for name in names:
        BENCHMARKS[name]()


def _bare_plot() -> Callable[[int], None]:
    """Return a function that sets a curve of the bare plot anew and repaints it."""
    import numpy as np
    import pyqtgraph as pg
    from PySide6.QtWidgets import QApplication

    plot = pg.PlotWidget()
    plot.resize(1600, 1000)
    curve = plot.plot(np.zeros(200))
    plot.show()
    curves = [np.sin(np.arange(200) / (8 + number)) for number in range(8)]

    def step(number: int) -> None:
        curve.setData(curves[number % 8])
        plot.viewport().update()
        QApplication.processEvents()

    return step


def _interleaved(ours: Callable[[int], None], peer: Callable[[int], None]) -> tuple[float, float]:
    """Return the median milliseconds of one step of each, measured in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(-3, ROUNDS):
        for side, step in enumerate((ours, peer)):
            started = time.perf_counter()
            for repeat in range(REPEATS):
                step((number + 3) * REPEATS + repeat)
            if number >= 0:
                times[side].append((time.perf_counter() - started) / REPEATS * 1000)
    return median(times[0]), median(times[1])


def _report(name: str, ours: float, peer: float, aim: float) -> None:
    print(f"{name:<58} {ours:8.2f} ms  peer {peer:8.2f} ms  ratio {ours / peer:5.2f}  (aim ≤ {aim})", flush=True)


def scrub() -> None:
    """One step of the cursor, all default views on screen."""
    from PySide6.QtWidgets import QApplication

    window = _window("default")

    def step(number: int) -> None:
        window.session.set_cursor(number % window.session.frame.last_step)
        QApplication.processEvents()

    _report("scrub one step, default scene, whole default window", *_interleaved(step, _bare_plot()), 1.3)
    window.session.close()


def drag() -> None:
    """One change of a weight at T = 200, H = 32, from edit to painted."""
    from PySide6.QtWidgets import QApplication

    from rnnviz.document.document import Place
    from rnnviz.document.edits import set_entry

    window = _window("large")

    def step(number: int) -> None:
        value = 0.3 + 0.01 * (number % 17)
        window.session.apply(set_entry(Place(0, "W_hh"), (1, 2), value, "drag"))
        QApplication.processEvents()

    _report("drag one weight, T = 200, H = 32, whole default window", *_interleaved(step, _bare_plot()), 6.0)
    window.session.close()


def _window(scene: str):  # type: ignore[no-untyped-def]
    import numpy as np
    from PySide6.QtWidgets import QApplication

    from rnnviz.app.offscreen import offscreen_window
    from rnnviz.app.program import make_application
    from rnnviz.document.document import Document, Input, Layer, Objective, Readout
    from rnnviz.document.presets import built_in
    from rnnviz.views.theme import LIGHT

    _keep.append(make_application())
    document = built_in("default")
    if scene == "large":
        random, H, T = np.random.default_rng(0), 32, 200
        weights = {"W_xh": random.normal(size=(H, 2)), "W_hh": random.normal(size=(H, H)) / np.sqrt(H)}
        readout = Readout("linear", {"W_hy": random.normal(size=(1, H))})
        data = Input(("a", "b"), random.normal(size=(1, T, 2)))
        document = Document((Layer("rnn", weights),), readout, data, Objective("sum", "all"))
    window = offscreen_window(document, LIGHT, 17, shows_cursor=True)
    for _ in range(5):
        QApplication.processEvents()
    return window


_keep: list[object] = []

# Starting: each start is a process of its own.

_OURS = """
import time
def memory():  # getrusage would count the memory of the process that started this one
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
from rnnviz.app.program import make_application, open_window
from PySide6.QtCore import QObject, QEvent, QTimer
application = make_application()
marks = {}
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and "first" not in marks:
            QTimer.singleShot(0, lambda: marks.setdefault("first", time.time()))
        return False
watch = Watch()
window = open_window()
window.installEventFilter(watch)
def full():
    application.processEvents()
    print(marks["first"], time.time(), memory())
    import os; import sys; sys.stdout.flush(); os._exit(0)
window.filled.connect(lambda: QTimer.singleShot(0, full))
application.exec()
"""

_PEER = """
import time, sys, os
def memory():
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication
application = pg.mkQApp()
plot = pg.PlotWidget()
plot.resize(1600, 1000)
plot.plot(np.sin(np.arange(200) / 9))
plot.show()
application.processEvents()
now = time.time()
print(now, now, memory())
sys.stdout.flush(); os._exit(0)
"""


def start() -> None:
    """From the start of the process to the first frame and to the first full paint; and memory."""
    sides: tuple[list[list[float]], list[list[float]]] = ([], [])
    for number in range(-1, STARTS):
        for side, program in enumerate((_OURS, _PEER)):
            started = time.time()
            output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
            first, full, memory = map(float, output.split())
            if number >= 0:
                sides[side].append([(first - started) * 1000, (full - started) * 1000, memory / 1024])
    ours, peer = ([median(column) for column in zip(*side, strict=True)] for side in sides)
    _report("first frame of the window", ours[0], peer[1], 0.4)
    _report("first full paint", ours[1], peer[1], 1.0)
    print(f"{'memory':<58} {ours[2]:8.1f} MB  peer {peer[2]:8.1f} MB  ratio {ours[2] / peer[2]:5.2f}  (aim ≤ 1.1)")


BENCHMARKS = {"scrub": scrub, "drag": drag, "start": start}

if __name__ == "__main__":
    main()
