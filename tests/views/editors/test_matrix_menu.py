"""The menu of a matrix: everything in it does what it says, to what is selected."""

import numpy as np
import pytest
from hands import B_H, CTRL, KEY, LEFT, SHIFT, W_HH, network
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QSlider, QToolButton, QToolTip

from rnnviz.core.initialisers import INITIALISERS
from rnnviz.core.measures.spectrum import spectral_radius
from rnnviz.core.structures import STRUCTURES
from rnnviz.document.block import Block
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.document.weight_edits import lock_block
from rnnviz.session.session import Session
from rnnviz.views.editors.matrix_menu import MatrixMenu
from rnnviz.views.editors.weights import WeightsPanel
from rnnviz.views.theme import LIGHT

NONE, RIGHT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.RightButton

# the offscreen platform, of the windows of menus and tooltips
pytestmark = pytest.mark.qt_log_ignore(r"^This plugin does not support (raise|grab)", extend=True)


class Menu:
    """The menu of a hand's matrix, and the question that an entry opens."""

    def __init__(self, hand):
        self.hand, self.menu = hand, MatrixMenu(hand.editor, LIGHT)

    def open(self):
        self.menu.open(QPoint(0, 0))
        return self

    def entries(self, menu=None):
        """Return every entry by its words, those of submenus too."""
        found = {}
        for action in (menu or self.menu.menu).actions():
            if action.menu() is not None:
                found |= self.entries(action.menu())
            elif not action.isSeparator():
                found[action.text().split("\t")[0]] = action
        return found

    def choose(self, words):
        self.open()
        self.entries()[words].trigger()
        self.menu.menu.close()
        return self

    @property
    def title(self):
        return self.menu.menu.actions()[0].text()

    @property
    def field(self):
        return self.menu.prompt.findChild(QLineEdit)

    @property
    def slider(self):
        return self.menu.prompt.findChild(QSlider)

    def answer(self, text, key=KEY.Key_Return):
        self.field.selectAll()
        QTest.keyClicks(self.field, text)
        QTest.keyClick(self.field, key)


@pytest.fixture
def menu(hand):
    def make(*options, **more):
        return Menu(hand(*options, **({"size": (263, 420)} | more)))

    return make


def select(menu, block):
    menu.hand.editor.select(Block(*block))


# What it is about


@pytest.mark.parametrize(
    ("block", "title"),
    [
        ((1, 2, 1, 2), "W_hh[2,3]"),
        ((1, 0, 1, 5), "Row 2 of W_hh"),
        ((0, 4, 5, 4), "Column 5 of W_hh"),
        ((1, 1, 2, 3), "2 × 3 entries of W_hh"),
        ((0, 0, 5, 5), "W_hh"),
    ],
)
def test_it_is_headed_by_what_is_selected(menu, block, title):
    m = menu()
    select(m, block)
    assert m.open().title == title


def test_a_right_click_selects_the_cell_unless_it_is_selected(menu):
    m = menu()
    select(m, (0, 0, 1, 1))
    QTest.mouseClick(m.hand.editor, RIGHT, NONE, m.hand.at(1, 1))
    assert m.hand.editor.block == (0, 0, 1, 1)
    QTest.mouseClick(m.hand.editor, RIGHT, NONE, m.hand.at(3, 3))
    assert m.hand.editor.block == (3, 3, 3, 3)
    assert m.hand.steps() == 0


@pytest.mark.parametrize("reason", [QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard])
def test_the_mouse_and_the_menu_key_open_it(menu, reason):
    m = menu()
    m.hand.click(2, 3)
    at = m.hand.at(2, 3)
    QApplication.sendEvent(m.hand.editor, QContextMenuEvent(reason, at, m.hand.editor.mapToGlobal(at)))
    assert m.menu.menu.isVisible()
    assert m.title == "W_hh[3,4]"
    m.menu.menu.close()


