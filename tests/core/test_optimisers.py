"""Optimisers change weights as PyTorch does, and clipping too: tests/references/make_optimisers.py asked it."""

import json
from pathlib import Path

import numpy as np
import pytest

from rnnviz.core.clipping import clip, segment_norms
from rnnviz.core.optimisers import OPTIMISERS

REFERENCE = json.loads((Path(__file__).parents[1] / "references" / "optimisers.json").read_text(encoding="utf-8"))
WEIGHTS = tuple(np.array(array) for array in REFERENCE["weights"])
GRADIENTS = [tuple(np.array(array) for array in step) for step in REFERENCE["gradients"]]
EVERYWHERE = np.zeros(1, np.intp)

every_optimiser = pytest.mark.parametrize("optimiser", OPTIMISERS.values(), ids=OPTIMISERS)


def after(optimiser, steps, learning_rate=0.1):
    weights, memory = WEIGHTS, optimiser.start(WEIGHTS)
    for gradients in GRADIENTS[:steps]:
        weights, memory = optimiser.update(weights, gradients, memory, learning_rate)
    return weights, memory


def test_every_optimiser_has_a_reference():
    assert REFERENCE["optimisers"].keys() == OPTIMISERS.keys()
    assert len(GRADIENTS) == 10


@every_optimiser
def test_ten_steps_are_those_of_pytorch(optimiser):
    expected = REFERENCE["optimisers"][optimiser.name]
    weights, memory = WEIGHTS, optimiser.start(WEIGHTS)
    for gradients, reference in zip(GRADIENTS, expected["weights"], strict=True):
        weights, memory = optimiser.update(weights, gradients, memory, expected["learning_rate"])
        for array, other in zip(weights, reference, strict=True):
            np.testing.assert_allclose(array, other, rtol=1e-9, atol=1e-9)
    assert memory.updates == 10


@every_optimiser
def test_an_update_changes_nothing_that_it_is_given(optimiser):
    weights, memory = after(optimiser, 3)
    copies = [array.copy() for array in weights], [[a.copy() for a in group] for group in memory.averages]
    for array in (*weights, *GRADIENTS[3], *(a for group in memory.averages for a in group)):
        array.flags.writeable = False
    optimiser.update(weights, GRADIENTS[3], memory, 0.1)
    for array, copy in zip(weights, copies[0], strict=True):
        np.testing.assert_array_equal(array, copy)
    for group, kept in zip(memory.averages, copies[1], strict=True):
        for array, copy in zip(group, kept, strict=True):
            np.testing.assert_array_equal(array, copy)


@every_optimiser
def test_the_same_update_again_gives_the_same_bits(optimiser):
    (one, _), (other, _) = after(optimiser, 7), after(optimiser, 7)
    assert [array.tobytes() for array in one] == [array.tobytes() for array in other]


@every_optimiser
def test_it_remembers_what_it_says(optimiser):
    _, memory = after(optimiser, 1)
    assert [[a.shape for a in group] for group in memory.averages] == [
        [w.shape] * len(optimiser.averages) for w in WEIGHTS
    ]


@every_optimiser
def test_a_weight_without_a_gradient_stays(optimiser):
    memory = optimiser.start(WEIGHTS)
    zeros = tuple(np.zeros_like(array) for array in WEIGHTS)
    for _ in range(3):
        weights, memory = optimiser.update(WEIGHTS, zeros, memory, 0.1)
    for array, old in zip(weights, WEIGHTS, strict=True):
        np.testing.assert_array_equal(array, old)


@every_optimiser
def test_overflow_is_left_in_the_numbers_without_a_warning(optimiser):
    huge = tuple(np.full_like(array, 1e200) for array in WEIGHTS)
    weights, memory = WEIGHTS, optimiser.start(WEIGHTS)
    for _ in range(2):
        weights, memory = optimiser.update(weights, huge, memory, 1e200)
    assert memory.updates == 2


@pytest.mark.parametrize("kind", ["norm", "value"])
def test_clipping_is_that_of_pytorch(kind):
    reference = REFERENCE["clippings"][kind]
    gradient = np.concatenate([array.ravel() for array in GRADIENTS[0]])
    clipped = clip(gradient, kind, reference["limit"])
    expected = np.concatenate([np.ravel(array) for array in reference["gradients"]])
    np.testing.assert_allclose(clipped.gradient, expected, rtol=1e-9)
    np.testing.assert_allclose(clipped.before, reference["before"], rtol=1e-12)
    np.testing.assert_allclose(clipped.after, np.linalg.norm(expected), rtol=1e-12)
    assert (clipped.scale is None) == (kind == "value")


@pytest.mark.parametrize("kind", ["none", "norm", "value"])
def test_a_small_gradient_is_not_clipped(kind):
    gradient = np.array([0.3, -0.4])
    clipped = clip(gradient, kind, 1.0)
    np.testing.assert_array_equal(clipped.gradient, gradient)
    assert (clipped.before, clipped.after) == (0.5, 0.5)


def test_without_clipping_a_large_one_stays_as_well():
    assert clip(np.array([30.0, 40.0]), "none", 1.0).after == 50.0


def test_a_gradient_that_is_not_finite_is_handed_on():
    gradient = np.array([np.inf, 1.0])
    for kind in ("norm", "value"):
        assert clip(gradient, kind, 1.0).gradient is gradient


def test_norms_of_segments_survive_squares_that_do_not():
    vector = np.array([3e-200, 4e-200, 3e200, 4e200, 3.0, 4.0, 0.0])
    np.testing.assert_allclose(segment_norms(vector, np.array([0, 2, 4, 6])), [5e-200, 5e200, 5.0, 0.0], rtol=1e-14)


def test_norms_say_where_a_number_is_not_finite():
    found = segment_norms(np.array([1.0, np.nan, np.inf, 2.0]), np.array([0, 1, 2, 3]))
    assert np.isnan(found[1])
    assert np.isinf(found[2])
    np.testing.assert_array_equal(found[[0, 3]], [1.0, 2.0])


def test_the_whole_is_one_segment():
    assert segment_norms(np.array([3.0, 4.0]), EVERYWHERE) == [5.0]
