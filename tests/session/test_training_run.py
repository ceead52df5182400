"""Training in the background: play, pause, single updates and parts, going back, undo, edits by hand, and overflow."""

import multiprocessing
import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QTimer

from rnnviz.document import training_history
from rnnviz.document.document import READOUT, Place
from rnnviz.document.edits import replace_document, set_title, set_weight
from rnnviz.document.network_edits import set_cell, set_units
from rnnviz.document.presets import built_in
from rnnviz.document.sources import text_edit
from rnnviz.document.tasks import TASKS
from rnnviz.document.training import PARTS, Part, Trainer, Training
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Session
from rnnviz.session.training import TrainingRun

LIMIT_MS = 20_000  # the first update waits for the process to start
SMALL = Training("adam", 0.02, batch=8, measure_every=5)
BIAS = Place(READOUT, "b_y")


@pytest.fixture
def session(qapp):  # noqa: ARG001  # signals need an application
    session = Session(built_in("default"))
    yield session
    session.close()


@pytest.fixture
def training(session):
    training = TrainingRun(session)
    training.use(SMALL)
    return training


@pytest.fixture
def parity(training):
    training.use_task(TASKS["parity"])
    training.use(SMALL)
    return training


def until(qtbot, training, update):
    """Wait until the training stands at an update and nothing is going on."""
    qtbot.waitUntil(lambda: training.position == update and not training.is_busy, timeout=LIMIT_MS)


def make(qtbot, training, updates):
    """Make some updates, one by one."""
    last = training.position + updates
    for _ in range(updates):
        training.update_once()
    until(qtbot, training, last)


def play_to(qtbot, training, update):
    training.use(replace(training.settings, stop_after=update))
    training.play()
    until(qtbot, training, update)


def expected(session, settings, updates, document=None):
    """Return the weights that the same updates lead to when they are made here."""
    start = session.document if document is None else document
    trainer = Trainer(start, TASKS["parity"].data(), settings)
    state = trainer.start()
    for _ in range(updates):
        state, _ = trainer.update(state)
    return trainer.document_at(state)


# ---- updates


def test_a_single_update_is_what_the_trainer_makes_of_it(parity, session, qtbot):
    wanted = expected(session, SMALL, 1)
    parity.update_once()
    until(qtbot, parity, 1)
    assert session.document == wanted
    assert parity.last == 1
    assert parity.curves.updates.tolist() == [1]


def test_playing_makes_the_same_updates_as_stepping(parity, session, qtbot):
    wanted = expected(session, SMALL, 40)
    play_to(qtbot, parity, 40)
    assert session.document == wanted
    assert parity.curves.updates.tolist() == list(range(1, 41))
    assert parity.curves.measured.tolist() == [5, 10, 15, 20, 25, 30, 35, 40]


def test_the_document_follows_while_it_plays_and_a_pause_holds(parity, session, qtbot):
    seen = []
    session.frame_changed.connect(lambda frame: seen.append(frame.document))
    parity.play()
    assert parity.is_playing
    qtbot.waitUntil(lambda: len(seen) > 3, timeout=LIMIT_MS)
    parity.pause()
    assert not parity.is_playing
    qtbot.waitUntil(lambda: not parity.is_busy, timeout=LIMIT_MS)
    at = parity.position
    assert at > 3
    assert seen[-1] == session.document
    with qtbot.assertNotEmitted(parity.progressed, wait=150):
        pass
    assert parity.position == at


def test_play_and_pause_are_told_once_each(parity, qtbot):
    with qtbot.waitSignal(parity.changed):
        parity.play()
    with qtbot.waitSignal(parity.changed):
        parity.pause()
    with qtbot.assertNotEmitted(parity.changed):
        parity.pause()


def test_from_play_to_pause_is_one_step_that_can_be_undone(parity, session, qtbot):
    before, labels = session.document, session.history.labels
    parity.play()
    qtbot.waitUntil(lambda: parity.last > 0, timeout=LIMIT_MS)
    session.end_merging()  # as any gesture does that ends meanwhile
    at = parity.last
    qtbot.waitUntil(lambda: parity.last > at, timeout=LIMIT_MS)
    parity.pause()
    qtbot.waitUntil(lambda: not parity.is_busy, timeout=LIMIT_MS)
    assert session.history.labels == (*labels, f"Train to update {parity.last}")
    trained = session.document
    session.undo()
    assert session.document == before
    assert parity.position == 0
    session.redo()
    assert session.document == trained
    assert parity.position == parity.last


