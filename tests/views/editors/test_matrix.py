"""A matrix editor: a weight is a knob, a field, and a cell of a spreadsheet."""

from dataclasses import replace

import numpy as np
import pytest
from hands import B_H, CTRL, KEY, LEFT, SHIFT, W_HH, W_XH, network
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QHelpEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

from rnnviz.document.block import Block
from rnnviz.document.document import READOUT, Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.document.weight_edits import lock_block
from rnnviz.session.session import Selection
from rnnviz.views.colours import signed_colour
from rnnviz.views.editors.clipboard import BlockError, block_text, numpy_text, parse_block
from rnnviz.views.editors.latex import latex_text
from rnnviz.views.editors.matrix_view import cell_text, limit_for
from rnnviz.views.editors.number_entry import NumberError, parse_number
from rnnviz.views.theme import DARK, LIGHT

# the offscreen platform, of the tooltip's window
shows_a_tip = pytest.mark.qt_log_ignore(r"^This plugin does not support raise", extend=True)


class Paints(QObject):
    """Collects which parts of a widget are painted."""

    def __init__(self, parent):
        super().__init__(parent)
        self.rects = []

    def eventFilter(self, _, event):  # noqa: N802  # Qt's
        if event.type() == QEvent.Type.Paint:
            self.rects.append(event.rect())
        return False


# Dragging


def test_dragging_up_adds_a_hundredth_of_the_scale_for_each_pixel(hand):
    h = hand()
    h.editor.set_limit(2.5)
    h.drag(1, 3, up=40)
    assert h.array[1, 3] == 1.93


def test_dragging_down_subtracts(hand):
    h = hand()
    h.editor.set_limit(1.0)
    h.drag(0, 0, up=-20)
    assert h.array[0, 0] == 1.19


def test_dragging_with_shift_is_ten_times_finer(hand):
    h = hand()
    h.editor.set_limit(1.0)
    h.drag(0, 0, up=20, modifiers=SHIFT)
    assert h.array[0, 0] == 1.41


def test_taking_shift_during_a_drag_goes_on_from_where_the_value_is(hand):
    h = hand()
    h.editor.set_limit(1.0)
    start = h.at(0, 2)
    h.press(0, 2)
    h.drag_to(start - QPoint(0, 50))
    h.drag_to(start - QPoint(0, 50), SHIFT)
    assert h.array[0, 2] == 0.62
    h.drag_to(start - QPoint(0, 60), SHIFT)
    h.release(start - QPoint(0, 60), SHIFT)
    assert h.array[0, 2] == 0.63


def test_a_drag_goes_on_while_the_pointer_is_outside_the_widget(hand):
    h = hand()
    h.editor.set_limit(1.0)
    h.drag(0, 0, up=500)
    assert h.array[0, 0] == 6.39


def test_a_drag_is_one_undo_step(hand):
    h = hand()
    before = h.session.document
    h.drag(1, 3, up=40)
    assert h.steps() == 1
    h.session.undo()
    assert h.session.document == before


def test_two_drags_of_one_cell_are_two_undo_steps(hand):
    h = hand()
    h.drag(1, 3, up=40)
    between = h.array[1, 3]
    h.drag(1, 3, up=40)
    h.session.undo()
    assert h.array[1, 3] == between


def test_a_click_with_a_trembling_hand_changes_nothing(hand):
    h = hand()
    h.drag(1, 3, up=2)
    assert h.array[1, 3] == 0.93
    assert h.steps() == 0


def test_dragging_back_to_the_start_leaves_no_undo_step(hand):
    h = hand()
    start = h.at(1, 3)
    h.press(1, 3)
    h.drag_to(start - QPoint(0, 30))
    h.drag_to(start)
    h.release(start)
    assert h.array[1, 3] == 0.93
    assert h.steps() == 0


