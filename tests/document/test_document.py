"""A document that exists is consistent; an impossible one says what is wrong and where."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given
from strategies import documents

from rnnviz.document.document import (
    READOUT,
    Document,
    Input,
    Layer,
    Objective,
    Place,
    Readout,
    Window,
    weight_shapes,
)
from rnnviz.document.values import DocumentError


def zeros(cell, units, inputs, **changed):
    return {name: np.zeros(shape) for name, shape in weight_shapes(cell, units, inputs).items()} | changed


def without(weights, name):
    return {key: values for key, values in weights.items() if key != name}


def layer(units=2, inputs=1, cell="rnn", **options):
    return Layer(cell, zeros(cell, units, inputs), **options)


def network(*layers, batch=3, timesteps=4, readout=None, objective=None, **options):
    layers = layers or (layer(),)
    data = Input(("x",), np.zeros((batch, timesteps, 1)))
    return Document(tuple(layers), readout, data, objective or Objective(), **options)


def readout(activation="linear", outputs=2, units=2):
    return Readout(activation, {"W_hy": np.zeros((outputs, units))})


def numbers(*shape):
    return np.zeros(shape)


IMPOSSIBLE = {
    # layers
    "an unknown cell": (lambda: layer_with(cell="gelu"), ["cell", "'gelu'", "rnn, gru, lstm"]),
    "an unknown activation": (lambda: layer(activation="gelu"), ["activation", "'gelu'", "tanh", "linear"]),
    "a gated cell with an activation": (
        lambda: layer(cell="lstm", activation="relu"),
        ["activation", "lstm", "leave it out"],
    ),
    "no recurrent matrix": (
        lambda: Layer("rnn", {"W_xh": numbers(2, 1)}),
        ["weights.W_hh", "(units, units)", "got nothing"],
    ),
    "no input matrix": (
        lambda: Layer("rnn", {"W_hh": numbers(2, 2)}),
        ["weights.W_xh", "(units, inputs)", "got nothing"],
    ),
    "a vector for a matrix": (
        lambda: Layer("rnn", {"W_hh": numbers(2), "W_xh": numbers(2, 1)}),
        ["weights.W_hh", "(units, units)", "(2,)"],
    ),
    "a matrix without entries": (
        lambda: Layer("rnn", {"W_hh": numbers(2, 2), "W_xh": numbers(2, 0)}),
        ["weights.W_xh", "(units, inputs)", "(2, 0)"],
    ),
    "a recurrent matrix that is not square": (
        lambda: Layer("rnn", zeros("rnn", 2, 1, W_hh=numbers(2, 3))),
        ["weights.W_hh", "(2, 2)", "(2, 3)"],
    ),
    "an input matrix of another height": (
        lambda: Layer("rnn", zeros("rnn", 2, 1, W_xh=numbers(3, 1))),
        ["weights.W_xh", "(2, 1)", "(3, 1)"],
    ),
    "a bias of another length": (
        lambda: Layer("rnn", zeros("rnn", 2, 1, b_h=numbers(3))),
        ["weights.b_h", "(2,)", "(3,)"],
    ),
    "blocks of different sizes": (
        lambda: Layer("lstm", zeros("lstm", 2, 1, W_xo=numbers(2, 5))),
        ["weights.W_xo", "(2, 1)", "(2, 5)"],
    ),
    "a block that is missing": (
        lambda: Layer("gru", without(zeros("gru", 2, 1), "W_hn")),
        ["weights.W_hn", "missing", "(2, 2)"],
    ),
    "a weight of another cell": (
        lambda: Layer("rnn", zeros("rnn", 2, 1, b_hn=numbers(2))),
        ["weights.b_hn", "W_xh, W_hh, b_h"],
    ),
    "a weight that is not finite": (
        lambda: Layer("rnn", zeros("rnn", 2, 1, W_hh=[[0, 0], [0, np.nan]])),
        ["weights.W_hh", "[2, 2]", "finite"],
    ),
    "a weight that is not a number": (
        lambda: Layer("rnn", zeros("rnn", 2, 1, b_h=["one", 2])),
        ["weights.b_h", "numbers"],
    ),
    "a weight beyond float64": (
        lambda: Layer("rnn", zeros("rnn", 2, 1, b_h=[10**400, 2])),
        ["weights.b_h", "numbers"],
    ),
    "rows of different lengths": (
        lambda: Layer("rnn", zeros("rnn", 2, 1, W_hh=[[0, 0], [0]])),
        ["weights.W_hh", "equal length"],
    ),
    "an initial state of another length": (
        lambda: layer(initial_state={"h": numbers(3)}),
        ["initial_state.h", "(2,)", "(3,)"],
    ),
    "an initial state of another cell": (
        lambda: layer(initial_state={"c": numbers(2)}),
        ["initial_state.c", "expected h"],
    ),
    # readout
    "an unknown readout activation": (lambda: readout("tanh"), ["readout.activation", "'tanh'", "softmax"]),
    "a readout without a matrix": (
        lambda: Readout("linear", {"b_y": numbers(1)}),
        ["readout.weights.W_hy", "(outputs, units)", "got nothing"],
    ),
    "a readout with a vector": (
        lambda: Readout("linear", {"W_hy": numbers(2)}),
        ["readout.weights.W_hy", "(outputs, units)", "(2,)"],
    ),
    "a readout bias of another length": (
        lambda: Readout("linear", {"W_hy": numbers(2, 3), "b_y": numbers(3)}),
        ["readout.weights.b_y", "(2,)", "(3,)"],
    ),
    "a readout weight that is not finite": (
        lambda: Readout("linear", {"W_hy": [[np.inf]]}),
        ["readout.weights.W_hy", "[1, 1]", "finite"],
    ),
    "a readout weight that nobody knows": (
        lambda: Readout("linear", {"W_hy": numbers(2, 3), "b": numbers(2)}),
        ["readout.weights.b:", "W_hy, b_y"],
    ),
    # input
    "input values that are a matrix": (
        lambda: Input(("x",), numbers(4, 1)),
        ["input.values", "3 dimensions", "got 2", "(4, 1)"],
    ),
    "no steps": (lambda: Input(("x",), numbers(1, 0, 1)), ["input.values", "(1, 0, 1)", "at least one"]),
    "an input value that is not finite": (
        lambda: Input(("x",), [[[0.0], [np.nan]]]),
        ["input.values", "[1, 2, 1]", "finite"],
    ),
    "a feature without a name": (
        lambda: Input(("x",), numbers(1, 4, 2)),
        ["input.features", "1 names", "2 features"],
    ),
    "a text without a vocabulary": (
        lambda: Input(("x",), numbers(1, 4, 1), text="aaaa"),
        ["input", "text, vocabulary and encoding", "all or none"],
    ),
    "a vocabulary of another size": (
        lambda: Input(("x",), numbers(1, 4, 1), "aaaa", ("a", "b"), "char"),
        ["input.vocabulary", "2 symbols", "1 features"],
    ),
    "an unknown encoding": (
        lambda: Input(("x",), numbers(1, 4, 1), "aaaa", ("a",), "bytes"),
        ["input.encoding", "'bytes'", "char or word"],
    ),
    # objective
    "an unknown loss": (lambda: Objective("huber"), ["objective.loss", "'huber'", "cross_entropy"]),
    "an unknown reduction": (
        lambda: Objective(reduction="max"),
        ["objective.reduction", "'max'", "sum or mean"],
    ),
    "unknown steps": (lambda: Objective(steps="first"), ["objective.steps", "'first'", "all, last"]),
    "no targets": (
        lambda: Objective("half_squared_error"),
        ["objective.targets", "half_squared_error", "give them"],
    ),
    "targets of another dimension": (
        lambda: Objective("half_squared_error", targets=numbers(3, 4)),
        ["objective.targets", "3 dimensions", "got 2", "(3, 4)"],
    ),
    "class targets of another dimension": (
        lambda: Objective("cross_entropy", targets=numbers(3, 4, 1)),
        ["objective.targets", "2 dimensions", "got 3", "(3, 4, 1)"],
    ),
    "an empty window": (lambda: Window(0, stateful=True), ["window.length", "0", "at least 1"]),
    # what belongs together
    "no layers": (
        lambda: Document((), None, Input(("x",), numbers(1, 1, 1)), Objective()),
        ["layers", "at least one"],
    ),
    "a first layer that reads another number of features": (
        lambda: network(layer(inputs=5)),
        ["layers[0].weights", "5 columns", "the input has 1 features"],
    ),
    "a second layer that reads another number of units": (
        lambda: network(layer(units=2), layer(inputs=5)),
        ["layers[1].weights", "5 columns", "layers[0] has 2 units"],
    ),
    "a readout that reads another number of units": (
        lambda: network(readout=readout(units=5)),
        ["readout.weights.W_hy", "5 columns", "layers[0] has 2 units"],
    ),
    "a recurrent layer after a last state only": (
        lambda: network(layer(return_sequences=False), layer(inputs=2)),
        [
            "layers[0].return_sequences",
            "layers[1] is recurrent",
            "(batch, units) = (3, 2)",
            "(batch, timesteps, features) = (3, 4, 2)",
            "set return_sequences to true",
        ],
    ),
    "cross entropy of a linear readout": (
        lambda: network(readout=readout(), objective=Objective("cross_entropy", targets=numbers(3, 4))),
        ["objective.loss", "cross_entropy needs a softmax readout", "is linear"],
    ),
    "binary cross entropy without a readout": (
        lambda: network(objective=Objective("binary_cross_entropy", targets=numbers(3, 4, 2))),
        ["objective.loss", "binary_cross_entropy needs a sigmoid readout", "is linear"],
    ),
    "a step after the end": (
        lambda: network(objective=Objective(steps=(1, 5))),
        ["objective.steps", "step 5", "1 to 4"],
    ),
    "a step 0": (
        lambda: network(objective=Objective(steps=(0,))),
        ["objective.steps", "step 0", "1 to 4"],
    ),
    "no chosen step": (
        lambda: network(objective=Objective(steps=())),
        ["objective.steps", "no step", "1 to 4"],
    ),
    "a step twice": (lambda: network(objective=Objective(steps=(2, 2))), ["objective.steps", "twice"]),
    "a step without an output": (
        lambda: network(layer(return_sequences=False), objective=Objective(steps=(2,))),
        ["objective.steps", "return_sequences false", "step 4", '"last"'],
    ),
    "targets of another shape": (
        lambda: network(objective=Objective("half_squared_error", targets=numbers(3, 4, 1))),
        ["objective.targets", "(3, 4, 2)", "(3, 4, 1)"],
    ),
    "class targets of another shape": (
        lambda: classes(numbers(3, 5)),
        ["objective.targets", "(3, 4)", "(3, 5)"],
    ),
    "a class that does not exist": (
        lambda: classes(np.full((3, 4), 2.0)),
        ["objective.targets", "whole numbers from 0 to 1"],
    ),
    "a class below 0": (
        lambda: classes(np.full((3, 4), -1.0)),
        ["objective.targets", "whole numbers from 0 to 1"],
    ),
    "half a class": (
        lambda: classes(np.full((3, 4), 0.5)),
        ["objective.targets", "whole numbers from 0 to 1"],
    ),
}


def layer_with(cell):
    return Layer(cell, zeros("rnn", 2, 1))


def classes(targets):
    return network(readout=readout("softmax"), objective=Objective("cross_entropy", targets=targets))


@pytest.mark.parametrize(("make", "said"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_is_impossible_is_refused_with_what_and_where(make, said):
    with pytest.raises(DocumentError) as refusal:
        make()
    assert [words for words in said if words not in str(refusal.value)] == []


def test_biases_and_initial_states_may_be_left_out():
    short = Layer("gru", {name: values for name, values in zeros("gru", 2, 1).items() if name[0] == "W"})
    assert short == layer(cell="gru", initial_state={"h": numbers(2)})


def test_weights_are_kept_in_one_order():
    backwards = dict(reversed(zeros("lstm", 2, 1).items()))
    assert list(Layer("lstm", backwards).weights) == list(weight_shapes("lstm", 2, 1))


@given(documents(large=False))
def test_a_document_equals_itself_rebuilt_from_copies(document):
    layers = tuple(
        replace(
            one,
            weights={name: values.copy() for name, values in one.weights.items()},
            initial_state={name: values.copy() for name, values in one.initial_state.items()},
        )
        for one in document.layers
    )
    assert replace(document, layers=layers) == document


@pytest.mark.parametrize("value", [1.0, -0.0, 5e-324])
def test_documents_differ_when_one_bit_differs(golden, value):
    place = Place(0, "b_h")
    zero = golden.with_weight(place, [0.0, 0.0])
    assert zero.with_weight(place, [0.0, value]) != zero
    assert zero.with_weight(place, [0.0, 0.0]) == zero


@pytest.mark.parametrize(
    "change",
    [
        {"title": "another"},
        {"notes": "another"},
        {"window": Window(2, stateful=True)},
        {"readout": None, "objective": Objective()},
        {"objective": Objective()},
        {"input": Input(("y",), np.array([1.0, 0.0, -1.0, 0.5]).reshape(1, 4, 1))},
    ],
    ids=list,
)
def test_documents_differ_when_a_field_differs(golden, change):
    assert replace(golden, **change) != golden


def test_windows_differ_when_true_stands_for_one():
    assert Window(1, stateful=True) != Window(True, stateful=True)


def test_a_document_equals_nothing_else(golden):
    assert golden != golden.layers
    assert golden != "Golden RNN"


def test_a_document_has_no_hash(golden):
    with pytest.raises(TypeError, match="unhashable"):
        hash(golden)


def test_a_document_cannot_be_changed(golden):
    with pytest.raises(FrozenInstanceError):
        golden.title = "another"
    with pytest.raises(TypeError):
        golden.layers[0].weights["b_h"] = numbers(2)
    with pytest.raises(ValueError, match="read-only"):
        golden.layers[0].weights["b_h"][0] = 1.0


def test_a_document_keeps_no_array_that_somebody_else_can_change():
    values = np.zeros((1, 4, 1))
    data = Input(("x",), values)
    values[0, 0, 0] = 1.0
    assert not data.values.any()


def test_a_locked_array_is_checked_too(golden):
    locked = np.array([0.0, np.nan])
    locked.flags.writeable = False
    with pytest.raises(DocumentError, match="b_h"):
        golden.with_weight(Place(0, "b_h"), locked)


def test_places_are_every_weight_layer_by_layer_then_the_readout():
    document = network(layer(), layer(inputs=2, cell="gru"), readout=readout())
    assert list(document.places()) == [
        *(Place(0, name) for name in ("W_xh", "W_hh", "b_h")),
        *(Place(1, name) for name in weight_shapes("gru", 2, 2)),
        Place(READOUT, "W_hy"),
        Place(READOUT, "b_y"),
    ]


def test_without_a_readout_there_is_no_place_in_it():
    document = network()
    assert READOUT not in {place.layer for place in document.places()}
    for change in (document.weight, lambda place: document.with_weight(place, numbers(2, 2))):
        with pytest.raises(DocumentError, match="W_hy: the readout of this network has no such weights"):
            change(Place(READOUT, "W_hy"))


@pytest.mark.parametrize("place", [Place(0, "W_hf"), Place(1, "W_hh"), Place(0, "c_0")])
def test_weights_that_are_not_there_are_named(place):
    with pytest.raises(DocumentError, match=f"{place.name}: layer {place.layer + 1} of this network has no such"):
        network().weight(place)


@given(documents(large=False))
def test_every_place_can_be_read_and_written(document):
    states = [Place(n, f"{state}_0") for n, one in enumerate(document.layers) for state in one.initial_state]
    for place in [*document.places(), *states]:
        old = document.weight(place)
        changed = document.with_weight(place, np.where(old == 1.0, 2.0, 1.0))
        assert changed != document
        assert changed.with_weight(place, old) == document


@pytest.mark.parametrize("place", [Place(0, "W_hh"), Place(0, "h_0"), Place(READOUT, "W_hy")], ids=str)
def test_a_weight_of_another_shape_is_refused_by_its_name(golden, place):
    shape = golden.weight(place).shape
    with pytest.raises(DocumentError) as refusal:
        golden.with_weight(place, numbers(3, 3))
    assert str(refusal.value) == f"{place.name}: expected shape {shape}, got (3, 3)"


def test_a_change_of_one_weight_shares_all_other_arrays(golden):
    changed = golden.with_weight(Place(0, "b_h"), [1.0, 2.0])
    assert changed.layers[0].weights["W_hh"] is golden.layers[0].weights["W_hh"]
    assert changed.readout is golden.readout


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"objective": Objective(steps="all")}, (1, 2, 3, 4)),
        ({"objective": Objective(steps="last")}, (4,)),
        ({"objective": Objective(steps=(3, 1))}, (3, 1)),
    ],
)
def test_the_steps_that_count_are_those_that_were_chosen(options, expected):
    assert network(**options).counted_steps(0) == expected


def test_only_the_last_step_counts_when_only_the_last_state_is_handed_on():
    assert network(layer(return_sequences=False)).counted_steps(0) == (4,)


def test_without_a_readout_the_outputs_are_the_units():
    assert network(layer(units=3)).outputs == 3
    assert network(readout=readout(outputs=5)).outputs == 5


@pytest.mark.parametrize(
    ("length", "borders"), [(1, [1, 2, 3]), (2, [2]), (3, [3]), (4, []), (9, []), (None, [])], ids=str
)
def test_windows_have_borders_within_a_sequence(length, borders):
    document = network(window=None if length is None else Window(length, stateful=True))
    assert list(document.borders(0)) == borders


def test_there_are_no_borders_in_the_padding():
    document = network(window=Window(1, stateful=True))
    padded = replace(document, input=replace(document.input, lengths=(4, 2, 1)))
    assert [list(padded.borders(sample)) for sample in range(3)] == [[1, 2, 3], [1], []]
