"""The gradients are derivatives: each agrees with the complex step through the textbook equations."""

import numpy as np
import pytest
from textbook import (
    LAYERS,
    OBJECTIVES,
    OUTPUTS,
    PHI,
    STEP_LOSSES,
    STEPS,
    assert_close,
    assert_gradients_are_derivatives,
    complex_step,
    gradient_named,
    make_network,
    parameters,
)

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.network import run_backward
from rnnviz.core.objectives import LOSSES, READOUTS
from rnnviz.core.unroll import Window

every_layer = pytest.mark.parametrize("layer", LAYERS, ids="-".join)


def test_every_cell_activation_readout_and_loss_has_its_textbook_form_here():
    assert STEPS.keys() == CELLS.keys()
    assert PHI.keys() == ACTIVATIONS.keys()
    assert OUTPUTS.keys() == READOUTS.keys()
    assert STEP_LOSSES.keys() == LOSSES.keys()


@every_layer
@pytest.mark.parametrize(("loss", "readout"), OBJECTIVES, ids=map("-".join, OBJECTIVES))
def test_every_gradient_is_a_derivative_of_every_loss(layer, loss, readout):
    assert_gradients_are_derivatives(make_network(layers=(layer,), loss=loss, readout=readout))


@every_layer
@pytest.mark.parametrize("steps", ["all", "last", (2,), (3, 1)], ids=str)
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_every_gradient_is_of_the_steps_that_count(layer, steps, reduction):
    assert_gradients_are_derivatives(make_network(layers=(layer,), steps=steps, reduction=reduction))


@every_layer
@pytest.mark.parametrize("loss", LOSSES)
def test_every_gradient_of_three_sequences_is_of_their_mean(layer, loss):
    network = make_network(layers=(layer,), B=3, T=3, loss=loss, readout=LOSSES[loss].readout or "linear")
    assert_gradients_are_derivatives(network)


@every_layer
@pytest.mark.parametrize(
    "size",
    [
        {"T": 1},
        {"H": 1},
        {"N": 1},
        {"K": 1},
        {"T": 1, "H": 1, "N": 1, "K": 1},
        {"T": 2, "H": 3, "N": 1, "K": 4},
    ],
    ids=str,
)
def test_every_gradient_is_a_derivative_at_every_size(layer, size):
    assert_gradients_are_derivatives(make_network(layers=(layer,), **size))


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("below", CELLS)
@pytest.mark.parametrize("above", CELLS)
def test_every_gradient_passes_from_layer_to_layer(below, above, batch):
    network = make_network(layers=((below, "tanh"), (above, "tanh")), T=3, B=batch)
    assert_gradients_are_derivatives(network)


def test_every_gradient_passes_through_three_layers():
    network = make_network(layers=(("gru", "tanh"), ("lstm", "tanh"), ("rnn", "sigmoid")), steps="last")
    assert_gradients_are_derivatives(network)


@every_layer
@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("stateful", [True, False], ids=["stateful", "stateless"])
def test_no_gradient_crosses_from_window_to_window(layer, length, stateful):
    assert_gradients_are_derivatives(make_network(layers=(layer,), T=5, window=Window(length, stateful)))


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("stateful", [True, False], ids=["stateful", "stateless"])
def test_windows_cut_every_layer_of_a_stack(batch, stateful):
    layers = (("lstm", "tanh"), ("gru", "tanh"))
    assert_gradients_are_derivatives(make_network(layers=layers, B=batch, window=Window(2, stateful)))


@every_layer
@pytest.mark.parametrize("stateful", [True, False], ids=["stateful", "stateless"])
@pytest.mark.parametrize("length", [5, 6, 10**25])
def test_a_window_as_long_as_the_sequence_changes_no_bit(layer, stateful, length):
    plain = make_network(layers=(layer, layer), T=5, B=2)
    cut = make_network(layers=(layer, layer), T=5, B=2, window=Window(length, stateful))
    assert bits(plain) == bits(cut)


