"""Checking a document's gradients: every array is looked at, wrong ones are named."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import documents, moderate

from rnnviz.document.checking import ArrayCheck, check_gradients, planned_checks
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, Window, weight_shapes
from rnnviz.document.presets import SCENES, built_in


def last_checks(document, sample=None, frame=None):
    """Return the finished check of every array, under its name."""
    checks = {check.name: check for check in check_gradients(document, sample, frame)}
    assert all(check.is_done for check in checks.values())
    return checks


def failed(checks):
    return [name for name, check in checks.items() if check.failed]


def network(*cells, units=3, timesteps=5, activation="tanh"):
    rng, layers, width = np.random.default_rng(0), [], 2
    for cell in cells:
        weights = {name: rng.normal(size=shape) for name, shape in weight_shapes(cell, units, width).items()}
        states = ("h", "c") if cell == "lstm" else ("h",)
        layers.append(Layer(cell, weights, {state: rng.normal(size=units) for state in states}, activation))
        width = units
    readout = Readout("linear", {"W_hy": rng.normal(size=(2, units)), "b_y": rng.normal(size=2)})
    values, targets = rng.normal(size=(2, timesteps, 2)), rng.normal(size=(2, timesteps, 2))
    objective = Objective("half_squared_error", "all", "mean", targets)
    return Document(tuple(layers), readout, Input(("a", "b"), values), objective)


def with_wrong(frame, name):
    """Return a frame with one number of one gradient a little wrong: as if backpropagation had a mistake."""

    def spoiled(array):
        wrong = array.copy()
        worst = np.unravel_index(np.abs(array).argmax(), array.shape)
        wrong[worst] *= 1.001
        return wrong

    layer = frame.layers[0]
    if name == "x":
        return replace(frame, x_gradient=spoiled(frame.x_gradient))
    if name in frame.readout_gradients:
        gradients = {**frame.readout_gradients, name: spoiled(frame.readout_gradients[name])}
        return replace(frame, readout_gradients=MappingProxyType(gradients))
    if name.endswith("_0"):
        gradients = layer.state_gradients[name[0]].copy()
        gradients[:, 0] *= 1.001
        layer = replace(layer, state_gradients={**layer.state_gradients, name[0]: gradients})
    else:
        layer = replace(layer, weight_gradients={**layer.weight_gradients, name: spoiled(layer.weight_gradients[name])})
    return replace(frame, layers=(layer, *frame.layers[1:]))


# Right gradients pass


@pytest.mark.parametrize("name", SCENES)
def test_every_gradient_of_a_built_in_scene_passes(name):
    assert failed(last_checks(built_in(name))) == []


@settings(max_examples=25)
@given(documents(moderate, large=False))
def test_every_gradient_of_any_document_passes(document):
    assert failed(last_checks(document, sample=6)) == []


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_truncated_backpropagation_is_checked_for_what_it_promises(cell):
    whole = network(cell)
    cut = replace(whole, window=Window(2, stateful=True))
    assert failed(last_checks(cut)) == []
    assert set(failed(last_checks(cut, frame=compute(whole)))) >= {"x", "h_0"}
    assert set(failed(last_checks(whole, frame=compute(cut)))) >= {"x", "h_0"}


# Every array is looked at


def test_all_weights_initial_states_and_the_input_are_checked():
    names = [check.name for check in planned_checks(network("lstm"))]
    assert names == [
        *(f"W_x{block}" for block in "ifgo"),
        *(f"W_h{block}" for block in "ifgo"),
        *(f"b_{block}" for block in "ifgo"),
        *("h_0", "c_0", "W_hy", "b_y", "x"),
    ]


def test_in_a_stack_each_name_says_its_layer():
    names = [check.name for check in planned_checks(network("rnn", "rnn"))]
    assert names == [
        *("W_xh of layer 1", "W_hh of layer 1", "b_h of layer 1", "h_0 of layer 1"),
        *("W_xh of layer 2", "W_hh of layer 2", "b_h of layer 2", "h_0 of layer 2"),
        *("W_hy", "b_y", "x"),
    ]


def test_without_a_readout_there_is_none_to_check():
    document = replace(network("rnn"), readout=None, objective=Objective("sum"))
    assert [check.name for check in planned_checks(document)] == ["W_xh", "W_hh", "b_h", "h_0", "x"]
    assert failed(last_checks(document)) == []


def test_checks_come_array_by_array_after_every_entry():
    document = network("rnn")
    checks = list(check_gradients(document, sample=4))
    planned = planned_checks(document, sample=4)
    assert [check.name for check in checks] == [plan.name for plan in planned for _ in range(plan.sample)]
    assert [check.compared for check in checks[:4]] == [1, 2, 3, 4]
    assert [check.is_done for check in checks[:4]] == [False, False, False, True]


def test_a_large_array_is_sampled_and_the_check_says_so():
    checks = last_checks(network("rnn", units=12), sample=10)
    assert (checks["W_hh"].entries, checks["W_hh"].sample, checks["W_hh"].compared) == (144, 10, 10)
    assert (checks["b_y"].entries, checks["b_y"].sample) == (2, 2)


def test_the_sample_is_always_the_same_and_not_the_beginning():
    documents = [network("rnn", units=units) for units in range(8, 13)]
    looked_at = [
        [check.worst.index for document in documents for check in check_gradients(document, sample=10)]
        for _ in range(2)
    ]
    assert looked_at[0] == looked_at[1]
    rows = {index[0] for index in looked_at[0] if len(index) == 2}
    assert max(rows) > 4  # the first ten entries of W_xh end in row 4


# Wrong gradients fail, by name


@pytest.mark.parametrize("name", [check.name for check in planned_checks(network("gru"))])
def test_a_wrong_gradient_fails_by_its_name(name):
    document = network("gru")
    checks = last_checks(document, frame=with_wrong(compute(document), name))
    assert failed(checks) == [name]
    worst = checks[name].worst
    assert worst.verdict == "differs"
    assert worst.error == pytest.approx(0.0005, rel=0.01)
    assert worst.analytic == pytest.approx(1.001 * worst.numeric, rel=1e-6)


def test_what_overflows_fails():
    document = network("rnn", timesteps=40, activation="linear").with_weight(Place(0, "W_hh"), 1e30 * np.eye(3))
    checks = last_checks(document, sample=2)
    assert "W_hh" in failed(checks)
    assert np.isnan(checks["W_hh"].worst.error)


def test_at_the_kink_of_a_relu_nothing_is_judged():
    document = network("rnn", activation="relu")
    for name in ("W_xh", "W_hh", "b_h", "h_0"):
        place = Place(0, name)
        document = document.with_weight(place, np.zeros_like(document.weight(place)))
    check = last_checks(document)["b_h"]
    assert (check.at_kinks, check.failed, check.worst) == (3, 0, None)


def test_a_check_that_has_not_begun_has_no_worst_entry():
    check = ArrayCheck("W_hh", 9, 9)
    assert check.worst is None
    assert not check.is_done


@pytest.mark.parametrize("window", [None, Window(2, stateful=True), Window(2, stateful=False)])
def test_padded_sequences_pass_in_windows_too(window):
    document = built_in("golden")
    values = np.concatenate([document.input.values, document.input.values[:, ::-1], -document.input.values])
    targets = np.repeat(document.objective.targets, 3, axis=0)
    padded = replace(
        document,
        input=replace(document.input, values=values, lengths=(4, 1, 3)),
        objective=replace(document.objective, targets=targets),
        window=window,
    )
    checks = [check for check in check_gradients(padded) if check.is_done]
    assert {check.name for check in checks} >= {"W_hh", "h_0", "x", "W_hy"}
    assert {check.verdict for check in checks} == {"passes"}


def test_single_precision_is_checked_in_double(golden):
    checks = check_gradients(replace(golden, precision="float32"))
    assert {check.verdict for check in checks if check.is_done} == {"passes"}
