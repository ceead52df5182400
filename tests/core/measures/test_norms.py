"""Norms, at the edges of float64 too."""

import numpy as np
import pytest

from rnnviz.core.measures.norms import norms


def test_a_norm_is_euclidean_over_the_last_axis():
    assert norms(np.array([[[3.0, 4.0], [0.0, 0.0]]])).tolist() == [[5.0, 0.0]]


@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1e-155, 1.0, 1e155, 1e300])
def test_a_norm_neither_under_nor_overflows_on_the_way(scale):
    assert norms(np.array([3.0, -4.0]) * scale) == pytest.approx(5 * scale, rel=1e-3 if scale < 1e-300 else 1e-15)


def test_a_norm_of_mixed_sizes_is_that_of_the_large_one():
    assert norms(np.array([1e300, 1e-300])) == 1e300


@pytest.mark.parametrize(
    ("vector", "expected"),
    [
        ([np.inf, 1e300], np.inf),
        ([-np.inf, 0.0], np.inf),
        ([1.7e308, 1.7e308], np.inf),
        ([np.nan, 1e300], np.nan),
        ([0.0, -0.0], 0.0),
    ],
)
def test_a_norm_of_what_is_not_finite_is_not_finite_and_warns_of_nothing(vector, expected):
    np.testing.assert_equal(norms(np.array(vector)), expected)


def test_norms_of_single_precision_lose_nothing_that_it_holds():
    vectors = np.array([[3e-30, 4e-30], [3e30, 4e30], [3.0, 4.0], [0.0, 0.0]], np.float32)
    assert norms(vectors) == pytest.approx([5e-30, 5e30, 5.0, 0.0], rel=1e-6, abs=0.0)
