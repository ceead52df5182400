"""Gates over time, and how many of them are saturated."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from rnnviz.core.cells import CELLS
from rnnviz.document.compute import compute
from rnnviz.document.document import Place
from rnnviz.document.links import Gate, Step, Unit, Weight
from rnnviz.views.plots._base import Ghost
from rnnviz.views.plots.gates import MOST_CURVES, GatesPlot


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_panel_shows_each_block_of_a_gated_cell(make_network, show_plot, cell):
    plot = show_plot(GatesPlot, make_network("rnn", cell), layer=1)
    assert list(plot.values()) == list(CELLS[cell].blocks)
    for block, values in plot.values().items():
        np.testing.assert_array_equal(values, plot.frame.layers[1].gates[block][0])
    assert [spec.caption[0] for spec in plot.panel_specs()] == list(CELLS[cell].blocks)


@pytest.mark.parametrize(
    ("activation", "slope"),
    [
        ("tanh", lambda a: 1 - np.tanh(a) ** 2),
        ("sigmoid", lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2),
        ("relu", lambda a: (a > 0).astype(float)),
        ("linear", np.ones_like),
    ],
)
def test_a_plain_cell_shows_its_pre_activation_and_slope(make_network, show_plot, activation, slope):
    plot = show_plot(GatesPlot, make_network(activation=activation, scale=0.5))
    a = plot.values()["a"]
    np.testing.assert_array_equal(a, plot.frame.layers[0].pre_activations["h"][0])
    np.testing.assert_allclose(plot.values()["φ′(a)"], slope(a), rtol=1e-12)
    assert plot.remark().startswith("a plain cell has none")


def test_the_share_of_saturated_values_is_counted_without_padding(make_network, show_plot):
    plot = show_plot(GatesPlot, make_network("lstm", scale=2.0, lengths=(4, 6)))
    i, f, g, o = (plot.values()[block][:4] for block in "ifgo")
    saturated = [(gate < 0.1) | (gate > 0.9) for gate in (i, f, o)] + [np.abs(g) > 0.9]
    assert plot.saturated_share() == pytest.approx(np.mean(saturated), rel=1e-12)
    assert 0 < plot.saturated_share() < 1
    assert plot.remark() == f"{100 * np.mean(saturated):.0f} % of all values are saturated"


@pytest.mark.parametrize(
    ("activation", "is_saturated"),
    [
        ("tanh", lambda h: np.abs(h) > 0.9),
        ("sigmoid", lambda h: (h < 0.1) | (h > 0.9)),
        ("relu", lambda h: h == 0),
        ("linear", lambda h: np.zeros(h.shape, bool)),
    ],
)
def test_a_plain_unit_is_saturated_where_its_state_is_at_an_end(make_network, show_plot, activation, is_saturated):
    plot = show_plot(GatesPlot, make_network(activation=activation, scale=1.2))
    h = plot.frame.layers[0].states["h"][0, 1:]
    assert plot.saturated_share() == pytest.approx(is_saturated(h).mean(), abs=1e-12)


def test_many_units_are_rows_of_a_map(make_network, show_plot):
    few, many = (show_plot(GatesPlot, make_network("gru", units=n, scale=0.2)) for n in (MOST_CURVES, MOST_CURVES + 1))
    assert {spec.scale for spec in few.panel_specs()} == {"linear"}
    assert {spec.scale for spec in many.panel_specs()} == {"rows"}


def test_a_step_is_told_by_the_selected_unit_and_its_saturation(make_network, show_plot):
    document = make_network("lstm").with_weight(Place(0, "b_f"), [0.0, 50.0, 0.0])
    lines = show_plot(GatesPlot, document, unit=1).describe_step(3).split("\n")
    assert lines[0] == "t = 3, unit 2"
    assert "f = 1.0000 (forget gate, saturated)" in lines
    assert "no step" in show_plot(GatesPlot, document).describe_step(0)


def lit(plot):
    """Return which panels change when something is lit, by symbol."""
    rect = QRectF(plot.rect())
    focus, plot.links = plot.links, None
    plain = plot.grab().toImage()
    plot.links = focus
    shown = plot.grab().toImage()
    areas = [panel.rect.adjusted(-2, -2, 2, 2).toAlignedRect() for panel in plot.panels(rect)]
    return [name for name, area in zip(plot.values(), areas, strict=True) if plain.copy(area) != shown.copy(area)]


def place_of(plot, block, unit, t):
    number = list(plot.values()).index(block)
    panel = plot.panels(QRectF(plot.rect()))[number]
    return QPointF(float(panel.x(t)), float(panel.y(plot.values()[block])[t - 1, unit]))


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_curve_is_the_gate_of_a_unit_and_a_name_the_whole_gate(make_network, show_plot, cell):
    plot = show_plot(GatesPlot, make_network(cell))
    plot.resize(700, 700)
    plot.grab()
    rect = QRectF(plot.rect())
    for number, block in enumerate(CELLS[cell].blocks):
        focus = plot.focus_at(place_of(plot, block, 1, 3), rect)
        assert isinstance(focus, Gate)
        assert (focus.layer, focus.block, focus.t) == (0, block, 3)
        nearest = np.abs(plot.values()[block][2] - plot.values()[block][2, 1]).argsort(kind="stable")
        assert focus.unit in nearest[:2]
        name = plot.panels(rect)[number].rect.topLeft() + QPointF(5, -8)
        assert plot.focus_at(name, rect) == Gate(0, None, block)


def test_a_row_of_a_map_is_the_gate_of_a_unit(make_network, show_plot):
    plot = show_plot(GatesPlot, make_network("gru", units=MOST_CURVES + 4))
    plot.resize(700, 700)
    plot.grab()
    rect = QRectF(plot.rect())
    panel = plot.panels(rect)[2]
    y = panel.rect.top() + (7.5) * panel.rect.height() / (MOST_CURVES + 4)
    assert plot.focus_at(QPointF(float(panel.x(2)), y), rect) == Gate(0, 7, "n", 2)


def test_a_gate_is_lit_in_its_panel_and_the_candidate_with_the_reset(make_network, show_plot):
    plot = show_plot(GatesPlot, make_network("gru"))
    plot.resize(700, 700)
    for focus, expected in (
        (Gate(0, None, "z"), ["z"]),
        (Gate(0, 1, "z", 3), ["z"]),
        (Gate(0, 1, "r", 3), ["r", "n"]),
        (Weight(Place(0, "W_hz"), 1, 0), ["z"]),
        (Unit(0, 1, 3), ["r", "z", "n"]),
        (Step(3), ["r", "z", "n"]),
    ):
        plot.show_focus(focus)
        assert lit(plot) == expected


def test_a_plain_cell_points_at_its_unit(make_network, show_plot):
    plot = show_plot(GatesPlot, make_network())
    plot.resize(700, 700)
    plot.grab()
    focus = plot.focus_at(place_of(plot, "a", 1, 3), QRectF(plot.rect()))
    assert isinstance(focus, Unit)
    assert (focus.layer, focus.t) == (0, 3)
    plot.show_focus(Unit(0, 1, 3))
    assert lit(plot) == ["a", "φ′(a)"]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_ghost_is_the_selected_unit_of_every_panel(make_network, show_plot, cell):
    document = make_network(cell)
    weight = Place(0, next(name for name in document.layers[0].weights if name.startswith("W_h")))
    other = compute(document.with_weight(weight, document.weight(weight) + 0.5))
    plot = show_plot(GatesPlot, document, unit=2)
    plot.resize(700, 700)
    plain = plot.grab().toImage()
    plot.show_ghosts((Ghost("A", other, 0),))
    ((_, values),) = plot.shown_ghosts
    expected = show_plot(GatesPlot, other.document).values()
    for drawn, shown in zip(values, expected.values(), strict=True):
        np.testing.assert_array_equal(drawn, shown[:, 2])
    assert plot.grab().toImage() != plain
    assert "dashed: unit 3 alone" in plot.panel_specs()[0].caption


def test_another_cell_has_no_ghost_here(make_network, show_plot):
    plot = show_plot(GatesPlot, make_network("gru"))
    plot.show_ghosts((Ghost("A", compute(make_network("lstm")), 0),))
    assert plot.shown_ghosts == ()


@pytest.mark.parametrize(("before", "after"), [("rnn", "gru"), ("lstm", "gru"), ("gru", "lstm")])
def test_another_cell_has_its_own_ghosts_or_none(make_network, show_plot, before, after):
    plot = show_plot(GatesPlot, make_network(before))
    plot.show_ghosts((Ghost("A", compute(make_network(before)), 0), Ghost("B", compute(make_network(after)), 1)))
    plot.show_frame(compute(make_network(after)), plot.selection)
    assert [ghost.name for ghost, _ in plot.shown_ghosts] == ["B"]
    assert not plot.grab().isNull()
