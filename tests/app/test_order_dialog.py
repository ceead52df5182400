"""Order matters: the dialog, opened from the window, on numbers that the frames say."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from rnnviz.app.order_dialog import OrderDialog, finding, open_order_dialog
from rnnviz.document.compute import compute
from rnnviz.document.document import READOUT, Place
from rnnviz.document.edits import set_entry
from rnnviz.document.generators import GENERATORS
from rnnviz.document.network_edits import set_cell
from rnnviz.document.order import compare, order_of
from rnnviz.document.presets import built_in
from rnnviz.document.sources import generated_edit, text_edit
from rnnviz.document.step_edits import add_sequence, set_length
from rnnviz.session.computer import BackgroundComputer
from rnnviz.session.session import Selection, Session
from rnnviz.views.fonts import number


@pytest.fixture
def window(make_window):
    """The window behind the dialog, which need not be seen."""
    made = make_window(is_shown=False)
    made.fill()
    return made


@pytest.fixture
def dialog(window):
    dialog = open_order_dialog(window)
    yield dialog
    dialog.close()


def test_the_action_opens_one_dialog_that_blocks_nothing(window):
    window.menus["input.order"].trigger()
    window.menus["input.order"].trigger()
    (dialog,) = window.findChildren(OrderDialog)
    assert dialog.isVisible()
    assert not dialog.isModal()
    dialog.close()


def test_the_step_menu_of_the_input_opens_it_too(window):
    window.cards["input"].content.order_requested.emit()
    window.findChild(OrderDialog).close()


def test_the_numbers_on_screen_are_those_of_the_frames(window, dialog):
    frame = window.session.frame
    last = frame.document.counted_steps(0)[-1]
    assert number(float(frame.y[0, last - 1, 0]), 4) in dialog.rows.lines[0]
    turned = replace(
        frame.document, input=replace(frame.document.input, values=frame.document.input.values[:, ::-1].copy())
    )
    assert number(float(compute(turned).y[0, last - 1, 0]), 4) in dialog.rows.lines[1]
    blind = [line.split("order-blind ")[1] for line in dialog.rows.lines]
    assert len(set(blind)) == 1


def test_what_is_found_is_measured(window):
    comparison = compare(window.session.document, 0, 0)
    assert "the order-blind ones are the same to the last bit" in finding(comparison)
    assert "apart; the order-blind" in finding(comparison)


def test_a_network_that_cannot_tell_is_not_said_to(golden):
    same = golden
    for row in range(2):
        same = set_entry(Place(READOUT, "W_hy"), (0, row), 0.0).apply(same)
    assert "answers are the same in all three orders" in finding(compare(same, 0, 0))


def test_it_follows_an_edit(window, dialog, qtbot):
    before = dialog.rows.lines
    window.session.apply(set_entry(Place(0, "W_hh"), (0, 0), -2.0))
    qtbot.waitUntil(lambda: dialog.rows.lines != before)


def test_it_follows_the_selected_sequence_without_its_padding(window, dialog, qtbot):
    window.session.apply(add_sequence())
    window.session.apply(set_length(1, 3))
    before = dialog.rows.lines
    window.session.select(Selection(sample=1))
    qtbot.waitUntil(lambda: dialog.rows.lines != before)
    assert "sequence 2" in dialog.explanation.text()


def test_shuffling_again_is_another_order_and_the_baseline_does_not_care(dialog):
    before = dialog.rows.lines
    dialog.shuffle_button.click()
    assert dialog.seed == 1
    assert dialog.choice.choice == "shuffled"
    assert dialog.rows.lines[:2] == before[:2]
    assert dialog.rows.lines[2] != before[2]
    assert dialog.rows.lines[2].split("order-blind")[1] == before[2].split("order-blind")[1]


@pytest.mark.parametrize("order", ["reversed", "shuffled"])
def test_the_chosen_order_is_fed_as_one_undo_step(window, dialog, order):
    session, before = window.session, window.session.document
    dialog.choice.button(order).click()
    dialog.apply_button.click()
    expected = before.input.values[0][order_of(order, 40, dialog.seed)]
    np.testing.assert_array_equal(session.document.input.values[0], expected)
    np.testing.assert_array_equal(session.document.objective.targets, before.objective.targets)
    assert session.history.index == 1
    assert dialog.choice.choice == "original"
    session.undo()
    assert session.document is before


def test_a_row_is_chosen_by_a_click_and_the_original_cannot_be_used(dialog, qtbot):
    rows = dialog.rows
    qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(30, rows.height() - 30))
    assert dialog.choice.choice == "shuffled"
    assert dialog.apply_button.isEnabled()
    qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(30, 50))
    assert dialog.choice.choice == "original"
    assert not dialog.apply_button.isEnabled()


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_every_cell_and_a_text_are_shown(make_window, cell):
    document = set_cell(0, cell).apply(text_edit("hello world").apply(built_in("golden")))
    window = make_window(document)
    dialog = open_order_dialog(window)
    assert not dialog.grab().isNull()
    assert "“" in dialog.rows.lines[0]
    dialog.close()


def test_a_long_sequence_is_compared_beside_the_window(make_window, qtbot):
    document = generated_edit(GENERATORS["noise"], {"steps": 10_000}, 0).apply(built_in("default"))
    window = make_window(session=Session(document, BackgroundComputer()))
    dialog = open_order_dialog(window)
    assert dialog.rows.lines == ()
    qtbot.waitUntil(lambda: dialog.rows.lines != (), timeout=20_000)
    assert not dialog.grab().isNull()
    dialog.close()


def test_it_goes_with_the_window(window):
    window.show()
    dialog = open_order_dialog(window)
    window.hide()
    assert dialog.isHidden()
    window.show()
