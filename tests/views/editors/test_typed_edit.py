"""Trying values out: each starts from where it began, and all of them are one undo step."""

import numpy as np
import pytest

from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.values import DocumentError
from rnnviz.document.weight_edits import set_spectral_radius
from rnnviz.session.session import Session
from rnnviz.views.editors.typed_edit import TypedEdit

W_hh = Place(0, "W_hh")


@pytest.fixture
def session(golden, qapp):  # noqa: ARG001
    return Session(golden)


def test_a_slider_can_pass_through_zero_and_is_one_step(session, golden):
    live = TypedEdit(session)
    for radius in (0.5, 0.0, 0.7):
        live.apply(set_spectral_radius(W_hh, radius))
    live.end()
    assert session.document == set_spectral_radius(W_hh, 0.7).apply(golden)
    assert session.history.index == 1
    session.undo()
    assert session.document == golden


def test_what_is_tried_after_the_end_is_another_step(session):
    live = TypedEdit(session)
    for radius in (0.5, 0.6):
        live.apply(set_spectral_radius(W_hh, radius))
        live.end()
    assert session.history.index == 2


def test_giving_up_leaves_no_trace(session, golden):
    live = TypedEdit(session)
    live.apply(set_spectral_radius(W_hh, 0.0))
    live.cancel()
    assert session.document == golden
    assert session.history.index == 0
    assert len(session.history.labels) == 1


def test_giving_up_before_anything_was_tried_changes_nothing(session, golden):
    session.apply(set_entry(W_hh, (0, 0), 3.0))
    TypedEdit(session).cancel()
    assert session.document == set_entry(W_hh, (0, 0), 3.0).apply(golden)
    assert session.history.index == 1


def test_another_change_in_between_is_kept(session):
    live = TypedEdit(session)
    live.apply(set_spectral_radius(W_hh, 0.5))
    session.apply(set_entry(W_hh, (0, 0), 3.0))
    between = session.document
    assert live.start is between
    live.apply(set_spectral_radius(W_hh, 0.5))
    assert session.document == set_spectral_radius(W_hh, 0.5).apply(between)
    assert session.history.index == 3
    live.cancel()
    assert session.document == between


def test_a_change_in_between_is_not_given_up(session):
    live = TypedEdit(session)
    live.apply(set_spectral_radius(W_hh, 0.5))
    session.apply(set_entry(W_hh, (0, 0), 3.0))
    between = session.document
    live.cancel()
    assert session.document is between


def test_a_refused_value_leaves_what_was_tried_before(session):
    session.apply(set_entry(W_hh, (0, 1), 0.0))
    live = TypedEdit(session)
    live.apply(set_spectral_radius(W_hh, 0.5))
    before = session.document
    with pytest.raises(DocumentError):
        live.apply(set_entry(W_hh, (0, 0), np.nan))
    assert session.document is before
