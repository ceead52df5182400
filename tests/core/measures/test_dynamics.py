"""Lyapunov exponents, fixed points, memory and nudges: on cases whose answer is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textbook import LAYERS, make_network, state_vectors, textbook_step

from rnnviz.core.cells import make_cell
from rnnviz.core.measures.fixed_points import fixed_points, speeds, starting_points
from rnnviz.core.measures.jacobians import product_norms, step_jacobians
from rnnviz.core.measures.lyapunov import lyapunov_exponent, lyapunov_spectrum
from rnnviz.core.measures.memory import memory_capacity
from rnnviz.core.measures.perturbation import nudged_input, nudged_state
from rnnviz.core.measures.steps import steps_of
from rnnviz.core.unroll import LayerWeights, Window, unroll

every_layer = pytest.mark.parametrize("layer", LAYERS, ids="-".join)


def plain(recurrent, activation="linear", inputs=1, bias=0.0):
    matrix = np.array(recurrent, float)
    units = len(matrix)
    into_first = np.zeros((units, inputs))
    into_first[0] = 1.0
    cell, biases = make_cell("rnn", activation), np.full(units, bias)
    return LayerWeights(cell, into_first, matrix, biases, None, (np.zeros(units),))


def rotation(degrees):
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def run(layer, **size):
    network = make_network(layers=(layer,), **{"T": 8, "H": 3, **size})
    return network.layers[0], network.forward().layers[0]


# Lyapunov exponents


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.3])
def test_a_linear_rotation_grows_by_its_radius_in_every_direction(radius):
    weights = plain(radius * rotation(30))
    trace = unroll(weights, np.ones((40, 1)))
    assert lyapunov_exponent(weights, trace) == pytest.approx(np.log(radius), abs=1e-14)
    np.testing.assert_allclose(lyapunov_spectrum(weights, trace, 2), np.log(radius), atol=1e-14)


def test_a_linear_non_normal_layer_tends_to_the_logarithm_of_its_radius_from_above():
    weights = plain([[0.5, 5.0], [0.0, 0.5]])
    short, long = (lyapunov_exponent(weights, unroll(weights, np.zeros((T, 1)))) for T in (20, 2000))
    assert short > long > np.log(0.5)
    assert long == pytest.approx(np.log(0.5), abs=0.01)


@every_layer
def test_the_exponent_is_the_norm_of_the_whole_product_per_step(layer):
    weights, trace = run(layer)
    expected = np.log(product_norms(weights, trace)[0]) / len(trace.a)
    assert lyapunov_exponent(weights, trace) == pytest.approx(expected, rel=1e-12)
    last = np.log(product_norms(weights, trace)[5]) / 3
    assert lyapunov_exponent(weights, trace, since=5) == pytest.approx(last, rel=1e-12)


@every_layer
def test_all_exponents_together_are_the_mean_growth_of_volume(layer):
    if layer == ("rnn", "relu"):
        layer = ("rnn", "linear")  # a resting unit has no volume
    weights, trace = run(layer)
    jacobians = step_jacobians(weights, steps_of(trace))
    found = lyapunov_spectrum(weights, trace, jacobians.shape[1])
    assert found.sum() == pytest.approx(np.linalg.slogdet(jacobians)[1].mean(), rel=1e-10)
    assert (np.diff(found) <= 0).all()


def test_a_product_beyond_float64_has_an_exponent_all_the_same():
    weights = plain(1e30 * rotation(30))
    trace = unroll(weights, np.zeros((50, 1)))
    assert lyapunov_exponent(weights, trace) == pytest.approx(30 * np.log(10), rel=1e-13)


def test_a_layer_that_forgets_at_once_has_an_exponent_of_minus_infinity():
    weights = plain([[0.0, 1.0], [0.0, 0.0]])
    trace = unroll(weights, np.zeros((5, 1)))
    assert lyapunov_exponent(weights, trace) == -np.inf
    assert lyapunov_spectrum(weights, trace, 9).tolist() == [-np.inf, -np.inf]


def test_a_stateless_window_starts_the_exponent_again():
    weights, trace = run(("gru", "tanh"), T=8, window=Window(3, stateful=False))
    assert lyapunov_exponent(weights, trace) == lyapunov_exponent(weights, trace, since=6)


def test_an_exponent_of_what_overflows_is_not_a_number():
    weights, trace = run(("rnn", "linear"))
    weights.U[...] = np.inf
    assert np.isnan(lyapunov_exponent(weights, trace))
    assert np.isnan(lyapunov_spectrum(weights, trace, 2)).all()


# Fixed points


def test_one_self_exciting_unit_rests_in_three_places_and_the_middle_one_is_unstable():
    weights = plain([[2.0]], "tanh")
    found = fixed_points(weights, np.zeros(1), starting_points(unroll(weights, np.zeros((3, 1)))))
    values = sorted(float(point.states[0][0]) for point in found)
    assert values == pytest.approx([-0.9575040240772687, 0.0, 0.9575040240772687], abs=1e-12)
    assert [point.is_stable for point in found] == [True, True, False]
    assert found[-1].radius == pytest.approx(2.0)
    assert found[0].radius == pytest.approx(2 * (1 - 0.9575040240772687**2))


@pytest.mark.parametrize("weight", [-0.9, 0.3, 0.99])
def test_one_unit_that_does_not_excite_itself_rests_at_zero_alone(weight):
    weights = plain([[weight]], "tanh")
    (found,) = fixed_points(weights, np.zeros(1), starting_points(unroll(weights, np.zeros((3, 1)))))
    assert found.states[0].tolist() == pytest.approx([0.0], abs=1e-10)
    assert found.radius == pytest.approx(abs(weight))


def test_a_linear_layer_rests_where_algebra_says():
    weights = plain(0.9 * rotation(40), bias=0.3)
    (found,) = fixed_points(weights, np.ones(1), starting_points(unroll(weights, np.ones((5, 1)))))
    expected = np.linalg.solve(np.eye(2) - weights.U, weights.W[:, 0] + weights.b)
    np.testing.assert_allclose(found.states[0], expected, rtol=1e-12)


@every_layer
def test_a_fixed_point_is_left_as_it_is_by_the_textbook_step(layer):
    weights, trace = run(layer, seed=3)
    found = fixed_points(weights, trace.x[-1], starting_points(trace))
    assert found
    for point in found:
        state = np.concatenate(point.states)
        np.testing.assert_allclose(textbook_step(weights, trace.x[-1], state), state, rtol=1e-9, atol=1e-9)
    assert [point.radius for point in found] == sorted(point.radius for point in found)


@every_layer
def test_the_speed_is_half_the_square_of_a_step(layer):
    weights, trace = run(layer)
    points = state_vectors(trace)
    expected = [0.5 * np.sum((textbook_step(weights, trace.x[2], point) - point) ** 2) for point in points]
    np.testing.assert_allclose(speeds(weights, trace.x[2], points), expected, rtol=1e-12)


def test_a_layer_in_which_everything_rests_is_no_failure():
    weights = plain(np.eye(2))
    found = fixed_points(weights, np.zeros(1), starting_points(unroll(weights, np.zeros((3, 1)))))
    assert len(found) > 5
    assert not any(point.is_stable for point in found)


def test_a_layer_that_only_drifts_rests_nowhere():
    weights = plain(np.eye(2))
    assert fixed_points(weights, np.ones(1), starting_points(unroll(weights, np.ones((3, 1))))) == ()


def test_the_search_is_the_same_every_time_and_survives_an_overflow():
    weights, trace = run(("lstm", "tanh"))
    first, second = (fixed_points(weights, trace.x[0], starting_points(trace)) for _ in range(2))
    assert [point.radius for point in first] == [point.radius for point in second]
    trace.states[0][2:] = np.nan
    assert np.isfinite(starting_points(trace)).all()
    weights.U[0, 0] = np.inf
    assert fixed_points(weights, trace.x[0], starting_points(trace)) == ()


def test_a_stretched_rotation_settles_on_a_cycle():
    weights = replace(plain(1.3 * rotation(30), "tanh"), initial=(np.array([0.1, 0.0]),))
    h = unroll(weights, np.zeros((400, 1))).states[0][200:]
    lengths = np.linalg.norm(h, axis=1)
    assert [f"{lengths.min():.2f}", f"{lengths.max():.2f}"] == ["0.82", "0.91"]


# Memory


@pytest.mark.parametrize("units", [1, 3, 10])
def test_a_delay_line_remembers_as_many_steps_as_it_has_units(units):
    by_delay = memory_capacity(plain(np.eye(units, k=-1)))
    np.testing.assert_allclose(by_delay[:units], 1.0, atol=1e-6)
    assert by_delay.sum() == pytest.approx(units, abs=0.05)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), layer=st.sampled_from(LAYERS), inputs=st.integers(1, 3))
def test_no_layer_remembers_more_steps_than_it_has_units(seed, layer, inputs):
    weights, _ = run(layer, seed=seed, H=4, N=inputs)
    capacity = memory_capacity(weights).sum()
    assert not capacity > 4.2


def test_one_leaky_unit_remembers_one_step_in_all():
    by_delay = memory_capacity(plain([[0.8]]), delays=40)
    np.testing.assert_allclose(by_delay[:5], 0.36 * 0.64 ** np.arange(5), atol=0.05)
    assert by_delay.sum() == pytest.approx(1.0, abs=0.15)


def test_a_layer_that_listens_to_nothing_remembers_nothing():
    assert memory_capacity(replace(plain(np.eye(2)), W=np.zeros((2, 1)))).sum() == 0.0


def test_the_memory_of_a_layer_that_overflows_is_not_a_number():
    assert np.isnan(memory_capacity(plain([[3.0]]))).all()


def test_the_noise_is_the_same_every_time_and_another_with_another_seed():
    weights, _ = run(("gru", "tanh"))
    first, again, other = memory_capacity(weights), memory_capacity(weights), memory_capacity(weights, seed=1)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert other.sum() == pytest.approx(first.sum(), rel=0.1)


# Nudges


@every_layer
def test_a_small_nudge_of_an_input_spreads_as_the_jacobians_say(layer):
    if layer == ("rnn", "relu"):
        layer = ("rnn", "sigmoid")  # a kink may lie between
    weights, trace = run(layer)
    ratios = nudged_input(weights, trace, 3, np.array([1.0, 0.0])).ratios
    assert not ratios[:3].any()
    nudged = trace.x.astype(complex)
    nudged[2, 0] += 1e-30j
    states = unroll(weights, nudged).states
    expected = np.linalg.norm(np.concatenate(states, axis=1).imag / 1e-30, axis=1)
    np.testing.assert_allclose(ratios, expected, rtol=1e-4, atol=1e-8)


@every_layer
def test_a_small_nudge_of_a_state_spreads_as_the_jacobians_say(layer):
    if layer == ("rnn", "relu"):
        layer = ("rnn", "sigmoid")
    weights, trace = run(layer)
    direction = np.arange(1.0, state_vectors(trace).shape[1] + 1)
    found = nudged_state(weights, trace, 4, direction)
    moved, expected = direction / np.linalg.norm(direction), [1.0]
    for jacobian in step_jacobians(weights, steps_of(trace))[4:]:
        moved = jacobian @ moved
        expected.append(np.linalg.norm(moved))
    assert not found.distances[:4].any()
    np.testing.assert_allclose(found.ratios[4:], expected, rtol=1e-4, atol=1e-8)
    assert found.distances[4] == pytest.approx(found.size)


@pytest.mark.parametrize("t", range(9))
def test_a_stateless_border_forgets_a_nudge_and_a_stateful_one_hands_it_on(t):
    for stateful in (True, False):
        weights, trace = run(("gru", "tanh"), window=Window(3, stateful))
        felt = nudged_state(weights, trace, t, np.ones(3), 0.01).distances > 0
        expected = [
            time >= t if stateful or t == 0 else time == t or (time > t and t % 3 and (time - 1) // 3 == t // 3)
            for time in range(9)
        ]
        assert felt.tolist() == [bool(each) for each in expected]


def test_a_nudge_that_overflows_is_left_in_the_distances():
    weights, trace = run(("rnn", "linear"))
    weights.U[...] = 1e300
    assert not np.isfinite(nudged_state(weights, trace, 0, np.ones(3)).distances).all()
    assert not np.isfinite(nudged_input(weights, trace, 1, np.ones(2)).distances).all()
