"""Moving an eigenvalue: it arrives, its partner follows, all others stay, and the matrix stays real."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.eigenbasis import ImmovableError, eigenbasis
from rnnviz.core.initialisers import INITIALISERS
from rnnviz.core.structures import rotation

seeds, sizes = st.integers(0, 2**16), st.integers(1, 9)
places = st.complex_numbers(max_magnitude=3, allow_nan=False)


def matrix_of(seed, units):
    return np.random.default_rng(seed).normal(size=(units, units)) / np.sqrt(units)


def assert_same_set(found, expected, tolerance):
    """Compare eigenvalues without their order."""
    left = list(expected)
    for value in found:
        nearest = min(left, key=lambda each: abs(each - value))
        assert abs(nearest - value) < tolerance
        left.remove(nearest)


def expected(basis, index, value):
    values = basis.values.copy()
    if not basis.is_real(index):
        values[basis.nearest(np.conj(values[index]))] = np.conj(value)
    values[index] = value
    return values


@given(seeds, sizes, st.integers(0, 8), places)
def test_the_eigenvalue_arrives_with_its_partner_and_all_others_stay(seed, units, index, value):
    basis, index = eigenbasis(matrix_of(seed, units)), index % units
    value = value.real + 0j if basis.is_real(index) else value
    moved = basis.moved(index, value)
    assert moved.dtype == np.float64
    # two equal eigenvalues are found to the root of the precision only
    assert_same_set(np.linalg.eigvals(moved), expected(basis, index, value), 1e-5)


@given(seeds, sizes, st.integers(0, 8), places)
def test_the_eigenvectors_stay(seed, units, index, value):
    basis, index = eigenbasis(matrix_of(seed, units)), index % units
    value = value.real + 0j if basis.is_real(index) else value
    moved, values = basis.moved(index, value), expected(basis, index, value)
    sensitivity = np.linalg.norm(basis.right) * np.linalg.norm(basis.left)
    np.testing.assert_allclose(moved @ basis.right, basis.right * values, atol=1e-12 * sensitivity)


@given(seeds, sizes, st.integers(0, 8))
def test_a_drag_back_to_the_start_is_exact(seed, units, index):
    basis, index = eigenbasis(matrix_of(seed, units)), index % units
    assert basis.moved(index, complex(basis.values[index])) is basis.matrix


def test_a_real_eigenvalue_does_not_leave_the_axis():
    basis = eigenbasis(np.diag([0.5, -0.2]))
    with pytest.raises(ImmovableError, match="no conjugate partner"):
        basis.moved(0, 0.5 + 0.1j)


def test_a_pair_can_come_onto_the_axis_and_each_of_the_two_then_moves_alone():
    basis = eigenbasis(0.9 * rotation(2, 1.0))
    on_the_axis = basis.moved(0, 0.5 + 0j)
    np.testing.assert_array_equal(on_the_axis, 0.5 * np.eye(2))
    split = eigenbasis(on_the_axis)
    np.testing.assert_allclose(np.sort(np.linalg.eigvals(split.moved(0, 0.8 + 0j))), [0.5, 0.8])


def test_one_of_several_equal_pairs_moves_alone():
    basis = eigenbasis(rotation(6, 0.7))
    moved = basis.moved(2, 0.3 + 0.2j)
    turning = np.exp(0.7j)
    assert_same_set(
        np.linalg.eigvals(moved), [turning, turning.conj(), turning, turning.conj(), 0.3 + 0.2j, 0.3 - 0.2j], 1e-12
    )


def test_a_drag_of_the_identity_changes_one_entry():
    moved = eigenbasis(np.eye(4)).moved(1, 0.5 + 0j)
    np.testing.assert_array_equal(moved, np.diag([1, 0.5, 1, 1]))


@pytest.mark.parametrize("matrix", [[[0.5, 1.0], [0.0, 0.5]], [[0.5, 1.0], [1e-14, 0.5]]], ids=["exactly", "nearly"])
def test_a_defective_matrix_is_refused_with_the_reason(matrix):
    with pytest.raises(ImmovableError, match="defective"):
        eigenbasis(np.array(matrix)).moved(0, 0.6 + 0j)


def test_what_overflows_is_refused():
    with pytest.raises(ImmovableError, match="overflow"):
        eigenbasis(np.array([[1e308, 1e308], [1e308, 1e308]]))


@pytest.mark.parametrize("name", INITIALISERS)
def test_every_initial_matrix_lets_its_eigenvalues_move(name):
    basis = eigenbasis(INITIALISERS[name].draw(np.random.default_rng(0), 16, 16))
    for index in range(16):
        value = 0.3 + 0j if basis.is_real(index) else 0.3 + 0.4j
        found = np.linalg.eigvals(basis.moved(index, value))
        assert np.abs(found - value).min() < 1e-6


@given(seeds, st.integers(2, 7), st.integers(0, 6), st.integers(0, 6))
def test_slopes_are_the_derivatives_of_the_eigenvalues(seed, units, row, column):
    matrix, (row, column), step = matrix_of(seed, units), (row % units, column % units), 1e-7
    basis = eigenbasis(matrix)
    gaps = np.abs(basis.values[:, None] - basis.values[None]) + np.eye(units)
    slopes = basis.slopes(row, column)
    if gaps.min() < 0.05 or np.abs(slopes).max() > 10:
        return  # so near each other, a step is not small
    grown = matrix.copy()
    grown[row, column] += step
    found = eigenbasis(grown).values
    moved = np.array([found[np.abs(found - value).argmin()] for value in basis.values])
    np.testing.assert_allclose((moved - basis.values) / step, slopes, atol=1e-3)


@given(seeds, st.integers(1, 7))
def test_the_shares_of_all_units_in_an_eigenvalue_are_one(seed, units):
    basis = eigenbasis(matrix_of(seed, units))
    shares = np.array([basis.shares(unit) for unit in range(units)])
    np.testing.assert_allclose(shares.sum(axis=0), 1.0, atol=1e-12)
    np.testing.assert_allclose(sum(basis.slopes(unit, unit) for unit in range(units)), 1.0, atol=1e-6)


def test_a_unit_that_is_alone_holds_its_eigenvalue():
    basis = eigenbasis(np.diag([0.5, -0.25]))
    assert basis.shares(0)[basis.nearest(0.5)] == 1.0
    assert basis.shares(1)[basis.nearest(0.5)] == 0.0
