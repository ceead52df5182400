"""Which matrix's eigenvalues are drawn, those of J, and matrices too large to be decomposed at once."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication

from rnnviz.core.measures.jacobians import step_jacobians
from rnnviz.core.measures.steps import steps_of
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.document.runs import layer_run
from rnnviz.session.session import Selection
from rnnviz.views.fonts import load_fonts
from rnnviz.views.plots._spectrum_look import SpectrumLook
from rnnviz.views.plots.spectrum import SpectrumPlot
from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.panel import PlotPanel


@pytest.fixture(autouse=True)
def fonts(qapp):
    assert qapp is not None
    load_fonts()


def network(cell="rnn", units=3, steps=5):
    rng = np.random.default_rng(units)
    weights = {name: rng.normal(size=shape) / units**0.5 for name, shape in weight_shapes(cell, units, 2).items()}
    readout = Readout("linear", {"W_hy": rng.normal(size=(1, units))})
    return Document((Layer(cell, weights),), readout, Input(("a", "b"), rng.normal(size=(1, steps, 2))), Objective())


@pytest.fixture
def show(qtbot):
    """Return a function that shows a panel with the plot; questions wait in ``panel.asked``."""

    kept = []  # the test may hold no more than the plot

    def show(document, t=3, look=None):
        panel = PlotPanel(SpectrumPlot, LIGHT)
        kept.append(panel)
        qtbot.addWidget(panel)
        panel.asked = []
        panel.question_asked.connect(panel.asked.append)
        if look is not None:
            panel.plot.take_look(look)
        panel.resize(420, 300)
        panel.show()
        qtbot.waitExposed(panel)
        panel.show_cursor(t)
        panel.show_frame(compute(document), Selection())
        QApplication.processEvents()
        return panel

    return show


def jacobian(plot, t):
    ran = layer_run(plot.frame, 0, 0)
    return step_jacobians(ran.weights, steps_of(ran.trace, np.array([t])))[0]


def assert_same(found, expected):
    assert len(found) == len(expected)
    for value in expected:
        assert np.abs(found - value).min() < 1e-9


@pytest.mark.parametrize(("cell", "rows"), [("rnn", 3), ("gru", 3), ("lstm", 6)])
def test_rings_are_the_eigenvalues_of_the_jacobian_at_the_cursor(show, qtbot, cell, rows):
    panel = show(network(cell))
    plot = panel.plot
    assert len(plot.jacobian_eigenvalues(3)) == 0
    qtbot.mouseClick(plot.row.jacobian_box, Qt.MouseButton.LeftButton)
    for t in (1, 4):
        found = plot.jacobian_eigenvalues(t)
        assert len(found) == rows
        assert_same(found, np.linalg.eigvals(jacobian(plot, t)))
    assert len(plot.jacobian_eigenvalues(0)) == 0
    assert panel.asked == []


def test_rings_follow_the_cursor_and_say_what_they_are(show):
    plot = show(built_in("default"), 17, SpectrumLook(shows_jacobian=True)).plot
    before = plot.grab().toImage()
    plot.show_cursor(30)
    assert plot.grab().toImage() != before
    value = plot.jacobian_eigenvalues(30)[0]
    words = plot.describe(plot.point_of(complex(value)), QRectF(plot.rect()))
    assert words.startswith("of J at t = 30\nλ = ")


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_matrix_of_every_block_can_be_chosen(show, qtbot, cell):
    plot = show(network(cell)).plot
    box = plot.row.block_box
    for index in range(box.count()):
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_Home)
        for _ in range(index):
            qtbot.keyClick(box, Qt.Key.Key_Down)
        box.activated.emit(index)  # offscreen, a key changes the box without this
        name = f"W_h{box.choice}"
        assert plot.matrix_name == name
        assert_same(plot.eigenvalues(), np.linalg.eigvals(plot.frame.document.layers[0].weights[name]))
        assert plot.remark().startswith(f"of {name} (")
        assert plot.look().words() == ["--block", box.choice]


def test_a_chosen_block_that_another_cell_lacks_is_its_first(show):
    panel = show(network("lstm"), look=SpectrumLook("f"))
    assert panel.plot.matrix_name == "W_hf"
    panel.show_frame(compute(network("gru")), Selection())
    assert panel.plot.matrix_name == "W_hr"
    panel.show_frame(compute(network("rnn")), Selection())
    assert panel.plot.matrix_name == "W_hh"
    assert panel.plot.row.block_box.isHidden()
    assert panel.plot.look().words() == []  # a command would be refused


def test_a_large_matrix_is_decomposed_by_a_question(show):
    panel = show(network(units=200))
    plot = panel.plot
    (question,) = panel.asked
    assert len(plot.eigenvalues()) == 0
    assert plot.readings()[0].text == "—"
    assert plot.is_waiting
    plot.grab()
    panel.show_answer(question, question.answer())
    matrix = plot.frame.document.layers[0].weights["W_hh"]
    assert_same(plot.eigenvalues(), np.linalg.eigvals(matrix))
    assert plot.readings()[1].value == pytest.approx(np.linalg.norm(matrix, 2))
    panel.show_frame(compute(plot.frame.document), Selection())
    assert panel.asked == [question]


def test_a_large_jacobian_is_asked_for_when_the_cursor_rests(show, qtbot):
    panel = show(network(units=70), 2, SpectrumLook(shows_jacobian=True))
    plot = panel.plot
    (question,) = panel.asked
    panel.show_answer(question, question.answer())
    assert_same(plot.jacobian_eigenvalues(2), np.linalg.eigvals(jacobian(plot, 2)))
    with qtbot.waitSignal(plot.question_changed):
        panel.show_cursor(3)
        panel.show_cursor(4)
        assert len(plot.jacobian_eigenvalues(4)) == 0
    assert len(panel.asked) == 2
    panel.show_answer(panel.asked[-1], panel.asked[-1].answer())
    assert_same(plot.jacobian_eigenvalues(4), np.linalg.eigvals(jacobian(plot, 4)))


def test_a_matrix_that_overflows_has_no_rings(show):
    broken = network().with_weight(Place(0, "W_hh"), np.full((3, 3), 1.7e308))
    plot = show(broken, look=SpectrumLook(shows_jacobian=True)).plot
    plot.grab()
    middle = QPointF(plot.width() / 2, plot.height() / 2)
    assert plot.describe(middle, QRectF(plot.rect())).startswith("The eigenvalues")
