"""The unrolled network: the steps around the cursor, and the way to others."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QToolButton

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, Window, weight_shapes
from rnnviz.document.links import Feature, Matrices, Step, Weight
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.colours import signed_colour
from rnnviz.views.fonts import load_fonts, number
from rnnviz.views.plots._base import Ghost
from rnnviz.views.plots._gradient_edges import GradientScale, norm_text, scale_of
from rnnviz.views.plots._inside import inside_of
from rnnviz.views.plots._scaffold import loss_place
from rnnviz.views.plots._shared_weights import SharedWeights
from rnnviz.views.plots._unrolled import collapsed, first_step, grid
from rnnviz.views.plots.unrolled import UnrolledPlot
from rnnviz.views.theme import LIGHT, THEMES


def network(cell="rnn", units=(6,), timesteps=20, *, scale=1.0, readout=True, **changes):
    rng, layers, inputs = np.random.default_rng(1), [], 3
    activation = changes.pop("activation", "tanh")
    for width in units:
        shapes = weight_shapes(cell, width, inputs)
        weights = {name: rng.normal(0, scale, shape) for name, shape in shapes.items()}
        layers.append(Layer(cell, weights, activation=activation))
        inputs = width
    output = Readout("linear", {"W_hy": rng.normal(size=(1, inputs))}) if readout else None
    x = np.eye(3)[rng.integers(0, 3, timesteps)][None]
    text = "".join("abc"[index] for index in x[0].argmax(axis=1))
    data = Input(("a", "b", "c"), x, text, ("a", "b", "c"), "char")
    return Document(tuple(layers), output, data, Objective("sum"), **changes)


EXTREMES = {
    "one": lambda: network(units=(1,), timesteps=1),
    "stack": lambda: network(units=(5, 4, 3)),
    "many layers": lambda: network(units=(2,) * 12),
    "wide": lambda: network(units=(128,)),
    "lstm": lambda: network("lstm"),
    "windows": lambda: network(window=Window(3, stateful=False)),
    "no readout": lambda: network("gru", (40,), readout=False),
    "overflow": lambda: network(timesteps=900, scale=9.0, activation="relu"),
}


@pytest.fixture
def make_plot(qtbot):
    load_fonts()

    def make(document, t=0, size=(720, 150), theme=LIGHT, direction=1, **selection):
        plot = UnrolledPlot(theme)
        qtbot.addWidget(plot)
        plot.resize(*size)
        plot.show_frame(compute(document), Selection(**selection))
        plot.show_cursor(t)
        plot.show_direction(direction)
        return plot

    return make


def box(plot, t, layer=0):
    return plot.geometry_in(QRectF(plot.rect())).box(t, layer)


def steps(plot):
    return list(plot.geometry_in(QRectF(plot.rect())).steps)


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("size", [(720, 150), (240, 150), (1600, 400), (120, 70), (10, 10)])
def test_every_network_can_be_painted_at_every_size(make_plot, name, size):
    plot = make_plot(EXTREMES[name](), size=size)
    for theme in THEMES.values():
        plot.apply_theme(theme)
        for t in (0, 1, plot.frame.last_step // 2, plot.frame.last_step):
            plot.show_cursor(t)
            plot.show_direction(-plot.direction)
            plot.grab()
        plot.fold()
    for x in range(0, size[0], 37):
        for y in range(0, size[1], 23):
            assert plot.describe(QPointF(x, y), QRectF(plot.rect()))


def test_the_cursor_stands_in_the_middle_of_five_steps(make_plot):
    assert steps(make_plot(built_in("default"), 17)) == [15, 16, 17, 18, 19]


def test_a_wide_plot_shows_up_to_nine_steps(make_plot):
    assert steps(make_plot(built_in("default"), 17, size=(2000, 150))) == list(range(13, 22))


def padded(document, length):
    """Return a batch of two, of which the first sequence ends early."""
    values = np.repeat(document.input.values, 2, axis=0)
    steps = values.shape[1]
    return replace(document, input=Input(document.input.features, values, lengths=(length, steps)))


def columns(plot):
    return dict(zip(steps(plot), plot.scaffold_in(QRectF(plot.rect())).columns, strict=True))


def test_padded_steps_are_empty_and_nothing_leads_to_them(make_plot):
    plot = make_plot(padded(network(timesteps=9), 6), 7)
    shown = columns(plot)
    assert {t for t, column in shown.items() if column.is_padding} == {7, 8, 9}
    assert all(column.edge == "none" and not column.has_output for t, column in shown.items() if t > 6)
    assert all(column.edge == "before" and column.has_output for t, column in shown.items() if t <= 6)
    assert "padding" in plot.describe(box(plot, 8).center(), QRectF(plot.rect()))
    assert plot.describe(box(plot, 6).center(), QRectF(plot.rect())).startswith("h at t = 6")


def test_the_dots_that_say_that_it_goes_on_stop_at_the_padding(make_plot):
    document = padded(network(timesteps=20), 6)
    assert make_plot(document, 4).scaffold_in(QRectF(0, 0, 720, 150)).after is None
    assert make_plot(document, 3).scaffold_in(QRectF(0, 0, 720, 150)).after == "future"


def test_the_only_output_stands_at_the_last_step_that_is_not_padding(make_plot):
    document = padded(network(timesteps=9), 6)
    last_only = replace(document, layers=(replace(document.layers[0], return_sequences=False),))
    assert [t for t, column in columns(make_plot(last_only, 7)).items() if column.has_output] == [6]


@pytest.mark.parametrize(
    ("stateful", "edge", "words"),
    [(True, "cut", "the gradient is cut here"), (False, "initial", "the state starts again here")],
)
def test_the_edge_between_two_windows_is_cut(make_plot, stateful, edge, words):
    plot = make_plot(network(window=Window(4, stateful)), 8)
    assert {t: column.edge for t, column in columns(plot).items()} == {
        t: edge if t == 9 else "before" for t in steps(plot)
    }
    between = (box(plot, 8).center() + box(plot, 9).center()) / 2
    assert words in plot.describe(between, QRectF(plot.rect()))
    assert "same weights" in plot.describe(
        between + QPointF(box(plot, 9).x() - box(plot, 8).x(), 0), QRectF(plot.rect())
    )


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 9))
def test_the_shown_steps_exist_and_include_the_cursor(t, last, count):
    t, count = min(t, last), min(count, last + 1)
    first = first_step(t, last, count)
    assert 0 <= first <= t < first + count <= last + 1


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("size", [(720, 150), (360, 110), (1600, 400)])
def test_boxes_lie_inside_and_apart(make_plot, name, size):
    plot = make_plot(EXTREMES[name](), 1, size=size)
    boxes = [box(plot, t, layer) for t in steps(plot) for layer in range(len(plot.frame.layers))]
    assert all(QRectF(plot.rect()).contains(each) for each in boxes)
    assert not any(a.intersects(b) for number, a in enumerate(boxes) for b in boxes[:number])


def test_clicking_a_step_asks_for_it(make_plot, qtbot):
    plot = make_plot(built_in("default"), 17)
    with qtbot.waitSignal(plot.cursor_requested) as asked:
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=box(plot, 19).center().toPoint())
    assert asked.args == [19]


def test_clicking_between_steps_asks_for_nothing(make_plot, qtbot):
    plot = make_plot(built_in("default"), 17)
    between = (box(plot, 17).center() + box(plot, 18).center()) / 2
    with qtbot.assertNotEmitted(plot.cursor_requested):
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=between.toPoint())


def test_steps_stay_in_place_while_they_are_dragged_over(make_plot, qtbot):
    plot, asked = make_plot(built_in("default"), 17), []
    plot.cursor_requested.connect(asked.append)
    plot.cursor_requested.connect(plot.show_cursor)
    places = {t: box(plot, t).center().toPoint() for t in steps(plot)}
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=places[18])
    assert steps(plot) == [15, 16, 17, 18, 19]
    # Qt's test mouse moves without a button held down; the release then lets the steps follow
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=places[18])
    assert asked == [18]
    assert steps(plot) == [16, 17, 18, 19, 20]


@pytest.mark.parametrize("name", ["one", "stack", "wide", "lstm", "overflow"])
def test_a_scrubbed_picture_is_the_picture_of_a_new_plot(make_plot, name):
    document, size = EXTREMES[name](), (720, 150)
    scrubbed, last = make_plot(document, 0, size=size), EXTREMES[name]().timesteps
    for t in sorted({0, 1, 2, last // 2, last - 1, last}):
        scrubbed.show_cursor(t)
        assert scrubbed.grab().toImage() == make_plot(document, t, size=size).grab().toImage()


def test_scrubbing_does_not_paint_the_ground_again(make_plot, monkeypatch, qtbot):
    plot, painted = make_plot(built_in("default"), 3), []
    plot.show()
    qtbot.waitExposed(plot)
    plot.grab()
    monkeypatch.setattr(UnrolledPlot, "paint_ground", lambda *_: painted.append(1))
    for t in range(5, 15):
        plot.show_cursor(t)
        plot.grab()
    assert painted == []


def pixel(plot, place):
    image = plot.grab().toImage()
    ratio = image.devicePixelRatio()
    return image.pixelColor(int(place.x() * ratio), int(place.y() * ratio))


def test_a_dot_has_the_colour_of_its_units_value(make_plot):
    plot = make_plot(network(units=(1,)), 5)
    value = plot.frame.layers[0].states["h"][0, 4, 0]
    assert pixel(plot, box(plot, 4).center()) == signed_colour(LIGHT, value, 1.0)


def test_a_state_that_overflowed_is_in_the_colour_of_warnings(make_plot):
    plot = make_plot(network(units=(1,), timesteps=900, scale=9.0, activation="linear"), 900)
    assert not np.isfinite(plot.frame.layers[0].states["h"][0, 900, 0])
    assert pixel(plot, box(plot, 900).center()) == QColor(LIGHT.warning)


def test_steps_after_the_cursor_do_not_show_their_values(make_plot):
    plot = make_plot(network(units=(1,)), 5)
    colours = {pixel(plot, box(plot, t).center()).name() for t in (6, 7)}
    assert len(colours) == 1


def test_without_a_cursor_all_steps_show_their_values(make_plot):
    plot = make_plot(network(units=(1,)), 5)
    plot.shows_cursor = False
    image = QImage(720, 150, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.card))
    with QPainter(image) as painter:
        plot.paint_figure(painter, QRectF(0, 0, 720, 150))
    for t in steps(plot):
        value = plot.frame.layers[0].states["h"][0, t, 0]
        assert image.pixelColor(box(plot, t).center().toPoint()) == signed_colour(LIGHT, value, 1.0)


def test_the_tooltip_tells_the_states_numbers(make_plot):
    plot = make_plot(built_in("golden"), 2)
    assert plot.describe(box(plot, 1).center(), QRectF(plot.rect())) == "h at t = 1\nh1 = +0.8005\nh2 = −0.4621"


@given(st.integers(1, 200), st.floats(1, 300), st.floats(1, 300))
def test_a_grid_has_room_for_every_unit(cells, width, height):
    columns, rows = grid(cells, width, height)
    assert columns * rows >= cells
    assert columns * (rows - 1) < cells


def test_an_lstm_tells_its_cell_state_too(make_plot):
    plot = make_plot(network("lstm", (2,)), 3)
    states = plot.frame.layers[0].states
    lines = plot.describe(box(plot, 2).center(), QRectF(plot.rect())).split("\n")
    assert [number_in(part) for line in lines[1:] for part in line.split("   ")] == pytest.approx(
        np.stack([states["h"][0, 2], states["c"][0, 2]], axis=1).ravel(), abs=5e-5
    )


def number_in(words):
    return float(words.split(" = ")[1].replace("−", "-"))


# The gradient on its way back


def edge(plot, t, layer=0):
    """Return the middle of the edge that leads from the step after back into h_t."""
    return (box(plot, t, layer).center() + box(plot, t + 1, layer).center()) / 2


def totals(plot, layer=0):
    return np.linalg.norm(plot.frame.layers[layer].state_gradients["h"][plot.selection.sample], axis=1)


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=20))
def test_larger_gradients_are_drawn_wider_and_all_between_two_powers_of_ten(values):
    scale = scale_of([np.array(values)])
    widths = [scale.width(norm) for norm in sorted(values)]
    assert widths == sorted(widths)
    assert scale.low < scale.high
    assert 10.0**scale.high >= max(values) * (1 - 1e-9)


@given(st.floats(1e-300, 1e300))
def test_the_number_on_an_edge_is_the_norm_with_two_digits(norm):
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    for tight in (False, True):
        words = norm_text(norm, tight=tight).replace(" ", "").replace("×10", "e").translate(raised)
        assert float(words) == pytest.approx(norm, rel=0.051)


def test_an_edge_has_the_colour_of_the_gradient_that_arrives(make_plot):
    plot = make_plot(built_in("default"), 17, direction=-1)
    norms = totals(plot)
    scale = scale_of([norms])
    for t in (17, 18):
        assert pixel(plot, edge(plot, t)).name() == scale.colour(LIGHT, norms[t]).name()
    assert scale.colour(LIGHT, norms[17]) != scale.colour(LIGHT, norms[30])


def test_the_gradient_has_not_come_to_the_steps_before_the_cursor(make_plot):
    plot = make_plot(built_in("default"), 17, direction=-1)
    assert pixel(plot, edge(plot, 15)).saturation() < 40 < pixel(plot, edge(plot, 17)).saturation()
    plot.show_cursor(15)
    assert pixel(plot, edge(plot, 15)).saturation() > 100


def test_no_gradient_goes_back_over_the_border_of_a_window(make_plot):
    plot = make_plot(network(window=Window(4, stateful=True)), 6, direction=-1)
    assert steps(plot) == [4, 5, 6, 7, 8]
    assert pixel(plot, edge(plot, 6)).saturation() > 40
    plot.show_cursor(5)
    plot.show_cursor(3)
    crimson = scale_of([totals(plot)]).colour(LIGHT, totals(plot)[4])
    assert steps(plot) == [1, 2, 3, 4, 5]
    assert pixel(plot, edge(plot, 4)).name() != crimson.name()


def test_the_remark_tells_the_norm_at_the_cursor(make_plot, qtbot):
    plot = make_plot(built_in("golden"), 4, direction=-1)
    with qtbot.waitSignal(plot.remark_changed) as said:
        plot.show_cursor(1)
    assert said.args == ["← backward   ‖∂L/∂h₁‖ = 1.5"]


def test_on_the_way_back_every_state_is_known(make_plot):
    plot = make_plot(network(units=(1,)), 5, direction=-1)
    for t in steps(plot):
        value = plot.frame.layers[0].states["h"][0, t, 0]
        assert pixel(plot, box(plot, t).center()) == signed_colour(LIGHT, value, 1.0)


def test_scrubbing_back_does_not_paint_the_ground_again(make_plot, monkeypatch, qtbot):
    plot, painted = make_plot(built_in("default"), 20, direction=-1), []
    plot.show()
    qtbot.waitExposed(plot)
    plot.grab()
    monkeypatch.setattr(UnrolledPlot, "paint_ground", lambda *_: painted.append(1))
    for t in range(19, 8, -1):
        plot.show_cursor(t)
        plot.grab()
    assert painted == []


@pytest.mark.parametrize("name", ["one", "stack", "wide", "lstm", "windows", "overflow"])
def test_a_picture_scrubbed_backward_is_the_picture_of_a_new_plot(make_plot, name):
    document, size = EXTREMES[name](), (720, 150)
    last = document.timesteps
    scrubbed = make_plot(document, last, size=size, direction=-1)
    for t in sorted({0, 1, 2, last // 2, last - 1, last}, reverse=True):
        scrubbed.show_cursor(t)
        assert scrubbed.grab().toImage() == make_plot(document, t, size=size, direction=-1).grab().toImage()


# The loss


def loss_node(plot):
    return loss_place(plot.geometry_in(QRectF(plot.rect())), plot.theme.px(1.0)) + QPointF(-6, 0)


def test_the_loss_lights_up_at_the_end_and_says_what_it_is_of(make_plot, qtbot):
    plot = make_plot(built_in("default"), 39)
    assert pixel(plot, loss_node(plot)) == QColor(LIGHT.card)
    with qtbot.waitSignal(plot.remark_changed) as said:
        plot.show_cursor(40)
    assert pixel(plot, loss_node(plot)) == QColor(LIGHT.accent)
    assert said.args == ["loss L = 0.0019289 at the last step"]
    plot.show_direction(-1)
    assert pixel(plot, loss_node(plot)) == QColor(LIGHT.gradient)


def test_the_loss_of_a_padded_sequence_lights_up_at_its_own_end(make_plot):
    plot = make_plot(padded(network(timesteps=20), 6), 5)
    known = {}
    for t in (5, 6, 7, 8):
        plot.show_cursor(t)
        known[t] = plot.scaffold_in(QRectF(plot.rect())).loss
    assert known == {5: "waiting", 6: "known", 7: "known", 8: "known"}


@pytest.mark.parametrize(("steps", "counting"), [("last", [9]), ("all", [5, 6, 7, 8, 9]), ((3, 7), [7])])
def test_the_steps_that_count_are_marked(make_plot, steps, counting):
    plot = make_plot(network(timesteps=9) if steps == "all" else _losing(steps), 9)
    assert [t for t, column in columns(plot).items() if column.counts] == counting


def _losing(steps):
    return replace(network(timesteps=9), objective=Objective("sum", steps))


# Folding


def test_f_folds_the_network_up_into_one_box_and_back(make_plot, qtbot):
    plot = make_plot(built_in("default"), 17)
    unrolled = plot.grab().toImage()
    qtbot.keyClick(plot, Qt.Key.Key_F)
    assert steps(plot) == [17]
    assert plot.scaffold_in(QRectF(plot.rect())).is_folded
    folded = plot.grab().toImage()
    qtbot.keyClick(plot, Qt.Key.Key_F)
    assert steps(plot) == [15, 16, 17, 18, 19]
    assert plot.grab().toImage() == unrolled != folded


def test_the_button_folds_too_and_says_what_it_does(make_plot, qtbot):
    plot = make_plot(built_in("default"), 17)
    button = plot.findChild(QToolButton)
    assert button.accessibleName() == "Fold up into the loop"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert plot.is_folded
    assert button.accessibleName() == "Unfold over time"


def test_a_folded_network_stays_folded_and_follows_the_cursor(make_plot):
    plot = make_plot(built_in("default"), 17)
    plot.fold()
    plot.show_cursor(3)
    plot.show_frame(plot.frame, plot.selection)
    assert steps(plot) == [3]


def test_steps_that_fold_up_meet_in_one_place(make_plot):
    geometry = make_plot(built_in("default"), 17).geometry_in(QRectF(0, 0, 720, 150))
    together = collapsed(geometry, 17, 360.0, 1.0)
    assert {together.middle(t) for t in geometry.steps} == {360.0}
    assert collapsed(geometry, 17, 360.0, 0.0) == geometry


def test_folding_that_moves_ends_where_folding_at_once_does(make_plot, monkeypatch, qtbot):
    QCursor.setPos(5000, 5000)  # else the button of the shown plot lies under it
    at_once = make_plot(built_in("default"), 17)
    at_once.fold()
    monkeypatch.setattr(UnrolledPlot, "moves_smoothly", True)
    moving = make_plot(built_in("default"), 17)
    moving.show()
    qtbot.waitExposed(moving)
    moving.fold()
    assert moving.grab().toImage() != at_once.grab().toImage()
    qtbot.waitUntil(lambda: moving.grab().toImage() == at_once.grab().toImage())


def test_a_figure_is_not_caught_halfway(make_plot, monkeypatch, qtbot):
    monkeypatch.setattr(UnrolledPlot, "moves_smoothly", True)
    moving = make_plot(built_in("default"), 17)
    moving.show()
    qtbot.waitExposed(moving)
    pictures = []
    for _ in range(2):
        moving.fold()
        moving.fold()
        image = QImage(720, 150, QImage.Format.Format_RGB32)
        image.fill(QColor(LIGHT.card))
        with QPainter(image) as painter:
            moving.paint_figure(painter, QRectF(0, 0, 720, 150))
        pictures.append(image)
        moving.repaint_ground()
    moving.fold()
    moving.fold()
    assert pictures[0] == pictures[1]
    assert pictures[0].pixelColor(box(moving, 15).topLeft().toPoint() + QPoint(8, 0)) != QColor(LIGHT.card)


# Weights that are shared


@pytest.mark.parametrize(("which", "count"), [("hh", 4), ("xh", 5), ("hy", 5)])
def test_pointing_at_a_weight_lights_it_up_at_every_step(make_plot, which, count):
    plot = make_plot(built_in("default"), 17)
    area = QRectF(plot.rect())
    edges = SharedWeights(None, LIGHT, plot.geometry_in(area), plot.scaffold_in(area)).edges(which)
    assert len(edges) == count
    places = [line.center() + (QPointF(0, 3) if which == "hh" else QPointF(3, 0)) for line in edges]
    before = [pixel(plot, place) for place in places]
    point_at(plot, edges[0].center())
    assert all(pixel(plot, place) != was for place, was in zip(places, before, strict=True))
    point_at(plot, box(plot, 17).center())
    assert [pixel(plot, place) for place in places] == before


def point_at(plot, place):
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(plot, event)


# The inside


@pytest.mark.parametrize("t", [1, 8])
@pytest.mark.parametrize("window", [None, Window(7, stateful=False)])
def test_the_inside_of_an_lstm_makes_its_state_from_its_gates(t, window):
    frame = compute(network("lstm", window=window))
    values = inside_of(frame, Selection(unit=2), t, is_backward=False).values
    states = frame.layers[0].states
    assert values["fc"] + values["ig"] == pytest.approx(states["c"][0, t, 2], rel=1e-12)
    assert values["o"] * values["tanh"] == pytest.approx(states["h"][0, t, 2], rel=1e-12)


@pytest.mark.parametrize("t", [1, 8])
def test_the_inside_of_a_gru_makes_its_state_from_its_gates(t):
    frame = compute(network("gru"))
    values = inside_of(frame, Selection(unit=2), t, is_backward=False).values
    layer, weights = frame.layers[0], frame.document.layers[0].weights
    assert values["zh"] + values["kn"] == pytest.approx(layer.states["h"][0, t, 2], rel=1e-12)
    of_input = weights["W_xn"][2] @ frame.x[0, t - 1] + weights["b_n"][2]
    assert np.tanh(of_input + values["ru"]) == pytest.approx(values["n"], rel=1e-12)


def test_the_inside_knows_the_gradients_of_the_states_on_the_way_back():
    frame = compute(network("lstm"))
    gradients = inside_of(frame, Selection(unit=2), 8, is_backward=True).gradients
    slopes = frame.layers[0].state_gradients
    assert gradients == {name: slopes[name[0]][0, 8 - len(name[1:]), 2] for name in ("h", "h0", "c", "c0")}


@pytest.mark.parametrize(("cell", "size", "is_open"), [("lstm", (720, 150), False), ("lstm", (720, 340), True)])
def test_a_high_plot_opens_the_selected_unit(make_plot, cell, size, is_open):
    plot = make_plot(network(cell), 8, size=size, unit=3)
    words = plot.describe(QPointF(size[0] / 2, size[1] - 30), QRectF(plot.rect()))
    assert words.startswith("inside unit 4 at t = 8") == is_open


def test_a_plain_cell_has_no_inside(make_plot):
    plot = make_plot(network("rnn"), 8, size=(720, 400))
    assert "inside" not in plot.describe(QPointF(360, 380), QRectF(plot.rect()))


@pytest.mark.parametrize(("t", "words"), [(0, "initial state"), (8, "Padding")])
def test_where_no_gate_opens_the_inside_says_why(t, words):
    frame = compute(padded(network("gru", timesteps=9), 6))
    assert words in inside_of(frame, Selection(), t, is_backward=False)


def test_a_scale_never_is_empty():
    assert scale_of([np.zeros(3)]) == GradientScale(-1, 0)


# What an edge stands for


@pytest.mark.parametrize("cells", [("rnn", "lstm"), ("gru", "rnn")])
def test_each_edge_of_a_stack_stands_for_the_weights_of_its_layer(make_plot, cells):
    document = network(cells[0], (4, 4))
    upper = network(cells[1], (4,)).layers[0]
    shapes = weight_shapes(cells[1], 4, 4)
    weights = {name: np.full(shape, 0.1) for name, shape in shapes.items()}
    document = replace(document, layers=(document.layers[0], replace(upper, weights=weights)))
    plot = make_plot(document, t=5, size=(720, 300))
    rect = QRectF(plot.rect())
    geometry = plot.geometry_in(rect)
    t = geometry.steps[1]

    def weights_of(layer, name):
        return Weight(Place(layer, f"{name}h")) if cells[layer] == "rnn" else Matrices(layer, name)

    for layer in (0, 1):
        between = QPointF(geometry.middle(t) + geometry.pitch / 2, geometry.box(t, layer).center().y())
        assert plot.focus_at(between, rect) == weights_of(layer, "W_h")
    arrow = QPointF(geometry.middle(t), (geometry.box(t, 1).bottom() + geometry.box(t, 0).top()) / 2)
    assert plot.focus_at(arrow, rect) == weights_of(1, "W_x")
    foot = sum(geometry.below) / 2
    assert plot.focus_at(QPointF(geometry.middle(t) - 12, foot), rect) == weights_of(0, "W_x")
    assert plot.focus_at(QPointF(geometry.middle(t) + 12, foot), rect) == Feature(None, t)
    plot.show_cursor(0)
    assert plot.focus_at(QPointF(plot.geometry_in(rect).middle(0), foot), rect) == Step(0)


# Pinned states


def weaker(document, factor):
    for place in document.places():
        document = document.with_weight(place, factor * document.weight(place))
    return compute(document)


def test_the_small_dots_have_the_colours_of_pinned_states(make_plot):
    document = network(units=(3,))
    plot = make_plot(document, t=6, size=(900, 170))
    plot.show_ghosts((Ghost("A", weaker(document, 0.6), 0), Ghost("B", weaker(document, -0.3), 1)))
    image, place = plot.grab().toImage(), box(plot, 6)
    for ghost in plot.ghosts:
        for h in ghost.frame.layers[0].states["h"][0, 6]:
            colour = signed_colour(LIGHT, float(h), 1.0)
            xs, ys = range(int(place.left()), int(place.right())), range(int(place.center().y()), int(place.bottom()))
            assert any(image.pixelColor(x, y) == colour for x in xs for y in ys)


def test_pinned_states_are_named_and_told_where_they_are_drawn(make_plot):
    document = network(units=(3,))
    plot = make_plot(document, t=6)
    rect = QRectF(plot.rect())
    plot.show_ghosts((Ghost("A", weaker(document, 0.6), 0), Ghost("wide", compute(network(units=(5,))), 1)))
    assert plot.remark().endswith(", small dots: A")
    value = plot.ghosts[0].frame.layers[0].states["h"][0, 6, 1]
    assert f"   A {number(value, 4, sign=True)}" in plot.describe(box(plot, 6).center(), rect).splitlines()[2]
    assert "wide" not in plot.describe(box(plot, 6).center(), rect)


def test_cells_have_no_room_for_pinned_states(make_plot):
    document = network(units=(40,))
    plot = make_plot(document, t=6)
    before, words = plot.grab().toImage(), plot.remark()
    plot.show_ghosts((Ghost("A", weaker(document, 0.6), 0),))
    assert (plot.grab().toImage(), plot.remark()) == (before, words)
