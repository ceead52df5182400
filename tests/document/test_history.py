"""Undo and redo: exact, merged where a hand moved once, and bounded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.edits import (
    paste_block,
    set_entry,
    set_input_values,
    set_loss_steps,
    set_title,
    set_weight,
)
from rnnviz.document.history import LIMIT, History
from rnnviz.document.network_edits import set_activation
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import scene_text

numbers = st.sampled_from([0.0, -0.0, 1.0, 0.5, -2.0, 1e300, 5e-324])
keys = st.sampled_from([None, "drag", "another drag"])
W_hh, b_h, h_0, W_hy = Place(0, "W_hh"), Place(0, "b_h"), Place(0, "h_0"), Place(READOUT, "W_hy")
small = st.integers(0, 1)

edits = st.one_of(
    st.builds(set_entry, st.just(W_hh), st.tuples(small, small), numbers, keys),
    st.builds(set_entry, st.sampled_from([b_h, h_0]), st.tuples(small), numbers, keys),
    st.builds(set_weight, st.just(W_hy), st.lists(numbers, min_size=2, max_size=2).map(lambda v: [v]), keys),
    st.builds(paste_block, st.just(W_hh), st.just((0, 1)), numbers.map(lambda v: np.full((2, 1), v))),
    st.builds(set_input_values, st.dictionaries(st.tuples(st.just(0), small, st.just(0)), numbers), keys),
    st.builds(set_loss_steps, st.sampled_from(["all", "last", (1, 3)])),
    st.builds(set_activation, st.just(0), st.sampled_from(["tanh", "relu"])),
    st.builds(set_title, st.sampled_from(["one", "two"])),
)
RELEASE = "the mouse button is released"


def mixed_with(moves, size):
    """Sequences in which about every second thing is an edit."""
    return st.lists(st.booleans().flatmap(lambda is_edit: edits if is_edit else moves), max_size=size)


def push(history, edit):
    history.push(edit.apply(history.document), edit.label, edit.merge_key)


def drag(history, values, key="drag"):
    for value in values:
        push(history, set_entry(W_hh, (0, 0), value, key))


@pytest.fixture
def history(golden):
    return History(golden)


@given(mixed_with(st.just(RELEASE), 12))
def test_undoing_all_and_redoing_all_is_exact(sequence):
    start = built_in("golden")
    history = History(start)
    for edit in sequence:
        history.end_merging() if edit is RELEASE else push(history, edit)
    end = history.document
    while history.undo_label is not None:
        history.undo()
    assert history.document == start
    assert scene_text(history.document) == scene_text(start)
    while history.redo_label is not None:
        history.redo()
    assert history.document == end
    assert scene_text(history.document) == scene_text(end)


def test_any_state_can_be_gone_to_and_the_ones_after_it_stay(history):
    states = [history.document]
    for value in (1.0, 2.0, 3.0):
        push(history, set_entry(W_hh, (0, 0), value))
        states.append(history.document)
    for index in (1, 3, 0, 2):
        assert history.go_to(index) is states[index]
        assert history.document is states[index]
        assert history.index == index
        assert len(history.labels) == 4


def test_an_amended_step_leads_elsewhere_and_stays_one_step(history, golden):
    push(history, set_title("one"))
    later = set_title("two").apply(history.document)
    history.amend(later, "Rename again")
    assert history.document is later
    assert history.labels[-1] == "Rename again"
    assert len(history.labels) == 2
    assert history.undo() is golden
    assert not history.is_newest
    assert history.redo() is later
    assert history.is_newest


@pytest.mark.parametrize("index", [-1, 1, 1000])
def test_a_state_that_does_not_exist_cannot_be_gone_to(history, index):
    before = history.document
    with pytest.raises(IndexError, match="1 states"):
        history.go_to(index)
    assert history.document is before


@given(mixed_with(st.sampled_from(["undo", "redo"]), 20))
def test_undo_and_redo_move_through_a_list_of_states(sequence):
    history = History(built_in("golden"))
    states, index = [history.document], 0
    for edit in sequence:
        if edit == "undo":
            history.undo()
            index = max(index - 1, 0)
        elif edit == "redo":
            history.redo()
            index = min(index + 1, len(states) - 1)
        else:
            history.push(edit.apply(history.document), edit.label)
            states, index = [*states[: index + 1], history.document], index + 1
        assert history.document == states[index]
        assert (history.undo_label is None) == (index == 0)
        assert (history.redo_label is None) == (index == len(states) - 1)


def test_undo_at_the_beginning_and_redo_at_the_end_change_nothing(history, golden):
    assert history.undo() is golden
    assert history.redo() is golden


def test_a_new_edit_forgets_what_was_undone(history, golden):
    push(history, set_title("one"))
    history.undo()
    push(history, set_title("two"))
    assert history.redo_label is None
    assert history.document.title == "two"
    assert history.undo() is golden


def test_labels_say_what_undo_and_redo_would_do(history):
    push(history, set_entry(W_hh, (0, 1), 0.5))
    push(history, set_title("one"))
    history.undo()
    assert history.labels == ("Open", "Set W_hh[1,2]", "Rename")
    assert (history.undo_label, history.redo_label, history.index) == ("Set W_hh[1,2]", "Rename", 1)


def test_a_drag_is_one_step(history, golden):
    drag(history, [0.6, 0.7, 0.8])
    assert len(history.labels) == 2
    assert history.undo() is golden


def test_two_drags_are_two_steps_when_the_hand_let_go(history):
    drag(history, [0.6, 0.7])
    history.end_merging()
    drag(history, [0.8, 0.9])
    assert history.undo().layers[0].weights["W_hh"][0, 0] == 0.7


def test_drags_of_different_things_are_two_steps(history):
    drag(history, [0.6, 0.7])
    drag(history, [0.8, 0.9], key="another drag")
    assert len(history.labels) == 3


def test_edits_without_a_key_never_merge(history):
    drag(history, [0.6, 0.7], key=None)
    assert len(history.labels) == 3


def test_a_drag_that_returns_to_its_start_leaves_no_step(history, golden):
    drag(history, [0.6, 0.7, golden.weight(W_hh)[0, 0]])
    history.end_merging()
    assert history.labels == ("Open",)
    assert history.document == golden


def test_a_drag_that_only_passed_its_start_stays_a_step(history, golden):
    drag(history, [0.6, golden.weight(W_hh)[0, 0], 0.7])
    history.end_merging()
    assert len(history.labels) == 2


def test_letting_go_after_nothing_moved_changes_nothing(history):
    push(history, set_title("one"))
    history.end_merging()
    assert history.labels == ("Open", "Rename")


def test_a_drag_after_an_undo_does_not_merge_with_what_was_undone(history, golden):
    drag(history, [0.6, 0.7])
    history.undo()
    drag(history, [0.8])
    assert len(history.labels) == 2
    assert history.undo() is golden


def test_a_long_history_forgets_its_beginning_only(history):
    for number in range(LIMIT + 5):
        push(history, set_title(str(number)))
    assert len(history.labels) == LIMIT
    while history.undo_label is not None:
        history.undo()
    assert history.document.title == "5"


def test_a_drag_in_a_full_history_is_still_one_step(history):
    for number in range(LIMIT):
        push(history, set_title(str(number)))
    drag(history, [0.6, 0.7, 0.8])
    history.end_merging()
    assert history.undo().title == str(LIMIT - 1)


def test_entries_share_what_they_have_in_common(history, golden):
    push(history, set_title("one"))
    document: Document = history.document
    assert document.layers is golden.layers
    assert document.input is golden.input