def test_two_plays_are_two_steps(parity, session, qtbot):
    play_to(qtbot, parity, 3)
    play_to(qtbot, parity, 6)
    assert session.history.labels[-2:] == ("Train to update 3", "Train to update 6")


def test_it_tells_how_fast_it_is(parity, qtbot):
    assert parity.rate == 0.0
    parity.play()
    qtbot.waitUntil(lambda: parity.last > 10, timeout=LIMIT_MS)
    assert parity.rate > 1.0
    parity.pause()
    assert parity.rate == 0.0


def test_it_keeps_to_its_speed(parity, qtbot):
    make(qtbot, parity, 1)  # the process has started
    parity.set_speed(20.0)
    started = time.monotonic()
    play_to(qtbot, parity, 11)
    assert time.monotonic() - started > 0.3
    assert parity.speed == 20.0
    with pytest.raises(DocumentError, match="speed"):
        parity.set_speed(0.0)
    assert parity.speed == 20.0


def test_a_warm_change_of_the_learning_rate_holds_from_then_on(parity, session, qtbot):
    document = session.document
    play_to(qtbot, parity, 3)
    hot = replace(SMALL, learning_rate=0.1)
    parity.use(hot)
    make(qtbot, parity, 2)
    trainer = Trainer(document, TASKS["parity"].data(), SMALL)
    state = trainer.start()
    for number in range(5):
        if number == 3:
            trainer.use(hot)
        state = trainer.step(state)
    assert session.document == trainer.document_at(state)


# ---- parts


def test_five_parts_are_one_update(parity, session, qtbot):
    before, wanted = session.document, expected(session, SMALL, 1)
    for number, part in enumerate(PARTS):
        assert parity.next_part is part
        assert session.document == before
        with qtbot.waitSignal(parity.changed, timeout=LIMIT_MS):
            parity.take_part()
        if part is not Part.UPDATE:
            assert parity.unfinished.next_part is PARTS[number + 1]
    assert parity.unfinished is None
    assert session.document == wanted
    assert parity.position == 1


def test_an_update_that_was_begun_in_parts_is_finished_as_a_whole(parity, session, qtbot):
    wanted = expected(session, SMALL, 1)
    with qtbot.waitSignal(parity.changed, timeout=LIMIT_MS):
        parity.take_part()
    parity.update_once()
    until(qtbot, parity, 1)
    assert session.document == wanted


def test_to_play_drops_what_was_begun_in_parts(parity, session, qtbot):
    wanted = expected(session, SMALL, 2)
    with qtbot.waitSignal(parity.changed, timeout=LIMIT_MS):
        parity.take_part()
    play_to(qtbot, parity, 2)
    assert parity.unfinished is None
    assert session.document == wanted


# ---- going back


def test_every_update_can_be_gone_back_to_bit_for_bit(parity, session, qtbot):
    documents = [session.document]
    for _ in range(4):
        make(qtbot, parity, 1)
        documents.append(session.document)
    for update in (2, 0, 4, 1, 3):
        parity.go_to(update)
        until(qtbot, parity, update)
        assert session.document == documents[update]
    assert parity.last == 4


def test_updates_whose_states_are_not_kept_are_made_again(parity, session, qtbot, monkeypatch):
    monkeypatch.setattr(training_history, "MOST_STATES", 10)
    wanted = expected(session, SMALL, 77)
    play_to(qtbot, parity, 100)
    assert 77 not in parity.history.kept
    parity.go_to(77)
    until(qtbot, parity, 77)
    assert session.document == wanted


def test_scrubbing_is_one_step(parity, session, qtbot):
    play_to(qtbot, parity, 5)
    labels = session.history.labels
    for update in (4, 3, 2):
        parity.go_to(update)
    until(qtbot, parity, 2)
    assert session.history.labels == (*labels, "Go to update 2")


