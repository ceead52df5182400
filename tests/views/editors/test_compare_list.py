"""The comparison card: a row for the shown state and each pin, with names, numbers, pictures and buttons."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from rnnviz.document.budget import parameters
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry, set_title
from rnnviz.document.presets import built_in
from rnnviz.session.pins import Pins
from rnnviz.session.session import Selection, Session
from rnnviz.views.editors.compare_facts import facts_of, network_in_words
from rnnviz.views.editors.compare_list import CompareList
from rnnviz.views.fonts import load_fonts, scientific
from rnnviz.views.theme import DARK, LIGHT

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
EDIT = set_entry(Place(0, "W_hh"), (0, 0), 0.25)


@pytest.fixture
def session(golden, qapp):  # noqa: ARG001
    load_fonts()
    return Session(golden)


@pytest.fixture
def pins(session):
    return Pins(session, session)


@pytest.fixture
def shown(session, pins, qtbot):
    """The list, on screen and with the keyboard."""
    comparison = CompareList(session, pins, LIGHT)
    qtbot.addWidget(comparison)
    comparison.resize(280, 600)
    with qtbot.waitActive(comparison):
        comparison.show()
        comparison.activateWindow()
    return comparison


def names(comparison):
    return [row.name.text() for row in comparison.rows]


def rename(qtbot, row, name):
    row.name.setFocus()
    row.name.selectAll()
    qtbot.keyClicks(row.name, name)
    qtbot.keyClick(row.name, KEY.Key_Return)


def test_every_pin_has_a_row_and_the_shown_state_one_above_them(shown, pins, qtbot):
    assert (shown.shown_row.name.text(), names(shown)) == ("Shown now", [])
    qtbot.mouseClick(shown.pin_button, LEFT)
    qtbot.mouseClick(shown.pin_button, LEFT)
    assert names(shown) == [pin.name for pin in pins.pins] == ["A", "B"]
    QApplication.processEvents()
    tops = [row.mapTo(shown, row.rect().topLeft()).y() for row in (shown.shown_row, *shown.rows)]
    assert tops == sorted(set(tops))


def test_a_row_says_the_network_its_parameters_loss_and_reach(shown, session, pins):
    pins.pin_same_budget()
    for pin, row in zip(pins.pins, shown.rows, strict=True):
        frame = pin.frame
        assert network_in_words(frame.document) in row.network.text
        assert f"{parameters(frame.document)} parameters" in row.network.text
        assert scientific(frame.loss, 3) in row.results.text
        assert frame.reach(0, 0).verdict in row.results.text
    assert scientific(session.frame.loss, 3) in shown.shown_row.results.text


def test_the_shown_row_follows_every_edit_and_the_pins_stay(shown, session, pins):
    pins.pin()
    before = shown.rows[0].results.text
    assert shown.shown_row.results.text == before
    session.apply(EDIT)
    assert shown.rows[0].results.text == before
    assert shown.shown_row.results.text != before
    session.undo()
    assert shown.shown_row.results.text == before


def test_restore_is_one_step_and_keeps_the_pin(shown, session, pins, golden, qtbot):
    pins.pin()
    session.apply(EDIT)
    qtbot.mouseClick(shown.rows[0].buttons["restore"], LEFT)
    assert session.document == golden
    assert session.history.index == 2
    assert names(shown) == ["A"]
    session.undo()
    assert session.document == EDIT.apply(golden)


def test_swap_is_one_step_and_shows_the_other_numbers_at_once(shown, session, pins, golden, qtbot):
    pins.pin()
    session.apply(EDIT)
    results = shown.shown_row.results.text, shown.rows[0].results.text
    qtbot.mouseClick(shown.rows[0].buttons["swap"], LEFT)
    assert (session.document, session.history.index) == (golden, 2)
    assert (shown.rows[0].results.text, shown.shown_row.results.text) == results


def test_a_removed_pin_takes_its_row_along_and_the_others_keep_their_pens(shown, pins, qtbot):
    for _ in range(3):
        pins.pin()
    assert not shown.pin_button.isEnabled()
    shown.rows[1].buttons["close"].setFocus()
    qtbot.keyClick(shown.rows[1].buttons["close"], KEY.Key_Space)
    assert names(shown) == ["A", "C"]
    assert [row.number for row in shown.rows] == [0, 2]
    assert shown.pin_button.isEnabled()
    assert shown.isAncestorOf(QApplication.focusWidget())


def test_a_name_is_changed_in_place(shown, pins, qtbot):
    pins.pin()
    rename(qtbot, shown.rows[0], "before")
    assert pins.pins[0].name == "before"
    assert shown.rows[0].buttons["swap"].accessibleName() == "Swap before"


@pytest.mark.parametrize(("typed", "reason"), [(" ", "needs a name"), ("B", "'B' already")])
def test_an_impossible_name_is_refused_beside_the_field_and_nothing_changes(shown, pins, qtbot, typed, reason):
    pins.pin()
    pins.pin()
    row = shown.rows[0]
    rename(qtbot, row, typed)
    assert reason in row.problem.text
    assert not row.problem.isHidden()
    assert [pin.name for pin in pins.pins] == ["A", "B"]
    qtbot.keyClick(row.name, KEY.Key_Escape)
    assert row.problem.isHidden()
    assert row.name.text() == "A"


def test_leaving_the_field_brings_the_old_name_back(shown, pins, qtbot):
    pins.pin()
    row = shown.rows[0]
    row.name.setFocus()
    qtbot.keyClicks(row.name, "never taken over")
    shown.pin_button.setFocus()
    assert row.name.text() == pins.pins[0].name == "A"


def test_the_name_of_the_shown_state_cannot_be_typed(shown, qtbot):
    qtbot.keyClicks(shown.shown_row.name, "x")
    assert shown.shown_row.name.text() == "Shown now"
    assert shown.shown_row.buttons == {}


def test_a_pin_of_another_scene_says_which(shown, session, pins):
    pins.pin()
    assert shown.rows[0].origin.isHidden()
    session.open_document(built_in("lstm-memory"))
    assert shown.rows[0].origin.text == f"from {built_in('golden').title}"
    assert not shown.rows[0].origin.isHidden()
    session.undo()
    assert shown.rows[0].origin.isHidden()


def test_a_scene_that_is_renamed_is_another_one(shown, session, pins):
    pins.pin()
    session.apply(set_title("Mine"))
    assert not shown.rows[0].origin.isHidden()


def test_networks_of_the_same_budget_belong_to_the_shown_scene(shown, qtbot):
    qtbot.mouseClick(shown.budget_button, LEFT)
    assert [words.split(",")[0] for words in names(shown)] == ["RNN", "GRU", "LSTM"]
    assert all(row.origin.isHidden() for row in shown.rows)


def test_a_layer_or_sequence_that_a_pin_does_not_have_is_said(shown, session, pins):
    pins.pin()
    session.open_document(built_in("stacked"))
    session.select(Selection(layer=1))
    assert "no such layer or sequence" in shown.rows[0].results.text
    assert "no such" not in shown.shown_row.results.text


def test_pictures_show_the_numbers_of_the_frame(pins):
    pins.pin()
    layer = pins.pins[0].frame.layers[0]
    facts = facts_of(pins.pins[0].frame, Selection())
    assert (facts.states == layer.states["h"][0]).all()
    assert 10.0**facts.exponents == pytest.approx((layer.state_gradients["h"][0] ** 2).sum(axis=1) ** 0.5)


@pytest.mark.parametrize("width", [175, 280, 640])
def test_everything_has_its_place_at_every_width(shown, pins, width):
    pins.pin_same_budget()
    shown.resize(width, 500)
    for _ in range(3):
        QApplication.processEvents()
    for row in (shown.shown_row, *shown.rows):
        parts = [row.name, *row.buttons.values(), row.network, row.results, row.picture]
        rects = [part.geometry() for part in parts]
        assert all(row.rect().contains(rect) for rect in rects)
        assert not any(one.intersects(other) for at, one in enumerate(rects) for other in rects[:at])
    assert (shown.rows[0].picture.x() > shown.rows[0].results.x()) == (width == 640)


def test_hidden_it_follows_nothing_and_shows_the_present_when_it_is_seen(shown, session, pins):
    pins.pin()
    before = shown.shown_row.results.text
    shown.hide()
    session.apply(EDIT)
    pins.pin()
    assert (shown.shown_row.results.text, len(shown.rows)) == (before, 1)
    shown.show()
    assert len(shown.rows) == 2
    assert shown.shown_row.results.text != before


def test_another_theme_paints_on_its_own_ground(shown, pins):
    pins.pin()
    shown.apply_theme(DARK)
    assert len({row.picture.grab().toImage().pixel(1, 20) for row in (shown.shown_row, *shown.rows)}) == 1