def test_escape_during_a_drag_restores_the_value_and_ends_the_drag(hand):
    h = hand()
    before = h.session.document
    start = h.at(1, 3)
    h.press(1, 3)
    h.drag_to(start - QPoint(0, 30))
    h.key(KEY.Key_Escape)
    assert h.session.document == before
    h.drag_to(start - QPoint(0, 60))
    h.release(start - QPoint(0, 60))
    assert h.session.document == before
    assert h.steps() == 0


def test_escape_during_a_drag_is_not_taken_by_a_shortcut_of_the_window(hand):
    h = hand()
    taken = []
    QShortcut(QKeySequence("Esc"), h.window, lambda: taken.append(1))
    h.press(1, 3)
    h.drag_to(h.at(1, 3) - QPoint(0, 30))
    h.key(KEY.Key_Escape)
    assert taken == []
    assert h.array[1, 3] == 0.93


def test_a_release_that_was_lost_ends_the_drag(hand):
    h = hand()
    h.press(1, 3)
    h.drag_to(h.at(1, 3) - QPoint(0, 30))
    after = h.array[1, 3]
    h.drag_to(h.at(0, 0), buttons=Qt.MouseButton.NoButton)
    assert not h.editor.is_dragging
    assert h.array[1, 3] == after


def test_only_the_left_button_drags(hand):
    h = hand()
    QTest.mousePress(h.editor, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, h.at(0, 0))
    assert not h.editor.is_dragging


def test_a_drag_does_not_go_beyond_a_million(hand):
    h = hand()
    h.click(0, 0)
    h.type("999999")
    h.key(KEY.Key_Return)
    h.editor.set_limit(1e6)
    h.drag(0, 0, up=90)
    assert h.array[0, 0] == 1e6


@shows_a_tip
def test_the_value_is_shown_at_the_pointer_when_cells_are_too_small_for_numbers(hand):
    h = hand(document=network(), size=(263, 400))
    assert not h.editor.shows_numbers
    h.drag(4, 5, up=30)
    assert QToolTip.text().startswith("W_hh[5, 6] = ")
    QToolTip.hideText()


# The wheel


def test_the_wheel_changes_the_value_by_a_twentieth(hand):
    h = hand()
    assert h.wheel(1, 3, 1)
    assert h.array[1, 3] == 0.98
    h.wheel(1, 3, -2)
    assert h.array[1, 3] == 0.88


def test_the_wheel_with_shift_is_ten_times_finer(hand):
    h = hand()
    h.wheel(1, 3, 1, SHIFT)
    assert h.array[1, 3] == 0.935


def test_consecutive_wheel_steps_on_one_cell_are_one_undo_step(hand):
    h = hand()
    for _ in range(3):
        h.wheel(1, 3, 1)
    h.wheel(0, 0, 1)
    assert h.steps() == 2
    h.session.undo()
    h.session.undo()
    assert h.session.document == built_in("default")


def test_small_wheel_movements_add_up_to_a_step(hand):
    h = hand()
    for _ in range(3):
        h.wheel(1, 3, 1, delta=40)
    assert h.array[1, 3] == 0.98


def test_the_wheel_scrolls_over_other_cells_where_there_is_something_to_scroll(hand):
    h = hand()
    h.editor.set_wheel_needs_current(True)
    assert not h.wheel(1, 3, 1)
    h.click(1, 3)
    assert h.wheel(1, 3, 1)
    assert h.array[1, 3] == 0.98
    assert h.steps() == 1


# Typing


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.5", 0.5),
        ("-1.25", -1.25),
        ("−0,75", -0.75),
        (",5", 0.5),
        (".5", 0.5),
        ("+2", 2.0),
        ("1/3", 1 / 3),
        ("-1,5 / 3", -0.5),
        ("1e-3", 0.001),
        ("1000000", 1e6),
        ("-0", 0.0),
    ],
)
def test_typing_a_number_replaces_the_value(hand, typed, value):
    h = hand()
    h.click(2, 1)
    h.type(typed)
    h.key(KEY.Key_Return)
    assert h.array[2, 1] == value
    assert not np.signbit(h.array[2, 1]) or value < 0
    assert h.steps() == 1


