"""The session: what an edit, an undo, a step in time and a file do, and what nobody is told about."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.document.compute import compute
from rnnviz.document.document import READOUT, Document, Input, Layer, Objective, Place, weight_shapes
from rnnviz.document.edits import (
    Edit,
    feed,
    replace_document,
    set_entry,
    set_loss_steps,
    set_title,
)
from rnnviz.document.links import Feature, Step, Unit, Weight
from rnnviz.document.network_edits import set_activation
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import SceneError, load_scene, scene_text
from rnnviz.document.values import DocumentError
from rnnviz.session.computer import Computer, InlineComputer
from rnnviz.session.session import Selection, Session

W_HH = Place(0, "W_hh")


class Patient(Computer):
    """Computes when a test says so: what a worker process does when it is slow."""

    def __init__(self):
        super().__init__()
        self.waiting = []

    def request(self, document):
        self.waiting.append(document)

    def answer(self):
        """Announce the frame of the oldest request."""
        self.frame_ready.emit(compute(self.waiting.pop(0)))


class Ears:
    """Hears every signal of a session, in order."""

    def __init__(self, session):
        self.heard = []
        for name in ("document", "frame", "cursor", "selection", "file"):
            signal = getattr(session, f"{name}_changed")
            signal.connect(lambda value, name=name: self.heard.append((name, value)))

    @property
    def names(self):
        return [name for name, _ in self.heard]


@pytest.fixture
def session(golden, qapp):  # noqa: ARG001  # signals need an application
    return Session(golden)


@pytest.fixture
def ears(session):
    return Ears(session)


def weight(value, merge_key=None):
    return set_entry(W_HH, (0, 0), value, merge_key)


def impossible(_):
    raise DocumentError("that cannot be")


def stack(*units, steps=3):
    """Return a network of one layer per number of units."""
    layers, width = [], 1
    for number in units:
        shapes = weight_shapes("rnn", number, width)
        layers.append(Layer("rnn", {name: np.full(shape, 0.1) for name, shape in shapes.items()}))
        width = number
    return Document(tuple(layers), None, Input(("x",), np.ones((1, steps, 1))), Objective())


# Starting


def test_a_session_starts_with_the_frame_of_its_document_and_looks_at_the_last_step(session, golden):
    assert session.document is golden
    assert session.frame.document is golden
    assert session.cursor == session.frame.last_step == 4
    assert session.selection == Selection()
    assert not session.is_modified
    assert not session.is_computing
    assert session.path is None


# Editing


def test_an_edit_is_announced_before_its_frame(session, ears):
    session.apply(weight(0.9))
    assert ears.names == ["document", "frame"]
    (_, document), (_, frame) = ears.heard
    assert document is session.document
    assert frame is session.frame
    assert frame.document is document
    assert document.weight(W_HH)[0, 0] == 0.9


def test_the_frame_after_an_edit_is_what_compute_returns(session):
    session.apply(weight(0.9))
    expected = compute(session.document).trace()
    for name, array in session.frame.trace().items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


def test_an_edit_that_changes_nothing_is_dropped(session, ears):
    session.apply(weight(0.5))  # what it is already
    assert ears.names == []
    assert session.history.undo_label is None
    assert not session.is_modified


def test_an_impossible_edit_leaves_everything_as_it_was(session, ears, golden):
    frame = session.frame
    with pytest.raises(DocumentError, match="that cannot be"):
        session.apply(Edit("Break", impossible))
    assert ears.names == []
    assert session.document is golden
    assert session.frame is frame
    assert session.history.undo_label is None


def test_an_editor_that_answers_a_change_with_the_same_edit_makes_no_loop(session, ears):
    session.document_changed.connect(lambda _: session.apply(weight(0.9)))
    session.apply(weight(0.9))
    assert ears.names == ["document", "frame"]
    assert session.history.index == 1


def test_an_edit_keeps_the_cursor_and_the_selection(session, ears):
    session.set_cursor(2)
    session.select(Selection(unit=1))
    del ears.heard[:]
    session.apply(weight(0.9))
    assert session.cursor == 2
    assert session.selection == Selection(unit=1)
    assert ears.names == ["document", "frame"]


def test_a_drag_is_one_step_back(session, golden):
    for value in (0.6, 0.7, 0.8):
        session.apply(weight(value, "drag"))
    session.end_merging()
    session.undo()
    assert session.document == golden
    assert session.history.undo_label is None


def test_two_drags_are_two_steps_back(session):
    for value in (0.6, 0.7):
        session.apply(weight(value, "drag"))
    session.end_merging()
    for value in (0.8, 0.9):
        session.apply(weight(value, "drag"))
    session.end_merging()
    session.undo()
    assert session.document.weight(W_HH)[0, 0] == 0.7


def test_undo_and_redo_bring_back_the_very_numbers(session):
    before = session.frame.trace()
    session.apply(weight(0.9))
    after = session.frame.trace()
    for expected, go in ((before, session.undo), (after, session.redo)):
        go()
        for name, array in session.frame.trace().items():
            np.testing.assert_array_equal(array, expected[name], err_msg=name)


def test_undo_and_redo_with_nothing_to_do_say_nothing(session, ears):
    session.undo()
    session.redo()
    assert ears.names == []


def test_a_new_edit_forgets_what_was_undone(session):
    session.apply(weight(0.9))
    session.undo()
    session.apply(set_title("Another"))
    assert session.history.redo_label is None
    session.redo()
    assert session.document.title == "Another"


EDITS = st.one_of(
    st.builds(weight, st.sampled_from([0.5, 0.6, 0.7]), st.sampled_from([None, "a", "b"])),
    st.builds(set_activation, st.just(0), st.sampled_from(["tanh", "relu", "linear"])),
    st.builds(set_loss_steps, st.sampled_from(["all", "last", (1, 3)])),
    st.builds(set_title, st.sampled_from(["A", "B"])),
)


@given(st.lists(st.one_of(EDITS, st.sampled_from(["undo", "redo", "rest"])), max_size=12))
def test_after_any_editing_undo_leads_back_to_the_start_and_redo_to_the_end(steps):
    session = Session(built_in("golden"))
    do = {"undo": session.undo, "redo": session.redo, "rest": session.end_merging}
    for step in steps:
        do[step]() if isinstance(step, str) else session.apply(step)
    while session.history.redo_label is not None:
        session.redo()
    end = session.document
    while session.history.undo_label is not None:
        session.undo()
    assert session.document == built_in("golden")
    assert session.frame.document == session.document
    while session.history.redo_label is not None:
        session.redo()
    assert session.document == end


# Looking


def test_scrubbing_computes_nothing(golden, qapp):  # noqa: ARG001
    class Counting(InlineComputer):
        requests = 0

        def request(self, document):
            self.requests += 1
            super().request(document)

    computer = Counting()
    session = Session(golden, computer)
    ears = Ears(session)
    for t in (0, 1, 2, 3, 4, 3):
        session.set_cursor(t)
    assert ears.heard == [("cursor", t) for t in (0, 1, 2, 3, 4, 3)]
    assert computer.requests == 0


@pytest.mark.parametrize(("asked", "t"), [(-1, 0), (-100, 0), (5, 4), (10**9, 4)])
def test_a_cursor_outside_the_sequence_goes_to_the_nearest_step(session, asked, t):
    session.set_cursor(2)
    session.set_cursor(asked)
    assert session.cursor == t


def test_the_cursor_says_nothing_when_it_stays(session, ears):
    session.set_cursor(4)
    session.move_cursor(+1)
    session.move_cursor(0)
    assert ears.names == []


def test_the_cursor_moves_relative_to_where_it_is(session):
    session.move_cursor(-3)
    assert session.cursor == 1
    session.move_cursor(+2)
    assert session.cursor == 3


def test_a_shorter_sequence_takes_the_cursor_to_its_end(session, ears):
    shorter = Input(("x",), np.ones((1, 2, 1)))
    session.apply(feed(shorter, Objective("sum"), "Shorten"))
    assert session.cursor == 2
    assert ears.names == ["document", "frame", "cursor"]


def test_a_longer_sequence_leaves_the_cursor_where_it_is(session, ears):
    longer = Input(("x",), np.ones((1, 9, 1)))
    session.apply(feed(longer, Objective("sum"), "Lengthen"))
    assert session.cursor == 4
    assert ears.names == ["document", "frame"]
    session.set_cursor(9)
    assert session.cursor == 9


def test_selecting_the_same_again_says_nothing(session, ears):
    session.select(Selection(unit=1))
    session.select(Selection(unit=1))
    assert ears.heard == [("selection", Selection(unit=1))]


def test_what_does_not_exist_cannot_be_selected(session):
    session.select(Selection(layer=3, sample=7, unit=9, entry=(Place(2, "W_hh"), 0, 0)))
    assert session.selection == Selection(layer=0, sample=0, unit=1, entry=None)


@pytest.mark.parametrize(
    ("entry", "exists"),
    [
        ((W_HH, 1, 1), True),
        ((W_HH, 2, 0), False),
        ((W_HH, 0, 2), False),
        ((Place(0, "b_h"), 1, 0), True),
        ((Place(0, "b_h"), 1, 1), False),
        ((Place(0, "h_0"), 1, 0), True),
        ((Place(0, "W_hf"), 0, 0), False),
        ((Place(READOUT, "W_hy"), 0, 1), True),
    ],
)
def test_a_weight_can_be_selected_if_it_exists(session, entry, exists):
    session.select(Selection(entry=entry))
    assert (session.selection.entry == entry) is exists


def test_a_selection_moves_to_what_is_left_before_the_document_is_announced(qapp):  # noqa: ARG001
    session = Session(stack(3, 8))
    session.select(Selection(layer=1, unit=7, entry=(Place(1, "W_hh"), 7, 7)))
    ears = Ears(session)
    session.apply(replace_document(stack(3), "Shrink"))
    assert session.selection == Selection(layer=0, unit=2)
    assert ears.names == ["selection", "document", "frame"]


# The history

TARGET = {"vanishing": built_in("vanishing"), "golden": built_in("golden")}
moves = st.one_of(
    st.tuples(st.just("weight"), st.floats(-2, 2), st.sampled_from([None, "drag"])),
    st.tuples(st.just("open"), st.sampled_from(sorted(TARGET))),
    st.tuples(st.just("go"), st.floats(0, 1)),
    st.sampled_from([("undo",), ("redo",), ("release",)]),
)


def do(session, move):
    match move:
        case ("weight", value, key):
            session.apply(weight(value, key))
        case ("open", name):
            session.open_document(TARGET[name], Path(f"{name}.rnnviz.json"))
        case ("go", share):
            session.go_to(round(share * (len(session.history.labels) - 1)))
        case ("undo",):
            session.undo()
        case ("redo",):
            session.redo()
        case ("release",):
            session.end_merging()


def test_what_goes_on_by_itself_amends_its_own_step_and_no_other():
    session = Session(built_in("golden"))
    session.apply(set_title("one"))
    session.end_merging()
    session.amend(set_title("two"), session.document)
    assert session.history.labels == ("Open Golden RNN", "Rename")
    written = session.document
    session.apply(set_entry(W_HH, (0, 0), 0.25))
    session.amend(set_title("three"), written)
    assert len(session.history.labels) == 4
    session.undo()
    session.amend(set_title("four"), session.document)
    assert session.history.labels[-1] == "Rename"
    assert session.document.weight(W_HH)[0, 0] == 0.25
    assert len(session.history.labels) == 4


def test_an_amendment_that_changes_nothing_is_dropped(qtbot):
    session = Session(built_in("golden"))
    session.apply(set_title("one"))
    with qtbot.assertNotEmitted(session.document_changed):
        session.amend(set_title("one"), session.document)


@given(st.lists(moves, max_size=25))
def test_every_state_of_any_sequence_of_edits_comes_back_to_the_last_bit(sequence):
    session = Session(built_in("golden"))
    for move in sequence:
        do(session, move)
    session.end_merging()
    last, states = len(session.history.labels) - 1, {}
    for index in range(last + 1):  # forward, each by a jump
        session.go_to(index)
        states[index] = (scene_text(session.document), session.path, session.is_modified)
    for index in reversed(range(last)):  # backward, by undo alone
        session.undo()
        assert (scene_text(session.document), session.path, session.is_modified) == states[index]
    session.undo()
    assert session.history.index == 0
    for index in range(1, last + 1):
        session.redo()
        assert (scene_text(session.document), session.path, session.is_modified) == states[index]


def test_going_to_a_state_is_one_change_however_far_it_is(session, ears, golden):
    for value in (0.1, 0.2, 0.3):
        session.apply(weight(value))
    del ears.heard[:]
    session.go_to(0)
    assert ears.names == ["document", "frame"]
    assert session.document == golden
    session.go_to(0)
    assert ears.names == ["document", "frame"]


def test_an_edit_after_going_back_forgets_what_came_after(session):
    for value in (0.1, 0.2, 0.3):
        session.apply(weight(value))
    session.go_to(1)
    session.apply(set_title("another way"))
    assert session.history.labels == ("Open Golden RNN", "Set W_hh[1,1]", "Rename")


def test_going_back_over_an_open_brings_the_file_back_too(session, ears, tmp_path):
    path = tmp_path / "mine.rnnviz.json"
    session.save_file(path)
    session.open_document(built_in("vanishing"))
    session.apply(weight(0.9))
    del ears.heard[:]
    session.go_to(0)
    assert ears.heard[0] == ("file", path)
    assert session.path == path
    assert not session.is_modified


# While a long computation runs


@pytest.fixture
def patient(golden, qapp):  # noqa: ARG001
    return Session(golden, Patient())


def computer_of(session):
    return next(child for child in session.children() if isinstance(child, Patient))


def test_while_the_frame_is_not_there_the_old_one_stays_and_the_session_says_so(patient):
    old = patient.frame
    patient.apply(weight(0.9))
    assert patient.is_computing
    assert patient.frame is old
    computer_of(patient).answer()
    assert not patient.is_computing
    assert patient.frame.document is patient.document


def test_an_edit_and_its_undo_leave_nothing_to_wait_for(patient):
    patient.apply(weight(0.9))
    patient.undo()
    assert not patient.is_computing


def test_the_cursor_stays_within_the_frame_that_is_shown(patient):
    longer = Input(("x",), np.ones((1, 9, 1)))
    patient.apply(feed(longer, Objective("sum"), "Lengthen"))
    patient.set_cursor(9)
    assert patient.cursor == 4
    computer_of(patient).answer()
    patient.set_cursor(9)
    assert patient.cursor == 9


def test_what_plots_are_given_exists_in_the_frame_that_is_shown(qapp):  # noqa: ARG001
    session = Session(stack(2), Patient())
    session.apply(replace_document(stack(8, 3), "Grow"))
    session.select(Selection(layer=1, unit=2))
    assert session.shown_selection == Selection(layer=0, unit=1)
    computer_of(session).answer()
    assert session.shown_selection == session.selection == Selection(layer=1, unit=2)


# Files


def test_opening_another_document_resets_the_selection_and_can_be_undone(session, ears, golden):
    session.select(Selection(unit=1))
    del ears.heard[:]
    session.open_document(built_in("vanishing"))
    assert session.document.title == "Vanishing gradient"
    assert session.selection == Selection()
    assert not session.is_modified
    assert ears.names == ["selection", "file", "document", "frame"]
    session.undo()
    assert session.document == golden


def test_opening_what_is_open_already_computes_nothing(session, ears, golden):
    session.open_document(golden, Path("golden.rnnviz.json"))
    assert "document" not in ears.names
    assert session.path == Path("golden.rnnviz.json")
    assert session.history.undo_label is None


def test_a_scene_goes_to_a_file_and_comes_back_exactly(session, ears, tmp_path, golden):
    session.apply(weight(0.1 + 0.2))
    saved, path = session.document, tmp_path / "mine.rnnviz.json"
    session.save_file(path)
    assert ("file", path) in ears.heard
    assert load_scene(path) == saved
    session.open_document(golden)
    session.open_file(path)
    assert session.document == saved
    assert session.path == path
    assert not session.is_modified


def test_a_document_is_modified_until_it_is_saved_or_the_change_undone(session, tmp_path):
    session.apply(weight(0.9))
    assert session.is_modified
    session.save_file(tmp_path / "mine.rnnviz.json")
    assert not session.is_modified
    session.apply(weight(0.8))
    assert session.is_modified
    session.undo()
    assert not session.is_modified
    session.undo()
    assert session.is_modified


@pytest.mark.parametrize("content", ["", "{", '{"format": "rnnviz-scene", "version": 99}', '{"a": 1}', None])
def test_a_file_that_is_no_scene_leaves_everything_as_it_was(session, ears, tmp_path, content):
    path = tmp_path / "damaged.rnnviz.json"
    if content is not None:
        path.write_text(content)
    session.apply(weight(0.9))
    document, frame = session.document, session.frame
    del ears.heard[:]
    with pytest.raises(SceneError, match=r"damaged\.rnnviz\.json"):
        session.open_file(path)
    assert ears.names == []
    assert session.document is document
    assert session.frame is frame
    assert session.path is None
    assert session.is_modified


def test_a_file_that_cannot_be_written_leaves_everything_as_it_was(session, ears, tmp_path):
    session.apply(weight(0.9))
    del ears.heard[:]
    with pytest.raises(SceneError):
        session.save_file(tmp_path / "no such folder" / "mine.rnnviz.json")
    assert ears.names == []
    assert session.path is None
    assert session.is_modified


def test_undoing_an_open_does_not_let_the_other_scene_be_written_over_the_opened_file(session, tmp_path):
    path = tmp_path / "other.rnnviz.json"
    Session(built_in("vanishing")).save_file(path)
    session.open_file(path)
    session.undo()
    assert session.document.title == "Golden RNN"
    assert session.path is None
    session.redo()
    assert session.path == path
    assert not session.is_modified


def test_undoing_an_open_returns_to_the_file_of_before(session, tmp_path):
    first, second = tmp_path / "first.rnnviz.json", tmp_path / "second.rnnviz.json"
    Session(built_in("vanishing")).save_file(second)
    session.save_file(first)
    session.apply(weight(0.9))
    session.open_file(second)
    session.undo()
    assert session.path == first
    assert session.is_modified  # 0.9 was not saved
    session.undo()
    assert not session.is_modified


def test_reloading_reads_the_file_again_and_can_be_undone(session, tmp_path, golden):
    path = tmp_path / "mine.rnnviz.json"
    session.save_file(path)
    Session(built_in("vanishing")).save_file(path)
    session.reload()
    assert session.document == built_in("vanishing")
    assert session.history.undo_label == "Reload mine.rnnviz.json"
    assert not session.is_modified
    session.undo()
    assert session.document == golden
    assert session.path == path


def test_a_file_that_cannot_be_reloaded_leaves_everything_as_it_was(session, ears, tmp_path, golden):
    path = tmp_path / "mine.rnnviz.json"
    session.save_file(path)
    path.write_text("{")
    del ears.heard[:]
    with pytest.raises(SceneError):
        session.reload()
    assert ears.names == []
    assert session.document is golden


def test_what_is_restored_is_modified_until_it_is_saved_and_can_be_undone(session, tmp_path, golden):
    path = tmp_path / "mine.rnnviz.json"
    session.restore(built_in("vanishing"), path, golden)
    assert session.is_modified
    assert session.path == path
    assert session.saved is golden
    session.save_file(path)
    assert not session.is_modified
    session.undo()
    assert session.document == golden
    assert session.path is None


def test_a_file_that_holds_something_else_now_makes_the_document_a_modified_one(session, ears, tmp_path, golden):
    session.save_file(tmp_path / "mine.rnnviz.json")
    del ears.heard[:]
    session.file_holds(built_in("vanishing"))
    assert session.is_modified
    assert session.document is golden
    assert ears.names == ["file"]


def test_the_document_is_replaced_not_changed(session, golden):
    copy = replace(golden)
    session.apply(weight(0.9))
    assert golden == copy


# What is lit up


def test_pointing_tells_once_and_computes_nothing(golden):
    session, told, computed = Session(golden), [], []
    session.focus_changed.connect(told.append)
    session.frame_changed.connect(computed.append)
    for focus in (Unit(0, 1), Unit(0, 1), Weight(W_HH, 0, 1), Step(2), None, None):
        session.set_focus(focus)
    assert told == [Unit(0, 1), Weight(W_HH, 0, 1), Step(2), None]
    assert computed == []


def test_what_the_document_does_not_have_lights_up_nothing(golden):
    session = Session(golden)
    session.set_focus(Unit(0, 1))
    session.set_focus(Unit(0, 2))
    assert session.focus is None


def test_the_light_goes_out_when_what_is_lit_goes(golden):
    session, told = Session(golden), []
    session.set_focus(Feature(0, 4))
    session.focus_changed.connect(told.append)
    shorter = replace(
        golden,
        input=Input(("x",), golden.input.values[:, :3]),
        objective=replace(golden.objective, targets=golden.objective.targets[:, :3]),
    )
    session.apply(set_title("Another name"))
    assert session.focus == Feature(0, 4)
    session.open_document(shorter)
    assert session.focus is None
    assert told == [None]
