from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.document.compute import compute
from rnnviz.document.document import Input, Layer, Objective
from rnnviz.document.presets import built_in
from rnnviz.document.sequences import MAX_SEQUENCES, MAX_STEPS, predicts_next
from rnnviz.document.sources import text_edit, whole_text
from rnnviz.document.step_edits import (
    add_sequence,
    delete_steps,
    duplicate_sequence,
    duplicate_steps,
    insert_steps,
    move_steps,
    remove_sequence,
    reorder_input,
    reverse_steps,
    set_length,
    shuffle_steps,
)
from rnnviz.document.text import one_hot, tokens_of
from rnnviz.document.values import DocumentError

GOLDEN = built_in("golden")  # x = 1, 0, −1, 0.5 with the targets 0.5, 0.5, −0.5, 0


def values(document, sequence=0):
    return document.input.values[sequence, :, 0].tolist()


def targets(document, sequence=0):
    return document.objective.targets[sequence, :, 0].tolist()


def counting(document, *steps):
    return replace(document, objective=replace(document.objective, steps=steps))


def two_sequences(lengths=(4, 2)):
    """The golden network on 1 2 3 4 and 5 6, with targets ten times as large."""
    numbers = np.array([[1.0, 2, 3, 4], [5, 6, 0, 0]])[:, :, None]
    objective = replace(GOLDEN.objective, targets=10 * numbers)
    return replace(GOLDEN, input=Input(("x",), numbers, lengths=lengths), objective=objective)


def text(words="hello world"):
    return text_edit(words).apply(GOLDEN)


@st.composite
def batches(draw):
    """The golden network on some sequences of different length, whose values tell which step they came from."""
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3))
    numbers = np.zeros((len(lengths), max(lengths), 1))
    for n, length in enumerate(lengths):
        numbers[n, :length, 0] = 10 * (n + 1) + np.arange(length)
    shortest = min(lengths)
    chosen = st.lists(st.integers(1, shortest), min_size=1, unique=True).map(lambda steps: tuple(sorted(steps)))
    objective = replace(GOLDEN.objective, steps=draw(st.sampled_from(["all", "last"]) | chosen), targets=2 * numbers)
    return replace(GOLDEN, input=Input(("x",), numbers, lengths=tuple(lengths)), objective=objective)


words = st.text(st.sampled_from("abc "), min_size=3, max_size=8)


@st.composite
def ranges(draw, length):
    first = draw(st.integers(1, length))
    return range(first, draw(st.integers(first, length)) + 1)


# ---- one sequence


def test_a_blank_step_is_inserted_before_a_step_or_at_the_end():
    document = insert_steps(2).apply(GOLDEN)
    assert values(document) == [1, 0, 0, -1, 0.5]
    assert targets(document) == [0.5, 0, 0.5, -0.5, 0]
    assert values(insert_steps(5, count=2).apply(GOLDEN)) == [1, 0, -1, 0.5, 0, 0]


def test_steps_are_deleted_duplicated_moved_and_reversed_with_their_targets():
    deleted = delete_steps(range(2, 4)).apply(GOLDEN)
    assert (values(deleted), targets(deleted)) == ([1, 0.5], [0.5, 0])
    doubled = duplicate_steps(range(1, 3)).apply(GOLDEN)
    assert (values(doubled), targets(doubled)) == ([1, 0, 1, 0, -1, 0.5], [0.5, 0.5, 0.5, 0.5, -0.5, 0])
    moved = move_steps(range(1, 3), 1).apply(GOLDEN)
    assert (values(moved), targets(moved)) == ([-1, 1, 0, 0.5], [-0.5, 0.5, 0.5, 0])
    turned = reverse_steps().apply(GOLDEN)
    assert (values(turned), targets(turned)) == ([0.5, -1, 0, 1], [0, -0.5, 0.5, 0.5])
    assert values(reverse_steps(range(2, 4)).apply(GOLDEN)) == [1, -1, 0, 0.5]


def test_the_steps_that_count_go_with_their_steps():
    document = counting(GOLDEN, 2, 4)
    assert insert_steps(1).apply(document).objective.steps == (3, 5)
    assert delete_steps(range(1, 2)).apply(document).objective.steps == (1, 3)
    assert duplicate_steps(range(2, 3)).apply(document).objective.steps == (2, 3, 5)
    assert move_steps(range(4, 5), -3).apply(document).objective.steps == (1, 3)
    assert reverse_steps().apply(document).objective.steps == (1, 3)


def test_the_only_steps_that_count_cannot_be_deleted():
    with pytest.raises(DocumentError, match="no step that counts would be left"):
        delete_steps(range(2, 3)).apply(counting(GOLDEN, 2))