@pytest.mark.parametrize("opening", [KEY.Key_Return, KEY.Key_F2, None])
def test_enter_f2_and_a_double_click_edit_the_full_number(hand, opening):
    h = hand(document=network(units=4))
    h.click(2, 1)
    if opening is None:
        QTest.mouseDClick(h.editor, LEFT, Qt.KeyboardModifier.NoModifier, h.at(2, 1))
    else:
        h.key(opening)
    assert parse_number(h.entry.text()) == h.array[2, 1]
    assert h.entry.selectedText() == h.entry.text()
    h.enter("0.25")
    assert h.array[2, 1] == 0.25


def test_entering_the_number_that_is_there_is_no_edit(hand):
    h = hand(document=network(units=4))
    h.click(2, 1)
    h.key(KEY.Key_F2)
    h.key(KEY.Key_Return)
    assert h.steps() == 0


def test_enter_goes_down_and_tab_to_the_right_as_in_a_spreadsheet(hand):
    h = hand()
    h.click(1, 1)
    h.type("0.5")
    h.key(KEY.Key_Return)
    assert h.editor.marks.current == (2, 1)
    h.type("0.6")
    h.key(KEY.Key_Tab)
    assert h.editor.marks.current == (2, 2)
    h.type("0.7")
    h.key(KEY.Key_Backtab, SHIFT)
    assert h.editor.marks.current == (2, 1)
    h.type("0.8")
    h.key(KEY.Key_Return, SHIFT)
    assert h.editor.marks.current == (1, 1)
    assert h.array[1, 1] == 0.5
    assert list(h.array[2, 1:3]) == [0.8, 0.7]
    assert h.editor.hasFocus()


def test_enter_at_the_last_row_stays_there(hand):
    h = hand()
    h.click(5, 5)
    h.type("0.5")
    h.key(KEY.Key_Return)
    assert h.editor.marks.current == (5, 5)


def test_escape_gives_up_what_was_typed(hand):
    h = hand()
    h.click(1, 1)
    h.type("0.5")
    h.key(KEY.Key_Escape)
    assert h.entry is None
    assert h.array[1, 1] == 0.75
    assert h.editor.hasFocus()


def test_leaving_the_field_enters_a_right_number(hand):
    h = hand()
    h.click(1, 1)
    h.type("0.5")
    h.click(4, 4)
    assert h.array[1, 1] == 0.5
    assert h.entry is None
    assert h.editor.marks.current == (4, 4)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("0.5x", "not a number"),
        ("1,2,3", "not a number"),
        ("1.2,3", "not a number"),
        ("1/0", "zero"),
        ("1/2/3", "not a number"),
        ("nan", "not finite"),
        ("-inf", "not finite"),
        ("1e400", "too large"),
        ("1000001", "too large"),
        ("1_000", "not a number"),
        ("٣", "not a number"),
        ("", "no number"),
    ],
)
def test_a_wrong_number_is_marked_and_changes_nothing(hand, typed, why):
    h = hand()
    h.click(1, 1)
    h.key(KEY.Key_F2)
    h.entry.setText(typed)
    h.key(KEY.Key_Return)
    assert h.entry is not None
    assert why in h.reason.lower()
    assert why in h.entry.toolTip()
    assert LIGHT.warning in h.entry.styleSheet()
    assert h.session.document == built_in("default")
    assert len(h.refusals) == 1
    assert "W_hh" in h.refusals[0]


def test_a_wrong_number_can_be_corrected(hand):
    h = hand()
    h.click(1, 1)
    h.type("0.5.")
    h.key(KEY.Key_Return)
    h.key(KEY.Key_Backspace)
    assert h.reason == ""
    assert LIGHT.warning not in h.entry.styleSheet()
    h.key(KEY.Key_Return)
    assert h.array[1, 1] == 0.5


def test_leaving_the_field_with_a_wrong_number_restores_the_old_one(hand):
    h = hand()
    h.click(1, 1)
    h.type("0.5.")
    h.click(4, 4)
    assert h.entry is None
    assert h.array[1, 1] == 0.75
    assert h.steps() == 0
    assert len(h.refusals) == 1


