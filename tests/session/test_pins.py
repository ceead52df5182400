"""Pinned states: kept while the document changes, restored, swapped and removed."""

import pytest

from rnnviz.core.cells import CELLS
from rnnviz.document.budget import parameters
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.nudging import Nudge
from rnnviz.document.presets import built_in
from rnnviz.document.values import DocumentError
from rnnviz.session.pins import MOST_PINS, Pins
from rnnviz.session.session import Session

EDIT = set_entry(Place(0, "W_hh"), (0, 0), 0.25)


@pytest.fixture
def session(qapp):  # noqa: ARG001
    return Session(built_in("golden"))


@pytest.fixture
def pins(session):
    return Pins(session, session)


def names(pins):
    return [pin.name for pin in pins.pins]


def test_a_pin_stays_as_it_was_while_the_document_changes(session, pins, qtbot):
    with qtbot.waitSignal(pins.changed):
        pins.pin()
    session.apply(EDIT)
    assert pins.pins[0].frame.document == built_in("golden")
    assert session.frame.document != built_in("golden")


def test_there_are_three_at_the_most(pins):
    for _ in range(MOST_PINS):
        pins.pin()
    assert pins.is_full
    with pytest.raises(DocumentError, match="remove one first"):
        pins.pin()
    assert names(pins) == ["A", "B", "C"]


def test_a_name_that_is_free_again_is_given_again(pins):
    for _ in range(3):
        pins.pin()
    pins.remove(1)
    pins.pin()
    assert names(pins) == ["A", "C", "B"]


def test_restoring_can_be_undone_and_keeps_the_pin(session, pins):
    pins.pin()
    session.apply(EDIT)
    edited = session.document
    pins.restore(0)
    assert session.document == built_in("golden")
    assert session.history.undo_label == "Restore A"
    assert names(pins) == ["A"]
    session.undo()
    assert session.document == edited


def test_swapping_twice_is_where_it_began(session, pins):
    pins.pin()
    session.apply(EDIT)
    edited = session.document
    pins.swap(0)
    assert (session.document, pins.pins[0].frame.document) == (built_in("golden"), edited)
    pins.swap(0)
    assert (session.document, pins.pins[0].frame.document) == (edited, built_in("golden"))


@pytest.mark.parametrize("name", ["", "  ", "B"])
def test_a_name_that_says_nothing_is_refused(pins, name):
    pins.pin()
    pins.pin()
    with pytest.raises(DocumentError):
        pins.rename(0, name)
    assert names(pins) == ["A", "B"]


def test_a_pin_can_be_renamed(pins):
    pins.pin()
    pins.rename(0, " before ")
    assert names(pins) == ["before"]


def test_nothing_is_announced_when_nothing_changes(pins, qtbot):
    with qtbot.assertNotEmitted(pins.changed):
        pins.remove_all()


def test_every_cell_is_pinned_with_the_same_budget(session, pins):
    pins.pin_same_budget()
    assert [pin.frame.document.layers[0].cell for pin in pins.pins] == list(CELLS)
    counts = [parameters(pin.frame.document) for pin in pins.pins]
    assert max(counts) - min(counts) <= 12  # one unit more or less
    assert {pin.frame.document.input == session.document.input for pin in pins.pins} == {True}


def test_a_nudged_run_is_pinned_beside_what_is_pinned(session, pins):
    pins.pin()
    pins.pin_nudged(Nudge("x", 0, 2, 0.25))
    assert names(pins) == ["A", "x[1] + 0.25 at t = 2"]
    kept, shown = pins.pins[1].frame, session.frame
    assert kept.x[0, 1, 0] == shown.x[0, 1, 0] + 0.25
    assert (kept.layers[0].states["h"][0, :2] == shown.layers[0].states["h"][0, :2]).all()
    assert (kept.layers[0].states["h"][0, 2:] != shown.layers[0].states["h"][0, 2:]).any(axis=1).all()
    assert session.history.index == 0


def test_the_same_nudge_again_takes_the_place_of_the_first(session, pins):
    pins.pin_nudged(Nudge("x", 0, 2, 0.25))
    session.apply(EDIT)
    pins.pin_nudged(Nudge("x", 0, 2, 0.25))
    (pin,) = pins.pins
    assert pin.frame.document.weight(Place(0, "W_hh"))[0, 0] == 0.25


def test_a_state_nudged_on_its_way_cannot_be_pinned(pins):
    with pytest.raises(DocumentError, match="nudge an input x"):
        pins.pin_nudged(Nudge("h", 0, 2, 0.25))
    pins.pin_nudged(Nudge("h", 0, 0, 0.25))
    assert len(pins.pins) == 1


def test_a_nudged_run_is_refused_where_three_are_pinned(pins):
    for _ in range(MOST_PINS):
        pins.pin()
    with pytest.raises(DocumentError, match="remove one first"):
        pins.pin_nudged(Nudge("x", 0, 2, 0.25))
