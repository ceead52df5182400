import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnviz.document.scaling import Scaling, scaled, scaling_of
from rnnviz.document.values import DocumentError

ordinary = st.floats(-1e6, 1e6).map(lambda value: round(value, 6))
shapes = st.tuples(st.integers(1, 20), st.integers(1, 4))
finite = st.floats(allow_nan=False, allow_infinity=False)


@given(values=hnp.arrays(np.float64, shapes, elements=ordinary))
@example(values=np.full((10, 1), 0.1))
def test_z_scores_have_mean_0_and_deviation_1_or_are_zero(values):
    scores = scaled(values, scaling_of(values, "z-score"))
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=1e-6)
    varies = np.ptp(values, axis=0) > 0
    np.testing.assert_allclose(scores.std(axis=0), np.where(varies, 1.0, 0.0), rtol=1e-6)


def test_z_scores_are_the_textbook_ones():
    raw = np.array([[1.0], [2.0], [3.0]])
    np.testing.assert_allclose(scaled(raw, scaling_of(raw, "z-score")).ravel(), [-np.sqrt(1.5), 0, np.sqrt(1.5)])


@given(values=hnp.arrays(np.float64, shapes, elements=ordinary))
def test_min_max_reaches_from_0_to_1(values):
    shown = scaled(values, scaling_of(values, "min-max"))
    varies = np.ptp(values, axis=0) > 0
    np.testing.assert_array_equal(shown.min(axis=0), 0)
    np.testing.assert_allclose(shown.max(axis=0), np.where(varies, 1.0, 0.0))


@given(values=hnp.arrays(np.float64, shapes, elements=finite), kind=st.sampled_from(["z-score", "min-max"]))
@example(values=np.array([[1.7e308], [-1.7e308], [1.7e308]]), kind="z-score")
@example(values=np.array([[1.7e308], [-1.7e308]]), kind="min-max")
@example(values=np.array([[5e-324], [0.0]]), kind="z-score")
def test_the_largest_and_smallest_numbers_stay_finite(values, kind):
    assert np.isfinite(scaled(values, scaling_of(values, kind))).all()


@given(values=hnp.arrays(np.float64, shapes, elements=ordinary), kind=st.sampled_from(["z-score", "min-max"]))
def test_raw_values_come_back_to_13_digits(values, kind):
    scaling = scaling_of(values, kind)
    back = scaling.undone(scaled(values, scaling))
    np.testing.assert_allclose(back, values, rtol=0, atol=1e-12 * max(np.abs(values).max(), 1e-300))


def test_short_decimals_come_back_as_they_were():
    raw = np.array([[0.1, 300.0], [0.2, -7.25], [0.7, 0.3]])
    for kind in ("z-score", "min-max"):
        scaling = scaling_of(raw, kind)
        np.testing.assert_array_equal(scaling.undone(scaled(raw, scaling)), raw)


def test_what_was_done_is_said():
    assert Scaling("z-score", (3.1,), (0.4,)).describe() == "z-score: mean 3.1, deviation 0.4"
    assert Scaling("min-max", (-2.0, 1.0), (5.0, 1.0)).describe() == "0…1: from −2 to 3, and 1 more"


@pytest.mark.parametrize(
    ("kind", "offsets", "scales"),
    [
        ("log", (0.0,), (1.0,)),
        ("z-score", (0.0,), (0.0,)),
        ("min-max", (np.inf,), (1.0,)),
        ("min-max", (0.0,), (np.nan,)),
    ],
)
def test_an_impossible_scaling_is_refused(kind, offsets, scales):
    with pytest.raises(DocumentError, match="scaling"):
        Scaling(kind, offsets, scales)
