"""What must not happen with large numbers: an overflow on the way, a warning, a cancellation."""

from dataclasses import replace

import numpy as np
import pytest
from textbook import LAYERS, assert_gradients_are_derivatives, make_network

from rnnviz.core.activations import ACTIVATIONS, sigmoid
from rnnviz.core.objectives import LOSSES, READOUTS

HUGE = np.array([-1.7e308, -750.0, -40.0, 0.0, 40.0, 750.0, 1.7e308])


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_an_activation_stays_finite_and_may_overwrite_its_argument(activation):
    h = HUGE.copy()
    activation.apply(h, h)
    assert np.isfinite(h).all()
    assert np.isfinite(activation.slope(np.clip(h, -1, 1))).all()


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_no_slope_exceeds_the_steepest(activation):
    a = np.linspace(-4, 4, 801)
    h = np.empty_like(a)
    activation.apply(a, h)
    assert activation.slope(h).max() == pytest.approx(activation.steepest, rel=1e-12)


def test_the_sigmoid_saturates_at_exactly_0_and_1():
    assert sigmoid(HUGE, np.empty_like(HUGE))[[0, 3, -1]].tolist() == [0.0, 0.5, 1.0]


def test_softmax_of_huge_logits_is_still_a_distribution():
    y = READOUTS["softmax"].apply(np.array([[1e308, 1e308, 0.0]]))
    assert y.tolist() == [[0.5, 0.5, 0.0]]


def test_softmax_sees_only_differences_of_logits():
    logits = np.array([[1.0, 2.0, 4.0]])
    np.testing.assert_allclose(READOUTS["softmax"].apply(logits + 1e6), READOUTS["softmax"].apply(logits), rtol=1e-9)


def test_cross_entropy_of_a_hopeless_logit_is_its_distance_not_infinity():
    logits = np.array([[1000.0, 0.0]])
    y = READOUTS["softmax"].apply(logits)
    assert LOSSES["cross_entropy"].values(logits, y, np.array([1.0])).tolist() == [1000.0]


def test_binary_cross_entropy_of_a_hopeless_logit_is_its_size_not_infinity():
    logits = np.array([[-1000.0, 1000.0]])
    y = READOUTS["sigmoid"].apply(logits)
    assert LOSSES["binary_cross_entropy"].values(logits, y, np.array([[1.0, 1.0]])).tolist() == [1000.0]


def test_cross_entropy_is_in_nats():
    y = np.full((1, 4), 0.25)
    assert LOSSES["cross_entropy"].values(np.zeros((1, 4)), y, np.array([2.0])) == pytest.approx(np.log(4))


def test_the_squared_error_is_halved():
    y = np.array([[3.0, 4.0]])
    assert LOSSES["half_squared_error"].values(y, y, np.zeros((1, 2))).tolist() == [12.5]


every_layer = pytest.mark.parametrize("layer", LAYERS, ids="-".join)
SATURATING = [("rnn", "tanh"), ("rnn", "sigmoid"), ("lstm", "tanh"), ("gru", "tanh")]
every_saturating_layer = pytest.mark.parametrize("layer", SATURATING, ids="-".join)


def scaled(network, factor):
    """Return a network with the weights of its layers multiplied by something extreme."""
    layers = tuple(replace(layer, W=layer.W * factor, U=layer.U * factor) for layer in network.layers)
    return replace(network, layers=layers)


def gradients_of(network):
    backward = network.backward()
    for layer in backward.layers:
        yield from (*layer.states, layer.direct, layer.a, layer.W, layer.U, layer.b, layer.recurrent_b, layer.x)
    yield from (backward.readout_W, backward.readout_b)


# Pytest turns every warning into an error, so these tests also say that nothing warns.


@every_saturating_layer
@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("factor", [1e300, 1e-300, 0.0])
def test_a_saturating_cell_stays_finite_whatever_its_weights(layer, factor, batch):
    network = scaled(make_network(layers=(layer, layer), B=batch), factor)
    forward = network.forward()
    for trace in forward.layers:
        assert all(np.isfinite(array).all() for array in (trace.a, trace.gates, *trace.states))
        assert np.abs(trace.states[0]).max() <= 1
    assert np.isfinite(forward.loss)
    for array in gradients_of(network):
        assert not np.isnan(array).any()


@every_saturating_layer
def test_a_saturated_cell_has_no_slope(layer):
    network = scaled(make_network(layers=(layer,)), 1e300)
    (gradients,) = network.backward().layers
    slow = gradients.a[:, 2] if layer[0] == "gru" else gradients.a
    np.testing.assert_array_equal(slow, 0)


@every_layer
@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("factor", [1e-300, 0.0])
def test_vanishing_weights_leave_a_cell_to_its_biases(layer, factor, batch):
    network = make_network(layers=(layer,), B=batch)
    tiny, none = scaled(network, factor).forward(), scaled(network, 0.0).forward()
    np.testing.assert_allclose(tiny.y, none.y, rtol=1e-15)
    for array in gradients_of(scaled(network, factor)):
        assert np.isfinite(array).all()


@pytest.mark.parametrize("activation", ["relu", "linear"])
@pytest.mark.parametrize("batch", [1, 2])
def test_a_cell_that_does_not_saturate_overflows_to_infinity_without_a_warning(activation, batch):
    network = scaled(make_network(layers=(("rnn", activation),), T=4, B=batch), 1e300)
    states = network.forward().layers[0].states[0]
    assert not np.isfinite(states).all()
    network.backward()


@every_layer
@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("size", [{"T": 1}, {"H": 1}, {"T": 1, "H": 1, "N": 1, "K": 1}], ids=str)
def test_every_gradient_is_a_derivative_at_the_smallest_sizes(layer, batch, size):
    assert_gradients_are_derivatives(make_network(layers=(layer,), B=batch, **size))


@every_layer
@pytest.mark.parametrize("size", [{"T": 1}, {"H": 1}, {"T": 3, "H": 2}], ids=str)
def test_a_batch_of_one_is_the_sequence_alone(layer, size):
    alone = make_network(layers=(layer,), **size)
    objective = replace(alone.objective, targets=alone.objective.targets[..., None])
    batch = replace(alone, x=alone.x[..., None], objective=objective)
    assert batch.forward().loss == pytest.approx(alone.forward().loss, rel=1e-14)
    for found, expected in zip(gradients_of(batch), gradients_of(alone), strict=True):
        np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-12, atol=1e-15)
