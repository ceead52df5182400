"""Every edit does what its label says, or raises DocumentError and changes nothing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents, moderate

from rnnviz.core.objectives import LOSSES
from rnnviz.document.document import READOUT, Input, Objective, Place, Window
from rnnviz.document.edits import (
    feed,
    paste_block,
    replace_document,
    set_entry,
    set_input_values,
    set_loss_steps,
    set_title,
    set_weight,
)
from rnnviz.document.network_edits import set_activation
from rnnviz.document.presets import built_in
from rnnviz.document.values import DocumentError

W_hh, b_h, h_0, W_hy = Place(0, "W_hh"), Place(0, "b_h"), Place(0, "h_0"), Place(READOUT, "W_hy")


def text_input(golden):
    return replace(golden.input, text="aaaa", vocabulary=("a",), encoding="char")


@pytest.mark.parametrize("place", [W_hh, h_0, W_hy], ids=lambda place: place.name)
def test_setting_a_weight_sets_that_weight_only(golden, place):
    new = golden.weight(place) + 1.0
    edited = set_weight(place, new).apply(golden)
    np.testing.assert_array_equal(edited.weight(place), new)
    assert edited.with_weight(place, golden.weight(place)) == golden


def test_setting_an_entry_sets_that_entry_only(golden):
    edited = set_entry(W_hh, (0, 1), 9.0).apply(golden)
    assert edited.weight(W_hh).tolist() == [[0.5, 9.0], [0.8, 0.5]]
    assert set_entry(b_h, (1,), 9.0).apply(golden).weight(b_h).tolist() == [0.1, 9.0]


def test_setting_an_entry_to_what_it_is_gives_an_equal_document(golden):
    assert set_entry(W_hh, (0, 0), 0.5).apply(golden) == golden


@pytest.mark.parametrize(
    ("edit", "label"),
    [
        (set_weight(W_hh, np.eye(2)), "Set W_hh"),
        (set_entry(W_hh, (0, 1), 1.0), "Set W_hh[1,2]"),
        (set_entry(b_h, (1,), 1.0), "Set b_h[2]"),
        (paste_block(W_hh, (0, 0), np.eye(2)), "Paste into W_hh"),
        (set_input_values({}), "Draw input"),
        (set_loss_steps("all"), "Loss at every step"),
        (set_loss_steps("last"), "Loss at the last step"),
        (set_loss_steps((1, 2)), "Loss at chosen steps"),
        (set_title("x"), "Rename"),
        (set_activation(0, "relu"), "Use relu"),
    ],
)
def test_an_edit_is_labelled_in_words_of_the_interface(edit, label):
    assert edit.label == label


@pytest.mark.parametrize(
    ("corner", "expected"),
    [((0, 0), [[7.0, -0.8], [8.0, 0.5]]), ((0, 1), [[0.5, 7.0], [0.8, 8.0]])],
)
def test_a_block_that_fits_is_pasted_at_its_corner(golden, corner, expected):
    edited = paste_block(W_hh, corner, np.array([[7.0], [8.0]])).apply(golden)
    assert edited.weight(W_hh).tolist() == expected


def test_a_block_is_pasted_into_a_vector_as_a_column(golden):
    assert paste_block(b_h, (1, 0), np.array([[7.0]])).apply(golden).weight(b_h).tolist() == [0.1, 7.0]
    assert paste_block(h_0, (0, 0), np.array([[7.0], [8.0]])).apply(golden).weight(h_0).tolist() == [7.0, 8.0]


@pytest.mark.parametrize(
    ("place", "corner", "shape"),
    [(W_hh, (1, 0), (2, 1)), (W_hh, (0, 1), (1, 2)), (W_hh, (5, 5), (1, 1)), (b_h, (0, 0), (1, 2))],
)
def test_a_block_that_does_not_fit_is_refused_with_both_sizes(golden, place, corner, shape):
    with pytest.raises(DocumentError) as refusal:
        paste_block(place, corner, np.zeros(shape)).apply(golden)
    rows, columns = golden.weight(place).reshape(2, -1).shape
    assert f"{shape[0]} × {shape[1]} numbers" in str(refusal.value)
    assert f"row {corner[0] + 1}, column {corner[1] + 1} of {rows} × {columns}" in str(refusal.value)


def test_drawing_changes_the_drawn_input_values_only(golden):
    edited = set_input_values({(0, 1, 0): 3.0, (0, 3, 0): -1.0}).apply(golden)
    assert edited.input.values.ravel().tolist() == [1.0, 3.0, -1.0, -1.0]


def test_the_loss_steps_the_title_and_the_activation_can_be_set(golden):
    assert set_loss_steps((2, 4)).apply(golden).counted_steps(0) == (2, 4)
    assert set_title("Été").apply(golden).title == "Été"
    assert set_activation(0, "relu").apply(golden).layers[0].activation == "relu"


def test_another_document_can_take_the_place_of_this_one(golden):
    other = built_in("vanishing")
    assert replace_document(other, "Open").apply(golden) is other


REFUSED = {
    "a weight that is not finite": set_entry(W_hh, (0, 0), float("nan")),
    "a weight of another shape": set_weight(W_hh, np.eye(3)),
    "a block with a hole": paste_block(W_hh, (0, 0), np.array([[np.nan]])),
    "an input value that is not finite": set_input_values({(0, 0, 0): float("inf")}),
    "a step that does not exist": set_loss_steps((5,)),
}


@pytest.mark.parametrize("edit", REFUSED.values(), ids=REFUSED)
def test_a_refused_edit_raises_document_error_and_changes_nothing(golden, edit):
    with pytest.raises(DocumentError):
        edit.apply(golden)
    assert golden == built_in("golden")


def test_one_hot_text_cannot_be_drawn_over(golden):
    document = replace(golden, input=text_input(golden))
    with pytest.raises(DocumentError, match="one-hot text"):
        set_input_values({(0, 0, 0): 1.0}).apply(document)


# Feeding another input ----------------------------------------------------------------------------


def fed(document, features, loss="half_squared_error", outputs=1, **options):
    targets = np.zeros((1, 6, outputs)) if loss != "cross_entropy" else np.full((1, 6), outputs - 1.0)
    names = tuple(f"x{n}" for n in range(features))
    objective = Objective(loss, targets=None if loss == "sum" else targets, **options)
    return feed(Input(names, np.ones((1, 6, features))), objective, "Feed").apply(document)


@given(documents(elements=moderate, large=False), st.integers(1, 4), st.integers(1, 4))
def test_feeding_keeps_the_entries_in_common(document, features, outputs):
    if document.readout is None:
        outputs = document.outputs
    edited = fed(document, features, outputs=outputs)
    assert edited.layers[1:] == document.layers[1:]
    for place in edited.places():
        old, new = document.weight(place), edited.weight(place)
        common = tuple(slice(min(sizes)) for sizes in zip(old.shape, new.shape, strict=True))
        np.testing.assert_array_equal(new[common], old[common], err_msg=str(place))


@pytest.mark.parametrize("loss", LOSSES)
def test_feeding_gives_the_readout_the_activation_that_the_loss_needs(golden, loss):
    edited = fed(golden, 3, loss, outputs=2)
    assert edited.objective.loss == loss
    assert edited.readout.activation == (LOSSES[loss].readout or "linear")


def test_feeding_for_no_targets_leaves_the_readout_alone(golden):
    assert fed(golden, 3, "sum").readout == golden.readout


def test_feeding_draws_the_same_new_entries_every_time(golden):
    assert fed(golden, 5, outputs=3) == fed(golden, 5, outputs=3)


def test_feeding_drops_the_window_of_the_sequence_before(golden):
    assert fed(replace(golden, window=Window(2, stateful=True)), 1).window is None


def test_feeding_what_cannot_fit_is_refused(golden):
    bare = replace(golden, readout=None, objective=Objective())
    with pytest.raises(DocumentError, match=r"objective.targets: expected shape \(1, 6, 2\), got \(1, 6, 7\)"):
        fed(bare, 1, outputs=7)