def test_to_play_from_an_earlier_update_forgets_those_after_it(parity, session, qtbot):
    document = session.document
    play_to(qtbot, parity, 9)
    parity.go_to(4)
    until(qtbot, parity, 4)
    parity.use(replace(SMALL, learning_rate=0.001))
    make(qtbot, parity, 1)
    assert parity.last == 5
    assert parity.curves.updates.tolist() == [1, 2, 3, 4, 5]
    assert session.document != expected(session, SMALL, 5, document)


def test_reset_returns_to_the_same_initial_weights(parity, session, qtbot):
    first = session.document
    play_to(qtbot, parity, 5)
    trained = session.document
    parity.reset()
    assert session.document == first
    assert (parity.position, parity.last, len(parity.curves.updates)) == (0, 0, 0)
    play_to(qtbot, parity, 5)
    assert session.document == trained


def test_reset_while_it_plays_is_not_overtaken_by_what_was_on_its_way(parity, session, qtbot):
    first = session.document
    parity.play()
    qtbot.waitUntil(lambda: parity.last > 0, timeout=LIMIT_MS)
    parity.reset()
    qtbot.waitUntil(lambda: not parity.is_busy, timeout=LIMIT_MS)
    assert session.document == first
    assert parity.last == 0


def test_a_new_seed_draws_other_weights_and_begins_anew(parity, session, qtbot):
    first = session.document
    make(qtbot, parity, 2)
    parity.new_seed()
    assert session.document.initialisation.seed == first.initialisation.seed + 1
    assert session.document.layers != first.layers
    assert (parity.position, parity.history) == (0, None)
    make(qtbot, parity, 1)
    assert parity.last == 1


# ---- what the user does meanwhile


def test_a_weight_changed_by_hand_is_gone_on_from(parity, session, qtbot):
    play_to(qtbot, parity, 3)
    session.apply(set_weight(BIAS, np.array([2.0])))
    assert parity.position == 3
    changed = session.document
    make(qtbot, parity, 1)
    assert abs(session.document.weight(BIAS)[0] - 2.0) < 0.1
    parity.go_to(3)
    until(qtbot, parity, 3)
    assert session.document == changed


def test_a_weight_changed_while_it_plays_stops_it_and_stays(parity, session, qtbot):
    parity.play()
    qtbot.waitUntil(lambda: parity.last > 0, timeout=LIMIT_MS)
    session.apply(set_weight(BIAS, np.array([2.0])))
    assert not parity.is_playing
    qtbot.waitUntil(lambda: not parity.is_busy, timeout=LIMIT_MS)
    assert session.document.weight(BIAS)[0] == 2.0


def test_a_new_title_does_not_disturb(parity, session, qtbot):
    make(qtbot, parity, 2)
    session.apply(set_title("Mine"))
    assert parity.position == 2
    make(qtbot, parity, 1)
    assert (parity.last, session.document.title) == (3, "Mine")


def test_another_network_is_another_training(parity, session, qtbot):
    make(qtbot, parity, 2)
    session.apply(set_units(0, 5))
    assert (parity.position, parity.history) == (0, None)
    assert parity.plan.task is TASKS["parity"]
    make(qtbot, parity, 1)
    assert session.document.layers[0].units == 5


def test_another_input_that_does_not_fit_the_task_is_trained_on_itself(parity, session, qtbot):
    session.apply(text_edit("hello hello"))
    assert parity.plan.task is None
    make(qtbot, parity, 2)
    assert parity.last == 2


def test_each_scene_has_its_own_plan(parity, session):
    session.open_document(built_in("default"))
    assert parity.plan.task is None
    session.undo()
    assert parity.plan.task is TASKS["parity"]


def test_a_scene_is_trained_on_its_own_sequences(training, session, qtbot):
    before = session.frame.loss
    play_to(qtbot, training, 30)
    assert session.frame.loss < 0.1 * before
    assert training.data.training.input == session.document.input


def test_other_targets_are_other_data(training, session, qtbot):
    make(qtbot, training, 2)
    document = session.document
    targets = document.objective.targets + 1.0
    changed = replace(document, objective=replace(document.objective, targets=targets))
    session.apply(replace_document(changed, "Move the targets"))
    assert training.history is None
    make(qtbot, training, 1)
    np.testing.assert_array_equal(training.data.training.objective.targets, targets)


