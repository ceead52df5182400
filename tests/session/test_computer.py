"""Where frames are computed: at once, or in a worker process; the newest document wins."""

import multiprocessing
import os
from dataclasses import replace
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, weight_shapes
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.session.computer import BackgroundComputer, InlineComputer, predicted_ms
from rnnviz.session.session import Session
from rnnviz.session.worker import shared_folder

W_HI = Place(0, "W_hi")
LIMIT_MS = 10_000  # the first answer waits for the process to start


@pytest.fixture
def make(qtbot):  # noqa: ARG001  # signals need an application
    """Return a function that makes a computer and collects its frames."""
    computers = []

    def make(**options):
        computer = BackgroundComputer(**options)
        computers.append(computer)
        computer.frames = []
        computer.frame_ready.connect(computer.frames.append)
        return computer

    yield make
    for computer in computers:
        computer.close()
    assert multiprocessing.active_children() == []


def titled(number):
    return replace(built_in("golden"), title=str(number))


def large(steps=3000, units=32, cell="lstm"):
    """Return a network that takes some tenths of a second."""
    rng = np.random.default_rng(0)
    weights = {name: 0.1 * rng.normal(size=shape) for name, shape in weight_shapes(cell, units, 2).items()}
    values = rng.normal(size=(1, steps, 2))
    readout = Readout("linear", {"W_hy": np.ones((1, units))})
    return Document((Layer(cell, weights),), readout, Input(("a", "b"), values), Objective())


def two_sequences():
    document = large(20, 5, "gru")
    return replace(document, input=replace(document.input, values=np.random.default_rng(1).normal(size=(2, 9, 2))))


def overflowing():
    document = large(300, 3, "rnn")
    layer = replace(
        document.layers[0],
        activation="linear",
        weights={**document.layers[0].weights, "W_hh": 99 * np.eye(3)},
    )
    return replace(document, layers=(layer,))


def assert_same(frame, expected):
    arrays, others = frame.trace(), expected.trace()
    assert list(arrays) == list(others)
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, others[name], err_msg=name)
        assert name == "loss" or not array.flags.writeable, name
    assert frame.problems == expected.problems


def blocks():
    """Return the folders that worker processes share with us."""
    folder = shared_folder()
    return set() if folder is None else set(Path(folder).glob(f"rnnviz-{os.getpid()}-*"))


# At once


@pytest.mark.parametrize("computer_class", [InlineComputer, BackgroundComputer])
def test_what_is_quick_is_there_when_request_returns(qapp, computer_class):  # noqa: ARG001
    computer, frames = computer_class(), []
    computer.frame_ready.connect(frames.append)
    document = built_in("default")
    computer.request(document)
    assert frames[0].document is document
    assert_same(frames[0], compute(document))
    assert multiprocessing.active_children() == []
    computer.close()


def test_a_frame_can_be_had_at_once_however_long_it_takes(make):
    document = large()
    computer = make(at_once_ms=0)
    assert_same(computer.compute_now(document), compute(document))
    assert computer.frames == []


def test_more_steps_units_or_gates_are_predicted_to_take_longer():
    assert predicted_ms(large(200)) < predicted_ms(large(2000))
    assert predicted_ms(large(200, 8)) < predicted_ms(large(200, 128))
    assert predicted_ms(large(200, 32, "rnn")) < predicted_ms(large(200, 32, "lstm"))
    assert predicted_ms(built_in("default")) < 8.0 < predicted_ms(large())


# In the worker


@pytest.mark.parametrize("document", [large(), two_sequences(), overflowing()], ids=["lstm", "batch", "overflow"])
def test_the_worker_computes_the_same_numbers(make, qtbot, document):
    computer = make(at_once_ms=0)
    with qtbot.waitSignal(computer.frame_ready, timeout=LIMIT_MS):
        computer.request(document)
        assert computer.frames == []  # request does not wait
    assert computer.frames[0].document is document
    assert_same(computer.frames[0], compute(document))


def test_a_frame_outlives_the_worker(make, qtbot):
    computer = make(at_once_ms=0)
    document = large()
    with qtbot.waitSignal(computer.frame_ready, timeout=LIMIT_MS):
        computer.request(document)
    computer.close()
    assert_same(computer.frames[0], compute(document))


