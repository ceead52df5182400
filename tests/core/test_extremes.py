"""What must not happen with large numbers: an overflow on the way, a warning, a cancellation."""

import numpy as np
import pytest

from rnnviz.core.activations import ACTIVATIONS, sigmoid
from rnnviz.core.objectives import LOSSES, READOUTS

HUGE = np.array([-1.7e308, -750.0, -40.0, 0.0, 40.0, 750.0, 1.7e308])


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_an_activation_stays_finite_and_may_overwrite_its_argument(activation):
    h = HUGE.copy()
    activation.apply(h, h)
    assert np.isfinite(h).all()
    assert np.isfinite(activation.slope(np.clip(h, -1, 1))).all()


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_no_slope_exceeds_the_steepest(activation):
    a = np.linspace(-4, 4, 801)
    h = np.empty_like(a)
    activation.apply(a, h)
    assert activation.slope(h).max() == pytest.approx(activation.steepest, rel=1e-12)


def test_the_sigmoid_saturates_at_exactly_0_and_1():
    assert sigmoid(HUGE, np.empty_like(HUGE))[[0, 3, -1]].tolist() == [0.0, 0.5, 1.0]


def test_softmax_of_huge_logits_is_still_a_distribution():
    y = READOUTS["softmax"].apply(np.array([[1e308, 1e308, 0.0]]))
    assert y.tolist() == [[0.5, 0.5, 0.0]]


def test_softmax_sees_only_differences_of_logits():
    logits = np.array([[1.0, 2.0, 4.0]])
    np.testing.assert_allclose(READOUTS["softmax"].apply(logits + 1e6), READOUTS["softmax"].apply(logits), rtol=1e-9)


def test_cross_entropy_of_a_hopeless_logit_is_its_distance_not_infinity():
    logits = np.array([[1000.0, 0.0]])
    y = READOUTS["softmax"].apply(logits)
    assert LOSSES["cross_entropy"].values(logits, y, np.array([1.0])).tolist() == [1000.0]


def test_binary_cross_entropy_of_a_hopeless_logit_is_its_size_not_infinity():
    logits = np.array([[-1000.0, 1000.0]])
    y = READOUTS["sigmoid"].apply(logits)
    assert LOSSES["binary_cross_entropy"].values(logits, y, np.array([[1.0, 1.0]])).tolist() == [1000.0]


def test_cross_entropy_is_in_nats():
    y = np.full((1, 4), 0.25)
    assert LOSSES["cross_entropy"].values(np.zeros((1, 4)), y, np.array([2.0])) == pytest.approx(np.log(4))


def test_the_squared_error_is_halved():
    y = np.array([[3.0, 4.0]])
    assert LOSSES["half_squared_error"].values(y, y, np.zeros((1, 2))).tolist() == [12.5]