def test_a_long_text_is_trained_on_in_pieces(training, session, qtbot):
    session.apply(text_edit("the rain in spain falls mainly in the plain"))
    training.use_own_data(piece=8)
    assert training.data.training.count == 4
    make(qtbot, training, 3)
    assert np.isfinite(training.curves.loss).all()
    with pytest.raises(DocumentError, match="pieces"):
        training.use_own_data(piece=30)
    assert training.plan.piece == 8


def test_locked_weights_stay(parity, session, qtbot):
    place = Place(0, "W_hn")
    session.apply(replace_document(session.document.with_locks(place, np.ones((16, 16), bool)), "Lock"))
    before = session.document.weight(place)
    make(qtbot, parity, 3)
    assert session.document.weight(place).tobytes() == before.tobytes()


# ---- ends


def test_without_targets_there_is_nothing_to_train(training, session):
    session.open_document(built_in("vanishing"))
    with pytest.raises(DocumentError, match="targets"):
        training.play()
    assert not training.is_playing


def test_it_says_why_it_stopped(parity, qtbot):
    parity.use(replace(SMALL, stop_after=4))
    with qtbot.waitSignal(parity.stopped, timeout=LIMIT_MS) as stopped:
        parity.play()
    assert stopped.args == ["done: 4 updates were made"]
    assert (parity.is_playing, parity.position) == (False, 4)


def test_a_loss_that_was_asked_for_ends_it(parity, qtbot):
    parity.use(replace(SMALL, stop_at_loss=0.5))
    with qtbot.waitSignal(parity.stopped, timeout=LIMIT_MS) as stopped:
        parity.play()
    assert stopped.args[0].startswith("reached: ")
    assert parity.curves.loss[-1] < 0.5 <= parity.curves.loss[:-1].min()


def test_an_overflow_is_named_and_the_weights_before_it_stay(training, session, qtbot):
    document = session.document
    linear = replace(document.layers[0], activation="linear")
    session.apply(replace_document(replace(document, layers=(linear,)), "Linear"))
    training.use(replace(SMALL, optimiser="sgd", learning_rate=1e4, clipping="none", stop_above=None))
    with qtbot.waitSignal(training.stopped, timeout=LIMIT_MS) as stopped:
        training.play()
    assert f"update {training.last + 1}: " in stopped.args[0]
    assert "is not a finite number" in stopped.args[0]
    assert all(np.isfinite(session.document.weight(place)).all() for place in session.document.places())
    assert not training.is_playing


def test_an_overflow_met_in_parts_is_named_by_the_part_that_meets_it(training, session, qtbot):
    document = session.document
    linear = replace(document.layers[0], activation="linear")
    session.apply(replace_document(replace(document, layers=(linear,)), "Linear"))
    session.apply(set_weight(Place(0, "W_hh"), 1e30 * np.eye(6)))
    with qtbot.waitSignal(training.changed, timeout=LIMIT_MS):
        training.take_part()
    assert training.unfinished.next_part is Part.LOSS
    with qtbot.waitSignal(training.stopped, timeout=LIMIT_MS) as stopped:
        training.take_part()
    assert stopped.args[0].startswith("update 1: h is not a finite number at t = ")
    assert training.unfinished is None
    assert training.position == 0


def test_the_window_stays_free_while_a_large_network_trains(session, qtbot):
    session.apply(set_cell(0, "lstm"))
    session.apply(set_units(0, 200))
    training = TrainingRun(session)
    training.use(replace(SMALL, stop_after=3))
    ticks = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    started = time.monotonic()
    training.play()
    training.pause()
    training.play()
    assert time.monotonic() - started < 0.1
    timer.start(5)
    until(qtbot, training, 3)
    timer.stop()
    waits = np.sort(np.diff(ticks))
    assert waits[int(0.95 * len(waits))] < 0.1


def test_a_process_that_dies_is_told_and_started_anew(parity, qtbot):
    make(qtbot, parity, 1)
    (process,) = [child for child in multiprocessing.active_children() if child.name == "rnnviz-job"]
    with qtbot.waitSignal(parity.stopped, timeout=LIMIT_MS) as stopped:
        parity.play()
        process.kill()
    assert "ended unexpectedly" in stopped.args[0]
    at = parity.position
    make(qtbot, parity, 1)
    assert parity.position == at + 1


