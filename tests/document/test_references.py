"""The same networks in PyTorch and in Keras give the same numbers: states, outputs, losses and every gradient.

The references were made by the scripts in tests/references, which say how.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.document.compute import compute
from rnnviz.document.scenes import load_scene

REFERENCES = Path(__file__).resolve().parents[1] / "references"
FRAMEWORKS = ("pytorch", "keras")
SCENES = sorted(REFERENCES.glob("*/*.rnnviz.json"))
TOLERANCE = 1e-10

every_scene = pytest.mark.parametrize("path", SCENES, ids=lambda path: f"{path.parent.name}-{path.name.split('.')[0]}")


@cache
def references(framework):
    with np.load(REFERENCES / framework / "references.npz") as arrays:
        return dict(arrays)


def expected_of(path):
    """Return the framework's numbers for a scene, under the names of `Frame.trace`."""
    prefix = f"{path.name.removesuffix('.rnnviz.json')}/"
    found = references(path.parent.name)
    return {name.removeprefix(prefix): array for name, array in found.items() if name.startswith(prefix)}


@every_scene
def test_a_framework_computes_the_same_numbers(path):
    trace, expected = compute(load_scene(path)).trace(), expected_of(path)
    for name, array in expected.items():
        scale = np.abs(array).max()
        np.testing.assert_allclose(trace[name], array, rtol=TOLERANCE, atol=TOLERANCE * scale, err_msg=name)


@every_scene
def test_every_state_and_gradient_of_the_scene_has_a_reference(path):
    document, expected = load_scene(path), expected_of(path)
    assert {"y", "loss", "loss_steps", "grad.x", "readout.grad.W_hy", "readout.grad.b_y"} <= expected.keys()
    for number, layer in enumerate(document.layers):
        for name in (*CELLS[layer.cell].states, *(f"grad.{state}" for state in CELLS[layer.cell].states)):
            assert f"l{number}.{name}" in expected
        assert {f"l{number}.grad.{name}" for name in layer.weights} <= expected.keys()


@every_scene
def test_nothing_in_a_reference_scene_is_so_simple_that_a_mistake_could_hide(path):
    document = load_scene(path)
    assert document.batch == 2
    for layer in document.layers:
        for array in (*layer.weights.values(), *layer.initial_state.values()):
            assert np.unique(np.abs(array)).size == array.size
            assert array.all()


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", [("rnn", "tanh"), ("rnn", "relu"), ("lstm", "tanh"), ("gru", "tanh")])
def test_every_cell_has_references_alone_and_stacked(framework, cell, layers):
    documents = [load_scene(path) for path in SCENES if path.parent.name == framework]
    suiting = [d for d in documents if len(d.layers) == layers and (d.layers[0].cell, d.layers[0].activation) == cell]
    assert {d.objective.loss for d in suiting} == {"half_squared_error", "cross_entropy"}
    assert {d.objective.reduction for d in suiting} == {"sum", "mean"}
    assert layers == 2 or {d.objective.steps for d in suiting} == {"all", "last"}
