"""What a network makes up: text at a temperature, and a series beyond its end."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.document.compute import compute
from rnnviz.document.document import READOUT, Place
from rnnviz.document.network_edits import set_cell
from rnnviz.document.presets import built_in
from rnnviz.document.sampling import roll_out, sample_text
from rnnviz.document.sources import text_edit, text_input
from rnnviz.document.tasks import TASKS
from rnnviz.document.training import Trainer, Training
from rnnviz.document.training_data import cut_into_pieces
from rnnviz.document.values import DocumentError


@pytest.fixture(scope="module")
def alphabet():
    """A network that has learned to say a b c a b c."""
    task = TASKS["next-character"]
    data = task.data({"steps": 6}, source="abc" * 60)
    trainer = Trainer(task.document(data), data, Training("adam", 0.02, batch=8))
    state = trainer.start()
    for _ in range(80):
        state, _ = trainer.update(state)
    return trainer.document_at(state)


def test_it_says_what_it_has_learned(alphabet):
    assert sample_text(alphabet, 7, temperature=0, prompt="a") == "bcabcab"
    assert sample_text(alphabet, 4, temperature=0, prompt="ab") == "cabc"


def test_without_a_prompt_it_begins_after_the_texts_first_symbol(alphabet):
    first = alphabet.input.text[0]
    assert sample_text(alphabet, 5, 0) == sample_text(alphabet, 5, 0, prompt=first)


def test_the_same_seed_says_the_same_and_a_high_temperature_says_anything(alphabet):
    assert sample_text(alphabet, 40, 100.0, seed=3) == sample_text(alphabet, 40, 100.0, seed=3)
    assert sample_text(alphabet, 40, 100.0, seed=3) != sample_text(alphabet, 40, 100.0, seed=4)
    hot = sample_text(alphabet, 600, 1e6, seed=1)
    assert all(abs(hot.count(symbol) / 600 - 1 / 3) < 0.1 for symbol in "abc")


def test_temperature_divides_the_logits(alphabet):
    """The share of each symbol at one step is softmax(logits / temperature)."""
    document = alphabet.with_weight(Place(READOUT, "W_hy"), np.zeros_like(alphabet.readout.weights["W_hy"]))
    document = document.with_weight(Place(READOUT, "b_y"), np.log([1.0, 2.0, 4.0]))
    said = sample_text(document, 4000, 0.5, seed=2)
    np.testing.assert_allclose([said.count(s) / 4000 for s in "abc"], np.array([1, 4, 16]) / 21, atol=0.02)


def test_words_are_said_with_spaces():
    document = text_edit("the cat sees the dog", "word").apply(built_in("default"))
    said = sample_text(document, 5, prompt="the cat")
    assert len(said.split()) == 5
    assert set(said.split()) <= set(document.input.vocabulary)
    assert len(sample_text(document, 1).split()) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"temperature": -1.0}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"prompt": "xyz"}, "'x' is not a symbol"),
        ({"prompt": ""}, "prompt"),
    ],
)
def test_what_cannot_be_said_is_refused(alphabet, change, words):
    with pytest.raises(DocumentError, match=words):
        sample_text(alphabet, 3, **change)


def test_numbers_are_no_text():
    with pytest.raises(DocumentError, match="not text"):
        sample_text(built_in("default"), 3)


def test_an_overflow_is_told(alphabet):
    huge = alphabet.with_weight(Place(READOUT, "W_hy"), np.full_like(alphabet.readout.weights["W_hy"], 1e308))
    with pytest.raises(DocumentError, match="overflow"):
        sample_text(replace(huge, precision="float32"), 3)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_forecast_is_what_comes_out_when_it_is_fed_in_again(cell):
    task = TASKS["series"]
    document = set_cell(0, cell).apply(task.document())
    made = roll_out(document, 3, sample=1)
    values = document.input.values[1:2]
    for row in range(3):
        data = replace(document.input, values=values, lengths=None)
        objective = replace(document.objective, targets=np.zeros_like(values))
        expected = compute(replace(document, input=data, objective=objective)).y[0, -1]
        np.testing.assert_allclose(made[row], expected, rtol=1e-12, atol=1e-14)
        values = np.concatenate([values, made[None, row : row + 1]], axis=1)


def test_a_forecast_needs_as_many_outputs_as_inputs():
    with pytest.raises(DocumentError, match="1 outputs cannot be fed in as 2 features"):
        roll_out(built_in("default"), 3)
    with pytest.raises(DocumentError, match="there are 4"):
        roll_out(TASKS["series"].document(), 3, sample=4)


def test_a_trained_network_goes_on_with_the_wave():
    task = TASKS["series"]
    t = np.arange(400)
    values = np.sin(2 * np.pi * t / 10)[None, :, None]
    document = task.document()
    objective = replace(document.objective, targets=values[:, 1:])
    data = cut_into_pieces(replace(document.input, values=values[:, :-1], scaling=None), objective, 20)
    trainer = Trainer(task.document(data), data, task.training)
    state = trainer.start()
    for _ in range(200):
        state, _ = trainer.update(state)
    made = roll_out(trainer.document_at(state), 10)[:, 0]
    shown = trainer.document.input.values[0, :, 0]
    np.testing.assert_allclose(made, shown[:10], atol=0.25)


def test_a_text_input_is_what_the_editor_feeds():
    data, objective = text_input("hello")
    fed = text_edit("hello").apply(built_in("default"))
    assert (fed.input, fed.objective) == (data, objective)
