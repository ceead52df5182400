"""The dialog that checks gradients: it fills while it works, says what was found and of which document."""

import multiprocessing
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from rnnviz.app.check_dialog import CheckDialog, difference_words
from rnnviz.document.checking import check_gradients
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Window, weight_shapes
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.views.fonts import scientific
from rnnviz.views.theme import DARK

LIMIT_MS = 20_000  # the first entry waits for the process to start
W_HH = Place(0, "W_hh")
LEFT = Qt.MouseButton.LeftButton


def recurrent(cell, units, steps):
    rng = np.random.default_rng(0)
    weights = {name: 0.2 * rng.normal(size=shape) for name, shape in weight_shapes(cell, units, 2).items()}
    return Document((Layer(cell, weights),), None, Input(("a", "b"), rng.normal(size=(1, steps, 2))), Objective())


def overflowing():
    return built_in("saturation-linear").with_weight(W_HH, 1e60 * np.eye(2))


@pytest.fixture
def open_dialog(make_window, qtbot):
    """Return a function that opens the dialog from the menu of a window on a document, and waits for its end."""

    def open_it(document, *, waits=True):
        window = make_window(document, is_shown=False)
        window.menus["help.check"].trigger()
        dialog = window.findChild(CheckDialog)
        if waits:
            wait_for_end(dialog, qtbot)
        return window, dialog

    return open_it


def wait_for_end(dialog, qtbot):
    qtbot.waitUntil(lambda: not dialog.cancel_button.isEnabled(), timeout=LIMIT_MS)


def rows(dialog):
    return [dialog.table.texts(row) for row in range(dialog.table.rowCount())]


def click(button):
    QTest.mouseClick(button, LEFT)


def test_every_array_has_a_row_with_what_was_found(open_dialog):
    _, dialog = open_dialog(built_in("golden"))
    found = {check.name: check for check in check_gradients(built_in("golden"))}
    assert [row[0] for row in rows(dialog)] == list(found)
    for name, compared, worst, where, verdict in rows(dialog):
        check = found[name]
        assert compared == f"{check.compared} of {check.entries}"
        assert worst == scientific(check.worst.error)
        assert where == check.where
        assert verdict == "passes"
    assert dialog.status.text() == "All 17 gradients that were compared agree."
    assert not dialog.progress.isVisible()


def test_opening_it_does_not_wait_and_stops_nothing_else(open_dialog, qtbot):
    window, dialog = open_dialog(built_in("golden"), waits=False)
    assert not dialog.isModal()
    assert dialog.status.text() == "Comparing … 0 of 17 entries"
    assert dialog.progress.isVisible()
    window.session.set_cursor(2)
    assert window.session.cursor == 2
    wait_for_end(dialog, qtbot)


def test_opening_it_again_brings_the_same_dialog(open_dialog):
    window, dialog = open_dialog(built_in("golden"))
    window.menus["help.check"].trigger()
    assert window.findChildren(CheckDialog) == [dialog]


def test_after_an_edit_it_says_that_it_is_of_the_document_before(open_dialog, qtbot):
    window, dialog = open_dialog(built_in("golden"))
    assert not dialog.stale.isVisible()
    window.session.apply(set_entry(W_HH, (0, 0), 0.9))
    assert dialog.stale.isVisible()
    assert "before your last edit" in dialog.stale.text()
    window.session.undo()
    assert not dialog.stale.isVisible()
    window.session.redo()
    click(dialog.again_button)
    assert not dialog.stale.isVisible()
    wait_for_end(dialog, qtbot)
    (found,) = [check for check in check_gradients(window.session.document) if check.name == "W_hh" and check.is_done]
    assert rows(dialog)[1][2] == scientific(found.worst.error)


