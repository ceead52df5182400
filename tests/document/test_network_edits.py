"""The network's build: cells, sizes, layers and windows change; what fits is kept."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents, moderate

from rnnviz.core.cells import CELLS
from rnnviz.document.document import READOUT, Objective, Place, Window
from rnnviz.document.network_edits import (
    MOST_LAYERS,
    MOST_UNITS,
    add_layer,
    remove_layer,
    set_activation,
    set_cell,
    set_precision,
    set_readout,
    set_return_sequences,
    set_units,
    set_window,
)
from rnnviz.document.presets import built_in
from rnnviz.document.values import DocumentError, equal


@given(documents(elements=moderate, large=False), st.sampled_from(sorted(CELLS)), st.data())
def test_another_cell_keeps_every_size_and_every_other_layer(document, cell, data):
    number = data.draw(st.integers(0, len(document.layers) - 1))
    changed = set_cell(number, cell).apply(document)
    old, new = document.layers[number], changed.layers[number]
    assert (new.cell, new.units, new.inputs) == (cell, old.units, old.inputs)
    assert new.return_sequences == old.return_sequences
    others = [n for n in range(len(document.layers)) if n != number]
    assert [changed.layers[n] for n in others] == [document.layers[n] for n in others]
    assert (changed.readout, changed.input, changed.objective) == (document.readout, document.input, document.objective)


@pytest.mark.parametrize(("cell", "candidate"), [("lstm", "g"), ("gru", "n")])
def test_an_rnn_becomes_the_candidate_of_a_gated_cell_and_comes_back(golden, cell, candidate):
    started = golden.with_weight(Place(0, "h_0"), [0.25, -0.5])
    gated = set_cell(0, cell).apply(started)
    for kind in ("W_x", "W_h", "b_"):
        np.testing.assert_array_equal(gated.layers[0].weights[kind + candidate], golden.layers[0].weights[f"{kind}h"])
    np.testing.assert_array_equal(gated.layers[0].initial_state["h"], [0.25, -0.5])
    assert set_cell(0, "rnn").apply(gated).layers == started.layers


def test_the_gate_that_keeps_goes_from_lstm_to_gru_and_back(golden):
    lstm = set_cell(0, "lstm").apply(golden)
    gru = set_cell(0, "gru").apply(lstm)
    for kind in ("W_x", "W_h", "b_"):
        np.testing.assert_array_equal(gru.layers[0].weights[f"{kind}z"], lstm.layers[0].weights[f"{kind}f"])
    back = set_cell(0, "lstm").apply(gru)
    assert back.layers == lstm.layers


def test_what_an_lstm_has_more_is_drawn_with_the_forget_gate_open(golden):
    lstm = set_cell(0, "lstm").apply(golden).layers[0]
    np.testing.assert_array_equal(lstm.weights["b_f"], [1.0, 1.0])
    np.testing.assert_allclose(lstm.weights["W_hi"] @ lstm.weights["W_hi"].T, np.eye(2), atol=1e-12)
    assert set_cell(0, "lstm").apply(golden).layers[0] == lstm


def test_a_gated_cell_has_no_activation_to_choose(golden):
    with pytest.raises(DocumentError, match="an lstm has fixed activations"):
        set_activation(0, "relu").apply(set_cell(0, "lstm").apply(golden))


@given(documents(elements=moderate, large=False), st.integers(1, 5), st.data())
def test_another_number_of_units_keeps_the_entries_in_common(document, units, data):
    number = data.draw(st.integers(0, len(document.layers) - 1))
    if number == len(document.layers) - 1 and document.readout is None and units != document.outputs:
        return  # there is a test of its own for this
    changed = set_units(number, units).apply(document)
    assert changed.layers[number].units == units
    for place in document.places():
        old, new = document.weight(place), changed.weight(place)
        common = tuple(slice(min(sizes)) for sizes in zip(old.shape, new.shape, strict=True))
        np.testing.assert_array_equal(new[common], old[common], err_msg=str(place))


def test_new_units_start_from_zero(golden):
    started = golden.with_weight(Place(0, "h_0"), [1.0, 2.0])
    np.testing.assert_array_equal(set_units(0, 3).apply(started).layers[0].initial_state["h"], [1.0, 2.0, 0.0])


def test_without_a_readout_other_units_bring_one_that_keeps_the_targets(golden):
    bare = replace(golden, readout=None, objective=Objective("half_squared_error", targets=np.zeros((1, 4, 2))))
    changed = set_units(0, 3).apply(bare)
    assert changed.readout.weights["W_hy"].shape == (2, 3)
    np.testing.assert_array_equal(changed.objective.targets, bare.objective.targets)


@given(documents(elements=moderate, large=False), st.data())
def test_a_layer_that_is_added_and_removed_again_leaves_the_others(document, data):
    after = data.draw(st.integers(0, len(document.layers) - 1))
    if len(document.layers) == MOST_LAYERS:
        return
    taller = add_layer(after).apply(document)
    below, added = taller.layers[after : after + 2]
    assert (added.cell, added.units, added.inputs) == (below.cell, below.units, below.units)
    assert added.return_sequences == document.layers[after].return_sequences
    removed = remove_layer(after + 1).apply(taller)
    assert all(equal(new.weights, old.weights) for new, old in zip(removed.layers, document.layers, strict=True))
    assert removed.readout == document.readout


def test_removing_the_first_layer_lets_the_next_read_the_input():
    document = set_units(0, 4).apply(add_layer(0).apply(built_in("golden")))
    removed = remove_layer(0).apply(document)
    assert [layer.inputs for layer in removed.layers] == [1]
    np.testing.assert_array_equal(removed.layers[0].weights["W_hh"], document.layers[1].weights["W_hh"])


def test_the_message_about_return_sequences_tells_the_shapes(golden):
    taller = add_layer(0).apply(golden)
    with pytest.raises(DocumentError) as refusal:
        set_return_sequences(0, returns=False).apply(taller)
    message = str(refusal.value)
    assert "(batch, units) = (1, 2)" in message
    assert "reads (batch, timesteps, features) = (1, 4, 2)" in message
    assert "set return_sequences to true" in message


def test_only_the_last_step_counts_without_sequences(golden):
    changed = set_return_sequences(0, returns=False).apply(golden)
    assert changed.counted_steps(0) == (4,)
    assert set_return_sequences(0, returns=True).apply(changed) == golden


def test_a_readout_can_be_taken_away_and_come_back(golden):
    listening = replace(golden, objective=Objective("sum"))
    bare = set_readout(None).apply(listening)
    assert (bare.readout, bare.outputs) == (None, 2)
    again = set_readout("softmax").apply(bare)
    assert again.readout.activation == "softmax"
    assert again.weight(Place(READOUT, "W_hy")).shape == (2, 2)


REFUSED = {
    "no units": (set_units(0, 0), "units: 0 is not between 1 and"),
    "too many units": (set_units(0, MOST_UNITS + 1), "is not between 1 and 512"),
    "an unknown cell": (set_cell(0, "transformer"), "cell: 'transformer' is not known; use one of rnn"),
    "an unknown activation": (set_activation(0, "gelu"), "activation: 'gelu' is not known"),
    "the last layer": (remove_layer(0), "needs at least one recurrent layer"),
    "a loss without its readout": (set_readout("softmax"), None),
    "an unknown readout": (set_readout("tanh"), "readout.activation: 'tanh' is not known"),
    "an unknown precision": (set_precision("float16"), "use float64 or float32"),
}


@pytest.mark.parametrize(("edit", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_built_is_refused_and_nothing_changes(edit, message, golden):
    if message is None:
        edit.apply(golden)
        edit, message = set_readout(None), "targets: expected shape"
    with pytest.raises(DocumentError, match=message):
        edit.apply(golden)
    assert golden == built_in("golden")


def test_there_is_an_end_to_adding_layers(golden):
    for _ in range(MOST_LAYERS - 1):
        golden = add_layer(0).apply(golden)
    with pytest.raises(DocumentError, match="there are 8 already"):
        add_layer(0).apply(golden)


def test_windows_come_and_go(golden):
    windowed = set_window(Window(2, stateful=False)).apply(golden)
    assert windowed.window == Window(2, stateful=False)
    assert set_window(None).apply(windowed) == golden
    assert set_window(Window(1, stateful=True)).label == "Use stateful windows of 1 step"