def test_the_field_is_inside_its_host_and_large_enough_to_write_in(hand):
    h = hand(document=network(), size=(263, 400))
    for cell in ((0, 0), (31, 31), (0, 31)):
        h.click(*cell)
        h.key(KEY.Key_F2)
        assert h.window.rect().contains(h.entry.geometry())
        assert h.entry.width() >= 60
        h.enter("wrong")
        reason = next(label for label in h.window.findChildren(QLabel) if label.isVisible())
        assert h.window.rect().contains(reason.geometry())
        assert reason.height() >= reason.heightForWidth(reason.width())
        h.key(KEY.Key_Escape)


def test_letters_do_not_open_the_field(hand):
    h = hand()
    h.click(1, 1)
    h.type("x e")
    assert h.entry is None


# Moving and selecting with the keyboard


@pytest.mark.parametrize(
    ("key", "modifiers", "cell"),
    [
        (KEY.Key_Left, None, (2, 2)),
        (KEY.Key_Right, None, (2, 4)),
        (KEY.Key_Up, None, (1, 3)),
        (KEY.Key_Down, None, (3, 3)),
        (KEY.Key_Home, None, (2, 0)),
        (KEY.Key_End, None, (2, 5)),
        (KEY.Key_Home, CTRL, (0, 0)),
        (KEY.Key_End, CTRL, (5, 5)),
    ],
)
def test_keys_move_the_current_cell(hand, key, modifiers, cell):
    h = hand()
    h.click(2, 3)
    h.key(key, modifiers or Qt.KeyboardModifier.NoModifier)
    assert h.editor.marks.current == cell
    assert h.session.selection.entry == (W_HH, *cell)


def test_moving_beyond_an_edge_does_nothing(hand):
    h = hand()
    for cell, keys in (((0, 0), (KEY.Key_Left, KEY.Key_Up)), ((5, 5), (KEY.Key_Right, KEY.Key_Down))):
        h.click(*cell)
        for key in keys:
            h.key(key)
            assert h.editor.marks.current == cell


def test_ctrl_up_and_down_change_the_value(hand):
    h = hand()
    h.click(1, 3)
    h.key(KEY.Key_Up, CTRL)
    h.key(KEY.Key_Up, CTRL)
    assert h.array[1, 3] == 1.03
    h.key(KEY.Key_Down, CTRL | SHIFT)
    assert h.array[1, 3] == 1.025
    assert h.steps() == 1


def test_ctrl_left_and_right_are_left_to_the_window(hand):
    h = hand()
    taken = []
    QShortcut(QKeySequence("Ctrl+Right"), h.window, lambda: taken.append(1))
    h.click(1, 3)
    h.key(KEY.Key_Right, CTRL)
    assert taken == [1]
    assert h.editor.marks.current == (1, 3)


@pytest.mark.parametrize("keys", ["Ctrl+Home", "Ctrl+C", "1", "Delete"])
def test_keys_that_mean_something_here_are_not_taken_by_the_window(hand, keys):
    h = hand()
    taken = []
    QShortcut(QKeySequence(keys), h.window, lambda: taken.append(1))
    h.click(1, 3)
    QTest.keySequence(h.editor, QKeySequence(keys))
    assert taken == []


def test_the_keyboard_alone_reaches_and_changes_a_weight(hand):
    h = hand()
    h.editor.clearFocus()
    h.editor.setFocus(Qt.FocusReason.TabFocusReason)
    assert h.editor.marks.current == (0, 0)
    h.key(KEY.Key_Down)
    h.key(KEY.Key_Right)
    h.type("0,5")
    h.key(KEY.Key_Return)
    assert h.array[1, 1] == 0.5


def test_shift_and_arrows_extend_the_selection(hand):
    h = hand()
    h.click(1, 1)
    for key in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Down, KEY.Key_Left):
        h.key(key, SHIFT)
    assert h.editor.marks.block == (1, 1, 2, 2)
    assert h.editor.marks.current == (1, 1)
    h.key(KEY.Key_Escape)
    assert h.editor.marks.block is None


