"""How late input is answered while a long job runs, and while its frames arrive: an LSTM of 10,000 steps, 32 units.

    QT_QPA_PLATFORM=offscreen python benchmarks/latency.py

Another process sends a key 60 times a second, with the time at which it was sent, into a pipe that the event loop
watches: so does a window system. The key steps the cursor. Its latency is from the sending until its handler has
returned, the wait for all that was on its way included. What is measured: a window that has nothing else to do; the
same while the worker computes; and while each key also changes a weight, so that frames keep arriving.

Other work on the machine delays input too: compare with the idle window of the same run. Processor time does not depend
on it. "Held" is how much of it the window's thread used in one turn of its event loop, which is how long input has to
wait at worst on a free machine; its quantiles are those of the moments at which input may come, so a turn counts for as
long as it is.
"""

from __future__ import annotations

import multiprocessing
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QObject, QSettings, QSocketNotifier, Qt, QTimer
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
EVERY = 1 / 60  # seconds from key to key
SECONDS = 8.0
JOBS = 12


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


def holds_in_words(turns: list[float], over_ms: float) -> str:
    """Return how long input at a random moment of so many ms has to wait for the turn that is under way."""
    sizes = np.array(turns)

    def late(part: float) -> float:
        """Return the wait that is exceeded in this part of the moments: the rest of a turn."""
        low, high = 0.0, float(sizes.max())
        for _ in range(40):
            middle = (low + high) / 2
            exceeded = np.maximum(sizes - middle, 0.0).sum() / over_ms
            low, high = (middle, high) if exceeded > part else (low, middle)
        return high

    share = sizes.sum() / over_ms
    return f"held {share:4.0%} of the time; wait p50 {late(0.5):5.2f}  p95 {late(0.05):5.2f}  max {sizes.max():5.1f} ms"


def press_on(keys: Connection) -> None:
    """Send the time, again and again, until nobody listens any more."""
    due = time.perf_counter()
    try:
        while True:
            due += EVERY
            time.sleep(max(due - time.perf_counter(), 0.0))
            keys.send_bytes(struct.pack("d", time.perf_counter()))  # a clock of the system, the same for all processes
    except OSError:
        return


class Hand(QObject):
    """Presses Right or Left for each key that arrives, and notes how late it was answered."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window, self._count = window, 0
        context = multiprocessing.get_context("spawn")
        self._keys, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=press_on, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._notifier = QSocketNotifier(self._keys.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._press)
        self.is_counting = False
        self.latencies: list[float] = []
        self.handling: list[float] = []  # processor time of each handler
        self.also: Callable[[], None] = lambda: None

    def close(self) -> None:
        """End the process."""
        self._notifier.setEnabled(False)
        self._keys.close()
        self._process.terminate()
        self._process.join()

    def _press(self) -> None:
        """Answer all keys that have arrived at once, as Qt makes one move of the mouse of several that had to wait."""
        sent = []
        while self._keys.poll():
            sent += struct.unpack("d", self._keys.recv_bytes())
        if not self.is_counting:
            return
        started = time.thread_time()
        key = Qt.Key.Key_Right if self._count % 2 == 0 else Qt.Key.Key_Left
        event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self._window.time_bar.slider, event)
        self.also()
        self._count += 1
        self.handling.append((time.thread_time() - started) * 1000)
        now = time.perf_counter()
        self.latencies += [(now - at) * 1000 for at in sent]


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


class Measurement:
    """A window on the long network, and a hand that steps its cursor."""

    def __init__(self, window: MainWindow) -> None:
        self._window, self._session = window, window.session
        self._hand, self._holds = Hand(window), Holds()
        self._idle = 0.0
        self._frames: list[object] = []
        self._edits = 0
        self._session.frame_changed.connect(self._frames.append)
        self._edit()  # the worker has started when the first of its frames is there
        while not self._frames:
            self._turn()
        wait(1.0)

    def close(self) -> None:
        """End the process that sends keys."""
        self._hand.close()

    def _edit(self) -> None:
        self._edits += 1
        self._session.apply(set_entry(Place(0, "W_hi"), (1, 2), 0.3 + 0.001 * (self._edits % 100), "drag"))

    def _turn(self) -> None:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def _forget(self) -> None:
        for noted in (self._hand.latencies, self._hand.handling, self._holds.turns, self._frames):
            noted.clear()

    def _report(self, name: str, latencies: list[float], turns: list[float], seconds: float) -> None:
        p50, p95, most = (float(np.percentile(latencies, part)) for part in (50, 95, 100))
        self._idle = self._idle or p95
        print(
            f"{name:<24} p50 {p50:6.2f}  p95 {p95:6.2f}  max {most:6.1f} ms  {p95 / self._idle:5.1f} × idle"
            f"   {len(latencies)} inputs\n    {holds_in_words(turns, seconds * 1000)}",
            flush=True,
        )

    def steps_alone(self) -> None:
        """Measure the cursor's steps when there is nothing else to do."""
        self._forget()
        self._hand.is_counting = True
        wait(SECONDS / 2)
        self._hand.is_counting = False
        self._report("nothing else to do", self._hand.latencies, self._holds.turns, SECONDS / 2)
        p50, p95 = (float(np.percentile(self._hand.handling, part)) for part in (50, 95))
        print(f"    the handler itself: p50 {p50:.2f}  p95 {p95:.2f} ms of processor time")

    def while_computing(self) -> None:
        """Measure only as long as the worker computes; the frame is drawn unmeasured."""
        latencies: list[float] = []
        turns: list[float] = []
        spent = 0.0
        for _ in range(JOBS):
            self._edit()
            wait(0.03)
            self._forget()
            self._hand.is_counting = True
            started = time.perf_counter()
            while not self._frames:
                latencies += self._hand.latencies
                turns += self._holds.turns
                spent += time.perf_counter() - started
                started = time.perf_counter()
                self._hand.latencies.clear()
                self._holds.turns.clear()
                self._turn()
            self._hand.is_counting = False
            wait(0.6)
        self._report("the worker computes", latencies, turns, spent)

    def while_dragging(self) -> None:
        """Measure while a weight is dragged and its frames arrive."""
        self._forget()
        self._hand.also, self._hand.is_counting = self._edit, True
        wait(SECONDS)
        self._hand.is_counting = False
        self._report("one weight is dragged", self._hand.latencies, self._holds.turns, SECONDS)
        longest = ", ".join(f"{turn:.1f}" for turn in sorted(self._holds.turns)[-12:])
        print(f"    {len(self._frames)} frames; longest turns: {longest} ms")


@contextmanager
def long_window() -> Iterator[MainWindow]:
    """Show a window on the long network, its plots filled."""
    application = make_application()
    session = Session(lstm(STEPS, UNITS), BackgroundComputer())
    with TemporaryDirectory() as folder:
        store = QSettings(str(Path(folder) / "none.ini"), QSettings.Format.IniFormat)
        window = MainWindow(session, Settings(store), Dialogs())
        window.resize(1600, 1000)
        window.show()
        window.fill()
        session.set_cursor(4000)
        wait(2.0)
        yield window
        session.close()
    del application


def main() -> None:
    """Measure and print."""
    with long_window() as window:
        measurement = Measurement(window)
        measurement.steps_alone()
        measurement.while_computing()
        measurement.while_dragging()
        measurement.close()


if __name__ == "__main__":
    main()
