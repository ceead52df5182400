from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents, moderate

from rnnviz.document.compute import compute
from rnnviz.document.document import Input
from rnnviz.document.order import answer_of, in_order, order_blind, order_of
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.step_edits import reorder_input
from rnnviz.document.values import DocumentError

GOLDEN = built_in("golden")


def reordered(document, name, seed=0, sample=0):
    order = order_of(name, document.input.length(sample), seed)
    return reorder_input(sample, order, name).apply(document)


@given(document=documents(moderate, large=False), seed=st.integers(0, 99))
def test_the_baseline_is_the_same_to_the_last_bit_in_every_order(document, seed):
    one = compute(order_blind(document, 0))
    for name in ("reversed", "shuffled"):
        other = compute(order_blind(reordered(document, name, seed), 0))
        assert other.y.tobytes() == one.y.tobytes()
        assert other.loss_steps.tobytes() == one.loss_steps.tobytes()


def test_the_network_is_not():
    answers = [
        answer_of(compute(in_order(GOLDEN, 0, order_of(name, 4, 1)))).y for name in ("original", "reversed", "shuffled")
    ]
    assert abs(answers[0] - answers[1]).max() > 0.01
    assert abs(answers[0] - answers[2]).max() > 0.01


def test_the_baseline_of_a_plain_network_is_its_formula():
    layer, readout = GOLDEN.layers[0].weights, GOLDEN.readout.weights
    total = GOLDEN.input.values[0].sum(axis=0)
    h = np.tanh(layer["W_xh"] @ total + layer["b_h"])
    found = answer_of(compute(order_blind(GOLDEN, 0)))
    np.testing.assert_allclose(found.y, readout["W_hy"] @ h + readout["b_y"], rtol=1e-14)
    np.testing.assert_allclose(found.loss, 0.5 * (found.y[0] - 0.0) ** 2, rtol=1e-14)


@pytest.mark.parametrize("scene", SCENES)
def test_in_its_own_order_the_answer_is_that_of_the_whole_document(scene):
    document = built_in(scene)
    frame = compute(document)
    for sample in range(document.batch):
        t = max(document.counted_steps(sample))
        found = answer_of(compute(in_order(document, sample, order_of("original", document.input.length(sample), 0))))
        assert found.t == t
        np.testing.assert_allclose(found.y, frame.y[sample, t - 1], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(found.loss, frame.loss_steps[sample, t - 1], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["reversed", "shuffled"])
def test_a_document_that_is_given_an_order_answers_as_was_shown(name):
    shown = answer_of(compute(in_order(GOLDEN, 0, order_of(name, 4, 3))))
    frame = compute(reordered(GOLDEN, name, 3))
    assert frame.y[0, -1] == shown.y
    assert frame.loss_steps[0, -1] == shown.loss


def test_the_last_answer_that_counts_is_asked_for():
    document = replace(GOLDEN, objective=replace(GOLDEN.objective, steps=(1, 3)))
    found = answer_of(compute(in_order(document, 0, order_of("original", 4, 0))))
    assert found.t == 3
    assert order_blind(document, 0).objective.targets.tolist() == [[[-0.5]]]


def test_a_sequence_is_turned_round_without_its_padding():
    numbers = np.array([[[1.0], [2], [3]], [[4.0], [5], [0]]])
    document = replace(
        GOLDEN,
        input=Input(("x",), numbers, lengths=(3, 2)),
        objective=replace(GOLDEN.objective, targets=np.zeros((2, 3, 1))),
    )
    assert in_order(document, 1, order_of("reversed", 2, 0)).input.values.tolist() == [[[5], [4]]]
    assert order_blind(document, 1).input.values.tolist() == [[[9]]]


def test_an_unknown_order_is_refused():
    with pytest.raises(DocumentError, match="'sorted' is not known; use one of original, reversed, shuffled"):
        order_of("sorted", 3, 0)