def test_a_closed_session_trains_no_more(session, training, qtbot):
    training.play()
    qtbot.waitUntil(lambda: training.last > 0, timeout=LIMIT_MS)
    session.close()
    assert not training.is_busy


def test_undo_while_it_plays_stops_it_where_it_began(parity, session, qtbot):
    first = session.document
    parity.play()
    qtbot.waitUntil(lambda: parity.last > 0, timeout=LIMIT_MS)
    session.undo()
    assert not parity.is_playing
    qtbot.waitUntil(lambda: not parity.is_busy, timeout=LIMIT_MS)
    assert session.document == first
    assert parity.position == 0
    assert parity.last > 0


def test_a_plan_says_what_the_task_was_given(training):
    training.use_task(TASKS["adding"], {"steps": 9}, seed=2)
    assert (training.plan.numbers, training.plan.seed) == ({"steps": 9}, 2)
    assert training.settings == TASKS["adding"].training
    with pytest.raises(DocumentError, match="steps"):
        training.use_task(TASKS["adding"], {"steps": 1})
    assert training.plan.numbers == {"steps": 9}


class Hands:
    """Does what a user may do, in any order, and remembers the weights after every update that it has seen."""

    def __init__(self, training, session, qtbot, seed):
        self.training, self.session, self.qtbot = training, session, qtbot
        self.chance = np.random.default_rng(seed)
        self.seen = {}

    @property
    def weights(self):
        return [self.session.document.weight(place).tobytes() for place in self.session.document.places()]

    def rest(self):
        self.qtbot.waitUntil(lambda: not self.training.is_busy, timeout=LIMIT_MS)

    def learn(self, act, *times):
        """Let updates be made: those after the present one are forgotten."""
        if self.training.position < self.training.last:
            self.seen = {update: seen for update, seen in self.seen.items() if update <= self.training.position}
        for _ in range(*times or (1,)):
            act()
        self.rest()
        self.seen[self.training.position] = self.weights

    def updates(self):
        self.learn(self.training.update_once, int(self.chance.integers(1, 4)))

    def parts(self):
        self.learn(self.training.take_part, int(self.chance.integers(1, 9)))

    def play(self):
        stop = self.training.position + int(self.chance.integers(1, 30))
        self.training.use(replace(self.training.settings, stop_after=stop))
        self.learn(self.training.play)
        self.training.use(replace(self.training.settings, stop_after=None))

    def go_back(self):
        update = int(self.chance.integers(0, self.training.last + 1))
        self.training.go_to(update)
        self.rest()
        assert self.training.position == update
        assert self.seen.setdefault(update, self.weights) == self.weights

    def settings(self):
        optimiser = str(self.chance.choice(["sgd", "momentum", "rmsprop", "adam"]))
        rate = float(self.chance.choice([0.001, 0.01]))
        self.training.use(replace(self.training.settings, optimiser=optimiser, learning_rate=rate))

    def by_hand(self):
        self.session.apply(set_weight(BIAS, self.chance.uniform(-1, 1, 1)))
        self.seen = {update: seen for update, seen in self.seen.items() if update < self.training.position}
        self.seen[self.training.position] = self.weights

    def reset(self):
        self.training.reset()
        self.seen = {0: self.weights}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_every_update_comes_back_as_it_was(training, session, qtbot, monkeypatch, seed):
    monkeypatch.setattr(training_history, "MOST_STATES", 7)
    training.use_task(TASKS["trend"])
    training.use(SMALL)
    hands = Hands(training, session, qtbot, seed)
    hands.updates()
    acts = [hands.updates, hands.parts, hands.play, hands.go_back, hands.settings, hands.by_hand, hands.reset]
    for number in hands.chance.choice(len(acts), 80, p=[0.2, 0.1, 0.15, 0.35, 0.07, 0.08, 0.05]):
        acts[number]()
        assert 0 <= training.position <= training.last
        assert (np.diff(training.curves.updates) > 0).all()
