"""Verdicts and half-lives of a gradient going back."""

import numpy as np
import pytest

from rnnviz.core.measures.reach import gradient_reach, half_life


@pytest.mark.parametrize(
    ("gradient_norms", "verdict"),
    [
        ([0.0099, 0.5, 1.0], "vanishing"),
        ([0.0, 1.0], "vanishing"),
        ([0.0101, 9.0, 1.0], "kept"),
        ([99.0, 1.0], "kept"),
        ([101.0, 1.0], "exploding"),
        ([1e300, 1e-300], "exploding"),
        ([1.0, np.inf, 1.0], "overflow"),
        ([np.nan, 1.0], "overflow"),
        ([1.0, 0.0], "no gradient at the last step"),
        ([0.0, 0.0], "no gradient at the last step"),
    ],
)
def test_the_verdict_comes_from_the_ratio_of_first_to_last(gradient_norms, verdict):
    assert gradient_reach(np.array(gradient_norms)).verdict == verdict


def test_the_ratio_is_given_when_there_is_one():
    assert gradient_reach(np.array([0.5, 9.0, 2.0])).ratio == 0.25
    assert np.isnan(gradient_reach(np.array([1.0, 0.0])).ratio)


@pytest.mark.parametrize("factor", [0.3, 0.5, 0.9, 0.99])
def test_the_half_life_of_a_geometric_gradient_is_exact(factor):
    gradient = 7.0 * factor ** np.arange(100, -1, -1)
    assert half_life(gradient) == pytest.approx(np.log(0.5) / np.log(factor), rel=1e-12)


@pytest.mark.parametrize(
    ("gradient_norms", "steps"),
    [
        ([0.1, 0.5, 1.0], 1.0),
        ([0.25, 4.0, 1.0], 1.75),  # grows first: counted from the end all the same
        ([0.6, 0.7, 1.0], np.inf),
        ([0.0, 1.0], 0.0),
        ([1.0], np.inf),
        ([1.0, 0.0], np.nan),
        ([np.nan, 1.0], np.nan),
        ([0.1, np.inf, 1.0], np.nan),
        ([np.nan, 0.1, 1.0], 0.30103),
        ([1.0, np.inf], np.nan),
    ],
)
def test_the_half_life_is_where_half_is_crossed_first(gradient_norms, steps):
    np.testing.assert_allclose(half_life(np.array(gradient_norms)), steps, rtol=1e-5)
