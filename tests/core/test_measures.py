"""Norms, radii and verdicts, at the edges of float64 too."""

import numpy as np
import pytest

from rnnviz.core.measures import (
    gradient_reach,
    largest_singular_value,
    norms,
    spectral_radius,
    step_jacobian,
)

NON_NORMAL = np.array([[0.5, 10.0], [0.0, 0.5]])


def rotation(degrees):
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


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


def test_the_step_jacobian_is_the_derivative_of_the_step():
    rng = np.random.default_rng(0)
    recurrent, h, a = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    after = np.tanh(recurrent @ h + a)
    columns = [np.tanh(recurrent @ (h + 1e-30j * unit) + a).imag / 1e-30 for unit in np.eye(3)]
    np.testing.assert_allclose(step_jacobian(1 - after**2, recurrent), np.transpose(columns), rtol=1e-14)


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
