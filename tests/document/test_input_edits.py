from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.document.compute import compute
from rnnviz.document.document import READOUT, Input, Objective, Place
from rnnviz.document.input_edits import normalise, paste_steps, set_alphabet, set_symbol
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import parse_scene, scene_text
from rnnviz.document.sequences import predicts_next
from rnnviz.document.series import parse_series
from rnnviz.document.sources import series_edit, text_edit, whole_text
from rnnviz.document.target_edits import add_targets, count_steps, remove_targets, set_targets
from rnnviz.document.values import DocumentError

GOLDEN = built_in("golden")
TABLE = parse_series("a,b\n1,10\n2,20\n4,10\n8,40\n")


def series(normalisation=None, next_value_target=True):
    edit = series_edit(TABLE, name="t.csv", normalisation=normalisation, next_value_target=next_value_target)
    return edit.apply(GOLDEN)


def text(words="abba", encoding="char"):
    return text_edit(words, encoding).apply(GOLDEN)


# ---- normalisation


def test_normalising_what_was_read_raw_is_as_reading_it_normalised():
    for kind in ("z-score", "min-max"):
        assert normalise(kind).apply(series()) == series(kind)


def test_raw_values_come_back():
    for kind in ("z-score", "min-max"):
        assert normalise(None).apply(series(kind)) == series()


def test_another_normalisation_starts_from_raw_values():
    document = normalise("min-max").apply(series("z-score"))
    np.testing.assert_allclose(document.input.values, series("min-max").input.values, atol=1e-12)
    assert document.input.scaling == series("min-max").input.scaling


def test_padding_stays_0_and_does_not_count():
    numbers = np.array([[[2.0], [4]], [[6.0], [0]]])
    document = replace(GOLDEN, input=Input(("x",), numbers, lengths=(2, 1)), objective=Objective())
    document = normalise("min-max").apply(document)
    np.testing.assert_array_equal(document.input.values[:, :, 0], [[0, 0.5], [1, 0]])


def test_other_targets_are_left_alone():
    document = normalise("z-score").apply(GOLDEN)
    np.testing.assert_array_equal(document.objective.targets, GOLDEN.objective.targets)


def test_text_is_not_normalised():
    with pytest.raises(DocumentError, match="not normalised"):
        normalise("z-score").apply(text())


def test_how_it_was_normalised_is_kept_in_the_scene_file():
    document = series("z-score")
    assert parse_scene(scene_text(document).encode()) == document


# ---- tables


def test_a_table_is_pasted_over_input_and_targets():
    document = paste_steps(0, 2, 0, np.array([[7.0, 8.0], [9.0, 10.0]])).apply(GOLDEN)
    assert document.input.values[0, :, 0].tolist() == [1, 7, 9, 0.5]
    assert document.objective.targets[0, :, 0].tolist() == [0.5, 8, 10, 0]
    document = paste_steps(0, 4, 1, np.array([[3.0]])).apply(GOLDEN)
    assert document.objective.targets[0, :, 0].tolist() == [0.5, 0.5, -0.5, 3]


def test_rows_beyond_the_end_become_steps():
    document = paste_steps(0, 4, 0, np.array([[1.0], [2.0], [3.0]])).apply(GOLDEN)
    assert document.input.values[0, :, 0].tolist() == [1, 0, -1, 1, 2, 3]
    assert document.objective.targets.shape == (1, 6, 1)


def test_columns_beyond_the_last_are_refused():
    with pytest.raises(DocumentError, match="2 columns do not fit at column 2 of 2"):
        paste_steps(0, 1, 1, np.ones((1, 2))).apply(GOLDEN)
    with pytest.raises(DocumentError, match="of 1"):
        paste_steps(0, 1, 0, np.ones((1, 2))).apply(remove_targets().apply(GOLDEN))


def test_text_is_not_pasted_over():
    with pytest.raises(DocumentError, match="one-hot text"):
        paste_steps(0, 1, 0, np.ones((1, 1))).apply(text())


# ---- targets


def test_targets_are_set_and_classes_have_to_be_whole():
    document = set_targets({(0, 1, 0): 0.25}).apply(GOLDEN)
    assert document.objective.targets[0, :, 0].tolist() == [0.5, 0.25, -0.5, 0]
    assert set_targets({(0, 0, 0): 0}).apply(text()).objective.targets.tolist() == [[0, 1, 0]]
    with pytest.raises(DocumentError, match="whole numbers from 0 to 1"):
        set_targets({(0, 0, 0): 0.5}).apply(text())


