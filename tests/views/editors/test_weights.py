"""The weights panel: which matrices there are, what stands above them, and how they follow the document."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QScrollArea

from rnnviz.core.measures.spectrum import spectral_radius
from rnnviz.document.document import READOUT, Document, Input, Layer, Objective, Place, Readout, weight_shapes
from rnnviz.document.edits import replace_document, set_entry, set_title
from rnnviz.document.links import Gate
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection, Session
from rnnviz.views.editors.weights import WeightsPanel
from rnnviz.views.fonts import load_fonts
from rnnviz.views.theme import DARK, LIGHT

W_HH, W_XH, B_H = Place(0, "W_hh"), Place(0, "W_xh"), Place(0, "b_h")
NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def show(qtbot):
    load_fonts()

    def make(document=None, size=(275, 700)):
        panel = WeightsPanel(Session(document or built_in("default")), LIGHT)
        qtbot.addWidget(panel)
        panel.resize(*size)
        panel.show()
        qtbot.waitExposed(panel)
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        return panel

    return make


def network(*cells, units=8, inputs=2):
    layers, width = [], inputs
    for cell in cells:
        rng = np.random.default_rng(len(layers))
        shapes = weight_shapes(cell, units, width)
        layers.append(Layer(cell, {name: rng.normal(size=shape) * 0.3 for name, shape in shapes.items()}))
        width = units
    readout = Readout("linear", {"W_hy": np.ones((1, width))})
    names = tuple(f"x{n}" for n in range(inputs))
    return Document(tuple(layers), readout, Input(names, np.zeros((1, 3, inputs))), Objective())


def session_of(panel):
    return panel.editors[0].session


def words(panel):
    return [panel.heading(editor.place).words.replace("\N{NO-BREAK SPACE}" * 3, "  ") for editor in panel.editors]


def move_to(editor, point):
    where = QPointF(point)
    everywhere = QPointF(editor.mapToGlobal(where))
    button = Qt.MouseButton.NoButton
    QApplication.sendEvent(editor, QMouseEvent(QEvent.Type.MouseMove, where, everywhere, button, LEFT, NONE))


class Paints(QObject):
    """Collects which editors are painted."""

    def __init__(self, panel):
        super().__init__(panel)
        self.places = []
        for editor in panel.editors:
            editor.installEventFilter(self)

    def eventFilter(self, editor, event):  # noqa: N802  # Qt's
        if event.type() == QEvent.Type.Paint:
            self.places.append(editor.place)
        return False


def test_the_matrices_stand_in_reading_order_with_what_they_connect(show):
    panel = show()
    assert [editor.place.name for editor in panel.editors] == ["W_hh", "W_xh", "b_h", "h_0", "W_hy", "b_y"]
    assert words(panel) == [
        "hidden → hidden  6×6  ρ = 1.41",
        "input → hidden  2×6 (transposed)",
        "bias",
        "initial hidden state",
        "hidden → output  1×6",
        "output bias",
    ]


def test_gates_are_named(show):
    panel = show(network("lstm"))
    assert words(panel)[1] == "hidden → forget gate  8×8"
    assert words(panel)[4] == "input → input gate  2×8 (transposed)"
    assert "output gate bias" in words(panel)
    assert words(panel)[12:14] == ["initial hidden state", "initial cell state"]
    assert not any("ρ" in text for text in words(panel))
    assert words(show(network("gru")))[-4] == "candidate recurrent bias"


def test_an_input_matrix_with_more_inputs_than_units_is_not_transposed(show):
    panel = show(network("rnn", units=3, inputs=5))
    assert panel.editor(W_XH).shape == (3, 5)
    assert words(panel)[1] == "input → hidden  3×5"


def test_every_layer_has_a_title_and_its_matrices(show):
    panel = show(network("gru", "rnn"))
    titles = [label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel)]
    assert titles == ["Layer 1", "Layer 2", "Readout"]
    assert words(panel)[12] == "layer 1 → hidden  8×8"
    assert panel.editors[-1].place == Place(READOUT, "b_y")


def test_one_layer_needs_no_title(show):
    panel = show()
    assert [label for label in panel.findChildren(QLabel) if label.isVisibleTo(panel)] == []


def test_the_spectral_radius_follows_the_drag(show):
    panel = show()
    editor, before = panel.editor(W_HH), words(panel)[0]
    start = editor.cell_rect(0, 0).center()
    QTest.mousePress(editor, LEFT, NONE, start)
    move_to(editor, start - QPoint(0, 40))
    radius = spectral_radius(session_of(panel).document.weight(W_HH))
    assert words(panel)[0] == f"hidden → hidden  6×6  ρ = {radius:.2f}"
    assert words(panel)[0] != before
    QTest.mouseRelease(editor, LEFT, NONE, start - QPoint(0, 40))


def test_a_drag_paints_no_other_matrix_and_keeps_the_scale(show, qtbot):
    panel = show()
    editor = panel.editor(W_HH)
    start = editor.cell_rect(0, 0).center()
    QTest.mousePress(editor, LEFT, NONE, start)
    qtbot.waitUntil(lambda: editor.marks.current == (0, 0))
    QApplication.processEvents()
    paints, limit = Paints(panel), editor.limit
    for up in (40, 90, 140):
        move_to(editor, start - QPoint(0, up))
        QApplication.processEvents()
    assert set(paints.places) == {W_HH}
    assert editor.limit == limit < session_of(panel).document.weight(W_HH).max()
    QTest.mouseRelease(editor, LEFT, NONE, start - QPoint(0, 140))
    assert {each.limit for each in panel.editors} == {5.0}


def test_all_matrices_share_one_scale(show):
    panel = show()
    assert {editor.limit for editor in panel.editors} == {2.5}
    session_of(panel).apply(set_entry(B_H, (0,), -7.5))
    assert {editor.limit for editor in panel.editors} == {8.0}


def test_the_editors_stay_while_names_and_shapes_stay(show):
    panel = show()
    before = panel.editors
    session_of(panel).apply(set_title("Another"))
    session_of(panel).apply(set_entry(B_H, (0,), 0.5))
    assert panel.editors == before


def test_another_network_brings_other_editors(show):
    panel = show()
    session = session_of(panel)
    session.open_document(network("lstm"))
    assert len(panel.editors) == 16
    session.undo()
    assert words(panel)[0] == "hidden → hidden  6×6  ρ = 1.41"
    assert not panel.grab().isNull()


def test_a_network_that_arrives_while_a_number_is_typed_is_not_changed_by_it(show):
    panel = show()
    session = session_of(panel)
    QTest.mouseClick(panel.editor(W_HH), LEFT, NONE, panel.editor(W_HH).cell_rect(0, 0).center())
    QTest.keyClicks(panel.editor(W_HH), "5")
    session.open_document(built_in("golden"))
    QApplication.processEvents()
    assert session.document == built_in("golden")
    assert [field for field in panel.findChildren(QLineEdit) if field.isVisible()] == []


@pytest.mark.parametrize("document", [built_in("golden"), network("lstm")], ids=["smaller", "other"])
def test_a_network_that_arrives_during_a_drag_ends_the_drag(show, document):
    panel = show()
    session, editor = session_of(panel), panel.editor(W_HH)
    start = editor.cell_rect(0, 0).center()
    QTest.mousePress(editor, LEFT, NONE, start)
    move_to(editor, start - QPoint(0, 40))
    session.apply(replace_document(document, "Open"))
    QApplication.processEvents()
    assert session.document == document
    assert not any(each.is_dragging for each in panel.editors)


def test_a_refused_edit_is_reported(show, qtbot):
    panel = show()
    editor = panel.editor(B_H)
    QTest.mouseClick(editor, LEFT, NONE, editor.cell_rect(0, 5).center())
    QApplication.clipboard().setText("1\t2")
    with qtbot.waitSignal(panel.message) as refused:
        QTest.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "b_h" in refused.args[0]


def test_only_one_cell_of_the_panel_is_current(show):
    panel = show()
    for place in (W_HH, B_H, Place(READOUT, "W_hy")):
        editor = panel.editor(place)
        QTest.mouseClick(editor, LEFT, NONE, editor.cell_rect(0, 3).center())
        assert [each for each in panel.editors if each.marks.current is not None] == [editor]


def test_tab_goes_from_matrix_to_matrix(show):
    panel = show()
    panel.editors[0].setFocus(Qt.FocusReason.TabFocusReason)
    for place in ("W_xh", "b_h", "h_0", "W_hy", "b_y"):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget().place.name == place
        assert session_of(panel).selection.entry[0].name == place


def test_a_weight_that_is_selected_elsewhere_is_scrolled_into_view(show):
    panel = show(network("lstm", units=16), size=(275, 300))
    place = Place(READOUT, "W_hy")
    session_of(panel).select(Selection(entry=(place, 0, 3)))
    editor = panel.editor(place)
    viewport = panel.findChild(QScrollArea).viewport()
    assert viewport.rect().contains(editor.mapTo(viewport, editor.cell_rect(0, 3).center()))


def test_nothing_scrolls_sideways_and_the_cells_fill_the_width(show):
    panel = show()
    cell = panel.editor(W_HH).cell_rect(0, 0)
    assert 38 <= cell.width() <= 44
    assert 26 <= cell.height() <= 31
    assert panel.editor(W_HH).cell_rect(0, 5).right() <= panel.width()
    panel.resize(275, 200)
    assert panel.editor(W_HH).cell_rect(0, 0) == cell


@pytest.mark.parametrize("theme", [LIGHT, DARK, LIGHT.with_text(24)], ids=["light", "dark", "large"])
def test_the_panel_takes_a_theme(show, theme):
    panel = show(size=(600, 900))
    panel.apply_theme(theme)
    corner = panel.grab().toImage().pixelColor(1, 1)
    assert corner.name() == theme.card
    assert panel.editor(W_HH).height() == panel.editor(W_HH).heightForWidth(panel.editor(W_HH).width())


def test_numbers_at_the_end_of_the_range_are_shown(show):
    document = built_in("default")
    panel = show(document.with_weight(W_HH, np.full((6, 6), 1e308)))
    assert not panel.grab().isNull()
    assert words(panel)[0].startswith("hidden → hidden  6×6")


def test_a_document_without_a_readout_has_its_layers_only(show):
    document = built_in("default")
    panel = show(replace(document, readout=None, objective=Objective()))
    assert [editor.place.name for editor in panel.editors] == ["W_hh", "W_xh", "b_h", "h_0"]


def test_the_spectral_radius_of_a_large_matrix_waits_for_the_end_of_the_drag(show):
    panel = show(network("rnn", units=80))
    editor = panel.editor(W_HH)
    start = editor.cell_rect(0, 0).center()
    QTest.mousePress(editor, LEFT, NONE, start)
    session_of(panel).apply(set_entry(W_HH, (0, 0), 3.0))
    assert words(panel)[0].endswith("ρ = …")
    QTest.mouseRelease(editor, LEFT, NONE, start)
    radius = spectral_radius(session_of(panel).document.weight(W_HH))
    assert words(panel)[0].endswith(f"ρ = {radius:.2f}")


def test_what_is_pointed_at_before_the_matrices_are_there_is_lit_up_when_they_are(qtbot):
    session = Session(network("rnn", "lstm"))
    session.document_changed.connect(lambda _: session.set_focus(Gate(0, None, "r")))
    panel = WeightsPanel(session, LIGHT)
    qtbot.addWidget(panel)
    session.open_document(network("gru"))
    lit = [place.name for place in (editor.place for editor in panel.editors) if panel.heading(place).lit == "focus"]
    assert lit == ["W_hr", "W_xr", "b_r"]
