"""What is trained on: batches that come round, pieces of long sequences, parts of examples."""

import numpy as np
import pytest

from rnnviz.document.document import Input, Objective
from rnnviz.document.presets import built_in
from rnnviz.document.sources import text_input
from rnnviz.document.tasks import TASKS
from rnnviz.document.training_data import Examples, Sequences, cut_into_pieces, own_data
from rnnviz.document.values import DocumentError

PARITY = TASKS["parity"]


def parity(count=512):
    data = PARITY.data()
    return Sequences(PARITY.document(data), data.training.part(0, count))


def test_every_sequence_comes_once_before_any_comes_again():
    sequences = parity(24)
    for a_round in range(3):
        rows = [sequences.rows(8, 0, 3 * a_round + number) for number in range(3)]
        assert sorted(np.concatenate(rows)) == list(range(24))
    assert not np.array_equal(sequences.rows(8, 0, 0), sequences.rows(8, 0, 3))


def test_what_is_left_over_waits_for_the_next_round():
    sequences = parity(10)
    rows = [sequences.rows(4, 0, number) for number in range(40)]
    assert {len(row) for row in rows} == {4}
    assert set(np.concatenate(rows)) == set(range(10))


def test_a_batch_is_the_same_whatever_was_asked_before():
    sequences, fresh = parity(), parity()
    wanted = [sequences.rows(16, 5, number).tolist() for number in (40, 3, 100, 3)]
    assert wanted == [fresh.rows(16, 5, number).tolist() for number in (40, 3, 100, 3)]


def test_a_batch_holds_the_sequences_that_it_names():
    sequences, values = parity(), PARITY.data().training.input.values
    batch, rows = sequences.batch(16, 0, 7), sequences.rows(16, 0, 7)
    np.testing.assert_array_equal(batch.x, np.moveaxis(values[rows], 0, -1))
    assert batch.x.shape == (10, 1, 16)


def test_a_batch_of_one_is_a_sequence_without_a_batch():
    assert parity().batch(1, 0, 0).x.shape == (10, 1)


def test_all_sequences_are_one_batch_in_their_order():
    sequences = parity(5)
    assert sequences.batch(9, 0, 0) is sequences.all
    assert sequences.rows(9, 0, 0).tolist() == [0, 1, 2, 3, 4]


def test_lengths_go_with_their_sequences():
    task = TASKS["sentiment"]
    data = task.data()
    sequences, lengths = Sequences(task.document(data), data.training), data.training.input.lengths
    batch, rows = sequences.batch(16, 0, 3), sequences.rows(16, 0, 3)
    assert batch.lengths.tolist() == [lengths[row] for row in rows]
    for column, length in enumerate(batch.lengths):
        assert np.flatnonzero(batch.objective.step_weights[:, column]).tolist() == [length - 1]


def test_a_part_of_examples_keeps_what_belongs_to_its_sequences():
    examples = TASKS["sentiment"].data().training
    part = examples.part(10, 5)
    assert part.count == 5
    assert part.input.lengths == examples.input.lengths[10:15]
    np.testing.assert_array_equal(part.objective.targets, examples.objective.targets[10:15])


def test_own_data_are_the_documents_sequences():
    document = built_in("default")
    data = own_data(document)
    assert data.training == Examples(document.input, document.objective)
    assert data.held_out is None
    assert data.training.put_into(document) == document


def test_pieces_of_a_text_spell_it():
    data = cut_into_pieces(*text_input("to be or not to be, that is the question"), 8)
    assert [data.training.part(n, 1).input.text for n in range(3)] == ["r not to", " be, tha", "t is the"]
    assert data.held_out.input.text == " questio"
    following = data.training.objective.targets[0].astype(int)
    assert "".join(data.training.input.vocabulary[n] for n in following) == " not to "


@pytest.mark.parametrize(
    ("data", "objective", "length"),
    [
        (Input(("x",), np.zeros((2, 9, 1))), Objective("half_squared_error", targets=np.zeros((2, 9, 1))), 3),
        (Input(("x",), np.zeros((1, 9, 1))), Objective("half_squared_error", "last", targets=np.zeros((1, 9, 1))), 3),
        (Input(("x",), np.zeros((1, 9, 1))), Objective(), 3),
        (Input(("x",), np.zeros((1, 9, 1))), Objective("half_squared_error", targets=np.zeros((1, 9, 1))), 5),
    ],
)
def test_what_cannot_be_cut_is_refused(data, objective, length):
    with pytest.raises(DocumentError, match="pieces"):
        cut_into_pieces(data, objective, length)
