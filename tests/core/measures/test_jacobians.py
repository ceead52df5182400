"""Jacobians are derivatives of the textbook's steps, and their products carry the gradient."""

import numpy as np
import pytest
from textbook import LAYERS, derivative, make_network, sigmoid, state_vectors, textbook_step

from rnnviz.core.cells import make_cell
from rnnviz.core.measures.jacobians import (
    direct_path,
    input_jacobians,
    mean_slopes,
    product_bounds,
    product_norms,
    step_jacobians,
    step_radii,
    step_stretches,
)
from rnnviz.core.measures.norms import largest_singular_value
from rnnviz.core.measures.reach import half_life
from rnnviz.core.measures.steps import step_derivatives, steps_from, steps_of
from rnnviz.core.unroll import WHOLE, LayerWeights, Window, unroll

every_layer = pytest.mark.parametrize("layer", LAYERS, ids="-".join)
WINDOWS = {"whole": WHOLE, "stateful": Window(3, stateful=True), "stateless": Window(3, stateful=False)}
every_window = pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)


def run(layer, **size):
    network = make_network(layers=(layer,), **{"T": 6, "H": 3, "steps": "last", **size})
    (trace,) = network.forward().layers
    return network.layers[0], trace, network.backward().layers[0]


def expected_jacobian(weights, trace, t):
    before = np.concatenate([state[t - 1] for state in trace.before])
    return derivative(lambda state: textbook_step(weights, trace.x[t - 1], state), before)


@every_layer
@every_window
@pytest.mark.parametrize("size", [{}, {"T": 1}, {"H": 1}, {"N": 1}], ids=str)
def test_a_step_jacobian_is_the_derivative_of_the_textbook_step(layer, window, size):
    weights, trace, _ = run(layer, window=window, **size)
    found = step_jacobians(weights, steps_of(trace))
    expected = [expected_jacobian(weights, trace, t) for t in range(1, len(trace.a) + 1)]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


@every_layer
def test_an_input_jacobian_is_the_derivative_of_the_textbook_step(layer):
    weights, trace, _ = run(layer)
    for t, found in enumerate(input_jacobians(weights, steps_of(trace)), 1):
        before = state_vectors(trace)[t - 1]
        expected = derivative(lambda x, before=before: textbook_step(weights, x, before), trace.x[t - 1])
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


@every_layer
def test_only_the_steps_that_were_asked_for_are_looked_at_in_their_order(layer):
    weights, trace, _ = run(layer)
    chosen = np.array([5, 1, 2])
    every = step_jacobians(weights, steps_of(trace))
    np.testing.assert_array_equal(step_jacobians(weights, steps_of(trace, chosen)), every[chosen - 1])
    np.testing.assert_array_equal(step_stretches(weights, trace, chosen), step_stretches(weights, trace)[chosen - 1])
    np.testing.assert_array_equal(step_radii(weights, trace, chosen), step_radii(weights, trace)[chosen - 1])


@every_layer
def test_a_step_from_a_state_is_that_of_the_run(layer):
    weights, trace, _ = run(layer)
    for t in range(1, len(trace.a) + 1):
        steps = steps_from(weights, trace.x[t - 1], tuple(np.repeat(state[t - 1 : t], 4, 0) for state in trace.states))
        for after, state in zip(steps.after, trace.states, strict=True):
            np.testing.assert_allclose(after, np.repeat(state[t : t + 1], 4, 0), rtol=1e-13)
        np.testing.assert_allclose(
            step_jacobians(weights, steps)[3], expected_jacobian(weights, trace, t), rtol=1e-12, atol=1e-14
        )


def test_the_jacobian_of_a_plain_cell_is_its_slope_times_the_matrix():
    weights, trace, _ = run(("rnn", "tanh"))
    slopes = 1 - trace.states[0][1:] ** 2
    np.testing.assert_allclose(step_jacobians(weights, steps_of(trace)), slopes[:, :, None] * weights.U, rtol=1e-15)
    np.testing.assert_allclose(mean_slopes(weights, trace), slopes.mean(axis=1), rtol=1e-15)


