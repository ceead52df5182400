"""The five gradients per step, and the credit of one weight over time."""

import numpy as np
import pytest
from textbook import LAYERS, make_network, textbook_loss

from rnnviz.core.measures.credit import credit_over_time
from rnnviz.core.measures.gradients import (
    contribution_norms,
    d_recurrent,
    direct_norms,
    last_loss_gradients,
    pre_activation_norms,
    total_norms,
)
from rnnviz.core.unroll import WHOLE, Window

every_layer = pytest.mark.parametrize("layer", LAYERS, ids="-".join)
WINDOWS = {"whole": WHOLE, "stateful": Window(2, stateful=True), "stateless": Window(2, stateful=False)}
every_window = pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)


def run(layer, **size):
    network = make_network(layers=(layer,), **{"T": 5, "H": 3, **size})
    return network, network.layers[0], network.forward().layers[0], network.backward().layers[0]


@every_layer
def test_the_norms_are_those_of_the_gradients(layer):
    _, _, _, gradients = run(layer)
    np.testing.assert_allclose(total_norms(gradients), np.linalg.norm(gradients.states[0], axis=1), rtol=1e-14)
    np.testing.assert_allclose(direct_norms(gradients), np.linalg.norm(gradients.direct, axis=1), rtol=1e-14)
    expected = np.sqrt((gradients.a**2).sum(axis=(1, 2)))
    np.testing.assert_allclose(pre_activation_norms(gradients), expected, rtol=1e-14)


@every_layer
@every_window
def test_what_the_steps_add_to_the_recurrent_matrix_adds_up_to_its_gradient(layer, window):
    _, weights, trace, gradients = run(layer, window=window)
    du = d_recurrent(weights, trace, gradients).reshape(len(trace.a), -1)
    added = np.einsum("ti,tj->tij", du, trace.before[0])
    np.testing.assert_allclose(added.sum(axis=0), gradients.U, rtol=1e-12, atol=1e-14)
    norms = np.linalg.norm(added.reshape(len(added), -1), axis=1)
    np.testing.assert_allclose(contribution_norms(weights, trace, gradients), norms, rtol=1e-13)


@every_layer
@every_window
@pytest.mark.parametrize("size", [{}, {"T": 1}, {"H": 1, "N": 1}], ids=str)
def test_the_credit_of_every_weight_adds_up_to_its_gradient(layer, window, size):
    _, weights, trace, gradients = run(layer, window=window, **size)
    units = weights.U.shape[1]
    for number, block in enumerate(weights.cell.blocks):
        rows = slice(number * units, (number + 1) * units)
        named = {f"W_x{block}": gradients.W, f"W_h{block}": gradients.U, f"b_{block}": gradients.b}
        if block in weights.cell.recurrent_biases:
            named[f"b_h{block}"] = gradients.recurrent_b
        for name, gradient in named.items():
            for entry in np.ndindex(gradient[rows].shape):
                credit = credit_over_time(weights, trace, gradients, name, entry)
                assert credit.shape == (len(trace.a),)
                assert credit.sum() == pytest.approx(gradient[rows][entry], rel=1e-12, abs=1e-14)


def test_the_credit_of_one_step_is_that_of_a_loss_that_feels_the_weight_there_alone():
    _, weights, trace, gradients = run(("gru", "tanh"))
    r_u = d_recurrent(weights, trace, gradients)[:, 2, 1]
    np.testing.assert_array_equal(credit_over_time(weights, trace, gradients, "b_hn", (1,)), r_u)
    np.testing.assert_allclose(r_u, gradients.a[:, 2, 1] * trace.gates[:, 0, 1], rtol=1e-14)


def test_a_weight_that_the_cell_does_not_have_is_a_key_error():
    _, weights, trace, gradients = run(("rnn", "tanh"))
    with pytest.raises(KeyError):
        credit_over_time(weights, trace, gradients, "b_hn", (0,))
    with pytest.raises(IndexError):
        credit_over_time(weights, trace, gradients, "W_xh", (0, 99))


@every_layer
@pytest.mark.parametrize(("steps", "last"), [("all", 5), ("last", 5), ((2, 4), 4), ((1,), 1)], ids=str)
def test_the_last_loss_alone_is_that_of_its_step_with_weight_one(layer, steps, last):
    network, *_ = run(layer, steps=steps, reduction="mean")
    (found,) = last_loss_gradients(network.layers, network.readout, network.objective, network.forward())
    alone, *_ = run(layer, steps=(last,))
    (expected,) = alone.backward().layers
    np.testing.assert_array_equal(found.states[0], expected.states[0])
    assert not total_norms(found)[last + 1 :].any()
    assert textbook_loss(alone).real == pytest.approx(alone.forward().loss)


def test_an_overflow_is_left_in_the_numbers():
    network, weights, trace, gradients = run(("gru", "tanh"))
    gradients.states[0][1] = np.inf
    gradients.a[0] = np.nan
    assert np.isnan(pre_activation_norms(gradients)[0])
    assert not np.isfinite(contribution_norms(weights, trace, gradients)).all()
    assert network.forward().loss.imag == 0
