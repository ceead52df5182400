"""Sweeps: every row is what the document with that weight computes to."""

import numpy as np
import pytest

from rnnviz.core.measures.norms import norms
from rnnviz.document.compute import compute
from rnnviz.document.document import READOUT, Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.document.sweep import FEWEST_VALUES, MOST_VALUES, Swept, sweep, values_within, without_weight
from rnnviz.document.values import DocumentError
from rnnviz.document.weight_names import full_weight_name, weight_named


@pytest.mark.parametrize(
    ("scene", "place", "index", "sample"),
    [
        ("golden", Place(0, "W_hh"), (1, 0), 0),
        ("golden", Place(0, "h_0"), (1,), 0),
        ("stacked", Place(1, "b_h"), (0,), 0),
        ("batch", Place(READOUT, "W_hy"), (0, 1), 2),
    ],
)
def test_every_row_is_that_of_the_edited_document(scene, place, index, sample):
    document = built_in(scene)
    rows = list(sweep(document, Swept(place, index, -1.0, 2.0, 0, sample, 1, count=9)))
    assert [row.value for row in rows] == pytest.approx(np.linspace(-1, 2, 9))
    for row in rows:
        frame = compute(set_entry(place, index, row.value).apply(document))
        layer = frame.layers[0]
        np.testing.assert_array_equal(row.h, layer.states["h"][sample, :, 1])
        np.testing.assert_array_equal(row.gradient_norms, norms(layer.state_gradients["h"][sample]))
        assert row.loss == frame.loss


def test_the_swept_weight_itself_changes_nothing(golden):
    place, index = Place(0, "W_hh"), (0, 1)
    moved = set_entry(place, index, 0.123).apply(golden)
    assert without_weight(moved, place, index) == without_weight(golden, place, index)
    other = set_entry(place, (1, 1), 0.123).apply(golden)
    assert without_weight(other, place, index) != without_weight(golden, place, index)


@pytest.mark.parametrize(("each_ms", "count"), [(0.1, MOST_VALUES), (100.0, 39), (101.0, 39), (1e6, FEWEST_VALUES)])
def test_a_large_document_is_swept_in_fewer_values(each_ms, count):
    assert values_within(each_ms, 4000.0) == count


@pytest.mark.parametrize("place", [Place(0, "W_hh"), Place(1, "b_h"), Place(0, "h_0"), Place(READOUT, "b_y")])
def test_a_weight_is_found_again_by_its_name(place):
    document = built_in("golden" if place.layer == 0 else "stacked")
    index = tuple(size - 1 for size in document.weight(place).shape)
    assert weight_named(document, full_weight_name(place, index, 0), 0) == (place, index)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("W_hh", "names no weight"),
        ("W_hh[1,2", "names no weight"),
        ("W_hz[1,1]", "choose one of W_xh, W_hh"),
        ("W_hh[3,1]", r"the last one is W_hh\[2,2\]"),
        ("W_hh[0,1]", "no such entry"),
        ("b_h[1,1]", r"the last one is b_h\[2\]"),
        ("2:W_hh[1,1]", "there is no layer 2"),
    ],
)
def test_a_name_of_nothing_is_refused_with_what_there_is(golden, name, words):
    with pytest.raises(DocumentError, match=words):
        weight_named(golden, name, 0)