def test_targets_come_and_go():
    without = remove_targets().apply(GOLDEN)
    assert (without.objective.loss, without.objective.targets) == ("sum", None)
    with pytest.raises(DocumentError, match="add targets first"):
        set_targets({(0, 0, 0): 1.0}).apply(without)
    again = add_targets().apply(without)
    assert again.objective.targets.tolist() == [[[0.0]] * 4]
    assert add_targets().apply(again) is again


def test_without_targets_a_softmax_readout_becomes_linear():
    document = remove_targets().apply(text())
    assert document.readout.activation == "linear"
    assert compute(document).x_gradient.any()


def test_steps_are_told_to_count_or_not():
    document = count_steps(range(2, 4), counts=False).apply(GOLDEN)
    assert document.objective.steps == (1, 4)
    assert count_steps(range(1, 5), counts=True).apply(document).objective.steps == "all"
    with pytest.raises(DocumentError, match="at least one step has to count"):
        count_steps(range(1, 5), counts=False).apply(GOLDEN)


def test_counting_begins_with_what_counts_now():
    last = replace(GOLDEN, objective=replace(GOLDEN.objective, steps="last"))
    assert count_steps(range(2, 3), counts=True).apply(last).objective.steps == (2, 4)


# ---- symbols and alphabets


def test_a_symbol_is_written_and_what_predicts_it_follows():
    document = set_symbol(0, 2, "a").apply(text("abba"))
    assert whole_text(document) == "aaba"
    assert predicts_next(document.input, document.objective)
    with pytest.raises(DocumentError, match="“z” is not in the alphabet"):
        set_symbol(0, 2, "z").apply(text("abba"))
    with pytest.raises(DocumentError, match="no alphabet"):
        set_symbol(0, 1, "a").apply(GOLDEN)


@given(order=st.permutations("abcd "))
def test_another_order_of_the_alphabet_changes_no_number_that_comes_out(order):
    before = text("abcd dcba")
    frame, other = compute(before), compute(set_alphabet(tuple(order)).apply(before))
    assert other.loss == pytest.approx(frame.loss, rel=1e-12)
    np.testing.assert_allclose(other.layers[0].states["h"], frame.layers[0].states["h"], atol=1e-14)


def test_new_symbols_get_weights_and_the_old_keep_theirs():
    before = text("abba")
    document = set_alphabet(("c", "b", "a")).apply(before)
    assert document.input.features == ("c", "b", "a")
    assert document.outputs == 3
    assert whole_text(document) == "abba"
    weights, old = document.layers[0].weights["W_xh"], before.layers[0].weights["W_xh"]
    np.testing.assert_array_equal(weights[:, 1:], old[:, ::-1])
    assert weights[:, 0].any()
    np.testing.assert_array_equal(document.readout.weights["W_hy"][1:], before.readout.weights["W_hy"][::-1])


@pytest.mark.parametrize(
    ("alphabet", "message"),
    [
        ((), "the alphabet is empty"),
        (("a",), "“b” is in the text"),
        (("a", "b", "a"), "“a” is there twice"),
        (("a", "b", *map(chr, range(0x4E00, 0x4E00 + 511))), "513 symbols are too many"),
    ],
)
def test_an_alphabet_that_does_not_fit_is_refused(alphabet, message):
    with pytest.raises(DocumentError, match=message):
        set_alphabet(alphabet).apply(text("abba"))


def test_a_symbol_that_is_only_a_target_cannot_be_taken_out():
    with pytest.raises(DocumentError, match="“c” is a target"):
        set_alphabet(("a", "b")).apply(text("abc"))


def test_locks_stay_with_their_symbols():
    mask = np.zeros((2, 2), dtype=bool)
    mask[1, 0] = True  # what reads an a
    rows = np.array([[True, False], [False, False]])  # what predicts an a
    before = text("abba").with_locks(Place(0, "W_xh"), mask).with_locks(Place(READOUT, "W_hy"), rows)
    document = set_alphabet(("c", "b", "a")).apply(before)
    assert document.layers[0].locks["W_xh"].tolist() == [[False, False, False], [False, False, True]]
    assert document.readout.locks["W_hy"].tolist() == [[False, False], [False, False], [True, False]]
