"""Playback: the cursor walks by itself, in one direction, as far as the end."""

import pytest
from PySide6.QtCore import QElapsedTimer

from rnnviz.document.document import Input, Objective
from rnnviz.document.edits import feed
from rnnviz.document.presets import built_in
from rnnviz.session.playback import Playback
from rnnviz.session.session import Session


@pytest.fixture
def session(golden, qapp):  # noqa: ARG001
    session = Session(golden)
    session.set_cursor(0)
    session.visited = []
    session.cursor_changed.connect(session.visited.append)
    return session


@pytest.fixture
def playback(session):
    playback = Playback(session, steps_per_second=200)
    playback.said = []
    playback.playing_changed.connect(playback.said.append)
    yield playback
    playback.stop()


def play_to_the_end(playback, qtbot):
    with qtbot.waitSignal(playback.playing_changed, check_params_cb=lambda playing: not playing):
        playback.toggle()


def test_it_walks_step_by_step_and_stops_at_the_end(playback, session, qtbot):
    play_to_the_end(playback, qtbot)
    assert session.visited == [1, 2, 3, 4]
    assert playback.said == [True, False]
    assert not playback.is_playing


def test_backward_it_walks_to_the_initial_state(playback, session, qtbot):
    session.set_cursor(3)
    playback.set_direction(-1)
    play_to_the_end(playback, qtbot)
    assert session.visited == [3, 2, 1, 0]
    assert playback.direction == -1


@pytest.mark.parametrize(("direction", "end", "path"), [(1, 4, [0, 1, 2, 3, 4]), (-1, 0, [4, 3, 2, 1, 0])])
def test_started_at_the_end_it_begins_again_at_the_other(playback, session, qtbot, direction, end, path):
    session.set_cursor(end)
    del session.visited[:]
    playback.set_direction(direction)
    play_to_the_end(playback, qtbot)
    assert session.visited == path


def test_it_stops_where_it_is_and_goes_on_from_there(playback, session, qtbot):
    with qtbot.waitSignal(session.cursor_changed):
        playback.toggle()
    playback.toggle()
    assert not playback.is_playing
    assert session.cursor == 1
    play_to_the_end(playback, qtbot)
    assert session.visited == [1, 2, 3, 4]
    assert playback.said == [True, False, True, False]


def test_stopping_what_does_not_play_says_nothing(playback):
    playback.stop()
    assert playback.said == []


def test_the_direction_can_change_while_it_plays(playback, session, qtbot):
    with qtbot.waitSignal(session.cursor_changed, check_params_cb=lambda t: t == 2):
        playback.toggle()
    with qtbot.waitSignal(playback.playing_changed):
        playback.set_direction(-1)
    assert session.visited == [1, 2, 1, 0]


def test_scrubbing_while_it_plays_goes_on_from_there(playback, session, qtbot):
    with qtbot.waitSignal(playback.playing_changed, check_params_cb=lambda playing: not playing):
        playback.toggle()
        session.set_cursor(3)
    assert session.visited == [3, 4]


def test_the_speed_is_in_steps_per_second(playback, session, qtbot):
    playback.set_speed(20)
    clock = QElapsedTimer()
    clock.start()
    play_to_the_end(playback, qtbot)
    assert session.visited == [1, 2, 3, 4]
    assert clock.elapsed() >= 4 * 50 - 20


def test_a_sequence_that_becomes_shorter_ends_the_playback_at_its_end(playback, session, qtbot):
    session.set_cursor(2)
    with qtbot.waitSignal(playback.playing_changed, check_params_cb=lambda playing: not playing):
        playback.toggle()
        session.apply(feed(Input(("x",), built_in("golden").input.values[:, :2]), Objective(), "Shorten"))
    assert session.cursor == session.frame.last_step == 2


def test_it_ends_with_its_session(session):
    assert Playback(session).parent() is session


def test_a_turn_is_announced_once(playback):
    turns = []
    playback.direction_changed.connect(turns.append)
    for direction in (1, -1, -1, 1):
        playback.set_direction(direction)
    assert turns == [-1, 1]


def test_there_and_back_it_turns_at_the_end_and_stops_at_the_start(playback, session, qtbot):
    path, turns = [], []
    playback.set_direction(0)
    session.set_cursor(0)
    session.cursor_changed.connect(path.append)
    playback.direction_changed.connect(turns.append)
    with qtbot.waitSignals([playback.playing_changed] * 2):
        playback.toggle()
    assert path == [1, 2, 3, 4, 3, 2, 1, 0]
    assert turns == [-1]
    assert not playback.is_playing
    playback.toggle()
    assert playback.direction == 1
    playback.stop()
