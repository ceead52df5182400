"""What a frame says of itself."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.document.compute import compute
from rnnviz.document.document import Window
from rnnviz.document.presets import built_in


def test_the_reach_of_a_padded_sequence_is_that_of_the_sequence_alone():
    alone = built_in("vanishing")
    values = np.zeros((2, 30, 1))
    values[0, :20] = alone.input.values[0]
    values[1] = 1.0
    padded = replace(alone, input=replace(alone.input, values=values, lengths=(20, 30)))
    reach, expected = compute(padded).reach(0, 0), compute(alone).reach(0, 0)
    assert reach.verdict == expected.verdict == "vanishing"
    assert reach.ratio == pytest.approx(expected.ratio, rel=1e-12)


@pytest.mark.parametrize(("length", "is_told"), [(5, False), (19, False), (20, True), (50, True)])
def test_windows_that_cut_the_gradient_leave_no_verdict(length, is_told):
    document = replace(built_in("vanishing"), window=Window(length, stateful=True))
    reach = compute(document).reach(0, 0)
    assert (reach.verdict == "vanishing") == is_told
    assert np.isnan(reach.ratio) != is_told