def test_what_overflows_fails_by_its_name_in_the_colour_of_warnings(open_dialog):
    window, dialog = open_dialog(overflowing())
    failed = [row for row, texts in enumerate(rows(dialog)) if texts[4].startswith("fails")]
    assert 1 in failed
    assert rows(dialog)[1][0] == "W_hh"
    assert dialog.table.item(1, 4).foreground().color() == QColor(window.theme.warning)
    assert "gradients differ" in dialog.status.text()
    assert "overflows" in dialog.status.text()
    assert window.theme.warning in dialog.status.styleSheet()


def test_a_wrong_gradient_is_told_with_both_numbers():
    document = built_in("golden")
    frame = compute(document)
    gradients = {name: array.copy() for name, array in frame.layers[0].weight_gradients.items()}
    gradients["W_hh"][0, 1] = 0.25
    wrong = replace(frame, layers=(replace(frame.layers[0], weight_gradients=gradients),))
    check = {check.name: check for check in check_gradients(document, frame=wrong)}["W_hh"]
    measured = "−0.04763817"
    assert difference_words(check) == f"W_hh at [1, 2] is 0.25 by backpropagation, but {measured} was measured."


def test_a_check_whose_process_dies_says_so_and_can_be_done_again(open_dialog, qtbot):
    _, dialog = open_dialog(recurrent("lstm", 16, 400), waits=False)
    qtbot.waitUntil(lambda: dialog.progress.value() > 0, timeout=LIMIT_MS)
    (process,) = multiprocessing.active_children()
    process.kill()
    wait_for_end(dialog, qtbot)
    assert "ended unexpectedly" in dialog.status.text()
    click(dialog.again_button)
    qtbot.waitUntil(lambda: dialog.progress.value() > 0, timeout=LIMIT_MS)
    assert dialog.status.text().startswith("Comparing")


def test_cancelling_keeps_what_was_found_and_ends_the_work(open_dialog, qtbot):
    _, dialog = open_dialog(recurrent("lstm", 16, 400), waits=False)
    qtbot.waitUntil(lambda: dialog.progress.value() > 0, timeout=LIMIT_MS)
    click(dialog.cancel_button)
    assert multiprocessing.active_children() == []
    assert dialog.status.text().startswith("Cancelled after ")
    assert rows(dialog)[0][1] != "0 of 32"
    assert rows(dialog)[-1][1] == "0 of 800"
    assert not dialog.progress.isVisible()


@pytest.mark.parametrize("closes", ["dialog", "window"])
def test_closing_while_it_works_leaves_no_process(open_dialog, qtbot, closes):
    window, dialog = open_dialog(recurrent("lstm", 16, 400), waits=False)
    qtbot.waitUntil(lambda: dialog.progress.value() > 0, timeout=LIMIT_MS)
    if closes == "dialog":
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
    else:
        window.close()
    assert multiprocessing.active_children() == []


def test_of_a_large_array_a_sample_is_compared_unless_all_is_asked_for(open_dialog, qtbot):
    _, dialog = open_dialog(recurrent("rnn", 10, 4))
    assert rows(dialog)[1][:2] == ("W_hh", "64 of 100")
    click(dialog.every)
    assert dialog.cancel_button.isEnabled()
    wait_for_end(dialog, qtbot)
    assert rows(dialog)[1][:2] == ("W_hh", "100 of 100")


def test_where_every_entry_is_compared_anyway_nobody_is_asked(open_dialog):
    _, dialog = open_dialog(built_in("golden"))
    assert not dialog.every.isVisible()


def test_of_truncated_backpropagation_it_says_what_is_held_fixed(open_dialog):
    _, dialog = open_dialog(replace(built_in("golden"), window=Window(2, stateful=True)))
    assert "held fixed" in dialog.what.text()
    assert dialog.status.text().startswith("All ")


def test_it_follows_the_theme_of_the_window(open_dialog):
    window, dialog = open_dialog(built_in("golden"))
    window.apply_theme(DARK)
    assert dialog.table.item(0, 4).foreground().color() == QColor(DARK.text)
    assert DARK.text in dialog.status.styleSheet()
