"""A matrix of weight gradients, and the steps that one of them comes from."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt

from rnnviz.core.measures.credit import credit_over_time
from rnnviz.document.document import READOUT, Place, Window
from rnnviz.document.runs import layer_run
from rnnviz.views.plots.weight_gradients import WeightGradientsPlot

RECT = QRectF(0, 0, 640, 400)


@pytest.mark.parametrize(
    "place",
    [
        *(Place(0, f"{kind}{block}") for kind in ("W_x", "W_h", "b_") for block in "fg"),
        *(Place(1, name) for name in ("W_xr", "W_hr", "W_hz", "W_hn", "b_n", "b_hn")),
        *(Place(READOUT, name) for name in ("W_hy", "b_y")),
    ],
    ids=lambda place: f"{place.layer}.{place.name}",
)
@pytest.mark.parametrize("window", [None, Window(4, stateful=False)], ids=["whole", "windows"])
def test_the_bars_of_all_sequences_add_up_to_the_framed_gradient(make_network, show_plot, place, window):
    document = make_network("lstm", "gru", lengths=(4, 6), window=window)
    column = 0 if place.name.startswith("b") else 1
    plots = [show_plot(WeightGradientsPlot, document, sample=sample, entry=(place, 1, column)) for sample in (0, 1)]
    assert [len(plot.values()) for plot in plots] == [4, 6]
    total = sum(plot.values().sum() for plot in plots)
    assert total == pytest.approx(plots[0].matrix()[1, column], rel=1e-9, abs=1e-15)
    assert total != 0


@pytest.mark.parametrize("name", ["W_xi", "W_ho", "b_g", "W_hr", "W_hn", "b_hn"])
def test_the_bars_are_the_measure_of_the_whole_run(make_network, show_plot, name):
    document, layer = make_network("lstm", "gru", lengths=(4, 6)), 0 if name[-1] in "igo" else 1
    entry = (2,) if name.startswith("b") else (2, 1)
    plot = show_plot(WeightGradientsPlot, document, sample=0, entry=(Place(layer, name), 2, entry[-1] % 2))
    run = layer_run(plot.frame, layer, 0)
    expected = credit_over_time(run.weights, run.trace, run.gradients, name, entry)
    np.testing.assert_allclose(plot.values(), expected, rtol=1e-12, atol=1e-18)


def test_the_matrix_is_the_frames(make_network, show_plot):
    place = Place(0, "W_xh")
    plot = show_plot(WeightGradientsPlot, make_network(), entry=(place, 2, 1))
    np.testing.assert_array_equal(plot.matrix(), plot.frame.layers[0].weight_gradients["W_xh"])


@pytest.mark.parametrize("entry", [None, (Place(0, "h_0"), 1, 0)], ids=["none", "an initial state"])
def test_without_a_touched_weight_it_is_the_units_own(make_network, show_plot, entry):
    plot = show_plot(WeightGradientsPlot, make_network("rnn", "gru"), layer=1, unit=2, entry=entry)
    assert plot.entry == (Place(1, "W_hr"), 2, 2)


def test_the_sum_is_said_where_the_bars_are(make_network, show_plot):
    plot = show_plot(WeightGradientsPlot, make_network(), entry=(Place(0, "W_hh"), 0, 1))
    (spec,) = plot.panel_specs()
    words = plot.remark().removeprefix("∂L/∂W_hh[1, 2] = ")
    assert spec.caption == f"W_hh[1, 2]: the steps add up to {words}"
    assert float(words.replace("−", "-")) == pytest.approx(plot.values().sum(), rel=1e-3)
    assert spec.low <= plot.values().min() <= plot.values().max() <= spec.high


def test_a_click_frames_an_entry(make_network, show_plot, qtbot):
    plot = show_plot(WeightGradientsPlot, make_network())
    place = plot.place_of(RECT, 2, 0).center()
    with qtbot.waitSignal(plot.selection_requested) as asked, qtbot.assertNotEmitted(plot.cursor_requested):
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert asked.args[0].entry == (Place(0, "W_hh"), 2, 0)
    assert plot.describe(place, RECT).startswith("∂L/∂W_hh[3, 1] = ")


def test_a_step_says_what_it_adds(make_network, show_plot):
    plot = show_plot(WeightGradientsPlot, make_network())
    words = plot.describe_step(3).split(" ")
    assert words[:4] == ["t", "=", "3", "adds"]
    assert float(words[4].replace("−", "-")) == pytest.approx(plot.values()[2], rel=1e-4)


def test_what_overflows_is_said_to(make_network, show_plot):
    plot = show_plot(WeightGradientsPlot, make_network(activation="linear", scale=1e60, steps=10))
    assert plot.panel_specs()[0].caption.endswith("overflow")