def bits(network):
    forward, gradients = network.forward(), network.backward()
    arrays = [forward.y, forward.loss_steps, forward.loss]
    for trace, layer in zip(forward.layers, gradients.layers, strict=True):
        arrays += [trace.a, trace.u, trace.gates, *trace.states]
        arrays += [
            *layer.states,
            layer.direct,
            layer.a,
            layer.W,
            layer.U,
            layer.b,
            layer.recurrent_b,
            layer.x,
        ]
    return [np.asarray(array).tobytes() for array in [*arrays, gradients.readout_W, gradients.readout_b]]


@every_layer
@pytest.mark.parametrize("batch", [1, 3])
def test_running_twice_gives_the_same_bits_and_changes_no_input(layer, batch):
    network = make_network(layers=(layer, layer), B=batch)
    inputs = [values.copy() for _, values, _ in parameters(network)]
    assert bits(network) == bits(network)
    for (name, values, _), before in zip(parameters(network), inputs, strict=True):
        np.testing.assert_array_equal(values, before, err_msg=name)


@every_layer
def test_backward_changes_nothing_in_the_forward_run(layer):
    network = make_network(layers=(layer,), B=2)
    forward = network.forward()
    (trace,) = forward.layers
    arrays = (forward.logits, forward.y, trace.x, trace.a, trace.u, trace.gates, *trace.states)
    before = [array.copy() for array in arrays]
    run_backward(network.layers, network.readout, network.objective, forward)
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@every_layer
@pytest.mark.parametrize(("loss", "readout"), OBJECTIVES, ids=map("-".join, OBJECTIVES))
def test_the_forward_run_takes_complex_numbers(layer, loss, readout):
    network = make_network(layers=(layer,), loss=loss, readout=readout, T=3)
    gradients = network.backward()
    for name, values, put in parameters(network):
        expected = complex_step(lambda new, put=put: put(new).forward().loss, values)
        assert_close(gradient_named(network, gradients, name), expected, name)


@pytest.mark.parametrize("batch", [1, 3])
def test_direct_is_what_the_readout_hands_to_h(batch):
    network = make_network(B=batch)
    forward, gradients = network.forward(), network.backward()
    error = (forward.y - network.objective.targets) / batch
    np.testing.assert_allclose(
        gradients.layers[0].direct[1:], np.einsum("kh,tk...->th...", network.readout.W, error), rtol=1e-14
    )


@every_layer
def test_nothing_listens_to_the_initial_state_directly(layer):
    for gradients in make_network(layers=(layer, layer)).backward().layers:
        assert not gradients.direct[0].any()


def test_direct_of_a_lower_layer_is_the_gradient_of_the_input_above():
    below, above = make_network(layers=(("gru", "tanh"), ("lstm", "tanh"))).backward().layers
    np.testing.assert_array_equal(below.direct[1:], above.x)


def test_the_total_is_the_direct_and_the_carried_part():
    network = make_network()
    (gradients,) = network.backward().layers
    carried = gradients.a[:, 0] @ network.layers[0].U
    np.testing.assert_allclose(gradients.states[0][:-1], gradients.direct[:-1] + carried, rtol=1e-14)
    np.testing.assert_array_equal(gradients.states[0][-1], gradients.direct[-1])


def test_at_the_border_of_a_window_only_the_direct_part_is_left():
    network = make_network(T=6, window=Window(2, stateful=True))
    (gradients,) = network.backward().layers
    np.testing.assert_array_equal(gradients.states[0][2::2], gradients.direct[2::2])


def test_a_step_that_does_not_count_adds_nothing_even_when_it_overflows():
    network = make_network(layers=(("rnn", "linear"),), steps=(1,))
    network.x[-1] = 1.7e308
    network.layers[0].W[...] *= 10
    forward, (gradients,) = network.forward(), network.backward().layers
    assert not np.isfinite(forward.y[-1]).all()
    assert np.isfinite(forward.loss)
    assert all(np.isfinite(array).all() for array in (gradients.W, gradients.U, *gradients.states))