def test_a_burst_computes_two_frames_and_the_newest_is_the_last(make, qtbot):
    computer = make(at_once_ms=0)
    for number in range(20):
        computer.request(titled(number))
    qtbot.waitUntil(lambda: any(frame.document.title == "19" for frame in computer.frames), timeout=LIMIT_MS)
    assert [frame.document.title for frame in computer.frames] == ["0", "19"]


def test_a_quick_frame_is_not_overtaken_by_a_slow_one_of_before(make, qtbot):
    computer = make()
    with qtbot.waitSignal(computer.frame_ready, timeout=LIMIT_MS):
        computer.request(large())
    computer.request(large(2000))
    computer.request(built_in("golden"))
    assert computer.frames[-1].document.title == "Golden RNN"
    last = large(2500)
    computer.request(last)
    qtbot.waitUntil(lambda: computer.frames[-1].document is last, timeout=LIMIT_MS)
    assert [frame.last_step for frame in computer.frames] == [3000, 4, 2500]


def test_the_worker_is_started_once(make, qtbot):
    computer = make(at_once_ms=0)
    for number in range(3):
        with qtbot.waitSignal(computer.frame_ready, timeout=LIMIT_MS):
            computer.request(titled(number))
        assert len(multiprocessing.active_children()) == 1


def test_a_worker_can_be_started_before_it_is_needed(make):
    computer = make()
    computer.warm_up()
    computer.warm_up()
    assert len(multiprocessing.active_children()) == 1


@pytest.mark.parametrize("is_working", [False, True], ids=["idle", "working"])
def test_a_worker_that_dies_is_replaced(make, qtbot, is_working):
    computer = make(at_once_ms=0)
    with qtbot.waitSignal(computer.frame_ready, timeout=LIMIT_MS):
        computer.request(titled(0))
    (worker,) = multiprocessing.active_children()
    if is_working:
        computer.request(large(20_000))
        computer.request(titled(1))
    worker.kill()
    worker.join()
    if not is_working:
        computer.request(titled(1))
    qtbot.waitUntil(lambda: computer.frames[-1].document.title == "1", timeout=LIMIT_MS)
    with qtbot.waitSignal(computer.frame_ready, timeout=LIMIT_MS):
        computer.request(titled(2))
    assert computer.frames[-1].document.title == "2"


def test_closing_ends_the_process_and_leaves_nothing_in_memory(make, qtbot):
    before = blocks()
    computer = make(at_once_ms=0)
    with qtbot.waitSignal(computer.frame_ready, timeout=LIMIT_MS):
        computer.request(large())
    computer.request(large(20_000))  # is never answered
    computer.close()
    computer.close()
    assert multiprocessing.active_children() == []
    assert blocks() == before


def test_an_answer_that_arrives_after_closing_is_ignored(make, qtbot):
    computer = make(at_once_ms=0)
    with qtbot.waitSignal(computer.frame_ready, timeout=LIMIT_MS):
        computer.request(titled(0))
    for _ in range(5):
        computer.request(titled(1))
        deadline = monotonic() + 10
        while not any(any(folder.glob("answer-*")) for folder in blocks()):  # the answer waits for the event loop
            assert monotonic() < deadline
        computer.close()
    qtbot.wait(0)
    assert [frame.document.title for frame in computer.frames] == ["0"]


# In a session


def test_a_session_shows_the_old_frame_until_the_new_one_is_there(qtbot):
    session = Session(large(), BackgroundComputer())
    try:
        old = session.frame
        with qtbot.waitSignal(session.frame_changed, timeout=LIMIT_MS):
            session.apply(set_entry(W_HI, (0, 0), 0.9))
            assert session.frame is old
            assert session.is_computing
        assert not session.is_computing
        assert session.frame.document is session.document
    finally:
        session.close()


def test_the_last_of_many_edits_is_what_is_shown_in_the_end(qtbot):
    session, frames = Session(large(500), BackgroundComputer(at_once_ms=0)), []
    try:
        session.frame_changed.connect(frames.append)
        for value in np.linspace(0, 1, 30):
            session.apply(set_entry(W_HI, (0, 0), float(value), "drag"))
        qtbot.waitUntil(lambda: not session.is_computing, timeout=LIMIT_MS)
        assert len(frames) == 2
        assert_same(session.frame, compute(session.document))
        assert session.document.weight(W_HI)[0, 0] == 1.0
    finally:
        session.close()
