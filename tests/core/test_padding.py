"""Sequences of different length in one batch: each is computed as if it were alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textbook import (
    LAYERS,
    OBJECTIVES,
    alone,
    assert_close,
    assert_gradients_are_derivatives,
    complex_step,
    gradient_named,
    make_network,
    parameters,
    sequences,
)

from rnnviz.core.bptt import backpropagate
from rnnviz.core.cells import CELLS
from rnnviz.core.unroll import WHOLE, Window, unroll

every_layer = pytest.mark.parametrize("layer", LAYERS, ids="-".join)
WINDOWS = [WHOLE, Window(1, True), Window(2, True), Window(2, False), Window(3, False)]


@st.composite
def padded_networks(draw):
    """Return a network of one or two layers whose sequences end where they like and count what they like."""
    steps = draw(st.integers(1, 6))
    lengths = draw(st.lists(st.integers(1, steps), min_size=1, max_size=4))
    layers = draw(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=2))
    loss, readout = draw(st.sampled_from(OBJECTIVES))
    network = make_network(
        seed=draw(st.integers(0, 99)),
        layers=tuple(layers),
        T=steps,
        B=len(lengths),
        lengths=tuple(lengths),
        loss=loss,
        readout=readout,
        window=draw(st.sampled_from(WINDOWS)),
    )
    if len(lengths) > 1 and draw(st.booleans()):
        weights = np.random.default_rng(0).integers(0, 3, size=(steps, len(lengths))) / 2
        network = replace(network, objective=replace(network.objective, step_weights=weights))
    return network


def of_sequence(array, network, b):
    return array[..., b] if network.x.ndim == 3 else array


def assert_agrees(array, expected, network, b):
    """Compare what belongs to one sequence, up to its end, with what it is when it is alone."""
    found = of_sequence(array, network, b)[: len(expected)]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


@given(padded_networks())
def test_a_padded_sequence_does_what_it_does_alone(network):
    forward = network.forward()
    lone = [alone(network, b).forward() for b in range(sequences(network))]
    for b, expected in enumerate(lone):
        for trace, of_lone in zip(forward.layers, expected.layers, strict=True):
            arrays = zip((trace.a, trace.u, trace.gates), (of_lone.a, of_lone.u, of_lone.gates), strict=True)
            for found, alike in [*arrays, *zip(trace.states, of_lone.states, strict=True)]:
                assert_agrees(found, alike, network, b)
        assert_agrees(forward.y, expected.y, network, b)
        assert_agrees(forward.loss_steps, expected.loss_steps, network, b)
    assert forward.loss == pytest.approx(np.mean([one.loss for one in lone]), rel=1e-12, abs=1e-13)


@given(padded_networks())
def test_a_padded_sequence_has_the_gradients_it_has_alone(network):
    backward, count = network.backward(), sequences(network)
    lone = [alone(network, b).backward() for b in range(count)]
    for b, expected in enumerate(lone):
        for layer, of_lone in zip(backward.layers, expected.layers, strict=True):
            arrays = zip((layer.direct, layer.a, layer.x), (of_lone.direct, of_lone.a, of_lone.x), strict=True)
            for found, alike in [*arrays, *zip(layer.states, of_lone.states, strict=True)]:
                assert_agrees(found, alike / count, network, b)
    for name, _, _ in parameters(network):
        if name != "x":
            expected = np.mean([gradient_named(alone(network, 0), one, name) for one in lone], axis=0)
            found = gradient_named(network, backward, name)
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12, err_msg=name)


@given(padded_networks(), st.sampled_from([np.nan, np.inf, 1e308, -1.0]))
def test_what_stands_in_the_padding_changes_no_bit(network, filler):
    filled = replace(network, x=network.x.copy())
    for b, length in enumerate(network.lengths):
        of_sequence(filled.x, network, b)[length:] = filler
    before, after = network.backward(), filled.backward()
    for name, _, _ in parameters(network):
        np.testing.assert_array_equal(gradient_named(network, before, name), gradient_named(network, after, name))
    np.testing.assert_array_equal(network.forward().loss_steps, filled.forward().loss_steps)


@given(padded_networks())
def test_after_its_end_a_sequence_holds_its_states_and_nothing_else_happens(network):
    forward, backward = network.forward(), network.backward()
    for b, length in enumerate(network.lengths):
        for trace, gradients in zip(forward.layers, backward.layers, strict=True):
            for state in trace.states:
                held = of_sequence(state, network, b)[length:]
                np.testing.assert_array_equal(held, np.broadcast_to(held[0], held.shape))
            for array in (trace.a, trace.u, trace.gates, gradients.a, gradients.x):
                assert not of_sequence(array, network, b)[length:].any()
        assert not of_sequence(forward.loss_steps, network, b)[length:].any()


@every_layer
@pytest.mark.parametrize("lengths", [(3,), (1, 4, 2), (4, 3, 4)], ids=str)
def test_every_gradient_of_padded_sequences_is_a_derivative(layer, lengths):
    assert_gradients_are_derivatives(make_network(layers=(layer,), T=4, B=len(lengths), lengths=lengths))


@pytest.mark.parametrize(("loss", "readout"), OBJECTIVES, ids=map("-".join, OBJECTIVES))
def test_every_gradient_of_padded_sequences_is_a_derivative_of_every_loss(loss, readout):
    network = make_network(layers=(("gru", "tanh"),), T=3, B=2, lengths=(3, 1), loss=loss, readout=readout)
    assert_gradients_are_derivatives(network)


@pytest.mark.parametrize("below", CELLS)
@pytest.mark.parametrize("above", CELLS)
def test_every_gradient_passes_from_layer_to_layer_of_padded_sequences(below, above):
    layers = ((below, "tanh"), (above, "tanh"))
    assert_gradients_are_derivatives(make_network(layers=layers, T=3, B=2, lengths=(2, 3)))


@every_layer
@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("stateful", [True, False], ids=["stateful", "stateless"])
def test_windows_cut_padded_sequences_too(layer, length, stateful):
    network = make_network(layers=(layer,), T=5, B=2, lengths=(4, 2), window=Window(length, stateful))
    assert_gradients_are_derivatives(network)


@every_layer
def test_every_sequence_may_count_its_own_last_step(layer):
    network = make_network(layers=(layer,), T=3, B=2, lengths=(2, 3))
    last = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert_gradients_are_derivatives(replace(network, objective=replace(network.objective, step_weights=last)))


@every_layer
@pytest.mark.parametrize("lengths", [(2,), (1, 4, 3)], ids=str)
def test_a_gradient_that_reaches_a_padded_step_goes_to_the_last_step_of_the_sequence(layer, lengths):
    network = make_network(layers=(layer,), T=4, B=len(lengths), lengths=lengths)
    (weights,) = network.layers
    trace = unroll(weights, network.x, lengths=network.lengths)
    direct = np.random.default_rng(1).normal(size=trace.states[0].shape)
    direct[0] = 0

    def listened_to(x):
        return (direct * unroll(weights, x, lengths=network.lengths).states[0]).sum()

    gradients = backpropagate(weights, trace, direct)
    assert_close(gradients.x, complex_step(listened_to, network.x), "x")
    total = gradients.states[0]
    for b, length in enumerate(lengths):
        of_one, arriving = of_sequence(total, network, b), of_sequence(direct, network, b)
        for t in range(length, 5):
            np.testing.assert_allclose(of_one[t], arriving[t:].sum(axis=0), rtol=1e-14)


@every_layer
@pytest.mark.parametrize("window", [WHOLE, Window(2, stateful=False)], ids=["whole", "windows"])
def test_full_lengths_change_no_bit(layer, window):
    plain = make_network(layers=(layer,), B=2, window=window)
    full = replace(plain, lengths=np.array([4, 4]))
    assert plain.forward().loss == full.forward().loss
    for name, _, _ in parameters(plain):
        found = [gradient_named(network, network.backward(), name) for network in (plain, full)]
        np.testing.assert_array_equal(*found, err_msg=name)


def test_the_callers_input_is_left_as_it_is():
    network = make_network(B=2, lengths=(2, 4))
    before = network.x.copy()
    network.backward()
    np.testing.assert_array_equal(network.x, before)
