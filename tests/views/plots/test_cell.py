"""The waterfall of one unit's update."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt

from rnnviz.document.compute import compute
from rnnviz.document.document import Place, Window
from rnnviz.views.fonts import MINUS
from rnnviz.views.plots._base import Ghost
from rnnviz.views.plots.cell import CellPlot

RECT = QRectF(0, 0, 640, 400)


@pytest.mark.parametrize(("cell", "name"), [("rnn", "h"), ("lstm", "c"), ("gru", "h")])
def test_it_shows_the_state_of_the_direct_path(make_network, show_plot, cell, name):
    plot = show_plot(CellPlot, make_network(cell))
    np.testing.assert_array_equal(plot.values(), plot.frame.layers[0].states[name][0])


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("window", [None, Window(2, stateful=False), Window(2, stateful=True)], ids=str)
def test_the_bars_lead_from_one_state_to_the_next(make_network, show_plot, cell, window):
    plot = show_plot(CellPlot, make_network("rnn", cell, window=window), layer=1, unit=2)
    before, bars = None, plot.bars()
    for bar in bars:
        if bar.kind == "change" and before is not None:
            np.testing.assert_array_equal(bar.starts, before.ends)
        before = bar
    states = {name: values[0, :, 2] for name, values in plot.frame.layers[1].states.items()}
    np.testing.assert_array_equal(bars[-1].ends, states["h"][1:])
    if cell != "rnn":
        expected = states[plot.state_name][:-1].copy()
        if window is not None and not window.stateful:
            expected[::2] = 0.0
        np.testing.assert_array_equal(bars[0].ends, expected)


def test_the_bars_of_a_plain_cell_are_the_parts_of_its_sum(make_network, show_plot):
    document = make_network()
    plot = show_plot(CellPlot, document, unit=1)
    weights, h, x = document.layers[0].weights, plot.frame.layers[0].states["h"][0], plot.frame.x[0]
    recurrent, given, bias, a, _ = plot.bars()
    for row in range(6):
        assert recurrent.value(row) == pytest.approx(weights["W_hh"][1] @ h[row], rel=1e-12)
        assert given.value(row) == pytest.approx(weights["W_xh"][1] @ x[row], rel=1e-9)
        assert bias.value(row) == pytest.approx(weights["b_h"][1], abs=1e-12)
        assert a.value(row) == plot.frame.layers[0].pre_activations["h"][0, row, 1]


def test_the_bars_of_an_lstm_are_gates_times_contents(make_network, show_plot):
    plot = show_plot(CellPlot, make_network("lstm"))
    gates = {block: values[0, 3, 0] for block, values in plot.frame.layers[0].gates.items()}
    c = plot.frame.layers[0].states["c"][0, :, 0]
    assert [bar.value(3) for bar in plot.bars()] == pytest.approx(
        [c[3], gates["f"] * c[3], gates["i"] * gates["g"], c[4], np.tanh(c[4]), gates["o"] * np.tanh(c[4])], rel=1e-9
    )
    assert [name for bar in plot.bars() for name, _ in bar.factors] == ["f", "i", "g", "o"]


def test_the_pointer_reads_a_bar_at_the_cursor(make_network, show_plot):
    plot = show_plot(CellPlot, make_network("gru"), t=4)
    place = plot.other_part(RECT)
    words = plot.describe(QPointF(place.left() + 0.95 * place.width(), place.center().y()), RECT)
    said, expected = words.split("\n")[0].removeprefix("unit 1 at t = 4: "), plot.values()[4, 0]
    assert float(said.replace(MINUS, "-")) == pytest.approx(expected, rel=1e-5)
    plot.show_cursor(0)
    assert plot.describe(place.center(), RECT) == plot.spec.meaning


def test_the_waterfall_goes_along_with_the_cursor_and_ignores_clicks(make_network, show_plot, qtbot):
    plot = show_plot(CellPlot, make_network("lstm"))
    plot.show()
    pictures = []
    for t in (1, 2, 3):
        plot.show_cursor(t)
        pictures.append(plot.grab(plot.other_part(RECT).toAlignedRect()).toImage())
    assert pictures[0] != pictures[1] != pictures[2]
    with qtbot.assertNotEmitted(plot.cursor_requested):
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.other_part(RECT).center().toPoint())


def test_up_and_down_choose_another_unit(make_network, show_plot, qtbot):
    plot, asked = show_plot(CellPlot, make_network("gru"), unit=1), []
    plot.selection_requested.connect(asked.append)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(plot, key)
    assert [selection.unit for selection in asked] == [0, 2]


def test_a_ghost_is_the_state_of_the_selected_unit(make_network, show_plot):
    document, place = make_network("lstm"), Place(0, "W_hf")
    other = compute(document.with_weight(place, document.weight(place) + 0.5))
    plot = show_plot(CellPlot, document, unit=1)
    plain = plot.grab().toImage()
    plot.show_ghosts((Ghost("A", other, 0),))
    ((_, values),) = plot.shown_ghosts
    np.testing.assert_array_equal(values, other.layers[0].states["c"][0, :, 1])
    assert plot.grab().toImage() != plain
    plot.show_ghosts((Ghost("A", compute(make_network("gru")), 0),))
    assert plot.shown_ghosts == ()  # it carries h instead
