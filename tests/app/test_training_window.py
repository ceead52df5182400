"""The window while a network trains in it: its plots follow, and it is free to answer."""

import time

import numpy as np
from PySide6.QtCore import QTimer

from rnnviz.document.tasks import TASKS

LIMIT_MS = 20_000  # the first update waits for the process to start


def test_the_window_follows_and_what_comes_in_waits_less_than_a_tenth_of_a_second(window, qtbot):
    session = window.session
    training = window.training
    training.use_task(TASKS["adding"])
    losses, ticks, timer = [], [], QTimer()
    session.frame_changed.connect(lambda frame: losses.append(frame.loss))
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    training.play()
    qtbot.waitUntil(lambda: training.last > 0, timeout=LIMIT_MS)
    timer.start(5)  # between two ticks the event loop was busy, and input had to wait
    qtbot.waitUntil(lambda: len(losses) > 20, timeout=LIMIT_MS)
    timer.stop()
    training.pause()
    qtbot.waitUntil(lambda: not training.is_busy, timeout=LIMIT_MS)
    assert np.percentile(np.diff(ticks), 90) < 0.1
    assert losses[-1] < losses[0]
    assert session.frame.document == session.document
