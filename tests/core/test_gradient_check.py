"""The gradient check: it passes what is a derivative and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from textbook import LAYERS, gradient_named, make_network, parameters

from rnnviz.core.gradient_check import Probe, check_entries, probe_network
from rnnviz.core.network import run_backward
from rnnviz.core.unroll import Window

WINDOWS = [Window(10, stateful=True), Window(2, stateful=True), Window(2, stateful=False)]


def checked(network, name, gradient=None):
    """Return the checks of every entry of an array of a network, by default of the program's own gradient."""
    around = network.forward()
    values, put = next((values, put) for found, values, put in parameters(network) if found == name)
    if gradient is None:
        gradient = gradient_named(network, network.backward(), name)

    def probe(moved):
        other = put(moved)
        return probe_network(other.layers, other.readout, other.objective, other.x, around)

    return list(check_entries(probe, values, gradient, np.ndindex(values.shape)))


def checked_function(loss, value, gradient):
    """Return the check of the derivative of a function of one number."""
    probe = lambda values: Probe(float(loss(values[0])), b"")  # noqa: E731
    (entry,) = check_entries(probe, np.array([value]), np.array([gradient]), [(0,)])
    return entry


def names(network):
    return [name for name, _, _ in parameters(network)]


# What is a derivative passes


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("window", WINDOWS, ids=["whole", "stateful", "stateless"])
@pytest.mark.parametrize("layer", LAYERS, ids="-".join)
def test_every_gradient_of_the_program_passes(layer, window, batch):
    network = make_network(layers=(layer, layer), T=5, B=batch, window=window)
    for name in names(network):
        verdicts = {entry.verdict for entry in checked(network, name)}
        assert verdicts <= {"agrees", "too small", "at a kink"}, name
        assert "agrees" in verdicts, name


@pytest.mark.parametrize("steps", [(1,), (4,), "last"], ids=str)
def test_windows_in_which_nothing_counts_add_nothing(steps):
    network = make_network(layers=(("lstm", "tanh"),), T=5, steps=steps, window=Window(2, stateful=True))
    for name in names(network):
        assert all(entry.verdict in ("agrees", "too small") for entry in checked(network, name)), name


def test_the_same_entries_come_in_the_order_asked_for():
    network = make_network()
    entries = checked(network, "layers[0].U")
    gradient = gradient_named(network, network.backward(), "layers[0].U")
    assert [entry.index for entry in entries] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [entry.analytic for entry in entries] == gradient.ravel().tolist()
    np.testing.assert_allclose([entry.numeric for entry in entries], gradient.ravel(), rtol=1e-6)


def test_nothing_is_computed_for_entries_that_nobody_asks_for():
    moved = []

    def probe(values):
        moved.append(values.copy())
        return Probe(float(values.sum()), b"")

    entries = check_entries(probe, np.zeros(3), np.ones(3), [(0,), (1,), (2,)])
    next(entries)
    assert len(moved) == 3  # as it is, above and below
    assert not any(values[1:].any() for values in moved)


# What is not a derivative does not pass


@pytest.mark.parametrize("layer", LAYERS, ids="-".join)
def test_a_gradient_that_is_wrong_in_one_entry_fails_there_alone(layer):
    network = make_network(layers=(layer,), H=3)
    for name in names(network):
        right = gradient_named(network, network.backward(), name)
        worst = np.unravel_index(np.abs(right).argmax(), right.shape)
        wrong = right.copy()
        wrong[worst] *= 1 + 1e-5
        failed = [entry.index for entry in checked(network, name, wrong) if entry.verdict == "differs"]
        assert failed == [tuple(worst)], name


def test_a_gradient_of_the_wrong_sign_or_none_at_all_fails():
    assert checked_function(np.sin, 0.3, np.cos(0.3)).verdict == "agrees"
    assert checked_function(np.sin, 0.3, -np.cos(0.3)).verdict == "differs"
    assert checked_function(np.sin, 0.3, 0.0).verdict == "differs"


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_fails(bad):
    assert checked_function(np.sin, 0.3, bad).verdict == "differs"
    assert checked_function(lambda _: bad, 0.3, 1.0).verdict == "differs"


def test_the_gradient_through_borders_fails_where_truncated_bptt_promises_another():
    cut = make_network(T=6, window=Window(2, stateful=True))
    whole = replace(cut, window=Window(6, stateful=True))
    gradient = gradient_named(whole, whole.backward(), "layers[0].U")
    assert all(entry.verdict == "agrees" for entry in checked(cut, "layers[0].U"))
    assert all(entry.verdict == "differs" for entry in checked(cut, "layers[0].U", gradient))


def test_the_gradient_that_stops_at_borders_fails_where_nothing_is_cut():
    cut = make_network(T=6, window=Window(2, stateful=True))
    whole = replace(cut, window=Window(6, stateful=True))
    gradient = gradient_named(cut, cut.backward(), "layers[0].U")
    assert all(entry.verdict == "differs" for entry in checked(whole, "layers[0].U", gradient))


# Steps, noise and kinks


def test_a_strongly_curved_loss_is_tried_again_with_a_shorter_step():
    loss, value, slope = lambda v: np.sin(1000 * v) / 1000, 0.3, np.cos(300)
    longer = (loss(value + 1e-5) - loss(value - 1e-5)) / 2e-5
    assert longer != pytest.approx(slope, rel=1e-5)
    entry = checked_function(loss, value, slope)
    assert entry.verdict == "agrees"
    assert entry.numeric == pytest.approx(slope, rel=1e-6)


def test_a_steep_loss_is_tried_in_small_steps():
    assert checked_function(lambda v: np.exp(1e6 * v), 0.0, 1e6).verdict == "agrees"
    assert checked_function(lambda v: np.exp(1e6 * v), 0.0, 1.001e6).verdict == "differs"


@pytest.mark.parametrize("value", [1e6, -1e6])
def test_a_large_number_is_moved_in_proportion(value):
    assert checked_function(lambda v: v * v * 1e-12, value, 2e-12 * value).verdict == "agrees"


def test_a_derivative_below_the_noise_of_a_large_loss_is_judged_by_absolute_error():
    assert checked_function(lambda v: 1 + 1e-7 * v, 0.3, 1e-7).verdict == "too small"
    assert checked_function(lambda v: 1e6 + 1e-3 * v, 0.3, 1e-3).verdict == "too small"
    assert checked_function(lambda v: 1 + 1e-7 * v, 0.3, 1.1e-7).verdict == "differs"


def test_what_lies_on_both_sides_of_a_kink_is_not_judged():
    network = make_network(layers=(("rnn", "relu"),), T=1, H=1, N=1, K=1)
    layer = network.layers[0]
    at_kink = -(layer.W[0, 0] * network.x[0, 0] + layer.U[0, 0] * layer.initial[0][0])
    network = replace(network, layers=(replace(layer, b=np.array([at_kink])),))
    (entry,) = checked(network, "layers[0].b")
    assert entry.verdict == "at a kink"
    (entry,) = checked(replace(network, layers=(replace(layer, b=np.array([at_kink + 0.1])),)), "layers[0].b")
    assert entry.verdict == "agrees"


def test_the_check_changes_no_number_of_the_network():
    network = make_network(layers=(("gru", "tanh"),), B=2)
    before = [values.copy() for _, values, _ in parameters(network)]
    gradient = run_backward(network.layers, network.readout, network.objective, network.forward())
    for name in names(network):
        checked(network, name, gradient_named(network, gradient, name))
    for (name, values, _), copy in zip(parameters(network), before, strict=True):
        np.testing.assert_array_equal(values, copy, err_msg=name)