def test_shift_and_home_extend_the_selection_to_the_end_of_the_row(hand):
    h = hand()
    h.click(1, 3)
    h.key(KEY.Key_Home, SHIFT)
    assert h.editor.marks.block == (1, 0, 1, 3)


def test_a_click_with_shift_extends_the_selection(hand):
    h = hand()
    h.click(3, 3)
    h.click(1, 2, SHIFT)
    assert h.editor.marks.block == (1, 2, 3, 3)
    assert h.session.selection.entry == (W_HH, 3, 3)
    assert h.steps() == 0


# The session's selection


def test_selecting_a_weight_selects_its_unit(hand):
    h = hand()
    h.click(1, 3)
    assert h.session.selection == Selection(unit=1, entry=(W_HH, 1, 3))


def test_selecting_a_weight_of_the_readout_leaves_the_unit(hand):
    h = hand(Place(READOUT, "W_hy"))
    h.session.select(Selection(unit=4))
    h.click(0, 2)
    assert h.session.selection == Selection(unit=4, entry=(Place(READOUT, "W_hy"), 0, 2))


def test_another_view_can_select_the_weight(hand):
    h = hand()
    assert h.editor.marks.current is None
    h.session.select(Selection(entry=(W_HH, 2, 4)))
    assert h.editor.marks.current == (2, 4)
    h.session.select(Selection(entry=(B_H, 0, 0)))
    assert h.editor.marks.current is None


def test_following_a_selection_ends_the_extended_one(hand):
    h = hand()
    h.click(1, 1)
    h.key(KEY.Key_A, CTRL)
    h.session.select(Selection(entry=(B_H, 0, 0)))
    h.session.select(Selection(entry=(W_HH, 1, 1)))
    assert h.editor.marks.block is None


# Copy and paste


def test_one_cell_is_copied_in_full_precision(hand):
    h = hand(document=network(units=4))
    h.click(2, 1)
    assert float(h.copy()) == h.array[2, 1]


def test_a_selection_is_copied_as_tab_separated_text(hand):
    h = hand()
    h.click(0, 0)
    h.click(1, 1, SHIFT)
    assert h.copy() == "1.39\t-1.1\n-0.19\t0.75"


def test_the_whole_matrix_can_be_copied_and_pasted(hand):
    h = hand(document=network(units=4))
    before = h.session.document
    h.click(2, 2)
    h.key(KEY.Key_A, CTRL)
    text = h.copy()
    h.key(KEY.Key_Delete)
    assert not h.array.any()
    assert h.steps() == 1
    h.paste(text)
    assert h.session.document == before


@pytest.mark.parametrize(
    "text",
    [
        "1\t2,5\n3\t4",
        "1\t2.5\r\n3\t4\r\n",
        "1;2,5\n3;4",
        "1,2.5\n3,4",
        "1, 2.5\n3, 4\n",
        "1 2.5\n3 4",
        "1,0 2,5\n3,0 4,0",
        "[[1.  2.5]\n [3.  4. ]]",
        "[[1, 2.5], [3, 4]]",
        " [1, 2.5],\n [3, 4]]",
        "array([[1. , 2.5],\n       [3. , 4. ]])",
        "np.array([[1.0, 2.5],\n          [3.0, 4.0]], dtype=np.float32)",
        "\\begin{bmatrix}\n  1 & 2.5 \\\\\n  3 & 4\n\\end{bmatrix}",
        "$\\begin{pmatrix} 1 & 2{,}5 \\\\[2pt] 3 & 4 \\\\ \\end{pmatrix}$",
        "\\left(\\begin{array}{rr} \\hline 1 & \\frac{5}{2} \\\\ 3 & 0.4 \\cdot 10^{1} \\end{array}\\right)",
    ],
)
def test_text_from_spreadsheets_and_numpy_can_be_pasted(hand, text):
    h = hand()
    h.click(1, 2)
    h.paste(text)
    assert h.array[1:3, 2:4].tolist() == [[1, 2.5], [3, 4]]
    assert h.editor.marks.block == (1, 2, 2, 3)
    assert h.refusals == []
    assert h.steps() == 1


