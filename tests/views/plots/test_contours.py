"""Zero lines on a grid."""

import numpy as np
import pytest

from rnnviz.views.plots._contours import zero_lines

GRID = np.linspace(-1, 1, 41)
X, Y = np.meshgrid(GRID, GRID)


def lengths(lines):
    return np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])


def test_a_circle_is_found_with_its_length():
    lines = zero_lines(GRID, GRID, X**2 + Y**2 - 0.5)
    np.testing.assert_allclose(np.hypot(lines[:, 0::2], lines[:, 1::2]), np.sqrt(0.5), atol=1e-3)
    assert lengths(lines).sum() == pytest.approx(2 * np.pi * np.sqrt(0.5), rel=1e-3)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_straight_line_is_exact(sign):
    lines = zero_lines(GRID, GRID, sign * (0.3 * X - Y + 0.13))
    np.testing.assert_allclose(lines[:, 1::2], 0.3 * lines[:, 0::2] + 0.13, atol=1e-12)
    assert lengths(lines).sum() == pytest.approx(2 * np.hypot(1, 0.3))


def test_both_branches_of_a_saddle_are_found():
    lines = zero_lines(np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.array([[1.0, -1.0], [-1.0, 1.0]]))
    assert len(lines) == 2


def test_nothing_is_found_where_there_is_no_zero_and_beside_what_is_not_finite():
    assert zero_lines(GRID, GRID, np.ones_like(X)).shape == (0, 4)
    values = X.copy()
    values[:, 20:] = np.nan
    assert len(zero_lines(GRID, GRID, values)) == 0