def test_where_the_last_step_alone_counts_its_target_stays_at_the_end():
    last = replace(GOLDEN, objective=replace(GOLDEN.objective, steps="last"))
    assert targets(reverse_steps().apply(last)) == [0.5, 0.5, -0.5, 0]
    assert targets(delete_steps(range(4, 5)).apply(last)) == [0.5, 0.5, 0]
    assert targets(insert_steps(5).apply(last)) == [0.5, 0.5, -0.5, 0, 0]


def test_targets_that_are_the_next_value_stay_that():
    numbers = np.array([[[1.0], [2], [3], [4]]])
    document = replace(
        GOLDEN,
        input=Input(("x",), numbers),
        objective=replace(GOLDEN.objective, targets=numbers + 1),
    )
    turned = reverse_steps().apply(document)
    assert (values(turned), targets(turned)) == ([4, 3, 2, 1], [3, 2, 1, 5])
    assert targets(delete_steps(range(2, 3)).apply(document)) == [3, 4, 5]


def test_a_shuffle_depends_on_its_seed_alone():
    one, same, other = (shuffle_steps(seed).apply(GOLDEN) for seed in (1, 1, 2))
    assert one == same
    assert sorted(values(one)) == sorted(values(GOLDEN))
    assert values(one) != values(other)


def test_a_shuffle_is_never_the_order_that_was_there():
    pair = set_length(0, 2).apply(GOLDEN)
    assert all(values(shuffle_steps(seed).apply(pair)) == [0, 1] for seed in range(20))


@pytest.mark.parametrize(
    "edit",
    [
        insert_steps(6),
        insert_steps(0),
        delete_steps(range(1, 5)),
        delete_steps(range(4, 6)),
        delete_steps(range(1, 1)),
        duplicate_steps(range(5, 6)),
        move_steps(range(1, 2), -1),
        move_steps(range(1, 2), 4),
        move_steps(range(4, 5), 1),
        reverse_steps(range(3, 9)),
        set_length(0, 0),
        set_length(1, 3),
        insert_steps(1, sequence=1),
        remove_sequence(0),
        remove_sequence(1),
        duplicate_sequence(-1),
        reorder_input(0, np.array([0, 1, 1, 2]), "Order"),
        insert_steps(1, count=MAX_STEPS),
        set_length(0, MAX_STEPS + 1),
    ],
    ids=lambda edit: edit.label,
)
def test_what_cannot_be_done_is_refused(edit):
    with pytest.raises(DocumentError):
        edit.apply(GOLDEN)


# ---- several sequences


def test_an_edit_of_one_sequence_leaves_the_others_and_pads_them():
    document = insert_steps(1, sequence=0).apply(two_sequences())
    assert values(document) == [0, 1, 2, 3, 4]
    assert values(document, 1) == [5, 6, 0, 0, 0]
    assert document.input.lengths == (5, 2)


def test_an_edit_of_all_sequences_turns_each_within_its_own_length():
    document = reverse_steps().apply(two_sequences())
    assert (values(document), values(document, 1)) == ([4, 3, 2, 1], [6, 5, 0, 0])
    assert (targets(document), targets(document, 1)) == ([40, 30, 20, 10], [60, 50, 0, 0])


def test_padding_that_all_sequences_have_goes():
    document = set_length(0, 2).apply(two_sequences())
    assert document.timesteps == 2
    assert document.input.lengths is None


def test_a_longer_sequence_ends_in_blank_steps():
    document = set_length(1, 5).apply(two_sequences())
    assert values(document, 1) == [5, 6, 0, 0, 0]
    assert values(document) == [1, 2, 3, 4, 0]
    assert document.input.lengths == (4, 5)


def test_sequences_are_added_duplicated_and_removed():
    document = add_sequence().apply(two_sequences())
    assert document.input.lengths == (4, 2, 4)
    assert values(document, 2) == [0, 0, 0, 0]
    document = duplicate_sequence(1).apply(document)
    assert [values(document, n)[0] for n in range(4)] == [1, 5, 5, 0]
    assert targets(document, 2) == [50, 60, 0, 0]
    assert document.input.lengths == (4, 2, 2, 4)
    short = remove_sequence(0).apply(remove_sequence(3).apply(document))
    assert (short.timesteps, short.batch, short.input.lengths) == (2, 2, None)


def test_more_sequences_than_can_be_shown_are_refused():
    many = replace(
        GOLDEN,
        input=Input(("x",), np.zeros((MAX_SEQUENCES, 2, 1))),
        objective=Objective(),
    )
    with pytest.raises(DocumentError, match="sequences are too many"):
        add_sequence().apply(many)