def test_a_single_number_fills_the_selection(hand):
    h = hand()
    h.click(1, 1)
    h.click(3, 2, SHIFT)
    h.paste("0,5\n")
    assert (h.array[1:4, 1:3] == 0.5).all()
    assert (h.array == 0.5).sum() == 6
    assert h.steps() == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1\t2\n3\tx", "row 2, column 2"),
        ("1\t\t3", "row 1, column 2"),
        ("1\t2\n3", "row 2, column 2"),
        ("1\t2\n3\tnan", "row 2, column 2"),
        ("1\t2e9", "row 1, column 2"),
        ("1\t2\n3\t4", "row 6, column 6"),
        ("", "no numbers"),
        ("hello", "row 1, column 1"),
        ("[[1 2] oops [3 4]]", "row 1, column 1"),
    ],
)
def test_a_paste_that_is_wrong_or_does_not_fit_is_refused(hand, text, says):
    h = hand()
    h.click(5, 5)
    h.paste(text)
    assert h.session.document == built_in("default")
    assert len(h.refusals) == 1
    assert says in h.refusals[0]


def test_delete_sets_the_selection_to_zero(hand):
    h = hand()
    h.click(1, 1)
    h.click(2, 2, SHIFT)
    h.key(KEY.Key_Delete)
    assert not h.array[1:3, 1:3].any()
    assert np.count_nonzero(h.array) == 32
    h.session.undo()
    assert h.session.document == built_in("default")


@pytest.mark.parametrize("form", [block_text, numpy_text, latex_text])
def test_what_is_copied_reads_back_exactly(form):
    block = np.random.default_rng(0).normal(size=(3, 5)) * 1e-7
    block[0, :3] = 1.0, -0.25, 1 / 3
    np.testing.assert_array_equal(parse_block(form(block)), block)


def test_copied_numpy_text_is_python():
    block = np.random.default_rng(0).normal(size=(3, 5))
    np.testing.assert_array_equal(eval(numpy_text(block), {"np": np}), block)


def test_what_numpy_prints_reads_back():
    block = np.random.default_rng(0).normal(size=(3, 40))
    np.testing.assert_allclose(parse_block(str(block)), block, atol=1e-8)
    np.testing.assert_allclose(parse_block(repr(block)), block, atol=1e-8)
    assert parse_block("[1, 2, 3]").tolist() == [[1, 2, 3]]


def test_a_number_that_stands_alone_has_a_decimal_comma_and_two_rows_of_two_have_columns():
    assert parse_block("0,5").tolist() == [[0.5]]
    assert parse_block("1,2\n3,4").tolist() == [[1, 2], [3, 4]]


def test_a_text_that_is_far_too_long_is_refused():
    with pytest.raises(BlockError, match="characters"):
        parse_block("1 " * 2_000_000)


def test_a_long_wrong_number_is_not_repeated_in_full():
    with pytest.raises(NumberError) as error:
        parse_number("x" * 10_000)
    assert len(str(error.value)) < 120


# Transposed matrices, and vectors


def test_a_transposed_editor_changes_the_entry_that_is_displayed(hand):
    h = hand(W_XH, transposed=True)
    assert h.editor.shape == (2, 6)
    h.click(1, 4)
    assert h.session.selection == Selection(unit=4, entry=(W_XH, 4, 1))
    h.type("0.5")
    h.key(KEY.Key_Tab)
    assert h.array[4, 1] == 0.5
    assert h.session.selection.entry == (W_XH, 5, 1)
    h.editor.set_limit(1.0)
    h.drag(0, 3, up=10)
    assert h.array[3, 0] == -0.26


