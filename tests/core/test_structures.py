"""Structures: each has its property, is as near as it says, and stays when it is there already."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnviz.core.structures import STRUCTURES, rotation

squares = st.integers(1, 5).flatmap(lambda n: arrays(np.float64, (n, n), elements=st.floats(-2, 2, width=32)))


@given(squares)
def test_symmetric_and_skew_add_up_to_the_matrix(matrix):
    symmetric, skew = (STRUCTURES[name].of(matrix) for name in ("symmetric", "skew"))
    np.testing.assert_array_equal(symmetric, symmetric.T)
    np.testing.assert_array_equal(skew, -skew.T)
    np.testing.assert_allclose(symmetric + skew, matrix, atol=1e-15)


@given(squares)
def test_diagonal_keeps_the_diagonal_and_nothing_else(matrix):
    np.testing.assert_array_equal(STRUCTURES["diagonal"].of(matrix), np.diag(np.diag(matrix)))


@pytest.mark.parametrize("shape", [(4, 4), (2, 5), (5, 2)])
def test_orthogonal_has_orthonormal_rows_or_columns_and_no_rotation_of_it_is_nearer(shape):
    generator = np.random.default_rng(0)
    matrix = generator.normal(size=shape)
    made = STRUCTURES["orthogonal"].of(matrix)
    small = made if shape[0] <= shape[1] else made.T
    np.testing.assert_allclose(small @ small.T, np.eye(min(shape)), atol=1e-12)
    distance = np.linalg.norm(made - matrix)
    for _ in range(50):
        skew = generator.normal(size=(shape[0],) * 2) * 0.05
        turned = np.linalg.qr(np.eye(shape[0]) + skew - skew.T)[0]
        turned *= np.sign(np.diag(turned))
        assert np.linalg.norm(turned @ made - matrix) >= distance - 1e-12


@given(squares, st.sampled_from(sorted(STRUCTURES)))
def test_what_has_the_structure_already_stays_to_the_last_bit(matrix, name):
    try:
        made = STRUCTURES[name].of(matrix)
    except ValueError:
        assume(False)
    np.testing.assert_array_equal(STRUCTURES[name].of(made), made)


@pytest.mark.parametrize("matrix", [np.zeros((2, 2)), np.ones((2, 2))])
def test_a_singular_matrix_has_no_nearest_orthogonal_one(matrix):
    with pytest.raises(ValueError, match="orthogonal"):
        STRUCTURES["orthogonal"].of(matrix)


@pytest.mark.parametrize("units", [2, 3, 6])
def test_a_rotation_turns_pairs_by_its_angle_and_keeps_lengths(units):
    turned = rotation(units, np.deg2rad(30))
    np.testing.assert_allclose(turned @ turned.T, np.eye(units), atol=1e-15)
    np.testing.assert_allclose(turned[:2, :2] @ [1, 0], [np.sqrt(3) / 2, 0.5], atol=1e-15)
    angles = np.sort(np.abs(np.rad2deg(np.angle(np.linalg.eigvals(turned)))))
    np.testing.assert_allclose(angles, [0] * (units % 2) + [30] * (units - units % 2), atol=1e-6)