def test_which_steps_count_stays_when_only_one_sequence_moves():
    document = counting(two_sequences(), 1, 4)
    assert reverse_steps(sequence=0).apply(document).objective.steps == (1, 4)
    assert delete_steps(range(3, 5), sequence=0).apply(document).objective.steps == (1,)


def test_a_network_that_answers_at_the_end_only_goes_on_doing_so():
    layer = GOLDEN.layers[0]
    layer = Layer(layer.cell, layer.weights, layer.initial_state, layer.activation, return_sequences=False)
    document = replace(GOLDEN, layers=(layer,), objective=replace(GOLDEN.objective, steps=(4,)))
    assert insert_steps(1).apply(document).counted_steps(0) == (5,)


# ---- text


def test_text_follows_its_steps_and_goes_on_predicting():
    document = reverse_steps().apply(text("abcd"))
    assert document.input.text == "cba"
    assert whole_text(document) == "cbad"
    assert predicts_next(document.input, document.objective)


def test_a_new_step_of_text_is_the_first_symbol_of_the_alphabet():
    document = insert_steps(1).apply(text("hello world"))
    assert whole_text(document) == " hello world"


def test_words_are_moved_as_words():
    document = text_edit("the cat sat down", "word").apply(GOLDEN)
    assert whole_text(move_steps(range(1, 2), 1).apply(document)) == "cat the sat down"


def test_a_sequence_of_text_can_be_added_and_the_first_is_what_is_spelled():
    document = add_sequence().apply(text("abcd"))
    assert document.batch == 2
    assert whole_text(document) == "abcd"
    assert whole_text(remove_sequence(0).apply(document)) == "aaaa"


# ---- for all of them


@given(document=batches())
def test_reversed_twice_is_as_before(document):
    assert reverse_steps().apply(reverse_steps().apply(document)) == document


@given(document=batches(), data=st.data())
def test_moved_and_moved_back_is_as_before(document, data):
    length = document.input.length(0)
    steps = data.draw(ranges(length))
    by = data.draw(st.integers(1 - steps.start, length + 1 - steps.stop))
    moved = move_steps(steps, by, sequence=0).apply(document)
    back = move_steps(range(steps.start + by, steps.stop + by), -by, sequence=0).apply(moved)
    assert back == document


@given(document=batches(), data=st.data())
def test_a_copy_that_is_deleted_again_leaves_no_trace(document, data):
    length = document.input.length(0)
    steps = data.draw(ranges(length))
    doubled = duplicate_steps(steps, sequence=0).apply(document)
    copy = range(steps.stop, steps.stop + len(steps))
    assert delete_steps(copy, sequence=0).apply(doubled) == document


@given(document=batches(), seed=st.integers(0, 99))
def test_a_shuffle_loses_no_step_and_keeps_each_with_its_target(document, seed):
    mixed = shuffle_steps(seed).apply(document)
    assert mixed.input.lengths == document.input.lengths
    for n in range(document.batch):
        assert sorted(values(mixed, n)) == sorted(values(document, n))
        if document.objective.steps != "last":
            assert targets(mixed, n) == [2 * value for value in values(mixed, n)]


EDITS = st.sampled_from(
    [
        insert_steps(2, sequence=0),
        delete_steps(range(1, 2), sequence=0),
        duplicate_steps(range(1, 3)),
        move_steps(range(1, 2), 1),
        reverse_steps(),
        reverse_steps(range(1, 3)),
        shuffle_steps(3),
        add_sequence(),
        duplicate_sequence(0),
        set_length(0, 5),
    ]
)


@given(words=words, edits=st.lists(EDITS, min_size=1, max_size=4))
def test_text_values_and_targets_always_say_the_same(words, edits):
    document = text(words)
    for edit in edits:
        try:
            changed = edit.apply(document)
        except DocumentError:
            continue
        if changed.timesteps == 1:  # after one symbol nothing comes: that targets are what comes next is then unknown
            continue
        document = changed
    data = document.input
    tokens = tokens_of(data.text + "a", "char")[:-1]  # one symbol alone is not a text
    np.testing.assert_array_equal(data.values[0, : data.length(0)], one_hot(tokens, data.vocabulary))
    for n in range(document.batch):
        length, shown = data.length(n), data.values[n].argmax(axis=1)
        np.testing.assert_array_equal(data.values[n].sum(axis=1), [1] * length + [0] * (document.timesteps - length))
        if document.batch == 1:
            np.testing.assert_array_equal(document.objective.targets[n, : length - 1], shown[1:length])


@given(document=batches(), edits=st.lists(EDITS, max_size=4))
def test_whatever_is_done_can_be_computed(document, edits):
    for edit in edits:
        try:
            document = edit.apply(document)
        except DocumentError:
            continue
    frame = compute(document)
    assert frame.problems == ()
    assert frame.y.shape == (document.batch, document.timesteps, 1)