def test_a_transposed_editor_copies_and_pastes_what_is_displayed(hand):
    h = hand(W_XH, transposed=True)
    h.click(0, 0)
    h.click(0, 2, SHIFT)
    assert h.copy() == "-2.26\t-0.77\t0.22"
    h.click(0, 4)
    h.paste("1\t2\n3\t4")
    assert h.array[4:, :].tolist() == [[1, 3], [2, 4]]
    h.paste("1\t2\n3\t4\n5\t6")
    assert "2 × 6" in h.refusals[0]


def test_a_vector_is_one_row(hand):
    h = hand(B_H)
    assert h.editor.shape == (1, 6)
    h.click(0, 3)
    assert h.session.selection == Selection(unit=3, entry=(B_H, 3, 0))
    h.type("0.5")
    h.key(KEY.Key_Tab)
    assert h.array[3] == 0.5
    h.paste("1\t2")
    assert h.array.tolist() == [0.02, 0.11, -0.02, 0.5, 1, 2]
    h.click(0, 0)
    h.paste("7\n8\n9")
    assert h.array.tolist() == [7, 8, 9, 0.5, 1, 2]


def test_an_initial_state_can_be_edited(hand):
    h = hand(Place(0, "h_0"))
    h.click(0, 2)
    h.type("0.5")
    h.key(KEY.Key_Return)
    assert h.session.document.layers[0].initial_state["h"][2] == 0.5


# What is seen and said


def test_the_editor_follows_the_document(hand):
    h = hand()
    h.editor.set_limit(1.0)
    h.session.apply(set_entry(W_HH, (0, 2), 1.0))
    assert colour_in(h.editor, 0, 2) == signed_colour(LIGHT, 1.0, 1.0)
    h.session.undo()
    assert colour_in(h.editor, 0, 2) == signed_colour(LIGHT, 0.12, 1.0)


def test_zero_is_exactly_neutral_and_the_scale_is_symmetric(hand):
    h = hand()
    for theme in (LIGHT, DARK):
        h.editor.apply_theme(theme)
        h.session.apply(set_entry(W_HH, (0, 0), 0.0))
        h.editor.set_limit(2.0)
        assert colour_in(h.editor, 0, 0).name() == theme.neutral


def test_the_current_cell_is_outlined_in_the_accent_colour(hand):
    h = hand()
    edge = h.editor.cell_rect(2, 2).center()
    edge.setY(h.editor.cell_rect(2, 2).top())
    before = h.editor.grab().toImage().pixelColor(edge)
    h.click(2, 2)
    after = h.editor.grab().toImage().pixelColor(edge)
    assert before != after
    assert after.name() == LIGHT.accent


def test_the_colours_of_small_cells_are_where_the_cells_are(hand):
    document = network()
    h = hand(document=document, size=(263, 400))
    image = h.editor.grab().toImage()
    matrix = document.weight(W_HH)
    for row, column in np.ndindex(matrix.shape):
        assert image.pixelColor(h.at(row, column)) == signed_colour(LIGHT, matrix[row, column], h.editor.limit)


@pytest.mark.parametrize("shape", [(1, 1), (128, 128), (3, 300), (40, 2)])
@pytest.mark.parametrize("width", [30, 263, 1200])
def test_any_shape_paints_in_any_width(hand, shape, width):
    document = network(units=shape[0], inputs=shape[1])
    h = hand(W_XH, document=document, size=(width, 300))
    image = h.editor.grab().toImage()
    assert not image.isNull()
    row, column = (size - 1 for size in h.editor.shape)
    assert h.editor.rect().contains(h.editor.cell_rect(row, column).center()) or h.editor.height() == 300


def test_the_cells_keep_their_place_under_the_pointer(hand):
    h = hand(document=network())
    for row, column in np.ndindex(32, 32):
        assert h.editor.cell_at(QPointF(h.at(row, column))) == (row, column)
    assert h.editor.cell_at(QPointF(-1, 5)) is None
    assert h.editor.cell_at(QPointF(5, 1e4)) is None


