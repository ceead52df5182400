"""The map of which input moves which output."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt

from rnnviz.document.compute import compute
from rnnviz.document.document import Place, Window
from rnnviz.document.influence import MOST_STEPS, influence_ms, influence_stride
from rnnviz.session.session import Selection
from rnnviz.views.plots.connectivity import DECADES, ConnectivityPlot

RECT = QRectF(0, 0, 640, 400)


def nudged(document, sample, k, feature, size=1e-6):
    """Return how far the outputs move per unit of x_k, (T, outputs), by central differences."""
    moved = []
    for sign in (1, -1):
        values = document.input.values.copy()
        values[sample, k - 1, feature] += sign * size
        moved.append(compute(replace(document, input=replace(document.input, values=values))).y[sample])
    return (moved[0] - moved[1]) / (2 * size)


def test_a_cell_of_the_map_is_how_far_the_output_moves(make_network, show_plot):
    document = make_network("lstm", "rnn", lengths=(4, 6))
    plot = show_plot(ConnectivityPlot, document, sample=1)
    assert plot.values().shape == (6, 6)
    for k in (1, 4):
        moved = np.stack([nudged(document, 1, k, feature) for feature in (0, 1)], axis=2)
        np.testing.assert_allclose(plot.values()[:, k - 1], np.linalg.norm(moved, axis=(1, 2)), rtol=1e-6, atol=1e-9)


def test_no_output_depends_on_a_later_input_nor_across_a_border(make_network, show_plot):
    whole = show_plot(ConnectivityPlot, make_network()).values()
    assert (whole[np.triu_indices(6, 1)] == 0).all()
    assert (whole[np.tril_indices(6)] > 0).all()
    cut = show_plot(ConnectivityPlot, make_network(window=Window(3, stateful=True))).values()
    assert (cut[3:, :3] == 0).all()


def test_what_is_zero_is_empty_and_all_else_has_a_colour(make_network, show_plot):
    plot = show_plot(ConnectivityPlot, make_network(scale=1e-3))
    values, parts = plot.values(), plot.parts()
    np.testing.assert_array_equal(np.isnan(parts), values == 0)
    assert (parts[values > 0] >= 0).all()
    top = np.ceil(np.log10(values.max()))
    np.testing.assert_allclose(parts[values > 0], np.clip(1 + (np.log10(values[values > 0]) - top) / DECADES, 0, 1))


def test_each_row_by_its_largest_is_a_choice_of_the_view(make_network, show_plot, qtbot):
    plot = show_plot(ConnectivityPlot, make_network())
    absolute = plot.values()
    plot.by_row.click()
    np.testing.assert_allclose(plot.values(), absolute / absolute.max(axis=1, keepdims=True), rtol=1e-12)
    assert plot.remark().startswith("each row by its largest")
    qtbot.keyClick(plot, Qt.Key.Key_R)
    np.testing.assert_array_equal(plot.values(), absolute)


def test_the_old_map_stays_while_another_is_found_on_the_same_axes(make_network, show_plot):
    document = make_network()
    plot = show_plot(ConnectivityPlot, document)
    before = plot.values()
    changed = document.with_weight(Place(0, "W_hh"), 0.5 * np.eye(3))
    plot.show_frame(compute(changed), Selection())
    np.testing.assert_array_equal(plot.values(), before)
    plot.show_answer(plot.question().answer())
    assert not np.array_equal(plot.values(), before)
    assert plot.question() is None
    plot.show_frame(compute(make_network(steps=9)), Selection())
    assert plot.values().size == 0
    assert plot.question() is not None


def test_going_back_to_the_answered_document_needs_no_waiting(make_network, show_plot):
    document = make_network()
    plot = show_plot(ConnectivityPlot, document)
    remark = plot.remark()
    plot.show_frame(compute(document.with_weight(Place(0, "W_hh"), np.eye(3))), Selection())
    plot.wait()
    said = []
    plot.remark_changed.connect(said.append)
    plot.show_frame(compute(document), Selection())
    assert plot.question() is None
    assert said == [remark]


def test_a_long_sequence_is_looked_at_every_few_steps(make_network, show_plot):
    document = make_network(steps=1001, scale=0.2)
    assert influence_stride(document, 0) == 3
    plot = show_plot(ConnectivityPlot, document)
    assert plot.values().shape == (334, 334)
    assert "every 3rd step of 1001" in plot.remark()
    large = make_network("lstm", units=64, steps=4000)
    assert 4000 / influence_stride(large, 0) < MOST_STEPS
    assert influence_ms(document, 0, 3) < influence_ms(large, 0, 100)


@pytest.mark.parametrize(("t", "k"), [(5, 2), (2, 5), (6, 6)])
def test_the_pointer_reads_a_cell(make_network, show_plot, t, k):
    plot = show_plot(ConnectivityPlot, make_network())
    plot.grab()
    panel = plot.panels(RECT)[0]
    words = plot.describe(QPointF(float(panel.x(k)), float(panel.y(t))), RECT)
    assert words.startswith(f"t = {t}, k = {k}: ")
    number = words.split("\n")[0].split("= ")[-1]
    if t < k:
        assert number == "0"
    elif "×" not in number:
        assert float(number) == pytest.approx(plot.values()[t - 1, k - 1], rel=1e-3)


def test_the_cursor_is_a_cross(make_network, show_plot):
    plot = show_plot(ConnectivityPlot, make_network(), t=4)
    plot.grab()
    panel = plot.panels(RECT)[0]
    across = QPointF(panel.rect.right() - 3, float(panel.y(4))).toPoint()
    assert any(region.contains(across) for region in plot.cursor_region(RECT))
    plot.show_cursor(0)
    assert len(plot.cursor_region(RECT)) == 1
