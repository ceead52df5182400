"""Nudges: distances between two real runs, and what the Jacobians say of them."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.core.measures.norms import norms
from rnnviz.core.measures.perturbation import nudged_input
from rnnviz.document.compute import compute
from rnnviz.document.document import Window
from rnnviz.document.nudging import Nudge, nudged_document, part
from rnnviz.document.presets import built_in
from rnnviz.document.runs import layer_run

NUDGES = (("x", 3), ("x", 5), ("h", 0), ("h", 3), ("h", 5))


def states(document, layer=0, sample=0):
    real = slice(document.input.length(sample) + 1)
    found = compute(document).layers[layer].states
    return np.concatenate([found[name][sample, real] for name in found], axis=1)


@pytest.mark.parametrize(("scene", "layer"), [("golden", 0), ("lstm-memory", 0), ("stacked", 1), ("truncated", 0)])
def test_a_nudge_of_the_input_is_a_run_of_another_document(scene, layer):
    document, nudge = built_in(scene), Nudge("x", 0, 2, 0.1, layer)
    values = document.input.values.copy()
    values[0, 1, 0] += 0.1
    other = replace(document, input=replace(document.input, values=values))
    apart = norms(states(other, layer) - states(document, layer))
    parting = part(document, nudge)
    np.testing.assert_array_equal(parting.distances, apart)
    assert parting.distances[:2].tolist() == [0.0, 0.0]
    assert (parting.linear is None) == (layer > 0)


def test_it_is_what_the_core_says_of_a_single_layer():
    document = built_in("gru")
    run = layer_run(compute(document), 0, 0)
    direction = np.eye(run.trace.x.shape[1])[0]
    expected = nudged_input(run.weights, run.trace, 3, direction, 0.05).distances
    np.testing.assert_allclose(part(document, Nudge("x", 0, 3, 0.05)).distances, expected, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("what", ["h", "c"])
def test_a_nudge_of_the_start_is_a_run_from_another_start(what):
    document, nudge = built_in("lstm-memory"), Nudge(what, 1, 0, 0.2)
    apart = norms(states(nudged_document(document, nudge)) - states(document))
    np.testing.assert_allclose(part(document, nudge).distances, apart, rtol=1e-12, atol=0)
    assert apart[0] == pytest.approx(0.2)


def test_no_document_has_a_state_nudged_on_its_way(golden):
    assert nudged_document(golden, Nudge("h", 0, 2, 0.1)) is None


@pytest.mark.parametrize("window", [None, Window(5, stateful=True), Window(5, stateful=False)])
@pytest.mark.parametrize(
    ("scene", "what", "k"),
    [
        *((scene, *nudge) for scene in ("default", "lstm-memory", "gru") for nudge in NUDGES),
        ("lstm-memory", "c", 2),
    ],
)
def test_small_nudges_follow_the_jacobians(scene, what, k, window):
    document = replace(built_in(scene), window=window)
    parting = part(document, Nudge(what, 0, k, 1e-6))
    np.testing.assert_allclose(parting.linear, parting.distances, rtol=2e-4, atol=1e-14)
    assert parting.distances[k] > 0


def test_a_stateless_window_forgets_the_nudge_exactly():
    document = replace(built_in("default"), window=Window(5, stateful=False))
    distances = part(document, Nudge("h", 0, 2, 0.1)).distances
    assert (distances[2:6] > 0).all()
    assert not distances[6:].any()


def test_padding_is_not_part_of_it():
    document = built_in("batch")
    sample = int(np.argmin([document.input.length(each) for each in range(document.batch)]))
    parting = part(document, Nudge("x", 0, 1, 0.1, sample=sample))
    assert len(parting.distances) == document.input.length(sample) + 1 < document.timesteps + 1