@pytest.mark.parametrize("has_locks", [False, True])
def test_only_the_changed_cell_is_painted_anew(hand, qtbot, has_locks):
    h = hand()
    h.session.apply(lock_block(W_HH, Block(1, 0, 2, 3), locked=has_locks))
    QApplication.processEvents()
    rects = painted(h.editor)
    h.session.apply(set_entry(W_HH, (0, 2), 1.0))
    qtbot.waitUntil(lambda: len(rects) > 0)
    cell = h.editor.cell_rect(0, 2)
    assert all(cell.adjusted(-4, -4, 4, 4).contains(rect) for rect in rects)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (-0.001, "0.00"),
        (1.391, "+1.39"),
        (-0.06, "−0.06"),
        (9.996, "+10.0"),
        (-12.34, "−12.3"),
        (123.4, "+123"),
        (99999.0, "+1e5"),
        (1e6, "+1e6"),
    ],
)
def test_numbers_in_cells_are_short(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("largest", "limit"), [(0.0, 1), (0.99, 1), (2.26, 2.5), (10, 10), (10.1, 12.5), (1e308, 1e308)]
)
def test_the_scale_ends_at_a_round_number_of_at_least_one(largest, limit):
    assert limit_for(np.array([-largest]), np.zeros(2)) == limit


@shows_a_tip
@pytest.mark.parametrize(
    ("place", "cell", "says"),
    [
        (W_HH, (1, 3), "W_hh[2, 4] = +0.93: from h₄ to h₂"),
        (W_XH, (1, 0), "W_xh[2, 1] = −0.77: from sine to h₂"),
        (B_H, (0, 1), "b_h[2] = +0.11: bias of h₂"),
        (Place(READOUT, "W_hy"), (0, 5), "W_hy[1, 6] = +0.6: from h₆ to y₁"),
        (Place(READOUT, "b_y"), (0, 0), "b_y[1] = +0.03: bias of y₁"),
    ],
)
def test_the_tooltip_says_what_a_weight_connects(hand, place, cell, says):
    h = hand(place)
    at = h.at(*cell)
    QApplication.sendEvent(h.editor, QHelpEvent(QEvent.Type.ToolTip, at, h.editor.mapToGlobal(at)))
    assert QToolTip.text() == says
    QToolTip.hideText()


@shows_a_tip
def test_the_tooltip_names_gates_and_layers(hand):
    document = network(units=3, inputs=2, cell="lstm", layers=2)
    h = hand(Place(1, "W_xf"), document=document)
    at = h.at(1, 2)
    QApplication.sendEvent(h.editor, QHelpEvent(QEvent.Type.ToolTip, at, h.editor.mapToGlobal(at)))
    assert QToolTip.text().endswith(": from h₃ of layer 1 to f₂ (forget gate) of layer 2")
    QToolTip.hideText()


@pytest.mark.parametrize(
    ("place", "options", "name"),
    [
        (W_HH, {}, "W_hh, hidden to hidden, 6 by 6"),
        (W_XH, {"transposed": True}, "W_xh, input to hidden, 2 by 6, transposed"),
        (B_H, {}, "b_h, bias, 1 by 6"),
    ],
)
def test_the_editor_has_a_name_for_screen_readers(hand, place, options, name):
    h = hand(place, **options)
    assert h.editor.accessibleName() == name
    h.click(0, 0)
    assert h.editor.accessibleDescription().startswith(f"{place.name}[1")


def test_another_document_of_another_shape_does_not_disturb_an_editor_that_is_about_to_go(hand):
    h = hand()
    h.session.open_document(replace(built_in("golden"), title="other"))
    assert h.editor.shape == (6, 6)
    assert not h.editor.grab().isNull()


def colour_in(editor, row, column):
    rect = editor.cell_rect(row, column)
    return editor.grab().toImage().pixelColor(rect.left() + 5, rect.center().y() + 10)


def painted(editor):
    """Return a list that collects what is painted anew from now on."""
    watcher = Paints(editor)
    editor.installEventFilter(watcher)
    return watcher.rects
