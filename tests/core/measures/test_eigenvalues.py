"""Radii, turns and half-lives of recurrent matrices."""

import numpy as np
import pytest
from textbook import make_network

from rnnviz.core.measures.norms import largest_singular_value
from rnnviz.core.measures.spectrum import (
    eigenvalues,
    geometric_line,
    memory_half_life,
    recurrent_matrices,
    spectral_radius,
    steps_per_turn,
)

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


def test_a_turn_takes_as_many_steps_as_its_angle_fits_into_the_circle():
    assert [round(steps_per_turn(each), 9) for each in eigenvalues(0.7 * rotation(30))] == [12.0, 12.0]
    assert steps_per_turn(-0.5) == 2.0
    assert steps_per_turn(0.5) == np.inf


def test_the_line_of_a_radius_falls_to_its_power():
    assert geometric_line(0.5, 3).tolist() == [0.125, 0.25, 0.5, 1.0]
    assert geometric_line(0.0, 2).tolist() == [0.0, 0.0, 1.0]
    assert geometric_line(1e200, 3).tolist() == [np.inf, np.inf, 1e200, 1.0]


@pytest.mark.parametrize(("radius", "steps"), [(0.5, 1.0), (0.25, 0.5), (1.0, np.inf), (1.3, np.inf), (0.0, 0.0)])
def test_a_linear_layer_forgets_half_in_its_half_life(radius, steps):
    assert memory_half_life(radius) == pytest.approx(steps)


def test_every_block_has_its_recurrent_matrix():
    (weights,) = make_network(layers=(("gru", "tanh"),), H=3).layers
    found = recurrent_matrices(weights)
    assert found.shape == (3, 3, 3)
    np.testing.assert_array_equal(found[1], weights.U[3:6])


@pytest.mark.parametrize("entry", [np.nan, np.inf])
def test_a_matrix_that_is_not_finite_has_no_radius(entry):
    matrix = np.array([[1.0, entry], [0.0, 1.0]])
    assert np.isnan(spectral_radius(matrix))
    assert np.isnan(largest_singular_value(matrix))


@pytest.mark.parametrize("scale", [2.0**-1070, 2.0**-500, 2.0**1020])
def test_a_matrix_at_the_edge_of_float64_has_its_radius(scale):
    assert spectral_radius(scale * np.diag([3.0, -2.0])) == 3.0 * scale
    assert largest_singular_value(scale * np.diag([3.0, -2.0])) == pytest.approx(3.0 * scale)


def test_a_matrix_of_zeros_has_radius_zero():
    assert spectral_radius(np.zeros((2, 2))) == largest_singular_value(np.zeros((2, 2))) == 0.0
