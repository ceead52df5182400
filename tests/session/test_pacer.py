"""A pacer leaves the event loop at least half of its time, and forgets no last request."""

import time
from itertools import pairwise

from PySide6.QtCore import QObject, QTimer

from rnnviz.session.pacer import Pacer


def working(seconds):
    """Keep the event loop busy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_the_first_request_is_answered_at_once(qapp):  # noqa: ARG001  # timers need an application
    parent, calls = QObject(), []
    Pacer(lambda: calls.append(1), parent).request()
    assert calls == [1]


def test_of_many_requests_as_many_are_answered_as_leave_time_for_others(qtbot):
    parent, calls, asking = QObject(), [], QTimer()
    pacer = Pacer(lambda: (calls.append(time.monotonic()), working(0.02)), parent)
    asking.timeout.connect(pacer.request)
    asking.start(0)
    qtbot.waitUntil(lambda: len(calls) > 8)
    asking.stop()
    assert min(later - earlier for earlier, later in pairwise(calls)) >= 0.038


def test_what_follows_from_a_call_counts_as_well(qtbot):
    """As painting does, which comes when the function has returned."""
    parent, calls = QObject(), []

    def call():
        calls.append(time.monotonic())
        QTimer.singleShot(0, lambda: working(0.03))

    pacer = Pacer(call, parent)
    pacer.request()
    pacer.request()
    assert len(calls) == 1
    qtbot.waitUntil(lambda: len(calls) > 1)
    assert calls[1] - calls[0] >= 0.058


def test_the_last_request_is_answered_after_the_rest(qtbot):
    parent, calls = QObject(), []
    pacer = Pacer(lambda: calls.append(1), parent)
    for _ in range(3):
        pacer.request()
    assert pacer.is_waiting
    qtbot.waitUntil(lambda: not pacer.is_waiting)
    assert calls == [1, 1]


def test_a_request_can_be_taken_back(qtbot):
    parent, calls = QObject(), []
    pacer = Pacer(lambda: calls.append(1), parent)
    pacer.request()
    pacer.request()
    pacer.cancel()
    with qtbot.waitSignal(pacer.destroyed, timeout=50, raising=False):
        pass
    assert calls == [1]
