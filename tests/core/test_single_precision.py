"""Arrays of float32 in, float32 out: nothing on the way is done in float64, and little is lost."""

from dataclasses import fields, replace

import numpy as np
import pytest
from textbook import LAYERS, OBJECTIVES, Network, make_network

from rnnviz.core.unroll import Window

every_layer = pytest.mark.parametrize("layer", LAYERS, ids="-".join)


def single(array):
    return None if array is None else array.astype(np.float32)


def in_single_precision(network: Network) -> Network:
    """Return the network with every number in it as float32."""
    layers = tuple(
        replace(
            layer,
            **{name: single(getattr(layer, name)) for name in ("W", "U", "b", "recurrent_b")},
            initial=tuple(single(state) for state in layer.initial),
        )
        for layer in network.layers
    )
    readout = replace(network.readout, W=single(network.readout.W), b=single(network.readout.b))
    given = network.objective
    objective = replace(given, step_weights=single(given.step_weights), targets=single(given.targets))
    return replace(network, layers=layers, readout=readout, objective=objective, x=single(network.x))


def arrays_of(value, name=""):
    """Yield every array and number in a run, with its place."""
    if isinstance(value, (np.ndarray, np.floating)):
        yield name, value
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from arrays_of(part, f"{name}[{number}]")
    elif hasattr(value, "__dataclass_fields__"):
        for field in fields(value):
            if field.name != "lengths":
                yield from arrays_of(getattr(value, field.name), f"{name}.{field.name}")


def assert_single_is_close_to_double(network):
    small = in_single_precision(network)
    found = [*arrays_of(small.forward()), *arrays_of(small.backward())]
    expected = [*arrays_of(network.forward()), *arrays_of(network.backward())]
    assert len(found) > 15
    for (name, in_single), (same_name, in_double) in zip(found, expected, strict=True):
        assert name == same_name
        assert in_single.dtype == np.float32, name
        scale = np.abs(in_double).max(initial=1e-3)
        np.testing.assert_allclose(in_single, in_double, rtol=1e-4, atol=1e-4 * scale, err_msg=name)


@every_layer
@pytest.mark.parametrize("batch", [1, 3])
def test_every_array_of_a_layer_stays_float32(layer, batch):
    assert_single_is_close_to_double(make_network(layers=(layer,), T=20, H=5, B=batch))


@every_layer
def test_every_array_of_a_stack_stays_float32(layer):
    assert_single_is_close_to_double(make_network(layers=(layer, ("gru", "tanh"), ("lstm", "tanh")), T=12, H=4))


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize(("loss", "readout"), OBJECTIVES, ids=map("-".join, OBJECTIVES))
def test_every_loss_stays_float32(loss, readout, batch):
    assert_single_is_close_to_double(make_network(loss=loss, readout=readout, B=batch, reduction="mean"))


@every_layer
@pytest.mark.parametrize("stateful", [True, False], ids=["stateful", "stateless"])
def test_windows_of_padded_sequences_stay_float32(layer, stateful):
    network = make_network(layers=(layer,), T=7, B=2, lengths=(4, 7), window=Window(3, stateful))
    assert_single_is_close_to_double(network)


@every_layer
def test_weights_per_sequence_stay_float32(layer):
    network = make_network(layers=(layer,), T=3, B=2)
    weights = np.array([[0.0, 1.0], [0.5, 1.0], [0.25, 0.0]])
    assert_single_is_close_to_double(replace(network, objective=replace(network.objective, step_weights=weights)))
