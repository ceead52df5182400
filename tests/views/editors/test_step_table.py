"""The table of steps, driven as a hand drives it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from rnnviz.document.generators import GENERATORS
from rnnviz.document.links import Feature, Output, Step, Unit
from rnnviz.document.presets import built_in
from rnnviz.document.sources import generated_edit, text_edit, whole_text
from rnnviz.document.step_edits import add_sequence
from rnnviz.session.session import Selection, Session
from rnnviz.views.editors.inputs import InputPanel
from rnnviz.views.theme import LIGHT

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def session(golden):
    return Session(golden)


@pytest.fixture
def make(qtbot):
    """Return a function that shows the table of a session, in its panel."""
    panels = []

    def make(session):
        panel = InputPanel(session, LIGHT, lambda: None)
        panels.append(panel)
        qtbot.addWidget(panel)
        panel.resize(256, 380)
        with qtbot.waitActive(panel):
            panel.show()
            panel.activateWindow()
        panel.source.button("table").click()
        panel.table.setFocus()
        return panel

    return make


@pytest.fixture
def panel(make, session):
    return make(session)


@pytest.fixture
def table(panel):
    return panel.table


def go(table, row, column):
    table.setCurrentIndex(table.steps.index(row, column))


def write(table, words, key=Qt.Key.Key_Return):
    """Type into the current cell, or the field that Tab has opened, and end with a key."""
    for letter in words:
        QTest.keyClick(QApplication.focusWidget(), letter)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert table.isAncestorOf(field)
    QTest.keyClick(field, key)
    QApplication.processEvents()  # Qt takes what was entered in the next turn of the event loop


def shown(table, row):
    return [table.steps.index(row, column).data() for column in range(table.steps.columnCount())]


def x(session):
    return session.document.input.values[0, :, 0].tolist()


def targets(session):
    return session.document.objective.targets[0, :, 0].tolist()


def test_a_row_is_a_step_with_its_input_and_its_target(table):
    assert table.steps.rowCount() == 4
    assert shown(table, 2) == ["−1", "−0.5", None]
    assert table.steps.index(2, 2).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked


def test_typing_changes_a_cell_and_enter_goes_on_below(table, session):
    go(table, 0, 0)
    write(table, "0,25")
    assert x(session) == [0.25, 0, -1, 0.5]
    assert table.currentIndex().row() == 1
    write(table, "1/4", Qt.Key.Key_Tab)
    assert x(session) == [0.25, 0.25, -1, 0.5]
    assert (table.currentIndex().row(), table.currentIndex().column()) == (1, 1)
    write(table, "-3")
    assert targets(session) == [0.5, -3, -0.5, 0]
    assert session.history.index == 3
    for _ in range(3):
        session.undo()
    assert session.document is session.history.document
    assert x(session) == [1, 0, -1, 0.5]


def test_a_cell_that_is_opened_and_left_as_it_is_is_no_step(table, session):
    go(table, 2, 0)
    QTest.keyClick(table, Qt.Key.Key_F2)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    QApplication.processEvents()
    assert session.history.index == 0


@pytest.mark.parametrize("words", ["abc", "1e9", "nan", "1/0"])
def test_what_is_no_number_is_refused_by_place_and_changes_nothing(panel, table, session, words):
    go(table, 1, 0)
    write(table, words)
    assert panel.trouble.text().startswith("x at t = 2: ")
    assert x(session) == [1, 0, -1, 0.5]


def test_a_click_on_the_box_says_whether_a_step_counts(table, session, qtbot):
    index = table.steps.index(1, 2)
    rect = table.visualRect(index)
    spot = QPoint(rect.left() + 12, rect.center().y())
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert session.document.objective.steps == (1, 3, 4)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert session.document.objective.steps == "all"


def test_the_only_step_that_counts_goes_on_counting(panel, table, session):
    for row in range(3):
        table.steps.setData(table.steps.index(row, 2), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert session.document.objective.steps == (4,)
    table.steps.setData(table.steps.index(3, 2), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert "at least one step has to count" in panel.trouble.text()
    assert session.document.objective.steps == (4,)


def test_a_block_goes_to_a_spreadsheet_and_back_exactly(table, session):
    table.choose(range(1, 5))
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    rows = [line.split("\t")[:2] for line in QGuiApplication.clipboard().text().splitlines()]
    assert rows == [["1", "0.5"], ["0", "0.5"], ["-1", "-0.5"], ["0.5", "0"]]
    QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in reversed(rows)))
    go(table, 0, 0)
    QTest.keyClick(table, Qt.Key.Key_V, CTRL)
    assert x(session) == [0.5, -1, 0, 1]
    assert targets(session) == [0, -0.5, 0.5, 0.5]
    assert session.history.index == 1


def test_rows_that_are_pasted_beyond_the_end_become_steps(table, session):
    QGuiApplication.clipboard().setText("7\n8\n9")
    go(table, 3, 0)
    QTest.keyClick(table, Qt.Key.Key_V, CTRL)
    assert x(session) == [1, 0, -1, 7, 8, 9]
    assert table.steps.rowCount() == 6


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [("a\tb", 0, "row 1, column 1"), ("1\t2\t3", 0, "3 columns do not fit"), ("", 0, "no numbers to paste")],
)
def test_what_cannot_be_pasted_is_refused(panel, table, session, text, column, message):
    before = session.document
    QGuiApplication.clipboard().setText(text)
    go(table, 0, column)
    QTest.keyClick(table, Qt.Key.Key_V, CTRL)
    assert message in panel.trouble.text()
    assert session.document is before


def test_delete_sets_the_selected_numbers_to_0_in_one_step(table, session):
    table.choose(range(2, 4))
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert x(session) == [1, 0, 0, 0.5]
    assert targets(session) == [0.5, 0, 0, 0]
    assert session.history.index == 1


def pick(panel, text):
    """Choose from the menu of the selected steps."""
    panel.tools.menu_button.click()
    next(action for action in panel.menu.actions() if action.text() == text).trigger()
    panel.menu.close()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Insert before", [1, 0, 0, 0, -1, 0.5]),
        ("Insert after", [1, 0, -1, 0, 0, 0.5]),
        ("Duplicate", [1, 0, -1, 0, -1, 0.5]),
        ("Delete", [1, 0.5]),
        ("Move earlier", [0, -1, 1, 0.5]),
        ("Move later", [1, 0.5, 0, -1]),
        ("Reverse these", [1, -1, 0, 0.5]),
        ("Shuffle these", [1, -1, 0, 0.5]),
    ],
)
def test_several_rows_are_edited_at_once(panel, table, session, text, values):
    table.choose(range(2, 4))
    pick(panel, text)
    assert x(session) == values
    session.undo()
    assert x(session) == [1, 0, -1, 0.5]


def test_a_right_click_on_a_row_is_about_that_row(table, qtbot):
    rect = table.visualRect(table.steps.index(2, 0))
    table.menu_requested.disconnect()
    with qtbot.waitSignal(table.menu_requested):
        at = rect.center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, table.viewport().mapToGlobal(at))
        QApplication.sendEvent(table.viewport(), event)
    assert table.chosen == range(3, 4)


def test_the_row_that_is_gone_to_is_the_cursor(table, session):
    go(table, 1, 0)
    assert session.cursor == 2


def test_the_padding_of_a_sequence_has_no_rows(make, session):
    session.apply(add_sequence())
    panel = make(session)
    session.select(Selection(sample=1))
    panel.tools.length.set_value(2)
    assert panel.table.steps.rowCount() == 2
    session.select(Selection(sample=0))
    assert panel.table.steps.rowCount() == 4


# ---- text


@pytest.fixture
def text_panel(make, session):
    session.apply(text_edit("abba"))
    return make(session)


def test_text_is_a_column_of_symbols(text_panel, session):
    table = text_panel.table
    assert [shown(table, row)[:2] for row in range(3)] == [["a", "b"], ["b", "b"], ["b", "a"]]
    go(table, 1, 0)
    write(table, "a")
    assert whole_text(session.document) == "aaba"
    go(table, 2, 1)
    write(table, "b")
    assert whole_text(session.document) == "aabb"


def test_a_symbol_that_is_not_in_the_alphabet_is_refused(text_panel, session):
    go(text_panel.table, 0, 0)
    write(text_panel.table, "z")
    assert "“z” is not in the alphabet" in text_panel.trouble.text()
    assert whole_text(session.document) == "abba"


def test_symbols_are_not_set_to_0(text_panel, session):
    before = session.document
    text_panel.table.choose(range(1, 2))
    QTest.keyClick(text_panel.table, Qt.Key.Key_Delete)
    assert "A symbol cannot be 0" in text_panel.trouble.text()
    assert session.document is before


# ---- a long series


def test_ten_thousand_steps_ask_only_for_the_cells_in_sight(make):
    session = Session(generated_edit(GENERATORS["noise"], {"steps": 10_000}, 0).apply(built_in("default")))
    panel = make(session)
    table, asked = panel.table, set()
    text = table.steps.text

    def counting(row, column, **options):
        asked.add(row)
        return text(row, column, **options)

    table.steps.text = counting
    table.scrollToBottom()
    table.viewport().repaint()
    QApplication.processEvents()
    assert max(asked) == 9999
    assert len(asked) < 60
    go(table, 9999, 0)
    write(table, "0.5")
    assert session.document.input.values[0, -1, 0] == 0.5
    table.choose(range(5000, 10_001))
    pick(panel, "Delete")
    assert session.document.timesteps == 4999
    session.undo()
    assert session.document.timesteps == 10_000
    assert np.isfinite(session.frame.loss)


def lit_cells(table):
    """Return (t, title of the column, role) of all lit cells."""
    model = table.steps
    cells = ((row, column) for row in range(model.rowCount()) for column in range(model.columnCount()))
    roles = ((row + 1, model.columns[column].title, table.role_of(model.index(row, column))) for row, column in cells)
    return [each for each in roles if each[2] is not None]


def test_hovering_a_cell_points_at_its_number(panel, session, qtbot):
    table = panel.table
    for row, column, thing in ((1, 0, Feature(0, 2)), (2, 1, Output(0, 3)), (0, 2, Step(1))):
        qtbot.mouseMove(table.viewport(), table.visualRect(table.steps.index(row, column)).center())
        QApplication.processEvents()
        assert session.focus == thing
    assert [each[0] for each in lit_cells(table)] == [1, 1, 1]


def test_the_keyboard_points_as_it_goes_and_escape_ends_it(panel, session, qtbot):
    table = panel.table
    table.setCurrentIndex(table.steps.index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert session.focus == Feature(0, 2)
    qtbot.keyClick(table, Qt.Key.Key_Right)
    assert session.focus == Output(0, 2)
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert session.focus is None
    assert lit_cells(table) == []


def test_what_is_pointed_at_elsewhere_lights_up_its_step(panel, session):
    table = panel.table
    plain = table.viewport().grab().toImage()
    session.set_focus(Unit(0, 1, 3))
    assert lit_cells(table) == [(3, "x", "source"), (3, "ŷ", "effect")]
    assert table.viewport().grab().toImage() != plain
    session.set_focus(Step(2))
    assert [(t, role) for t, _, role in lit_cells(table)] == [(2, "focus")] * 3
    session.set_focus(Unit(0, 1))
    assert lit_cells(table) == []  # it is linked with every step
