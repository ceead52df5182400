"""The part of time that is looked at: it stays within the sequence, follows the cursor, and goes with the length."""

from hypothesis import given
from hypothesis import strategies as st

from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.session.session import Session
from rnnviz.session.time_range import LEAST_STEPS, TimeRange, between


@st.composite
def ranges(draw):
    """Return the length of a sequence and a range of it."""
    last = draw(st.integers(1, 20_000))
    first = draw(st.integers(0, last - 1))
    return last, TimeRange(first, draw(st.integers(first + 1, last)))


def is_inside(time_range, last):
    return 0 <= time_range.first < time_range.last <= last


@given(ranges(), st.integers(-30_000, 30_000))
def test_moving_keeps_the_length_and_stays_in_the_sequence(given_range, steps):
    last, shown = given_range
    moved = shown.moved(steps, last)
    assert moved.steps == shown.steps
    assert is_inside(moved, last)


@given(ranges(), st.floats(0, 1), st.floats(0.01, 100))
def test_zooming_stays_in_the_sequence_and_goes_the_right_way(given_range, part, factor):
    last, shown = given_range
    zoomed = shown.zoomed(shown.first + part * shown.steps, factor, last)
    assert is_inside(zoomed, last)
    assert zoomed.steps >= min(LEAST_STEPS, last)
    assert zoomed.steps >= shown.steps or factor < 1 + 1e-9
    assert zoomed.steps <= max(shown.steps, LEAST_STEPS) or factor > 1 - 1e-9


@given(st.integers(100, 900), st.floats(0.1, 4))
def test_what_is_pointed_at_stays_where_it_is(around, factor):
    shown = TimeRange(400, 600)
    zoomed = shown.zoomed(around, factor, 1_000_000)
    if zoomed.first > 0:
        before, after = ((around - each.first) / each.steps for each in (shown, zoomed))
        assert abs(before - after) * zoomed.steps <= 1


@given(ranges(), st.integers(0, 20_000))
def test_following_holds_the_cursor_and_moves_only_if_it_must(given_range, t):
    last, shown = given_range
    t = min(t, last)
    followed = shown.following(t, last)
    assert followed.holds(t)
    assert is_inside(followed, last)
    assert (followed == shown) == shown.holds(t)


@given(st.integers(1, 20_000), st.data())
def test_between_two_steps_both_are_seen(last, data):
    one, other = (data.draw(st.integers(0, last)) for _ in range(2))
    found = between(one, other, last)
    assert found.holds(one)
    assert found.holds(other)
    assert is_inside(found, last)


def told(session):
    ranges = []
    session.time_range_changed.connect(ranges.append)
    return ranges


def test_all_of_time_is_shown_at_first_and_all_is_none(qapp):  # noqa: ARG001
    session = Session(built_in("default"))
    ranges = told(session)
    assert session.time_range is None
    session.set_time_range(TimeRange(0, 40))
    session.set_time_range(TimeRange(-9, 99))
    session.set_time_range(TimeRange(70, 90))  # there is nothing
    assert ranges == []
    session.set_time_range(TimeRange(30, 99))
    session.set_time_range(TimeRange(30, 40))
    session.set_time_range(None)
    assert ranges == [TimeRange(30, 40), None]


def test_the_range_follows_the_cursor_page_by_page(qapp):  # noqa: ARG001
    session = Session(built_in("default"))
    session.set_cursor(10)
    session.set_time_range(TimeRange(10, 20))
    ranges = told(session)
    for _ in range(10):
        session.move_cursor(+1)
    assert ranges == []
    session.move_cursor(+1)
    assert ranges == [TimeRange(20, 30)]
    session.set_cursor(0)
    assert session.time_range == TimeRange(0, 10)


def test_the_range_is_no_edit_and_survives_edits_of_the_same_length(qapp):  # noqa: ARG001
    session = Session(built_in("default"))
    session.set_time_range(TimeRange(5, 25))
    assert session.history.undo_label is None
    session.apply(set_entry(Place(0, "W_hh"), (0, 0), 0.3))
    assert session.time_range == TimeRange(5, 25)


def test_another_length_brings_all_of_time_back(qapp):  # noqa: ARG001
    session = Session(built_in("default"))
    session.set_time_range(TimeRange(5, 25))
    ranges = told(session)
    session.open_document(built_in("golden"))
    assert ranges == [None]
