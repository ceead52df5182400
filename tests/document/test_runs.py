"""From a frame back to what one sequence ran with: the same numbers as the core's own run of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from strategies import documents, moderate

from rnnviz.core.bptt import backpropagate
from rnnviz.core.measures.jacobians import step_jacobians
from rnnviz.core.measures.steps import steps_of
from rnnviz.core.unroll import unroll
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, Window, weight_shapes
from rnnviz.document.runs import layer_run, layer_steps, network_run

CELLS = ("rnn", "lstm", "gru")
WINDOWS = {"whole": None, "stateful": Window(3, stateful=True), "stateless": Window(3, stateful=False)}
every_cell = pytest.mark.parametrize("cell", CELLS)
every_window = pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)


def network(cell, batch=1, window=None, loss="half_squared_error"):
    """Return two layers of a cell, the lower one wider, with random biases and initial states."""
    rng, layers, width = np.random.default_rng(7), [], 2
    for units in (4, 3):
        weights = {name: rng.normal(size=shape) for name, shape in weight_shapes(cell, units, width).items()}
        states = {"h": rng.normal(size=units)} | ({"c": rng.normal(size=units)} if cell == "lstm" else {})
        layers.append(Layer(cell, weights, states))
        width = units
    softmax = loss == "cross_entropy"
    targets = rng.integers(0, 2, (batch, 7)) if softmax else rng.normal(size=(batch, 7, 2))
    readout = Readout("softmax" if softmax else "linear", {"W_hy": rng.normal(size=(2, 3)), "b_y": rng.normal(size=2)})
    objective = Objective(loss, (2, 5), "mean", targets)
    return Document(tuple(layers), readout, Input(("a", "b"), rng.normal(size=(batch, 7, 2))), objective, window)


def arrays(value):
    """Return every array of a trace or of gradients, by name."""
    fields = {name: getattr(value, name) for name in value.__dataclass_fields__ if name not in ("window", "lengths")}
    flat = {name: [array] if isinstance(array, np.ndarray) else array for name, array in fields.items()}
    return {f"{name}[{place}]": array for name, found in flat.items() for place, array in enumerate(found)}


def assert_same(found, expected):
    for (name, array), wanted in zip(arrays(found).items(), arrays(expected).values(), strict=True):
        np.testing.assert_allclose(array, wanted, rtol=1e-11, atol=1e-13, err_msg=name)


@every_cell
@every_window
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("layer", [0, 1])
def test_a_run_is_what_the_core_makes_of_that_sequence_alone(cell, window, batch, layer):
    document = network(cell, batch, window)
    sample = batch - 1
    run = layer_run(compute(document), layer, sample)
    trace = unroll(run.weights, run.trace.x, run.trace.window)
    assert_same(run.trace, trace)
    assert_same(run.gradients, backpropagate(run.weights, trace, run.gradients.direct))


@every_cell
@every_window
def test_the_gradients_of_all_sequences_add_up_to_those_of_the_frame(cell, window):
    frame = compute(network(cell, 3, window))
    for number, shown in enumerate(frame.layers):
        runs = [layer_run(frame, number, sample).gradients for sample in range(3)]
        units, blocks = shown.direct.shape[2], list(shown.gates)
        for place, block in enumerate(blocks):
            rows = slice(place * units, (place + 1) * units)
            for name, parts in {
                f"W_x{block}": [run.W for run in runs],
                f"W_h{block}": [run.U for run in runs],
                f"b_{block}": [run.b for run in runs],
                f"b_h{block}": [run.recurrent_b for run in runs],
            }.items():
                if name in shown.weight_gradients:
                    expected = shown.weight_gradients[name]
                    np.testing.assert_allclose(sum(parts)[rows], expected, rtol=1e-11, atol=1e-13, err_msg=name)


@every_cell
@every_window
@pytest.mark.parametrize("batch", [1, 3])
def test_a_few_steps_are_those_of_the_run(cell, window, batch):
    frame, chosen = compute(network(cell, batch, window)), np.array([4, 1, 7])
    for layer in (0, 1):
        run = layer_run(frame, layer, batch - 1)
        found = layer_steps(frame, layer, batch - 1, run.weights, chosen)
        assert_same(found, steps_of(run.trace, chosen))
        expected = step_jacobians(run.weights, steps_of(run.trace))[chosen - 1]
        np.testing.assert_allclose(step_jacobians(run.weights, found), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("loss", ["half_squared_error", "cross_entropy"])
@pytest.mark.parametrize("batch", [1, 3])
def test_the_losses_of_all_sequences_have_the_frames_loss_as_their_mean(loss, batch):
    frame = compute(network("gru", batch, loss=loss))
    runs = [network_run(frame, sample) for sample in range(batch)]
    assert np.mean([run.forward.loss for run in runs]) == pytest.approx(frame.loss, rel=1e-13)
    for sample, run in enumerate(runs):
        np.testing.assert_allclose(run.readout.activation.apply(run.forward.logits), frame.y[sample], rtol=1e-12)
        values = run.objective.loss.values(run.forward.logits, run.forward.y, run.objective.targets)
        np.testing.assert_allclose(values, frame.loss_steps[sample], rtol=1e-12)


def test_a_run_changes_nothing_in_the_frame():
    frame = compute(network("lstm", 2))
    before = {name: array.copy() for name, array in frame.trace().items()}
    network_run(frame, 1)
    for name, array in frame.trace().items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)


def test_an_overflow_is_no_failure():
    document = network("gru")
    layer = document.layers[0]
    huge = {name: 1e200 * weight for name, weight in layer.weights.items()}
    run = network_run(compute(replace(document, layers=(replace(layer, weights=huge), document.layers[1]))), 0)
    assert run.layers[0].trace.u.shape == (7, 1, 4)


@given(documents(elements=moderate, large=False))
def test_a_run_ends_with_its_sequence_and_adds_up_to_the_frame(document):
    frame = compute(document)
    for layer in range(len(document.layers)):
        runs = [layer_run(frame, layer, sample) for sample in range(document.batch)]
        assert [len(run.trace.a) for run in runs] == [document.input.length(s) for s in range(document.batch)]
        total = sum(run.gradients.W for run in runs)
        name = f"W_x{runs[0].weights.cell.blocks[0]}"
        units = document.layers[layer].units
        np.testing.assert_allclose(total[:units], frame.layers[layer].weight_gradients[name], rtol=1e-9, atol=1e-12)