def test_the_jacobian_of_an_lstm_has_the_four_published_parts():
    weights, trace, _ = run(("lstm", "tanh"))
    for t, found in enumerate(step_jacobians(weights, steps_of(trace))):
        (i, f, g, o), c_before, tanh_c = trace.gates[t], trace.states[1][t], np.tanh(trace.states[1][t + 1])
        U_i, U_f, U_g, U_o = np.split(weights.U, 4)
        k = o * (1 - tanh_c**2)
        c_of_h = np.diag(c_before * f * (1 - f)) @ U_f + np.diag(g * i * (1 - i)) @ U_i + np.diag(i * (1 - g * g)) @ U_g
        h_of_h = np.diag(tanh_c * o * (1 - o)) @ U_o + np.diag(k) @ c_of_h
        expected = np.block([[h_of_h, np.diag(k * f)], [c_of_h, np.diag(f)]])
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


def test_the_jacobian_of_a_gru_has_the_published_form():
    weights, trace, _ = run(("gru", "tanh"))
    for t, found in enumerate(step_jacobians(weights, steps_of(trace))):
        (r, z, n), h = trace.gates[t], trace.states[0][t]
        U_r, U_z, U_n = np.split(weights.U, 3)
        m = U_n @ h + weights.recurrent_b[-len(h) :]
        inner = np.diag(r) @ U_n + np.diag(m * r * (1 - r)) @ U_r
        expected = np.diag(z) + np.diag((h - n) * z * (1 - z)) @ U_z + np.diag((1 - z) * (1 - n * n)) @ inner
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


@every_layer
def test_the_product_of_the_jacobians_carries_the_gradient_back(layer):
    weights, trace, gradients = run(layer)
    arriving = np.concatenate([gradients.states[0][-1], *(np.zeros_like(c[0]) for c in gradients.states[1:])])
    for t, J in reversed(list(enumerate(step_jacobians(weights, steps_of(trace))))):
        arriving = J.T @ arriving
        np.testing.assert_allclose(arriving[: weights.U.shape[1]], gradients.states[0][t], rtol=1e-11, atol=1e-16)


@every_layer
@every_window
def test_the_norm_of_a_product_is_that_of_the_derivative_that_is_carried_back(layer, window):
    weights, trace, _ = run(layer, T=8, window=window)
    J = step_jacobians(weights, steps_of(trace))
    expected = np.zeros(9)
    product, start = np.eye(J.shape[1]), 0 if window == WHOLE else 6
    expected[8] = 1.0
    for k in range(8, start, -1):
        product = product @ J[k - 1]
        expected[k - 1] = np.linalg.norm(product, 2)
    if window != WHOLE:
        left, expected[6] = expected[6], 0.0
        expected[0] = 0.0 if window.stateful else left
    found = product_norms(weights, trace)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    bounds = product_bounds(weights, trace)
    assert (found <= bounds * (1 + 1e-12)).all()
    assert ((bounds > 0) >= (found > 0)).all()


@every_layer
@every_window
@pytest.mark.parametrize("at", [[0], [8], [7], [6, 7], [2, 8, 0]], ids=str)
def test_products_are_found_at_a_few_times_alone(layer, window, at):
    weights, trace, _ = run(layer, T=8, window=window)
    at = np.array(at)
    np.testing.assert_array_equal(product_norms(weights, trace, at), product_norms(weights, trace)[at])
    np.testing.assert_allclose(product_bounds(weights, trace, at), product_bounds(weights, trace)[at], rtol=1e-14)


@every_layer
@every_window
def test_where_the_product_is_zero_no_gradient_arrives(layer, window):
    weights, trace, gradients = run(layer, T=8, window=window)
    reached = product_norms(weights, trace) > 0
    np.testing.assert_array_equal(reached, np.abs(gradients.states[0]).sum(axis=1) > 0)


def test_the_bound_is_the_product_of_the_stretches():
    weights, trace, _ = run(("lstm", "tanh"))
    stretches = [largest_singular_value(J) for J in step_jacobians(weights, steps_of(trace))]
    expected = [np.prod(stretches[t:]) for t in range(len(stretches) + 1)]
    np.testing.assert_allclose(product_bounds(weights, trace), expected, rtol=1e-13)