def test_the_button_in_the_heading_opens_it_for_the_whole_matrix(qtbot):
    panel = WeightsPanel(Session(built_in("default")), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(275, 700)
    panel.show()
    qtbot.waitExposed(panel)
    button = panel.heading(W_HH).findChild(QToolButton)
    assert button.accessibleName() == "Menu of W_hh"
    QTest.mouseClick(button, LEFT)
    menu = panel.menu(W_HH).menu
    assert menu.isVisible()
    assert menu.actions()[0].text() == "W_hh"
    assert panel.editor(W_HH).block == (0, 0, 5, 5)
    menu.close()


def test_a_vector_has_no_matrix_structures(menu):
    words = menu(B_H).open().entries()
    assert "Spectral radius…" not in words
    assert "Orthogonal" in words  # as an initialiser
    assert "Symmetric" not in words


# Changing


def test_negate_and_shuffle_change_the_selection(menu):
    m = menu()
    before = m.hand.array.copy()
    select(m, (1, 0, 1, 5))
    m.choose("Negate")
    assert m.hand.array[1].tolist() == (-before[1]).tolist()
    m.choose("Shuffle")
    assert sorted(m.hand.array[1]) == sorted(-before[1])
    np.testing.assert_array_equal(np.delete(m.hand.array, 1, 0), np.delete(before, 1, 0))
    assert m.hand.steps() == 2


@pytest.mark.parametrize(
    ("words", "answer", "check"),
    [
        ("Set…", "0.5", lambda new, old: (new == 0.5).all()),  # noqa: ARG005
        ("Scale by…", "-2", lambda new, old: (new == -2 * old).all()),
        ("Normal…", "0.1", lambda new, old: 0 < np.abs(new).max() < 0.6),  # noqa: ARG005
        ("Uniform…", "0,1", lambda new, old: 0 < np.abs(new).max() <= 0.1),  # noqa: ARG005
    ],
)
def test_what_needs_a_number_asks_for_it(menu, words, answer, check):
    m = menu()
    before = m.hand.array.copy()
    select(m, (1, 1, 2, 3))
    m.choose(words)
    assert m.field.hasFocus()
    m.answer(answer)
    assert check(m.hand.array[1:3, 1:4], before[1:3, 1:4])
    assert np.count_nonzero(m.hand.array != before) == 6
    assert m.menu.prompt is None
    assert m.hand.editor.hasFocus()
    assert m.hand.steps() == 1


def test_the_history_names_what_was_changed(menu):
    m = menu()
    select(m, (1, 0, 1, 5))
    m.choose("Negate").choose("Shuffle")
    m.choose("Scale by…").answer("-0.5")
    select(m, (1, 1, 2, 3))
    m.choose("Set…").answer("0.25")
    m.choose("Normal…").answer("1")
    m.hand.click(2, 3)
    m.choose("Lock selection").choose("Unlock selection")
    select(m, (0, 0, 5, 5))
    m.choose("Negate")
    assert m.hand.session.history.labels[1:] == (
        "Negate row 2 of W_hh",
        "Shuffle row 2 of W_hh",
        "Scale row 2 of W_hh by -0.5",
        "Set 2 × 3 entries of W_hh to 0.25",
        "Randomise 2 × 3 entries of W_hh",
        "Lock W_hh[3,4]",
        "Unlock W_hh[3,4]",
        "Negate W_hh",
    )


def test_a_line_of_a_transposed_matrix_is_called_by_its_name(menu):
    m = menu(Place(0, "W_xh"), transposed=True)
    select(m, (0, 2, 1, 2))
    m.choose("Scale by…").answer("0.5")
    select(m, (1, 0, 1, 5))
    m.choose("Negate")
    assert m.hand.session.history.labels[1:] == ("Scale column h₃ of W_xh by 0.5", "Negate row pulses of W_xh")


def test_randomising_twice_draws_other_numbers(menu):
    m = menu()
    m.hand.click(0, 0)
    m.choose("Normal…").answer("1")
    first = m.hand.array[0, 0]
    m.choose("Normal…").answer("1")
    assert m.hand.array[0, 0] != first


@pytest.mark.parametrize(
    ("words", "answer", "says"),
    [("Set…", "x", "not a number"), ("Scale by…", "", "no number"), ("Scale by…", "1000000", "scale by less")],
)
def test_a_wrong_answer_is_refused_beside_the_field(menu, words, answer, says):
    m = menu()
    m.hand.click(0, 0)
    m.choose(words)
    m.field.clear()
    m.answer(answer)
    assert says in m.menu.prompt.reason
    assert says in m.field.accessibleDescription()
    assert m.hand.session.document == built_in("default")
    QTest.keyClicks(m.field, "1")
    assert m.menu.prompt.reason == ""
    QTest.keyClick(m.field, KEY.Key_Escape)
    assert m.menu.prompt is None


def test_the_question_stays_inside_the_window(menu):
    m = menu()
    for cell in ((0, 0), (5, 5)):
        m.hand.click(*cell)
        m.choose("Scale by…")
        assert m.hand.window.rect().contains(m.menu.prompt.geometry())


@pytest.mark.parametrize("name", INITIALISERS)
def test_every_initialiser_is_there(menu, name):
    m = menu()
    m.hand.click(0, 0)
    before = m.hand.array
    m.choose(INITIALISERS[name].title)
    assert not np.array_equal(m.hand.array, before)


@pytest.mark.parametrize("name", [name for name in STRUCTURES if name != "orthogonal"])
def test_every_structure_is_there(menu, name):
    m = menu()
    m.hand.click(0, 0)
    before = m.hand.array
    m.choose(STRUCTURES[name].title)
    np.testing.assert_array_equal(m.hand.array, STRUCTURES[name].of(before))


def test_the_radius_follows_its_slider_and_is_one_step(menu):
    m = menu()
    m.hand.click(0, 0)
    m.choose("Spectral radius…")
    for value in (50, 0, 90):
        m.slider.setValue(value)
        assert spectral_radius(m.hand.array) == pytest.approx(value / 100)
    assert m.field.text() == "0.9"
    QTest.keyClick(m.slider, KEY.Key_Return)
    assert m.menu.prompt is None
    assert m.hand.steps() == 1
    m.hand.session.undo()
    assert m.hand.session.document == built_in("default")


def test_escape_takes_the_slider_back(menu):
    m = menu()
    m.hand.click(0, 0)
    m.choose("Spectral radius…")
    m.slider.setValue(0)
    QTest.keyClick(m.slider, KEY.Key_Escape)
    assert m.hand.session.document == built_in("default")
    assert m.hand.steps() == 0


def test_a_rotation_turns_by_the_angle_of_its_slider(menu):
    m = menu()
    m.hand.click(0, 0)
    m.choose("A rotation…")
    m.slider.setValue(30)
    m.answer("60")
    np.testing.assert_allclose(m.hand.array[:2, :2], [[0.5, -np.sqrt(0.75)], [np.sqrt(0.75), 0.5]])
    assert m.hand.steps() == 1
    m.choose("A rotation…")
    assert m.field.text() == "60"


# Locks


def test_what_is_locked_is_neither_dragged_nor_typed_nor_nudged(menu):
    m = menu()
    select(m, (1, 0, 1, 5))
    m.choose("Lock selection")
    locked = m.hand.session.document
    m.hand.drag(1, 3, up=40)
    m.hand.wheel(1, 3, 1)
    m.hand.key(KEY.Key_Up, CTRL)
    m.hand.type("5")
    assert m.hand.entry is None
    m.hand.key(KEY.Key_Delete)
    assert m.hand.session.document == locked
    assert len(m.hand.refusals) == 5
    assert all("W_hh[2,4] is locked; unlock it in the matrix's menu" in refusal for refusal in m.hand.refusals)
    m.hand.drag(2, 3, up=40)
    assert m.hand.array[2, 3] != -0.86


def test_it_is_said_and_seen_what_is_locked(menu):
    m = menu()
    m.hand.click(1, 3)
    before = m.hand.editor.grab().toImage()
    m.choose("Lock selection")
    assert m.hand.editor.grab().toImage() != before
    assert m.hand.editor.describe((1, 3)).endswith("from h₄ to h₂, locked")
    m.choose("Unlock selection")
    assert m.hand.editor.grab().toImage() == before
    assert not m.hand.editor.is_locked((1, 3))


def test_the_whole_matrix_can_be_locked_from_one_cell(menu):
    m = menu()
    m.hand.click(1, 3)
    m.choose("Lock matrix")
    assert m.hand.session.document.locked(W_HH).all()
    m.hand.click(1, 3)
    m.choose("Unlock matrix")
    assert m.hand.session.document == built_in("default")


def test_the_heading_says_how_much_is_locked(qtbot):
    session = Session(built_in("default"))
    panel = WeightsPanel(session, LIGHT)
    qtbot.addWidget(panel)
    session.apply(lock_block(W_HH, Block(0, 0, 1, 1), locked=True))
    assert panel.heading(W_HH).toolTip().endswith("4 locked")
    session.apply(lock_block(W_HH, Block(0, 0, 5, 5), locked=True))
    assert panel.heading(W_HH).toolTip().endswith(", locked")
    session.undo()
    session.undo()
    assert "locked" not in panel.heading(W_HH).toolTip()


def test_a_scaling_that_a_lock_prevents_is_refused_beside_the_field(menu):
    m = menu()
    m.hand.session.apply(lock_block(W_HH, Block(2, 2, 2, 2), locked=True))
    m.hand.click(0, 0)
    m.choose("Spectral radius…").answer("0.5")
    assert "W_hh[3,3] is locked" in m.menu.prompt.reason
    QTest.keyClick(m.field, KEY.Key_Escape)


# Finding


@pytest.mark.parametrize(
    ("words", "cell"), [("Largest", (0, 0)), ("Smallest", (0, 1)), ("Largest |w|", (0, 0)), ("Nearest to zero", (2, 2))]
)
def test_finding_goes_to_the_cell(menu, words, cell):
    m = menu()
    m.hand.click(5, 5)
    m.choose(words)
    assert m.hand.editor.marks.current == cell
    assert m.hand.session.selection.entry == (W_HH, *cell)
    assert m.hand.refusals[-1].startswith(f"{words}, 1 of 36: W_hh[")
    QToolTip.hideText()


def test_f3_walks_through_the_ranks(menu):
    m = menu()
    m.hand.click(5, 5)
    m.choose("Largest")
    found = [m.hand.array[m.hand.editor.marks.current]]
    for _ in range(35):
        m.hand.key(KEY.Key_F3)
        found.append(m.hand.array[m.hand.editor.marks.current])
    assert found == sorted(m.hand.array.ravel(), reverse=True)
    m.hand.key(KEY.Key_F3)
    assert m.hand.editor.marks.current == (0, 0)
    QToolTip.hideText()


# Text


@pytest.mark.parametrize(
    ("words", "begins"),
    [("Tab-separated", "1.39\t-1.1\n"), ("NumPy", "np.array([[1.39,"), ("LaTeX", "\\begin{bmatrix}")],
)
def test_what_is_copied_in_any_form_can_be_pasted(menu, words, begins):
    m = menu()
    select(m, (0, 0, 1, 1))
    m.choose(words)
    assert QGuiApplication.clipboard().text().startswith(begins)
    select(m, (3, 3, 3, 3))
    m.choose("Paste")
    np.testing.assert_array_equal(m.hand.array[3:5, 3:5], m.hand.array[:2, :2])


# Rows and columns


def header(m, row=None, column=None):
    cell = m.hand.editor.cell_rect(row or 0, column or 0)
    return QPoint(4, cell.center().y()) if row is not None else QPoint(cell.center().x(), 4)


def test_a_name_selects_its_row_or_column_and_shift_goes_on(menu):
    m = menu()
    QTest.mouseClick(m.hand.editor, LEFT, NONE, header(m, row=2))
    assert m.hand.editor.block == (2, 0, 2, 5)
    QTest.mouseClick(m.hand.editor, LEFT, SHIFT, header(m, row=4))
    assert m.hand.editor.block == (2, 0, 4, 5)
    QTest.mouseClick(m.hand.editor, LEFT, NONE, header(m, column=3))
    assert m.hand.editor.block == (0, 3, 5, 3)
    QTest.mouseClick(m.hand.editor, LEFT, SHIFT, header(m, column=1))
    assert m.hand.editor.block == (0, 1, 5, 3)
    QTest.mouseClick(m.hand.editor, LEFT, NONE, QPoint(3, 3))
    assert m.hand.editor.block == (0, 0, 5, 5)
    assert m.hand.steps() == 0


def test_dragging_over_names_selects_the_rows(menu):
    m = menu()
    QTest.mousePress(m.hand.editor, LEFT, NONE, header(m, row=1))
    m.hand.drag_to(header(m, row=3))
    m.hand.release(header(m, row=3))
    assert m.hand.editor.block == (1, 0, 3, 5)
    assert m.hand.steps() == 0


def test_the_keyboard_selects_rows_and_columns_as_in_a_spreadsheet(menu):
    m = menu()
    m.hand.click(2, 3)
    m.hand.key(KEY.Key_Space, SHIFT)
    assert m.hand.editor.block == (2, 0, 2, 5)
    m.hand.key(KEY.Key_Down, SHIFT)
    assert m.hand.editor.block == (2, 0, 3, 5)
    m.hand.click(2, 3)
    m.hand.key(KEY.Key_Space, CTRL)
    assert m.hand.editor.block == (0, 3, 5, 3)


@pytest.mark.parametrize(
    ("place", "options", "rows", "columns"),
    [
        (W_HH, {}, "h₁ h₂ h₃ h₄ h₅ h₆", "h₁ h₂ h₃ h₄ h₅ h₆"),
        (Place(0, "W_xh"), {}, "h₁ h₂ h₃ h₄ h₅ h₆", "sine pulses"),
        (Place(0, "W_xh"), {"transposed": True}, "sine pulses", "h₁ h₂ h₃ h₄ h₅ h₆"),
        (Place(-1, "W_hy"), {}, "y₁", "h₁ h₂ h₃ h₄ h₅ h₆"),
        (B_H, {}, "", "h₁ h₂ h₃ h₄ h₅ h₆"),
        (Place(0, "h_0"), {}, "", "h₁ h₂ h₃ h₄ h₅ h₆"),
    ],
)
def test_rows_and_columns_are_named_by_unit_feature_and_output(menu, place, options, rows, columns):
    names = menu(place, **options).hand.editor.names
    assert " ".join(names.rows) == rows
    assert " ".join(names.columns) == columns


def test_no_name_is_painted_where_there_is_no_room(menu):
    m = menu(document=network(units=3), size=(100, 200))
    assert m.hand.editor.header_at(QPointF(3, 3)) is None
    assert m.hand.editor.cell_rect(0, 0).left() < 5


def test_a_question_closes_when_another_network_arrives(qtbot):
    session = Session(built_in("default"))
    panel = WeightsPanel(session, LIGHT)
    qtbot.addWidget(panel)
    panel.resize(275, 700)
    panel.show()
    qtbot.waitExposed(panel)
    menu = panel.menu(W_HH)
    panel.editor(W_HH).select(Block(0, 0, 0, 0))
    menu.open(QPoint(0, 0))
    next(a for a in menu.menu.actions() if a.text().startswith("Spectral")).trigger()
    menu.menu.close()
    assert menu.prompt is not None
    session.open_document(built_in("golden"))
    assert menu.prompt is None
    assert session.document == built_in("golden")
    session.apply(set_entry(W_HH, (0, 0), 0.25))
    assert session.document.weight(W_HH)[0, 0] == 0.25
