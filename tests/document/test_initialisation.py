"""Weights that nobody has set: drawn as the document says, and again the same at every reset."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents, initialisations, moderate

from rnnviz.core.cells import CELLS
from rnnviz.core.initialisers import INITIALISERS
from rnnviz.core.measures.spectrum import spectral_radius
from rnnviz.document.document import READOUT, Place
from rnnviz.document.initialisation import Initialisation, with_next_seed
from rnnviz.document.network_edits import add_layer, initialise, set_cell
from rnnviz.document.values import DocumentError


@given(documents(elements=moderate, large=False), initialisations(moderate))
def test_resetting_draws_exactly_the_same_values(document, initialisation):
    drawn = initialise(initialisation).apply(document)
    assert initialise(initialisation).apply(drawn) == drawn
    assert drawn.initialisation == initialisation
    assert all(np.isfinite(drawn.weight(place)).all() for place in drawn.places())


@given(documents(elements=moderate, large=False))
def test_initialising_keeps_the_build(document):
    drawn = initialise(Initialisation(seed=1)).apply(document)
    assert [drawn.weight(place).shape for place in drawn.places()] == [
        document.weight(place).shape for place in document.places()
    ]
    assert [(layer.cell, layer.activation, layer.return_sequences) for layer in drawn.layers] == [
        (layer.cell, layer.activation, layer.return_sequences) for layer in document.layers
    ]


def test_initialising_starts_from_zero_states(golden):
    started = golden.with_weight(Place(0, "h_0"), [1.0, 2.0])
    assert not initialise(Initialisation()).apply(started).layers[0].initial_state["h"].any()


def test_the_next_seed_draws_other_numbers(golden):
    first = initialise(golden.initialisation).apply(golden)
    second = initialise(with_next_seed(golden.initialisation)).apply(golden)
    assert second.initialisation.seed == 1
    assert not np.array_equal(first.layers[0].weights["W_hh"], second.layers[0].weights["W_hh"])


@pytest.mark.parametrize("name", INITIALISERS)
def test_input_and_recurrent_matrices_have_their_own_initialisers(golden, name):
    drawn = initialise(Initialisation(input="zeros", recurrent=name)).apply(golden)
    assert not drawn.layers[0].weights["W_xh"].any()
    assert drawn.layers[0].weights["W_hh"].any() == (name != "zeros")
    drawn = initialise(Initialisation(input=name, recurrent="zeros")).apply(golden)
    assert not drawn.layers[0].weights["W_hh"].any()
    assert drawn.weight(Place(READOUT, "W_hy")).any() == (name != "zeros")


@pytest.mark.parametrize("cell", CELLS)
def test_every_recurrent_block_gets_the_spectral_radius(golden, cell):
    document = set_cell(0, cell).apply(golden)
    drawn = initialise(Initialisation(recurrent="he", spectral_radius=0.7)).apply(document)
    for block in CELLS[cell].blocks:
        assert spectral_radius(drawn.layers[0].weights[f"W_h{block}"]) == pytest.approx(0.7, rel=1e-12)


def test_only_the_forget_gate_of_an_lstm_starts_with_a_bias(golden):
    drawn = initialise(Initialisation(forget_bias=2.5)).apply(set_cell(0, "lstm").apply(golden))
    weights = drawn.layers[0].weights
    np.testing.assert_array_equal(weights["b_f"], [2.5, 2.5])
    assert not any(weights[f"b_{block}"].any() for block in "igo")


def test_as_in_pytorch_biases_are_uniform_too(golden):
    drawn = initialise(Initialisation("uniform", "uniform")).apply(set_cell(0, "gru").apply(golden))
    for name in ("b_r", "b_z", "b_n", "b_hn"):
        bias = drawn.layers[0].weights[name]
        assert bias.any()
        assert np.abs(bias).max() <= 1 / np.sqrt(2)


def test_a_layer_added_above_leaves_the_values_below_as_they_were(golden):
    drawn = initialise(Initialisation(seed=4)).apply(golden)
    taller = initialise(Initialisation(seed=4)).apply(add_layer(0).apply(golden))
    assert taller.layers[0] == drawn.layers[0]
    assert taller.readout == drawn.readout


REFUSED = {
    r"initialisation.input: 'gauss' is not known; use one of zeros": {"input": "gauss"},
    r"initialisation.recurrent: 'gauss' is not known": {"recurrent": "gauss"},
    r"initialisation.seed: -1 is out of range": {"seed": -1},
    r"initialisation.spectral_radius: give a number of at least 0": {"spectral_radius": -0.5},
    r"spectral_radius: a matrix of zeros cannot be scaled": {"recurrent": "zeros", "spectral_radius": 1.0},
    r"initialisation.forget_bias: give a finite number": {"forget_bias": float("nan")},
}


@pytest.mark.parametrize(("message", "options"), REFUSED.items())
def test_what_cannot_be_drawn_is_refused_by_name(message, options):
    with pytest.raises(DocumentError, match=message):
        replace(Initialisation(), **options)


@given(st.integers(0, 2**32 - 1))
def test_there_is_always_a_next_seed(seed):
    assert with_next_seed(Initialisation(seed=seed)).seed != seed