def test_the_direct_path_of_an_lstm_is_the_product_of_its_forget_gates():
    weights, trace, _ = run(("lstm", "tanh"))
    expected = [np.prod(trace.gates[t:, 1], axis=0) for t in range(len(trace.a) + 1)]
    np.testing.assert_allclose(direct_path(weights, trace), expected, rtol=1e-14)


def test_the_direct_path_of_a_gru_is_the_product_of_its_update_gates():
    weights, trace, _ = run(("gru", "tanh"))
    expected = [np.prod(trace.gates[t:, 1], axis=0) for t in range(len(trace.a) + 1)]
    np.testing.assert_allclose(direct_path(weights, trace), expected, rtol=1e-14)


def test_a_plain_cell_has_no_direct_path():
    weights, trace, _ = run(("rnn", "tanh"))
    path = direct_path(weights, trace)
    assert not path[:-1].any()
    assert (path[-1] == 1.0).all()


@pytest.mark.parametrize(
    ("bias", "gate", "steps"), [(0, ".500", "1.0"), (1, ".731", "2.2"), (3, ".953", "14.3"), (5, ".993", "103")]
)
def test_a_forget_bias_sets_the_half_life_of_the_cell(bias, gate, steps):
    b = np.array([0.0, bias, 0.0, 0.0])
    weights = LayerWeights(make_cell("lstm"), np.ones((4, 1)), np.zeros((4, 1)), b, None, (np.zeros(1), np.zeros(1)))
    trace = unroll(weights, np.zeros((120, 1)))
    digits = 0 if "." not in steps else 1
    assert f"{sigmoid(bias):.3f}" == f"0{gate}"
    assert f"{half_life(direct_path(weights, trace).max(axis=1)):.{digits}f}" == steps
    assert f"{half_life(product_norms(weights, trace)[:-1]):.{digits}f}" == steps


def test_a_gated_cell_has_no_single_slope():
    weights, trace, _ = run(("gru", "tanh"))
    with pytest.raises(ValueError, match="gru has gates"):
        mean_slopes(weights, trace)


@every_layer
@pytest.mark.parametrize("scale", [1e100, 1e200])
def test_an_overflow_is_left_in_the_numbers(layer, scale):
    weights, trace, _ = run(layer)
    weights.U[...] *= scale
    weights.W[...] *= scale
    trace = unroll(weights, trace.x)
    for found in (step_stretches(weights, trace), step_radii(weights, trace), product_norms(weights, trace)):
        assert not np.isneginf(found).any()
    assert product_bounds(weights, trace).shape == (len(trace.a) + 1,)


def test_a_run_that_is_not_finite_has_no_norms():
    weights, trace, _ = run(("rnn", "linear"))
    trace.states[0][3:] = np.nan
    trace.gates[2:] = np.inf
    weights.U[0, 0] = np.inf
    assert np.isnan(step_stretches(weights, trace)).all()
    assert np.isnan(step_radii(weights, trace)).all()
    assert np.isnan(product_norms(weights, trace)[:-1]).all()


def test_a_product_of_growing_and_shrinking_steps_does_not_overflow_on_the_way():
    weights, trace, _ = run(("rnn", "linear"), T=6, H=2)
    weights.U[...] = np.diag([1e200, 1e-200])
    assert product_norms(weights, trace)[[4, 5]].tolist() == pytest.approx([np.inf, 1e200])
    slopes = np.empty_like(trace.a)
    weights.cell.slopes(trace.a, trace.u, trace.gates, trace.before, trace.states, slopes)
    assert (slopes == 1).all()


def test_the_derivatives_of_a_step_do_not_change_the_run():
    weights, trace, _ = run(("lstm", "tanh"))
    before = [array.copy() for array in (trace.a, trace.u, trace.gates, *trace.states)]
    step_derivatives(weights.cell, steps_of(trace))
    for array, copy in zip((trace.a, trace.u, trace.gates, *trace.states), before, strict=True):
        np.testing.assert_array_equal(array, copy)
