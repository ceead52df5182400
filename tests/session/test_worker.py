"""How values travel between the two processes."""

import numpy as np

from rnnviz.document.presets import built_in
from rnnviz.session.worker import pack


def test_what_is_packed_comes_out_the_same(tmp_path):
    document = built_in("default")
    assert pack(document, tmp_path / "block").take() == document


def test_arrays_lie_in_a_block_that_goes_with_the_taking(tmp_path):
    parcel = pack({"a": np.arange(5.0), "b": np.arange(7)}, tmp_path / "block")
    assert list(tmp_path.iterdir()) == [tmp_path / "block"]
    value = parcel.take()
    assert list(tmp_path.iterdir()) == []
    np.testing.assert_array_equal(value["a"], np.arange(5.0))
    np.testing.assert_array_equal(value["b"], np.arange(7))


def test_a_value_without_arrays_needs_no_block(tmp_path):
    parcel = pack(("words", 1), tmp_path / "block")
    assert list(tmp_path.iterdir()) == []
    assert parcel.take() == ("words", 1)


def test_without_room_for_a_block_the_arrays_are_copied_through(tmp_path):
    parcel = pack(np.arange(1000), tmp_path / "no such folder" / "block")
    np.testing.assert_array_equal(parcel.take(), np.arange(1000))


def test_an_empty_array_travels_too(tmp_path):
    assert pack(np.zeros((0, 3)), tmp_path / "block").take().shape == (0, 3)
