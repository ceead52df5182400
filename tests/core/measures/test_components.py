"""Principal components of a trajectory."""

import numpy as np
import pytest

from rnnviz.core.measures.components import principal_components

RNG = np.random.default_rng(5)


def test_they_are_those_of_the_covariance():
    states = RNG.normal(size=(200, 6)) @ RNG.normal(size=(6, 6))
    found = principal_components(states)
    variances, directions = np.linalg.eigh(np.cov(states.T))
    np.testing.assert_allclose(np.abs(directions[:, [-1, -2]].T @ found.axes), np.eye(2), atol=1e-9)
    np.testing.assert_allclose(found.shares, variances[[-1, -2]] / variances.sum())
    np.testing.assert_allclose(found.project(states).var(axis=0, ddof=1), variances[[-1, -2]])


def test_few_states_and_those_that_overflow_still_have_orthogonal_axes():
    still = np.ones((1, 4))
    broken = np.vstack([RNG.normal(size=(5, 4)), np.full((2, 4), np.inf)])
    for states in (still, broken, np.full((3, 4), np.nan)):
        found = principal_components(states)
        np.testing.assert_allclose(found.axes.T @ found.axes, np.eye(2), atol=1e-12)
    assert principal_components(still).shares.tolist() == [0, 0]


@pytest.mark.parametrize("size", [1e-310, 1e200, 1e308])
def test_neither_the_smallest_nor_the_largest_states_lose_their_axes(size):
    states = RNG.uniform(-1, 1, size=(40, 6))
    expected, found = principal_components(states), principal_components(states * size)
    np.testing.assert_allclose(found.axes, expected.axes, atol=1e-9)
    np.testing.assert_allclose(found.shares, expected.shares, rtol=1e-9)
    np.testing.assert_allclose(found.mean / size, expected.mean, atol=1e-9)
