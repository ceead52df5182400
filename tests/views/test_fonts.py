"""Numbers as the screen writes them."""

import math

import pytest

from rnnviz.views.fonts import number, scientific


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (1234.0, "1234"),
        (-1234.56, "−1235"),
        (12.5, "12.5"),
        (-0.662, "−0.662"),
        (0.00123456, "0.00123"),
        (1e-7, "1.0 × 10⁻⁷"),
        (-2.5e12, "−2.5 × 10¹²"),
        (math.inf, "∞"),
        (math.nan, "undefined"),
    ],
)
def test_a_number_of_any_size_is_written_without_an_e(value, shown):
    assert scientific(value) == shown


def test_a_rounded_zero_has_no_sign_of_its_own():
    assert number(-0.001) == "0.00"
    assert number(-0.001, sign=True) == "+0.00"
