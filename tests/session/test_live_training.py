"""How a training stands is told to all who show it: together, not too often, and as it is."""

import pytest

from rnnviz.document.network_edits import set_units
from rnnviz.document.presets import built_in
from rnnviz.document.tasks import TASKS
from rnnviz.document.training import PARTS, Part, Training
from rnnviz.session.baseline import Baseline
from rnnviz.session.live_training import TrainingWatch
from rnnviz.session.session import Session
from rnnviz.session.training import TrainingRun

LIMIT_MS = 20_000
SMALL = Training("adam", 0.02, batch=8, measure_every=5)


@pytest.fixture
def session(qapp):  # noqa: ARG001  # signals need an application
    session = Session(built_in("default"))
    yield session
    session.close()


@pytest.fixture
def run(session):
    run = TrainingRun(session)
    run.use(SMALL)
    return run


@pytest.fixture
def watch(run, session):
    return TrainingWatch(run, Baseline(run), session)


def told(qtbot, run, watch):
    """Wait until nothing is going on and that has been told."""
    qtbot.waitUntil(lambda: not run.is_busy and watch.live.position == run.position, timeout=LIMIT_MS)
    return watch.live


def train(qtbot, run, watch, updates):
    last = run.position + updates
    for _ in range(updates):
        run.update_once()
    qtbot.waitUntil(lambda: run.position == last, timeout=LIMIT_MS)
    return told(qtbot, run, watch)


def test_before_the_first_update_there_are_no_curves(watch):
    live = watch.live
    assert (live.position, live.last, live.trained, live.part, live.ended) == (0, 0, None, None, "")


def test_a_burst_of_updates_is_told_far_less_often_than_it_has_updates(qtbot, run, watch):
    heard = []
    watch.changed.connect(heard.append)
    run.play()
    qtbot.waitUntil(lambda: run.last > 60, timeout=LIMIT_MS)
    run.pause()
    live = told(qtbot, run, watch)
    assert live.last == run.last
    assert len(heard) < run.last / 3
    assert [each.last for each in heard] == sorted(each.last for each in heard)


def test_the_curves_are_those_of_the_run(qtbot, run, watch):
    live = train(qtbot, run, watch, 6)
    assert live.trained.curves.loss.tolist() == run.curves.loss.tolist()
    assert live.trained.blocks == ((0, "h"),)
    assert live.trained.places == run.vector.places


def test_going_back_leaves_the_curves_as_they_are(qtbot, run, watch):
    before = train(qtbot, run, watch, 6)
    run.go_to(2)
    qtbot.waitUntil(lambda: run.position == 2, timeout=LIMIT_MS)
    after = told(qtbot, run, watch)
    assert after.has_curves_of(before)
    assert not train(qtbot, run, watch, 1).has_curves_of(before)


def test_another_limit_of_the_gradient_is_another_picture(qtbot, run, watch):
    before = train(qtbot, run, watch, 1)
    run.use(Training("adam", 0.02, batch=8, clip_at=0.5))
    assert not watch.live.has_curves_of(before)


def test_each_part_is_lit_the_last_one_too(qtbot, run, watch):
    lit = []
    for number in range(len(PARTS)):
        run.take_part()
        qtbot.waitUntil(lambda: watch.live.part is PARTS[number], timeout=LIMIT_MS)  # noqa: B023
        lit.append(watch.live.unfinished is not None)
    assert lit == [True, True, True, True, False]
    assert run.position == 1
    assert told(qtbot, run, watch).part is Part.UPDATE
    run.update_once()
    qtbot.waitUntil(lambda: watch.live.position == 2, timeout=LIMIT_MS)
    assert told(qtbot, run, watch).part is None


def test_why_it_ended_is_said_until_it_goes_on_or_another_update_is_shown(qtbot, run, watch):
    run.use(Training("adam", 0.02, batch=8, stop_after=3))
    run.play()
    qtbot.waitUntil(lambda: watch.live.ended == "done: 3 updates were made", timeout=LIMIT_MS)
    assert not told(qtbot, run, watch).has_failed
    run.go_to(1)
    qtbot.waitUntil(lambda: watch.live.position == 1, timeout=LIMIT_MS)
    assert watch.live.ended == ""


def test_a_training_that_diverges_has_failed(qtbot, run, watch):
    run.use(Training("adam", 0.02, batch=8, stop_above=1e-9))
    run.play()
    qtbot.waitUntil(lambda: watch.live.ended.startswith("diverged"), timeout=LIMIT_MS)
    assert watch.live.has_failed


def test_what_cannot_be_trained_is_told_in_words(qtbot, session, run, watch):
    session.open_document(built_in("exploding"))
    qtbot.waitUntil(lambda: "no minimum" in watch.live.obstacle, timeout=LIMIT_MS)
    run.use_task(TASKS["parity"])
    assert watch.live.obstacle == ""


def test_another_network_begins_without_curves(qtbot, session, run, watch):
    assert train(qtbot, run, watch, 2).trained is not None
    session.apply(set_units(0, 4))
    qtbot.waitUntil(lambda: watch.live.last == 0, timeout=LIMIT_MS)
    assert watch.live.trained is None
    assert watch.live.position == 0


def test_updates_per_second_are_counted_while_it_plays(qtbot, run, watch):
    run.play()
    qtbot.waitUntil(lambda: watch.live.rate > 0, timeout=LIMIT_MS)
    run.pause()
    assert told(qtbot, run, watch).rate == 0
