"""Initial values: each initialiser draws what its definition says, and the same from the same seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.initialisers import INITIALISERS, with_spectral_radius
from rnnviz.core.measures.spectrum import spectral_radius

sizes = st.integers(1, 12)


def draw(name, units, columns, seed=0):
    return INITIALISERS[name].draw(np.random.default_rng(seed), units, columns)


@given(st.sampled_from(sorted(INITIALISERS)), sizes, sizes, st.integers(0, 1000))
def test_every_initialiser_fills_the_shape_and_repeats_itself(name, units, columns, seed):
    matrix = draw(name, units, columns, seed)
    assert matrix.shape == (units, columns)
    assert np.isfinite(matrix).all()
    np.testing.assert_array_equal(matrix, draw(name, units, columns, seed))


@pytest.mark.parametrize("name", ["orthogonal", "glorot", "he", "uniform"])
def test_another_seed_draws_other_numbers(name):
    assert not np.array_equal(draw(name, 4, 4, 0), draw(name, 4, 4, 1))


def test_zeros_and_identity_need_no_luck():
    assert not draw("zeros", 3, 2).any()
    np.testing.assert_array_equal(draw("identity", 2, 3), [[1, 0, 0], [0, 1, 0]])


@given(sizes, sizes, st.integers(0, 100))
def test_orthogonal_keeps_lengths(units, columns, seed):
    matrix = draw("orthogonal", units, columns, seed)
    product = matrix @ matrix.T if units <= columns else matrix.T @ matrix
    np.testing.assert_allclose(product, np.eye(min(units, columns)), atol=1e-12)


def test_orthogonal_matrices_turn_both_ways():
    determinants = {round(np.linalg.det(draw("orthogonal", 3, 3, seed))) for seed in range(20)}
    assert determinants == {-1, 1}


def test_glorot_fills_its_range():
    matrix, limit = draw("glorot", 200, 100), np.sqrt(6 / 300)
    assert 0.98 * limit < np.abs(matrix).max() <= limit
    assert matrix.var() == pytest.approx(2 / 300, rel=0.05)


def test_he_has_the_variance_of_its_columns():
    assert draw("he", 100, 400).var() == pytest.approx(2 / 400, rel=0.05)


def test_uniform_fills_the_range_of_the_units():
    matrix = draw("uniform", 64, 100)
    assert 0.98 / 8 < np.abs(matrix).max() <= 1 / 8


@given(sizes, st.floats(0, 1e3), st.integers(0, 100))
def test_a_scaled_matrix_has_the_spectral_radius(units, radius, seed):
    matrix = draw("he", units, units, seed)
    assert spectral_radius(with_spectral_radius(matrix, radius)) == pytest.approx(radius, rel=1e-9)


@pytest.mark.parametrize("matrix", [np.zeros((3, 3)), np.triu(np.ones((6, 6)), 1)], ids=["zero", "nilpotent"])
def test_what_has_no_spectral_radius_cannot_be_scaled(matrix):
    with pytest.raises(ValueError, match="eigenvalues are all zero"):
        with_spectral_radius(matrix, 0.9)
