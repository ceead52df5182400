"""Locks: what is locked stays, through every edit and every file, and goes with its matrix."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents, moderate

from rnnviz.core.cells import CELLS
from rnnviz.document import network_edits
from rnnviz.document.changing import with_every_entry
from rnnviz.document.document import READOUT, Input, Objective, Place
from rnnviz.document.edits import feed, paste_block, set_entry, set_weight
from rnnviz.document.initialisation import Initialisation
from rnnviz.document.scenes import parse_scene, scene_text
from rnnviz.document.values import DocumentError

W_hh, W_xh, b_h, h_0, W_hy = (
    Place(0, "W_hh"),
    Place(0, "W_xh"),
    Place(0, "b_h"),
    Place(0, "h_0"),
    Place(READOUT, "W_hy"),
)
TOP_RIGHT = np.array([[False, True], [False, False]])


def lists(document):
    return {place: mask.tolist() for place, mask in document.locks.items()}


@pytest.mark.parametrize("place", [W_hh, W_xh, b_h, h_0, W_hy], ids=lambda place: place.name)
def test_any_array_can_be_locked_and_unlocked(golden, place):
    mask = np.ones(golden.weight(place).shape, bool)
    locked = golden.with_locks(place, mask)
    assert lists(locked) == {place: mask.tolist()}
    assert locked != golden
    assert locked == golden.with_locks(place, mask.copy())
    assert locked.with_locks(place, ~mask) == golden


def test_a_mask_cannot_be_changed_from_outside(golden):
    mask = TOP_RIGHT.copy()
    locked = golden.with_locks(W_hh, mask)
    mask[...] = True
    assert lists(locked) == {W_hh: TOP_RIGHT.tolist()}
    with pytest.raises(ValueError, match="read-only"):
        locked.locks[W_hh][0, 0] = True


def test_a_mask_of_another_shape_is_refused(golden):
    with pytest.raises(DocumentError, match=r"locks.W_hh: expected shape \(2, 2\), got \(3, 2\)"):
        golden.with_locks(W_hh, np.ones((3, 2), bool))


def test_a_locked_entry_is_named_when_it_is_to_change(golden):
    locked = golden.with_locks(W_hh, TOP_RIGHT)
    with pytest.raises(DocumentError, match=r"^W_hh\[1,2\] is locked; unlock it in the matrix's menu$"):
        set_entry(W_hh, (0, 1), 9.0).apply(locked)
    assert set_entry(W_hh, (0, 1), -0.8).apply(locked) == locked
    assert set_entry(W_hh, (0, 0), 9.0).apply(locked).weight(W_hh)[0, 0] == 9.0


def test_a_block_changes_what_is_free_in_it(golden):
    locked = golden.with_locks(W_hh, TOP_RIGHT)
    assert set_weight(W_hh, np.ones((2, 2))).apply(locked).weight(W_hh).tolist() == [[1, -0.8], [1, 1]]
    assert paste_block(W_hh, (0, 0), np.zeros((1, 2))).apply(locked).weight(W_hh).tolist() == [[0, -0.8], [0.8, 0.5]]


def test_a_block_that_is_all_locked_is_refused(golden):
    locked = golden.with_locks(W_hh, np.array([[True, True], [False, False]]))
    with pytest.raises(DocumentError, match="W_hh: all 2 entries that this would change are locked"):
        paste_block(W_hh, (0, 0), np.ones((1, 2))).apply(locked)


def test_what_needs_every_entry_is_refused_by_one_lock(golden):
    locked = golden.with_locks(W_hh, TOP_RIGHT)
    with pytest.raises(DocumentError, match=r"^W_hh\[1,2\] is locked, so that W_hh cannot become zero; unlock it"):
        with_every_entry(locked, W_hh, np.zeros((2, 2)), "become zero")
    same_there = np.array([[5.0, -0.8], [5.0, 5.0]])
    assert with_every_entry(locked, W_hh, same_there, "become").weight(W_hh).tolist() == same_there.tolist()


def test_drawing_anew_leaves_what_is_locked(golden):
    locked = golden.with_locks(W_hh, TOP_RIGHT).with_locks(W_hy, np.array([[True, False]]))
    locked = locked.with_weight(h_0, [0.5, 0.6]).with_locks(h_0, np.array([True, False]))
    drawn = network_edits.initialise(Initialisation(seed=5)).apply(locked)
    free = network_edits.initialise(Initialisation(seed=5)).apply(golden)
    assert lists(drawn) == lists(locked)
    assert drawn.weight(h_0).tolist() == [0.5, 0.0]
    assert drawn.weight(W_hh)[0, 1] == -0.8
    assert drawn.weight(W_hy)[0, 0] == 1.0
    np.testing.assert_array_equal(drawn.weight(W_hh)[1], free.weight(W_hh)[1])
    assert drawn.weight(W_hy)[0, 1] == free.weight(W_hy)[0, 1]


def test_a_mask_grows_free_and_shrinks_with_its_matrix(golden):
    locked = golden.with_locks(W_hh, TOP_RIGHT).with_locks(h_0, np.array([False, True]))
    grown = network_edits.set_units(0, 3).apply(locked)
    assert lists(grown) == {W_hh: np.pad(TOP_RIGHT, (0, 1)).tolist(), h_0: [False, True, False]}
    assert lists(network_edits.set_units(0, 2).apply(grown)) == lists(locked)
    assert lists(network_edits.set_units(0, 1).apply(grown)) == {}


def test_locks_go_with_their_readout_and_layers_take_theirs_along(golden):
    free = replace(golden, objective=Objective())
    assert lists(network_edits.set_readout(None).apply(free.with_locks(W_hy, np.ones((1, 2), bool)))) == {}
    two = network_edits.add_layer(0).apply(golden)
    second = two.with_locks(Place(1, "W_hh"), TOP_RIGHT)
    assert lists(two) == {}
    assert lists(network_edits.remove_layer(0).apply(second)) == {W_hh: TOP_RIGHT.tolist()}
    assert lists(network_edits.remove_layer(1).apply(second)) == {}


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell != "rnn"])
def test_a_block_that_goes_on_in_another_cell_stays_locked(golden, cell):
    locked = golden.with_locks(W_hh, TOP_RIGHT).with_locks(h_0, np.array([True, False]))
    changed = network_edits.set_cell(0, cell).apply(locked)
    block = CELLS[cell].candidate_block
    assert lists(changed) == {Place(0, f"W_h{block}"): TOP_RIGHT.tolist(), h_0: [True, False]}


def test_another_input_keeps_the_locks_that_fit(golden):
    locked = golden.with_locks(W_xh, np.ones((2, 1), bool))
    fed = feed(Input(("a", "b"), np.ones((1, 3, 2))), Objective("sum"), "Feed").apply(locked)
    assert lists(fed) == {W_xh: [[True, False], [True, False]]}


@given(documents(elements=moderate, large=False, locks=True), st.data())
def test_no_edit_of_numbers_changes_what_is_locked(document, data):
    for place in [place for place in document.places() if place in document.locks]:
        old = document.weight(place)
        values = old + data.draw(st.sampled_from([0.0, 1.0]))
        try:
            changed = set_weight(place, values).apply(document)
        except DocumentError:
            assert document.locked(place).all()
            continue
        mask = document.locked(place)
        np.testing.assert_array_equal(changed.weight(place), np.where(mask, old, values))
        assert lists(changed) == lists(document)


# In scene files


@given(documents(locks=True))
def test_locks_survive_a_file(document):
    again = parse_scene(scene_text(document).encode())
    assert again == document
    assert lists(again) == lists(document)


def test_a_scene_without_locks_says_nothing_of_them(golden):
    assert '"locks"' not in scene_text(golden)


def test_a_whole_matrix_is_written_as_all_and_some_entries_by_their_numbers(golden):
    text = scene_text(golden.with_locks(W_hh, TOP_RIGHT).with_locks(W_hy, np.ones((1, 2), bool)))
    assert '"layer": 0' in text
    assert "[0, 1]" in text
    assert '"entries": "all"' in text


@pytest.mark.parametrize(
    ("lock", "says"),
    [
        (
            '{"layer": 1, "name": "W_hh", "entries": "all"}',
            r'locks\[0\].layer: there is no layer 1; use 0 to 0, or "re',
        ),
        ('{"layer": -1, "name": "W_hh", "entries": "all"}', r"locks\[0\].layer: there is no layer -1"),
        (
            '{"layer": 0, "name": "W_hq", "entries": "all"}',
            r"layers\[0\] has no array 'W_hq'; its arrays are W_xh, W_hh",
        ),
        ('{"layer": 0, "name": "hello_0", "entries": "all"}', r"layers\[0\] has no array 'hello_0'"),
        ('{"layer": "readout", "name": "W_hh", "entries": "all"}', "the readout has no array 'W_hh'"),
        (
            '{"layer": 0, "name": "W_hh", "entries": [[2, 0]]}',
            r"W_hh of shape \(2, 2\) has no entry \[2, 0\]; give \[row",
        ),
        ('{"layer": 0, "name": "W_hh", "entries": [[0]]}', r"W_hh of shape \(2, 2\) has no entry \[0\]"),
        (
            '{"layer": 0, "name": "b_h", "entries": [[0, 0]]}',
            r"b_h of shape \(2,\) has no entry \[0, 0\]; give \[row\]",
        ),
        ('{"layer": 0, "name": "b_h", "entries": "some"}', r"locks\[0\].entries"),
        ('{"layer": 0, "name": "b_h"}', "entries"),
        ('{"layer": 0, "name": "b_h", "entries": "all", "by": "me"}', "unknown key `by`"),
    ],
)
def test_a_lock_that_fits_nothing_is_refused_by_name(golden, lock, says):
    text = scene_text(golden).rstrip().removesuffix("}") + f', "locks": [{lock}]}}'
    with pytest.raises(DocumentError, match=says):
        parse_scene(text.encode())


def test_a_document_without_readout_says_so_when_it_is_locked(golden):
    bare = replace(golden, readout=None, objective=Objective())
    text = scene_text(bare).rstrip().removesuffix("}")
    text += ', "locks": [{"layer": "readout", "name": "W_hy", "entries": "all"}]}'
    with pytest.raises(DocumentError, match="there is no readout"):
        parse_scene(text.encode())
