"""How late input is answered while a long job runs, and while its frames arrive: an LSTM of 10,000 steps, 32 units.

    QT_QPA_PLATFORM=offscreen python benchmarks/latency.py

Input arrives on a fixed grid of times, 60 a second, however late the last was answered: a step of the cursor by a key.
Its latency is from then until its handler has returned, to wait for all that was on its way included. What is measured: an event loop that has nothing else to do; the
same while the worker computes; and while one weight is dragged, so that frames keep arriving. Compare with the idle loop
of the same run: other work on the machine delays that too. Processor time does not depend on it: "held" is how much of it
the window's thread used in one turn of its event loop, which is how long input has to wait at worst on a free machine;
its quantiles are those of the moments at which input may come, so a turn counts as long as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from rnnviz.app.dialogs import Dialogs
from rnnviz.app.program import make_application
from rnnviz.app.window import MainWindow
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, weight_shapes
from rnnviz.document.edits import set_entry
from rnnviz.session.computer import BackgroundComputer
from rnnviz.session.session import Session
from rnnviz.session.settings import Settings

STEPS, UNITS = 10_000, 32
EVERY_MS = 1000 / 60
SECONDS = 8.0


class Holds(QObject):
    """Notes how much processor time each turn of the event loop takes, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[float] = []
        self._since = time.thread_time()
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.awake.connect(self._turn)
        dispatcher.aboutToBlock.connect(self._turn)

    def _turn(self) -> None:
        now = time.thread_time()
        self.turns.append((now - self._since) * 1000)
        self._since = now

    def words(self, over_ms: float) -> str:
        """Return how long input at a random moment of so many ms has to wait for the turn that is under way."""
        turns = np.sort(self.turns)
        weight = np.cumsum(turns)

        def late(part: float) -> float:
            """Return the wait that is exceeded in this part of the moments: the rest of a turn."""
            low, high = 0.0, float(turns[-1])
            for _ in range(40):
                middle = (low + high) / 2
                exceeded = np.maximum(turns - middle, 0.0).sum() / over_ms
                low, high = (middle, high) if exceeded > part else (low, middle)
            return high

        share = weight[-1] / over_ms
        return (
            f"held {share:4.0%} of the time; wait p50 {late(0.5):5.2f}  p95 {late(0.05):5.2f}  max {turns[-1]:5.1f} ms"
        )


class Hand(QObject):
    """Presses Right or Left 60 times a second and notes how late it was answered."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._press)
        self._due, self._count = 0.0, 0
        self.latencies: list[float] = []
        self.handling: list[float] = []  # processor time of each handler
        self.also: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin anew."""
        self.latencies, self.handling = [], []
        self._due = time.perf_counter() + EVERY_MS / 1000
        self._timer.start(1)

    def stop(self) -> None:
        """End."""
        self._timer.stop()

    def _press(self) -> None:
        """Answer what is due by now at once, as Qt makes one move of the mouse of several that had to wait."""
        due = int((time.perf_counter() - self._due) * 1000 // EVERY_MS) + 1
        if due < 1:
            return
        started = time.thread_time()
        key = Qt.Key.Key_Right if self._count % 2 == 0 else Qt.Key.Key_Left
        event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self._window.time_bar.slider, event)
        self.also()
        self._count += 1
        self.handling.append((time.thread_time() - started) * 1000)
        now = time.perf_counter()
        self.latencies += [(now - self._due) * 1000 - place * EVERY_MS for place in range(due)]
        self._due += due * EVERY_MS / 1000


def lstm(steps: int, units: int) -> Document:
    """Return a network with random weights that reads noise."""
    random = np.random.default_rng(0)
    shapes = weight_shapes("lstm", units, 2)
    weights = {name: random.normal(size=shape) / np.sqrt(units) for name, shape in shapes.items()}
    readout = Readout("linear", {"W_hy": random.normal(size=(1, units))})
    return Document(
        (Layer("lstm", weights),), readout, Input(("a", "b"), random.normal(size=(1, steps, 2))), Objective("sum")
    )


def wait(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def report(name: str, latencies: list[float], idle: float, frames: int) -> float:
    """Print quantiles; return the 95th percentile."""
    p50, p95, most = (float(np.percentile(latencies, part)) for part in (50, 95, 100))
    ratio = f"{p95 / idle:6.1f} × idle" if idle else " " * 13
    print(
        f"{name:<32} p50 {p50:7.2f}  p95 {p95:7.2f}  max {most:7.1f} ms  {ratio}"
        f"   {len(latencies)} inputs, {frames} frames",
        flush=True,
    )
    return p95


def main() -> None:
    """Measure and print."""
    from pathlib import Path
    from tempfile import mkdtemp

    from PySide6.QtCore import QSettings

    application = make_application()
    computer = BackgroundComputer()
    session = Session(lstm(STEPS, UNITS), computer)
    store = QSettings(str(Path(mkdtemp()) / "none.ini"), QSettings.Format.IniFormat)
    window = MainWindow(session, Settings(store), Dialogs())
    window.resize(1600, 1000)
    window.show()
    window.fill()
    computer.warm_up()
    session.set_cursor(4000)
    wait(2.0)
    hand, numbers, frames = Hand(window), iter(range(10**9)), []
    session.frame_changed.connect(frames.append)

    def edit() -> None:
        value = 0.3 + 0.001 * (next(numbers) % 100)
        session.apply(set_entry(Place(0, "W_hi"), (1, 2), value, "drag"))

    holds = Holds()
    hand.start()
    wait(SECONDS / 2)
    hand.stop()
    idle = report("nothing else to do", hand.latencies, 0.0, 0)
    print("    " + holds.words(SECONDS / 2 * 1000))
    p50, p95 = (float(np.percentile(hand.handling, part)) for part in (50, 95))
    print(f"    the handler itself: p50 {p50:.2f}  p95 {p95:.2f} ms of processor time")

    during: list[float] = []
    spent, turns = 0.0, []
    for _ in range(12):  # only as long as the worker computes; the frame is drawn unmeasured
        frames.clear()
        edit()
        wait(0.03)
        hand.start()
        holds.turns.clear()
        started = time.perf_counter()
        while not frames:
            application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if not frames:
                during += hand.latencies[:]
                turns += holds.turns
                spent += time.perf_counter() - started
                started = time.perf_counter()
                hand.latencies.clear()
                holds.turns.clear()
        hand.stop()
        wait(0.6)
    report("the worker computes", during, idle, 12)
    holds.turns = turns
    print("    " + holds.words(spent * 1000))

    frames.clear()
    holds.turns.clear()
    hand.also = edit
    hand.start()
    wait(SECONDS)
    hand.stop()
    report("one weight is dragged", hand.latencies, idle, len(frames))
    print("    " + holds.words(SECONDS * 1000))
    print("    longest turns: " + ", ".join(f"{turn:.1f}" for turn in sorted(holds.turns)[-12:]) + " ms")
    session.close()


if __name__ == "__main__":
    main()
