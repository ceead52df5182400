"""In the whole window: what is pointed at in one place lights up what is linked with it in all others."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication

from rnnviz.app.window import MainWindow
from rnnviz.document.block import Block
from rnnviz.document.document import READOUT, Place
from rnnviz.document.edits import replace_document
from rnnviz.document.links import Eigenvalue, Feature, Gate, Spot, Step, Unit, Weight
from rnnviz.document.presets import SCENES, built_in
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


@pytest.fixture
def gated(window, qtbot):
    """The window on an LSTM, with its gates on screen."""
    window.open_built_in(SCENES["lstm-memory"])
    window.resize(1280, 900)
    show_alone(window, qtbot, "gates")
    return window


def show_alone(window, qtbot, key):
    """Leave one plot on screen, with the weights beside it."""
    for other, card in window.cards.items():
        card.setVisible(other in (key, "weights-editor"))
    qtbot.waitUntil(lambda: any(each.spec.key == key for each in plots(window)) and plot(window, key).height() > 500)
    QApplication.processEvents()


def heading(window, name):
    return window.findChild(WeightsPanel).heading(Place(0, name))


def test_hovering_the_name_of_a_matrix_points_at_its_gate(gated, qtbot):
    name = heading(gated, "W_xf")
    move_over(qtbot, name, QPoint(20, name.height() // 2))
    assert gated.session.focus == Gate(0, None, "f")
    assert {each.links.role(Gate(0, 1, "f", 3)) for each in plots(gated)} == {"focus"}
    lit = {place.name for place in gated.session.document.places() if heading_of(gated, place).lit == "focus"}
    assert lit == {"W_xf", "W_hf", "b_f"}
    matrix = editor(gated, Place(0, "W_hf"))
    assert matrix.lit == (("source", Block.whole(matrix.shape)),)
    QApplication.sendEvent(name, QEvent(QEvent.Type.Leave))
    assert gated.session.focus is None
    assert {heading_of(gated, place).lit for place in gated.session.document.places()} == {None}


def heading_of(window, place):
    return window.findChild(WeightsPanel).heading(place)


def test_hovering_the_name_of_a_plain_matrix_points_at_all_of_it(window, qtbot):
    name = heading(window, "W_hh")
    move_over(qtbot, name, QPoint(20, name.height() // 2))
    assert window.session.focus == Weight(W_HH)
    assert name.lit == "focus"
    assert plot(window, "spectrum").links.role(Eigenvalue(W_HH, 2)) == "effect"


def test_hovering_a_curve_of_a_gate_lights_up_its_rows(gated, qtbot):
    gates = plot(gated, "gates")
    panel = gates.panels(QRectF(gates.rect()))[0]
    t, values = 2, gates.values()["i"]
    move_over(qtbot, gates, QPointF(float(panel.x(t)), float(panel.y(values)[t - 1, 1])).toPoint())
    assert gated.session.focus == Gate(0, 1, "i", t)
    matrix = editor(gated, Place(0, "W_hi"))
    assert matrix.lit == (("source", Block(1, 0, 1, matrix.shape[1] - 1)),)
    assert matrix.lit_lines[0] == frozenset({1})
    assert editor(gated, Place(0, "W_ho")).lit == ()


def test_the_keyboard_walks_through_gates_and_their_units(gated, qtbot):
    gates = plot(gated, "gates")
    gates.setFocus()
    for expected in ("i", "f"):
        qtbot.keyClick(gates, Qt.Key.Key_G)
        assert gated.session.focus == Gate(0, None, expected)
    qtbot.keyClick(gates, Qt.Key.Key_Down)
    assert gated.session.focus == Gate(0, 1, "f")
    qtbot.keyClick(gates, Qt.Key.Key_G)
    assert gated.session.focus == Gate(0, 1, "g")
    assert "gate g₂ depends on row 2 of W_hg" in gates.accessibleDescription()
    qtbot.keyClick(gates, Qt.Key.Key_Escape)
    assert gated.session.focus is None


def test_g_does_nothing_in_a_plain_layer(window, qtbot):
    hidden = plot(window, "hidden")
    hidden.setFocus()
    qtbot.keyClick(hidden, Qt.Key.Key_G)
    assert window.session.focus is None


def test_a_bar_of_the_waterfall_points_at_the_gate_that_makes_it(gated, qtbot):
    show_alone(gated, qtbot, "cell")
    cell = plot(gated, "cell")
    gated.session.set_cursor(3)
    rect = QRectF(cell.rect())
    places = [QPoint(x, cell.height() - 40) for x in range(50, cell.width() - 15, 4)]
    found = [cell.focus_at(QPointF(each), rect) for each in places]
    blocks = list(dict.fromkeys(each.block for each in found if isinstance(each, Gate)))
    assert blocks == ["f", "i", "g", "o"]
    move_over(qtbot, cell, places[next(k for k, each in enumerate(found) if each == Gate(0, 0, "f", 3))])
    assert gated.session.focus == Gate(0, 0, "f", 3)
    assert cell.lit_bars() == {1: "focus"}


def test_a_gate_in_the_inside_of_a_unit_can_be_pointed_at(gated, qtbot):
    show_alone(gated, qtbot, "unrolled")
    gated.session.set_cursor(3)
    unrolled = plot(gated, "unrolled")
    rect = QRectF(unrolled.rect())
    row = [QPoint(x, y) for y in range(0, unrolled.height(), 6) for x in range(0, unrolled.width(), 6)]
    found = {unrolled.focus_at(QPointF(each), rect): each for each in row}
    for block in "figo":
        move_over(qtbot, unrolled, found[Gate(0, 0, block, 3)])
        assert gated.session.focus == Gate(0, 0, block, 3)
        assert unrolled.lit_gates() == {block: "focus"}


def test_hovering_an_eigenvalue_lights_up_all_of_its_matrix(window, qtbot):
    spectrum = plot(window, "spectrum")
    move_over(qtbot, spectrum, spectrum.point_of(complex(spectrum.eigenvalues()[0])).toPoint())
    assert window.session.focus == Eigenvalue(W_HH, 0)
    assert editor(window, W_HH).lit == (("source", Block(0, 0, 5, 5)),)
    assert editor(window, W_XH).lit == ()


def test_the_weights_panel_brings_what_is_lit_elsewhere_into_view(gated, qtbot):
    panel = gated.findChild(WeightsPanel)
    gated.session.set_focus(Gate(0, None, "i"))
    gates = plot(gated, "gates")
    head = gates.panels(QRectF(gates.rect()))[3].rect.topLeft() + QPointF(5, -8)
    move_over(qtbot, gates, head.toPoint())
    assert gated.session.focus == Gate(0, None, "o")
    of_output = [panel.heading(Place(0, name)) for name in ("W_xo", "W_ho", "b_o")]
    assert any(not each.visibleRegion().isEmpty() for each in of_output)


def test_a_nudged_run_becomes_a_ghost_in_every_plot(window, qtbot):
    window.show_card("perturbation")
    qtbot.waitUntil(lambda: any(each.spec.key == "perturbation" for each in plots(window)))
    nudge = plot(window, "perturbation")
    nudge.set_nudge("x", 5, 1.0)
    qtbot.mouseClick(nudge.row.ghost_button, Qt.MouseButton.LeftButton)
    for key in ("hidden", "phase"):
        (ghost,) = plot(window, key).ghosts
        assert ghost.name == "x[1] + 1 at t = 5"
        assert ghost.frame.x[0, 4, 0] == window.session.frame.x[0, 4, 0] + 1.0


def test_the_slider_of_time_points_at_steps_and_shows_which_is(window, qtbot):
    slider = window.time_bar.slider
    move_over(qtbot, slider, QPoint(round(slider.x_of(12)), 15))
    assert window.session.focus == Step(12)
    assert slider.lit == 12
    assert window.session.cursor != 12
    QApplication.sendEvent(slider, QEvent(QEvent.Type.Leave))
    assert window.session.focus is None
    window.session.set_focus(Unit(0, 1, 7))
    assert slider.lit == 7
    window.session.set_focus(Weight(W_HH, 1, 0))
    assert slider.lit is None


def test_the_keyboard_lights_up_steps(window, qtbot):
    hidden = plot(window, "hidden")
    hidden.setFocus()
    window.session.set_cursor(10)
    qtbot.keyClick(hidden, Qt.Key.Key_T)
    assert window.session.focus == Step(10)
    qtbot.keyClick(hidden, Qt.Key.Key_Left)
    assert (window.session.cursor, window.session.focus) == (9, Step(9))
    qtbot.keyClick(hidden, Qt.Key.Key_Escape)
    qtbot.keyClick(hidden, Qt.Key.Key_Left)
    assert (window.session.cursor, window.session.focus) == (8, None)
