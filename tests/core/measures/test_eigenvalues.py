"""Radii, turns and half-lives of recurrent matrices."""

import numpy as np
import pytest

from rnnviz.core.measures.norms import largest_singular_value
from rnnviz.core.measures.spectrum import spectral_radius

NON_NORMAL = np.array([[0.5, 10.0], [0.0, 0.5]])


def rotation(degrees):
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def test_the_spectral_radius_counts_complex_eigenvalues():
    assert spectral_radius(1.3 * rotation(90)) == pytest.approx(1.3, rel=1e-15)


def test_the_spectral_radius_counts_negative_eigenvalues():
    assert spectral_radius(np.diag([-2.0, 1.0])) == 2.0


def test_a_small_spectral_radius_does_not_exclude_growth():
    powers = [np.linalg.matrix_power(NON_NORMAL, k) for k in (1, 2, 5)]
    assert spectral_radius(NON_NORMAL) == 0.5
    assert [round(largest_singular_value(power), 2) for power in powers] == [10.02, 10.01, 3.13]


@pytest.mark.parametrize("seed", range(5))
def test_no_eigenvalue_exceeds_the_largest_singular_value(seed):
    matrix = np.random.default_rng(seed).normal(size=(4, 4))
    assert spectral_radius(matrix) <= largest_singular_value(matrix)
