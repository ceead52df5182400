"""Steps are taken some at a time, in rows that are used again: no number may depend on either."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from textbook import EPSILON, TOLERANCE, alone, gradient_named, make_network, parameters, textbook_loss

from rnnviz.core.bptt import FEW, backpropagate
from rnnviz.core.cells import CELLS
from rnnviz.core.unroll import WIDE, Window, unroll
from rnnviz.core.workspace import FEWEST, STEPS, blocks, steps_at_once

every_cell = pytest.mark.parametrize("cell", CELLS)
LONG, LARGE = 2 * STEPS + 44, 35


def made(cell, **options):
    """Return a network that forgets: what a rounding changes does not grow over hundreds of steps."""
    network = make_network(layers=((cell, "tanh"),), **options)
    size = 2 * np.sqrt(network.layers[0].U.shape[1])
    layers = tuple(replace(layer, W=layer.W / size, U=layer.U / size) for layer in network.layers)
    return replace(network, layers=layers)


def numbers(network):
    """Return all that a run forward and backward leaves, in copies."""
    forward, backward = network.forward(), network.backward()
    arrays = [forward.y, forward.loss_steps, backward.readout_W, backward.readout_b]
    for trace, found in zip(forward.layers, backward.layers, strict=True):
        arrays += [trace.a, trace.u, trace.gates, *trace.states]
        arrays += [*found.states, found.direct, found.a, found.W, found.U, found.b, found.recurrent_b, found.x]
    return [array.copy() for array in arrays]


@every_cell
@pytest.mark.parametrize(
    "options",
    [
        {"T": STEPS},
        {"T": STEPS + 1},
        {"T": LONG, "H": 3},
        {"T": LONG, "B": 3},
        {"T": LONG, "B": 3, "lengths": (LONG, STEPS + 1, 5)},
        {"T": LONG, "window": Window(STEPS + 9, stateful=True)},
        {"T": LONG, "window": Window(STEPS + 9, stateful=False)},
        {"T": 12, "H": LARGE},
        {"T": 12, "H": LARGE, "B": 2},
        {"T": 12, "K": FEW // 2 + 1},
        {"T": 12, "K": FEW // 2 + 1, "B": 2},
        {"T": LONG, "N": 2 * WIDE + 1},
        {"T": 12, "N": 2 * WIDE + 1, "B": 2},
    ],
    ids=str,
)
def test_the_gradient_is_the_slope_in_any_direction(cell, options):
    network = made(cell, **options)
    gradients, random = network.backward(), np.random.default_rng(1)
    for name, values, put in parameters(network):
        direction, found = random.normal(size=values.shape), gradient_named(network, gradients, name)
        slope = textbook_loss(put(values + 1j * EPSILON * direction)).imag / EPSILON
        assert np.sum(found * direction) == pytest.approx(slope, rel=0, abs=TOLERANCE * np.abs(found * direction).sum())


@every_cell
@pytest.mark.parametrize("options", [{"T": 5}, {"T": LONG}, {"T": 5, "B": 2}, {"T": 5, "H": LARGE}], ids=str)
def test_a_run_keeps_its_numbers_when_the_next_one_is_made(cell, options):
    first, second = made(cell, seed=1, **options), made(cell, seed=2, **options)
    forward, backward = first.forward(), first.backward()
    held = [forward.layers[0].a, forward.layers[0].u, forward.layers[0].gates, *forward.layers[0].states]
    held += [*backward.layers[0].states, backward.layers[0].a, backward.layers[0].U]
    copies = [array.copy() for array in held]
    second.backward()
    for array, copy in zip(held, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@every_cell
@pytest.mark.parametrize("options", [{"T": 5}, {"T": LONG}, {"T": 5, "B": 2}, {"T": 5, "H": LARGE}], ids=str)
def test_nothing_of_a_run_that_was_not_finite_is_left_for_the_next(cell, options):
    network = made(cell, **options)
    expected = numbers(network)
    broken = replace(network, x=np.full_like(network.x, np.nan))
    assert np.isnan(broken.backward().layers[0].U).all()
    for array, before in zip(numbers(network), expected, strict=True):
        np.testing.assert_array_equal(array, before)


@every_cell
def test_threads_do_not_write_into_each_others_rows(cell):
    networks = [made(cell, seed=seed, T=LONG) for seed in range(4)]
    expected = [numbers(network) for network in networks]
    with ThreadPoolExecutor(4) as pool:
        for found, arrays in zip(pool.map(numbers, networks * 8), expected * 8, strict=True):
            for array, before in zip(found, arrays, strict=True):
                np.testing.assert_array_equal(array, before)


@every_cell
@pytest.mark.parametrize("H", [3, LARGE])
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_at_one_unit_reaches_no_other_unit_of_the_same_step(cell, H, bad):
    (weights,), x = made(cell, T=6, H=H).layers, np.ones((6, 2))
    direct = np.ones((7, H))
    direct[0], direct[4, 1] = 0, bad
    d_states = backpropagate(weights, unroll(weights, x), direct).states
    for d_state in d_states:
        assert np.isfinite(d_state[5:]).all()
        assert np.flatnonzero(~np.isfinite(d_state[4])).tolist() == [1]
        assert not np.isfinite(d_state[3]).any()


def test_a_closed_forget_gate_forgets_however_much_there_was():
    (weights,), x = made("lstm", T=2, H=2).layers, np.ones((2, 2))
    b = weights.b.copy()
    b[2:4] = -100  # f
    traces = [unroll(replace(weights, b=b, initial=(np.zeros(2), np.full(2, c))), x) for c in (0.0, 1e17)]
    np.testing.assert_array_equal(traces[0].states[1][1:], traces[1].states[1][1:])


@every_cell
def test_a_sequence_is_the_same_alone_and_in_a_batch_that_has_fewer_rows_at_once(cell):
    network = made(cell, T=40, H=LARGE, B=2**8 // FEWEST)
    assert steps_at_once(LARGE, network.x.shape[2:]) < steps_at_once(LARGE, ())
    together, single = network.forward().layers[0].states[0], alone(network, 3).forward().layers[0].states[0]
    np.testing.assert_allclose(together[..., 3], single, rtol=0, atol=1e-14)


@pytest.mark.parametrize("steps", [1, 4, 5, 9])
def test_blocks_follow_one_another_and_leave_nothing_out(steps):
    found = [t for block in blocks(slice(3, 12), steps) for t in range(block.start, block.stop)]
    assert found == list(range(3, 12))


def test_a_large_batch_has_fewer_rows_but_never_none():
    assert steps_at_once(1, ()) == STEPS
    assert steps_at_once(4096, (1000,)) == FEWEST
