"""In the whole window: what is pointed at in one place lights up what is linked with it in all others."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication

from rnnviz.app.window import MainWindow
from rnnviz.document.block import Block
from rnnviz.document.document import READOUT, Place
from rnnviz.document.edits import replace_document
from rnnviz.document.links import Feature, Spot, Step, Unit, Weight
from rnnviz.document.presets import built_in
from rnnviz.views.editors.input_canvas import InputCanvas
from rnnviz.views.editors.matrix import MatrixEditor
from rnnviz.views.editors.weights import WeightsPanel
from rnnviz.views.plots._base import Plot

W_HH, W_XH, W_HY = Place(0, "W_hh"), Place(0, "W_xh"), Place(READOUT, "W_hy")


def plots(window: MainWindow) -> list[Plot]:
    return [plot for plot in window.findChildren(Plot) if plot.isVisible()]


def plot(window: MainWindow, key: str) -> Plot:
    return next(each for each in plots(window) if each.spec.key == key and not isinstance(each, InputCanvas))


def editor(window: MainWindow, place: Place) -> MatrixEditor:
    return window.findChild(WeightsPanel).editor(place)


def move_over(qtbot, widget, place):
    for each in (QPoint(0, 0), place):
        qtbot.mouseMove(widget, each)
        QApplication.processEvents()


def test_hovering_a_weight_lights_up_its_units_in_every_plot(window, qtbot):
    matrix = editor(window, W_HH)
    move_over(qtbot, matrix, matrix.cell_rect(1, 3).center())
    assert window.session.focus == Weight(W_HH, 1, 3)
    assert matrix.lit == (("focus", Block(1, 3, 1, 3)),)
    assert len(plots(window)) >= 8
    for each in plots(window):
        assert each.links.role(Unit(0, 3)) == "source"
        assert each.links.role(Unit(0, 1)) == "effect"
        assert each.links.role(Unit(0, 0)) is None
    QApplication.sendEvent(matrix, QEvent(QEvent.Type.Leave))
    assert [each.links for each in plots(window)] == [None] * len(plots(window))
    assert matrix.lit == ()


def test_hovering_the_name_of_a_row_lights_up_all_of_it(window, qtbot):
    matrix = editor(window, W_HH)
    places = [QPoint(3, y) for y in range(matrix.height())]
    move_over(qtbot, matrix, next(each for each in places if matrix.header_at(QPointF(each)) == ("row", 2)))
    assert window.session.focus == Weight(W_HH, 2)
    assert matrix.lit == (("focus", Block(2, 0, 2, 5)),)
    hidden = plot(window, "hidden").links
    assert (hidden.role(Unit(0, 2)), Spot("effect", 2, None) in hidden.units(0)) == ("source", True)


def test_hovering_a_curve_lights_up_its_row_and_its_column_in_the_matrices(window, qtbot):
    hidden = plot(window, "hidden")
    panel = hidden.panels(QRectF(hidden.rect()))[0]
    t, unit = 20, 2
    place = QPointF(float(panel.x(t)), float(panel.y(hidden.values()[t, unit])))
    move_over(qtbot, hidden, place.toPoint())
    focus = window.session.focus
    assert focus in [Unit(0, each, t) for each in range(6)]
    row = focus.unit
    assert set(editor(window, W_HH).lit) == {("source", Block(row, 0, row, 5)), ("effect", Block(0, row, 5, row))}
    assert editor(window, W_XH).lit == (("source", Block(0, row, 1, row)),)  # displayed transposed
    assert editor(window, W_HY).lit == (("effect", Block(0, row, 0, row)),)


def test_the_keyboard_lights_up_as_it_goes_through_a_matrix(window, qtbot):
    matrix = editor(window, W_HH)
    matrix.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(matrix, key)
    assert window.session.focus == Weight(W_HH, 1, 2)
    assert plot(window, "hidden").links.role(Unit(0, 2)) == "source"
    qtbot.keyClick(matrix, Qt.Key.Key_Escape)
    assert window.session.focus is None
    assert plot(window, "hidden").links is None


def test_the_keyboard_lights_up_as_it_goes_through_the_input(window, qtbot):
    canvas = window.findChild(InputCanvas)
    canvas.setFocus()
    canvas.choose(0, 5)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert window.session.focus == Feature(0, 6)
    assert editor(window, W_XH).lit == (("effect", Block(0, 0, 0, 5)),)
    assert "on x₁ at t = 6 depends column 1 of W_xh, h at t = 6" in canvas.accessibleDescription()
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert window.session.focus is None


def test_the_keyboard_walks_through_the_units_in_a_plot(window, qtbot):
    hidden = plot(window, "hidden")
    hidden.setFocus()
    for _ in range(2):
        qtbot.keyClick(hidden, Qt.Key.Key_Down)
    assert window.session.focus == Unit(0, 2)
    assert window.session.selection.unit == 2
    assert "h₃ depends on row 3 of W_hh, W_xh" in hidden.accessibleDescription()
    assert ("effect", Block(0, 2, 5, 2)) in editor(window, W_HH).lit


def test_a_line_of_the_worked_step_points_at_its_weight(window, qtbot):
    step = plot(window, "step")
    rect = QRectF(step.rect())
    place = next(
        QPoint(20, y) for y in range(step.height()) if step.focus_at(QPointF(20, y), rect) == Weight(W_HH, 0, 4)
    )
    move_over(qtbot, step, place)
    assert editor(window, W_HH).lit == (("focus", Block(0, 4, 0, 4)),)


def test_what_the_hand_changes_is_seen_without_a_light(window, qtbot):
    matrix, gradients = editor(window, W_HH), plot(window, "gradients")
    start = matrix.cell_rect(1, 3).center()
    move_over(qtbot, matrix, start)
    qtbot.mousePress(matrix, Qt.MouseButton.LeftButton, pos=start)
    assert window.session.focus == Weight(W_HH, 1, 3)
    qtbot.mouseMove(matrix, start - QPoint(0, 30))
    QApplication.processEvents()
    assert window.session.history.index == 1
    assert window.session.focus is None
    qtbot.mouseRelease(matrix, Qt.MouseButton.LeftButton, pos=start - QPoint(0, 30))
    move_over(qtbot, gradients, gradients.rect().center())
    assert isinstance(window.session.focus, Step)
    qtbot.mousePress(gradients, Qt.MouseButton.LeftButton, pos=gradients.rect().center())
    assert window.session.focus is None
    qtbot.mouseRelease(gradients, Qt.MouseButton.LeftButton, pos=gradients.rect().center())


def test_moving_the_pointer_changes_nothing_but_the_light(window, qtbot):
    frames, selections = [], []
    window.session.frame_changed.connect(frames.append)
    window.session.selection_changed.connect(selections.append)
    gradients = plot(window, "gradients")
    for x in range(60, gradients.width() - 60, 50):
        qtbot.mouseMove(gradients, QPoint(x, gradients.height() // 2))
        QApplication.processEvents()
    assert isinstance(window.session.focus, Step)
    assert (frames, selections) == ([], [])


@pytest.mark.parametrize("scene", ["golden", "gru"])
def test_another_network_is_not_lit_by_what_it_does_not_have(window, scene):
    window.session.set_focus(Weight(W_HH, 5, 5))
    window.session.apply(replace_document(built_in(scene), "Another"))
    QApplication.processEvents()
    assert window.session.focus is None
    assert [each.links for each in plots(window)] == [None] * len(plots(window))


def test_a_plot_that_is_opened_later_is_lit_too(window, qtbot):
    window.session.set_focus(Unit(0, 1))
    window.show_card("weights")
    qtbot.waitUntil(lambda: any(each.spec.key == "weights" for each in plots(window)))
    assert plot(window, "weights").links.role(Unit(0, 1)) == "focus"
