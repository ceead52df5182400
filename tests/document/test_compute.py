"""compute(document): a pure function whose arrays are named, read-only and honest about overflow."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from strategies import documents, moderate

from rnnviz.core.cells import CELLS
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, weight_shapes
from rnnviz.document.frame import Problem


def stack(*cells, batch=1, readout=True, timesteps=4, seed=0):
    """A network with 2 features, 3 units in each layer, and 2 outputs where it has a readout."""
    rng, layers, inputs = np.random.default_rng(seed), [], 2
    for cell in cells:
        weights = {name: rng.normal(size=shape) for name, shape in weight_shapes(cell, 3, inputs).items()}
        layers.append(Layer(cell, weights, {"h": rng.normal(size=3)}))
        inputs = 3
    output = Readout("linear", {"W_hy": rng.normal(size=(2, 3)), "b_y": rng.normal(size=2)})
    targets = rng.normal(size=(batch, timesteps, 2 if readout else 3))
    return Document(
        tuple(layers),
        output if readout else None,
        Input(("u", "v"), rng.normal(size=(batch, timesteps, 2))),
        Objective("half_squared_error", targets=targets),
    )


STACKS = {
    "rnn": ("rnn",),
    "lstm": ("lstm",),
    "gru": ("gru",),
    "lstm-gru": ("lstm", "gru"),
    "rnn-lstm-gru": ("rnn", "lstm", "gru"),
}
BLOCKS = {"rnn": "h", "lstm": "ifgo", "gru": "rzn"}
every_stack = pytest.mark.parametrize("cells", STACKS.values(), ids=STACKS)


def expected_shapes(cells, batch, timesteps, readout):
    """Return the arrays that exported files contain, written out by hand."""
    steps, outputs = (batch, timesteps), 2 if readout else 3
    at_all_times = (batch, timesteps + 1, 3)
    shapes = {
        "x": (*steps, 2),
        "y": (*steps, outputs),
        "loss": (),
        "loss_steps": steps,
        "grad.x": (*steps, 2),
    }
    for number, cell in enumerate(cells):
        states = ("h", "c") if cell == "lstm" else ("h",)
        layer = dict.fromkeys(["direct.h", *states, *(f"grad.{state}" for state in states)], at_all_times)
        for block in BLOCKS[cell]:
            layer |= {f"{kind}.{block}": (*steps, 3) for kind in ("a", "gate", "grad.a")}
            layer[f"grad.W_x{block}"] = (3, 3 if number else 2)
            layer[f"grad.W_h{block}"] = (3, 3)
            layer[f"grad.b_{block}"] = (3,)
        if cell == "gru":
            layer["grad.b_hn"] = (3,)
        shapes |= {f"l{number}.{key}": shape for key, shape in layer.items()}
    if readout:
        shapes |= {"readout.grad.W_hy": (2, 3), "readout.grad.b_y": (2,)}
    return shapes


def arrays_of(frame):
    return {name: array for name, array in frame.trace().items() if name != "loss"}


def test_every_cell_has_its_blocks_listed_here():
    assert {name: "".join(cell.blocks) for name, cell in CELLS.items()} == BLOCKS


@every_stack
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("readout", [True, False], ids=["readout", "no readout"])
def test_a_trace_has_exactly_the_arrays_that_were_promised(cells, batch, readout):
    trace = compute(stack(*cells, batch=batch, readout=readout)).trace()
    assert {name: array.shape for name, array in trace.items()} == expected_shapes(cells, batch, 4, readout)
    assert {array.dtype for array in trace.values()} == {np.dtype(np.float64)}


@every_stack
@pytest.mark.parametrize("batch", [1, 3])
def test_no_array_of_a_frame_can_be_written_to(cells, batch):
    for name, array in arrays_of(compute(stack(*cells, batch=batch))).items():
        assert not array.flags.writeable, name


@given(documents(elements=moderate, large=False))
def test_computing_twice_gives_the_same_bits(document):
    first, second = compute(document).trace(), compute(document).trace()
    assert {k: v.tobytes() for k, v in first.items()} == {k: v.tobytes() for k, v in second.items()}


@given(documents(elements=moderate, large=False))
def test_computing_does_not_change_the_document(document):
    arrays = [document.input.values, *(document.weight(place) for place in document.places())]
    before = [array.tobytes() for array in arrays]
    assert compute(document).document is document
    assert [array.tobytes() for array in arrays] == before


@every_stack
def test_sequences_of_a_batch_do_not_see_each_other(cells):
    together = stack(*cells, batch=3)
    batch = compute(together)
    alone = [compute(only(together, b)) for b in range(3)]
    assert batch.loss == pytest.approx(np.mean([frame.loss for frame in alone]), rel=1e-14)
    traces = [arrays_of(frame) for frame in alone]
    for name, array in arrays_of(batch).items():
        found = [trace[name] for trace in traces]
        if is_of_weights(name):
            expected = np.mean(found, axis=0)
        else:  # each sequence has its own; a gradient is its share of the mean
            expected = np.concatenate(found) / (3 if "grad." in name or "direct." in name else 1)
        np.testing.assert_allclose(array, expected, rtol=1e-12, atol=1e-13, err_msg=name)


def is_of_weights(name):
    return "grad.W_" in name or "grad.b_" in name


def only(document, b):
    """Return the document with the sequence number b alone."""
    return replace(
        document,
        input=replace(document.input, values=document.input.values[b : b + 1]),
        objective=replace(document.objective, targets=document.objective.targets[b : b + 1]),
    )


@every_stack
def test_pre_activations_become_gates(cells):
    frame = compute(stack(*cells, batch=2))
    for layer in frame.layers:
        for block, a in layer.pre_activations.items():
            expected = 1 / (1 + np.exp(-a)) if block in "ifrzo" else np.tanh(a)
            np.testing.assert_allclose(layer.gates[block], expected, rtol=1e-14)


def test_states_begin_with_the_initial_state():
    document = stack("lstm", batch=3)
    layer = compute(document).layers[0]
    for state, values in document.layers[0].initial_state.items():
        np.testing.assert_array_equal(layer.states[state][:, 0], np.tile(values, (3, 1)))


def test_the_loss_is_the_reduced_sum_of_its_steps():
    document = stack("gru", batch=3)
    for steps, chosen in (("all", slice(None)), ("last", [3]), ((2, 3), [1, 2])):
        for reduction, reduce in (("sum", np.sum), ("mean", np.mean)):
            objective = replace(document.objective, steps=steps, reduction=reduction)
            frame = compute(replace(document, objective=objective))
            expected = reduce(frame.loss_steps[:, chosen], axis=1).mean()
            assert frame.loss == pytest.approx(expected, rel=1e-14)


def test_last_step_is_the_number_of_steps():
    assert compute(stack("rnn", timesteps=7)).last_step == 7


# Overflow -----------------------------------------------------------------------------------------


def growing(factor=1e100, timesteps=10, **objective):
    """One linear unit that starts at 1 and is multiplied by a factor at every step."""
    layer = Layer("rnn", {"W_xh": [[0.0]], "W_hh": [[factor]]}, {"h": [1.0]}, "linear")
    data = Input(("x",), np.zeros((1, timesteps, 1)))
    return Document((layer,), None, data, Objective("sum", "last", **objective))


def test_overflow_is_reported_with_its_first_step_forward_and_its_last_backward():
    # h_t = 1e100^t, and dL/dh_t = 1e100^(10 - t)
    assert compute(growing()).problems == (
        Problem("h", 4),
        Problem("y", 4),
        Problem("the loss", 4),
        Problem("∂L/∂h", 6),
    )


def test_a_problem_says_what_and_when():
    assert str(compute(growing()).problems[0]) == "h overflows at t = 4"


def test_a_problem_of_a_stack_names_its_layer():
    document = growing()
    layer = Layer("rnn", {"W_xh": [[1.0]], "W_hh": [[0.0]]})
    both = replace(document, layers=(*document.layers, layer))
    quantities = {problem.quantity for problem in compute(both).problems}
    assert "h of layer 1" in quantities
    assert "h of layer 2" not in quantities


def test_what_overflows_in_one_sequence_only_is_reported_too():
    document = growing()
    values = np.zeros((2, 10, 1))
    values[1, 4] = 1e300
    layer = replace(document.layers[0], weights={"W_xh": [[1e10]], "W_hh": [[0.0]]})
    problems = compute(replace(document, layers=(layer,), input=Input(("x",), values))).problems
    assert problems[0] == Problem("h", 5)


def test_numbers_whose_sum_alone_overflows_are_no_problem():
    layer = Layer("rnn", {"W_xh": [[1.0]], "W_hh": [[0.0]]}, activation="linear")
    data = Input(("x",), np.full((1, 4, 1), 1.7e308))
    assert compute(Document((layer,), None, data, Objective("sum", "last"))).problems == ()


def test_no_problem_is_reported_where_there_is_none():
    assert compute(growing(factor=1.0)).problems == ()


@given(documents(large=False))
def test_no_document_makes_compute_raise_or_warn(document):
    frame = compute(document)
    assert set(arrays_of(frame)) >= {"x", "y", "loss_steps", "grad.x"}


@given(documents(large=False))
def test_states_and_their_gradients_are_finite_or_reported(document):
    frame = compute(document)
    shown = [frame.y, frame.loss_steps]
    for layer in frame.layers:
        shown += [*layer.states.values(), *layer.state_gradients.values()]
    assert bool(frame.problems) == any(not np.isfinite(array).all() for array in shown)
