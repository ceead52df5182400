"""Edits of many weights: each does what it says to the block it is given, and leaves what is locked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.eigenbasis import eigenbasis
from rnnviz.core.initialisers import INITIALISERS
from rnnviz.core.measures.spectrum import spectral_radius
from rnnviz.core.structures import STRUCTURES
from rnnviz.document.block import Block
from rnnviz.document.document import READOUT, Document, Input, Layer, Objective, Place, weight_shapes
from rnnviz.document.eigen_edit import move_eigenvalue
from rnnviz.document.values import DocumentError
from rnnviz.document.weight_edits import (
    apply_structure,
    fill_block,
    initialise_array,
    lock_block,
    negate_block,
    randomise_block,
    scale_block,
    set_rotation,
    set_spectral_radius,
    shuffle_block,
)

W_hh, W_xh, b_h, h_0, W_hy = (
    Place(0, "W_hh"),
    Place(0, "W_xh"),
    Place(0, "b_h"),
    Place(0, "h_0"),
    Place(READOUT, "W_hy"),
)
BLOCK = Block(1, 0, 2, 3)


@pytest.fixture
def document():
    """Five units with different weights."""
    rng = np.random.default_rng(0)
    layer = Layer("rnn", {name: rng.normal(size=shape) for name, shape in weight_shapes("rnn", 5, 3).items()})
    return Document((layer,), None, Input(("a", "b", "c"), np.zeros((1, 2, 3))), Objective())


CHANGES = {
    "fill": (lambda place, block: fill_block(place, block, 0.25), lambda old: np.full_like(old, 0.25)),
    "scale": (lambda place, block: scale_block(place, block, -3.0), lambda old: old * -3.0),
    "negate": (negate_block, lambda old: -old),
}


@pytest.mark.parametrize(("edit", "expected"), CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(
    ("place", "block"), [(W_hh, BLOCK), (W_xh, Block(4, 2, 4, 2)), (b_h, Block(1, 0, 3, 0)), (h_0, Block(0, 0, 4, 0))]
)
def test_a_block_is_changed_and_nothing_else(document, place, block, edit, expected):
    old = document.weight(place)
    new = edit(place, block).apply(document).weight(place)
    wanted = old.copy()
    matrix = wanted.reshape(len(wanted), -1)
    matrix[block.slices] = expected(matrix[block.slices])
    np.testing.assert_array_equal(new, wanted)


def test_negating_zero_gives_zero(document):
    negated = negate_block(h_0, Block(0, 0, 4, 0)).apply(document)
    assert negated == document


def test_a_scale_beyond_what_can_be_entered_is_refused(document):
    with pytest.raises(DocumentError, match="larger than 1,000,000"):
        scale_block(W_hh, BLOCK, 1e9).apply(document)


def test_a_block_beyond_the_matrix_is_refused(document):
    with pytest.raises(DocumentError, match="beyond"):
        fill_block(W_hh, Block(0, 0, 5, 0), 0.0).apply(document)


def test_shuffling_exchanges_the_entries_of_the_block(document):
    new = shuffle_block(W_hh, BLOCK, seed=3).apply(document).weight(W_hh)
    old = document.weight(W_hh)
    assert not np.array_equal(new, old)
    np.testing.assert_array_equal(np.sort(new[BLOCK.slices].ravel()), np.sort(old[BLOCK.slices].ravel()))
    outside = np.ones((5, 5), bool)
    outside[BLOCK.slices] = False
    np.testing.assert_array_equal(new[outside], old[outside])
    assert not np.array_equal(shuffle_block(W_hh, BLOCK, seed=4).apply(document).weight(W_hh), new)


def test_shuffling_leaves_what_is_locked_and_loses_no_number(document):
    locked = lock_block(W_hh, Block(1, 1, 1, 2), locked=True).apply(document)
    new = shuffle_block(W_hh, BLOCK, seed=3).apply(locked).weight(W_hh)
    old = document.weight(W_hh)
    np.testing.assert_array_equal(new[1, 1:3], old[1, 1:3])
    np.testing.assert_array_equal(np.sort(new.ravel()), np.sort(old.ravel()))


@pytest.mark.parametrize(("distribution", "deviation"), [("normal", 0.5), ("uniform", 0.5 / np.sqrt(3))])
def test_random_numbers_have_the_size_that_is_asked_for(distribution, deviation):
    layer = Layer("rnn", {"W_xh": np.ones((60, 1)), "W_hh": np.ones((60, 60))})
    document = Document((layer,), None, Input(("a",), np.zeros((1, 2, 1))), Objective())
    edit = randomise_block(W_hh, Block.whole((60, 60)), 7, 0.5, distribution)
    drawn = edit.apply(document).weight(W_hh)
    assert drawn.std() == pytest.approx(deviation, rel=0.03)
    assert abs(drawn.mean()) < 0.02
    assert distribution == "normal" or np.abs(drawn).max() <= 0.5
    assert edit.apply(document).weight(W_hh).tolist() == drawn.tolist()


@pytest.mark.parametrize("name", INITIALISERS)
def test_one_array_is_initialised_and_the_others_stay(document, name):
    edited = initialise_array(W_hh, name, seed=2).apply(document)
    assert edited.with_weight(W_hh, document.weight(W_hh)) == document
    assert initialise_array(W_hh, name, seed=2).apply(document) == edited
    assert initialise_array(b_h, name, seed=2).apply(document).weight(b_h).shape == (5,)


def test_initialising_leaves_what_is_locked(document):
    locked = lock_block(W_hh, BLOCK, locked=True).apply(document)
    new = initialise_array(W_hh, "zeros", seed=0).apply(locked).weight(W_hh)
    assert np.count_nonzero(new) == 8
    np.testing.assert_array_equal(new[BLOCK.slices], document.weight(W_hh)[BLOCK.slices])


@given(st.floats(0, 5))
def test_the_spectral_radius_is_what_was_asked_for(radius):
    document = Document(
        (Layer("rnn", {"W_xh": np.ones((3, 1)), "W_hh": np.arange(9.0).reshape(3, 3)}),),
        None,
        Input(("a",), np.zeros((1, 2, 1))),
        Objective(),
    )
    scaled = set_spectral_radius(W_hh, radius).apply(document)
    assert spectral_radius(scaled.weight(W_hh)) == pytest.approx(radius, abs=1e-12)


def test_a_matrix_without_eigenvalues_to_scale_is_refused_with_the_reason(document):
    with pytest.raises(DocumentError, match="W_hh: its eigenvalues are all zero"):
        set_spectral_radius(W_hh, 1.0).apply(document.with_weight(W_hh, np.zeros((5, 5))))


@pytest.mark.parametrize(
    "edit", [set_spectral_radius(W_xh, 1.0), set_rotation(W_xh, 1.0), apply_structure(W_xh, "skew")]
)
def test_what_needs_a_square_matrix_says_so(document, edit):
    with pytest.raises(DocumentError, match="W_xh: a matrix of 5 × 3 is not square"):
        edit.apply(document)


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_is_applied_to_the_matrix(document, name):
    edited = apply_structure(W_hh, name).apply(document)
    np.testing.assert_array_equal(edited.weight(W_hh), STRUCTURES[name].of(document.weight(W_hh)))


def test_a_rotation_needs_two_units(golden):
    turned = set_rotation(W_hh, 90.0).apply(golden).weight(W_hh)
    np.testing.assert_allclose(turned, [[0, -1], [1, 0]], atol=1e-15)
    single = Document(
        (Layer("rnn", {"W_xh": [[1.0]], "W_hh": [[1.0]]}),), None, Input(("a",), np.zeros((1, 2, 1))), Objective()
    )
    with pytest.raises(DocumentError, match="at least 2 units"):
        set_rotation(W_hh, 90.0).apply(single)


@pytest.mark.parametrize(
    "edit",
    [
        set_spectral_radius(W_hh, 0.5),
        apply_structure(W_hh, "orthogonal"),
        set_rotation(W_hh, 10.0),
        move_eigenvalue(W_hh, eigenbasis(np.eye(5)), 0, 0.5 + 0j),
    ],
    ids=["radius", "structure", "rotation", "eigenvalue"],
)
def test_what_is_nothing_without_a_locked_entry_is_refused_by_its_name(document, edit):
    locked = lock_block(W_hh, Block(1, 2, 1, 2), locked=True).apply(document)
    with pytest.raises(DocumentError, match=r"W_hh\[2,3\] is locked, so that W_hh cannot"):
        edit.apply(locked)


def test_locking_adds_to_what_is_locked_and_unlocking_takes_away(document):
    some = lock_block(W_hh, Block(0, 0, 0, 4), locked=True).apply(document)
    more = lock_block(W_hh, Block(0, 0, 4, 0), locked=True).apply(some)
    assert more.locked(W_hh).sum() == 9
    fewer = lock_block(W_hh, Block(0, 0, 0, 4), locked=False).apply(more)
    assert fewer.locked(W_hh).tolist() == [[False] * 5] + [[True] + [False] * 4] * 4
    assert lock_block(W_hh, Block.whole((5, 5)), locked=False).apply(fewer) == document


def test_moving_an_eigenvalue_says_why_it_cannot(document):
    basis = eigenbasis(np.diag([1.0, 2, 3, 4, 5]))
    with pytest.raises(DocumentError, match="W_hh: a real eigenvalue has no conjugate partner"):
        move_eigenvalue(W_hh, basis, 0, 1j).apply(document)
    with pytest.raises(DocumentError, match="another size"):
        move_eigenvalue(W_hh, eigenbasis(np.eye(2)), 0, 0.5 + 0j).apply(document)
