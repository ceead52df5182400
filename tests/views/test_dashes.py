"""Dashes: the inked parts of lines that follow each other."""

import numpy as np
import pytest

from rnnviz.views.marks import curve_lines, dashes


def lengths(lines):
    return np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])


def test_a_straight_line_is_inked_and_left_out_in_turn():
    drawn = dashes(np.array([[0.0, 5.0, 20.0, 5.0]]), (4.0, 3.0))
    assert drawn.tolist() == [[0, 5, 4, 5], [7, 5, 11, 5], [14, 5, 18, 5]]


def test_a_dash_goes_on_around_a_corner():
    drawn = dashes(np.array([[0.0, 0.0, 3.0, 0.0], [3.0, 0.0, 3.0, 9.0]]), (5.0, 2.0))
    assert drawn.tolist() == [[0, 0, 3, 0], [3, 0, 3, 2], [3, 4, 3, 9]]


def test_lines_need_not_join():
    drawn = dashes(np.array([[0.0, 0.0, 3.0, 0.0], [100.0, 0.0, 103.0, 0.0]]), (4.0, 1.0))
    assert drawn == pytest.approx(np.array([[0, 0, 3, 0], [100, 0, 101, 0], [102, 0, 103, 0]]))


def test_of_any_curve_just_the_inked_share_is_drawn():
    rng = np.random.default_rng(0)
    lines = curve_lines(np.arange(200.0) * 9, rng.normal(size=200) * 40)
    drawn = dashes(lines, (10.0, 2.6, 1.6, 2.6))
    assert lengths(drawn).sum() / lengths(lines).sum() == pytest.approx(11.6 / 16.8, abs=0.01)


def test_points_on_top_of_each_other_and_no_lines_draw_nothing():
    assert len(dashes(np.zeros((3, 4)), (1.0, 1.0))) == 0
    assert len(dashes(np.zeros((0, 4)), (1.0, 1.0))) == 0


def test_a_curve_has_a_gap_where_it_is_not_finite():
    lines = curve_lines(np.arange(5.0), np.array([0.0, 1.0, np.nan, 3.0, 4.0]))
    assert lines.tolist() == [[0, 0, 1, 1], [3, 3, 4, 4]]


def test_a_curve_of_one_point_is_seen():
    assert lengths(curve_lines(np.array([7.0]), np.array([2.0]))).tolist() == [6.0]
