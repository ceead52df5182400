"""What holds for every plot over time while a part of time is shown: it is the same picture, cut out of the whole."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, Window, weight_shapes
from rnnviz.document.links import Feature, Output, Step, Unit, Weight
from rnnviz.document.presets import built_in
from rnnviz.document.reveal import Curtain, revealed
from rnnviz.session.session import Selection
from rnnviz.session.time_range import TimeRange
from rnnviz.views.fonts import load_fonts
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Ghost
from rnnviz.views.plots._time import TimePlot
from rnnviz.views.theme import LIGHT

TIME_PLOTS = {key: plot for key, plot in PLOTS.items() if issubclass(plot, TimePlot)}
PART = TimeRange(10, 29)
STEP = 50  # px
PERIOD = 24  # px after which dots, dashes and hatching repeat: where they begin is of no concern
HEIGHT = 360
every_plot = pytest.mark.parametrize("plot_class", TIME_PLOTS.values(), ids=TIME_PLOTS)


def network(cells, units, length=40, *, batch=1, outputs=2, **objective):
    rng = np.random.default_rng(units)
    layers, width = [], 2
    for cell in cells:
        shapes = weight_shapes(cell, units, width)
        layers.append(Layer(cell, {name: 0.6 * rng.normal(size=shape) for name, shape in shapes.items()}))
        width = units
    readout = Readout("linear", {"W_hy": rng.normal(size=(outputs, units)), "b_y": np.zeros(outputs)})
    values = rng.normal(size=(batch, length, 2))
    return Document(tuple(layers), readout, Input(("a", "b"), values), Objective("sum", **objective))


def text():
    symbols = tuple(" abcdefg")
    indices = np.random.default_rng(4).integers(0, len(symbols), 40)
    rng = np.random.default_rng(5)
    weights = {name: 0.7 * rng.normal(size=shape) for name, shape in weight_shapes("rnn", 4, len(symbols)).items()}
    readout = Readout("softmax", {"W_hy": rng.normal(size=(len(symbols), 4)), "b_y": np.zeros(len(symbols))})
    spelled = "".join(symbols[index] for index in indices)
    data = Input(symbols, np.eye(len(symbols))[indices][None], text=spelled, vocabulary=symbols, encoding="char")
    targets = np.roll(indices, -1)[None].astype(float)
    return Document((Layer("rnn", weights),), readout, data, Objective("cross_entropy", targets=targets))


def padded(length):
    document = network(["lstm"], 4, batch=2)
    data = replace(document.input, lengths=(length, 40))
    return replace(document, input=data, window=Window(6, stateful=True))


DOCUMENTS = {
    "default": lambda: built_in("default"),
    "lstm": lambda: network(["lstm"], 5),
    "gru": lambda: network(["gru"], 20),
    "stack": lambda: network(["gru", "rnn"], 4),
    "text": text,
    "padded inside, windows": lambda: padded(20),
}


@pytest.fixture(autouse=True)
def fonts(qapp):  # noqa: ARG001
    load_fonts()


@pytest.fixture
def make(qtbot):
    """Return a function that makes a plot of a document, its question answered."""

    def make(plot_class, document, time_range=None):
        plot = plot_class(LIGHT)
        qtbot.addWidget(plot)
        plot.show_time_range(time_range)
        plot.show_frame(compute(document), Selection())
        if (question := plot.question()) is not None:
            plot.show_answer(question.answer())
        return plot

    return make


def rect_for(plot):
    """Return a place in which every step is as wide as a whole number of pixels."""
    probe = QRectF(0, 0, 1000, HEIGHT)
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        plot.paint_figure(painter, probe)  # panels are known once painted
    beside = 1000 - plot.panels(probe)[0].rect.width()
    return QRectF(0, 0, beside + STEP * (plot.visible.steps + 1), HEIGHT)


def painted(plot, rect):
    """Return a picture of the plot without its cursor, with what is lit up."""
    image = QImage(rect.size().toSize() + QSize(1, 0), QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.card))
    plot.shows_cursor = False
    with QPainter(image) as painter:
        plot.paint_figure(painter, rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if plot.links is not None:
            plot.paint_links(painter, rect)
    return image


def shades(image):
    return set(np.frombuffer(image.constBits(), np.uint32).tolist())


def steps_in(image, panel, first, last):
    """Return the pixels (rows, columns, 3) of some steps of a panel, but for those of the steps at both ends."""
    left, right = (round(float(panel.x(t))) for t in (first + 0.5, last - 0.5))
    top, bottom = round(panel.rect.top()) + 1, round(panel.rect.bottom()) - 1
    part = image.copy(QRect(QPoint(left, top), QPoint(right - 1, bottom)))
    pixels = np.frombuffer(part.constBits(), np.uint8).reshape(part.height(), part.width(), 4)
    return pixels[:, :, :3].astype(int)


def whole_and_part(make, plot_class, document, prepare=lambda _: None):
    """Yield the steps of the part, as they are in a picture of all of time and in one of the part, for each panel."""
    plots = make(plot_class, document), make(plot_class, document, PART)
    pictures, panels = [], []
    for plot in plots:
        prepare(plot)
        rect = rect_for(plot)
        pictures.append(painted(plot, rect))
        panels.append(plot.panels(rect))
    assert len(panels[0]) == len(panels[1]) > 0
    for one, other in zip(*panels, strict=True):
        assert (other.first, other.last) == (PART.first - 0.5, PART.last + 0.5)
        last = min(PART.last, plots[0].length)  # the word in the padding stands in the middle of what is seen of it
        yield steps_in(pictures[0], one, PART.first, last), steps_in(pictures[1], other, PART.first, last)


def assert_alike(one, other):
    """Let rounding, where lines are cut off elsewhere, differ by little."""
    assert one.shape == other.shape
    off = np.cumsum(one - other, axis=1)
    averages = np.abs(off[:, PERIOD:] - off[:, :-PERIOD]).max(axis=2) / PERIOD
    assert (averages > 12).mean() < 0.002  # cells of a map may begin a pixel later


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize(
    "plot_class",
    [plot for key, plot in TIME_PLOTS.items() if key != "connectivity"],  # it has time on both axes
    ids=[key for key in TIME_PLOTS if key != "connectivity"],
)
def test_a_part_of_time_is_cut_out_of_the_whole(make, plot_class, document):
    found = list(whole_and_part(make, plot_class, DOCUMENTS[document]()))
    for one, other in found:
        assert_alike(one, other)


@pytest.mark.parametrize(
    "focus",
    [Unit(0, 1, 17), Unit(0, 2), Feature(0, 12), Output(0, 20), Step(15), Step(3), Weight(Place(0, "W_hh"), 0, 1)],
    ids=str,
)
@every_plot
def test_what_is_lit_is_lit_in_the_part_too(make, plot_class, focus):
    if plot_class.spec.key == "connectivity":
        plot = make(plot_class, built_in("default"), PART)
        plot.show_focus(focus)
        painted(plot, rect_for(plot))
        return
    for one, other in whole_and_part(make, plot_class, built_in("default"), lambda plot: plot.show_focus(focus)):
        assert_alike(one, other)


@pytest.mark.parametrize("key", ["hidden", "gradients", "outputs", "inputs"])
def test_ghosts_are_drawn_in_the_part_and_nothing_of_them_beside_it(make, key):
    other = built_in("default")
    values = other.input.values.copy()
    values[:, 12:] *= -0.7
    ghost = Ghost("before", compute(replace(other, input=replace(other.input, values=values))), 0)
    plot = make(TIME_PLOTS[key], other, PART)
    rect = rect_for(plot)
    without = painted(plot, rect)
    plot.show_ghosts((ghost,))
    made = painted(plot, rect)
    assert made != without
    for panel in plot.panels(rect):
        beside = QRectF(panel.rect.right() + 2, panel.rect.top(), rect.right() - panel.rect.right() - 3, 60)
        assert shades(made.copy(beside.toRect())) == {QColor(LIGHT.card).rgba()}


@pytest.mark.parametrize("key", ["hidden", "gates", "weight-gradients", "connectivity"])
def test_a_part_that_is_all_padding_is_hatched(make, key):
    plot = make(TIME_PLOTS[key], padded(7), PART)
    rect = rect_for(plot)
    made = painted(plot, rect)
    for panel in plot.panels(rect):
        for x in range(round(panel.rect.left()) + 2, round(panel.rect.right()) - 40, 40):
            seen = made.copy(QRect(x, round(panel.rect.top()) + 2, 40, 16))
            hatched = sum(seen.pixelColor(place, 8) != QColor(LIGHT.card) for place in range(40))
            assert 0 < hatched < 30, x
    middle = plot.panels(rect)[0].rect.center()
    plot.resize(rect.size().toSize())
    assert "padding" in plot.describe(middle, rect)


@every_plot
def test_the_cursor_is_not_drawn_beside_the_part(make, plot_class):
    plot = make(plot_class, built_in("default"), PART)
    rect = rect_for(plot)
    for t in (9, 30, 0, 40):
        plot.show_cursor(t)
        assert plot.cursor_x(rect) is None
    plot.show_cursor(10)
    assert plot.cursor_x(rect) == pytest.approx(float(plot.panels(rect)[0].x(10)))


@pytest.mark.parametrize("document", DOCUMENTS)
@every_plot
def test_the_pointer_finds_only_steps_of_the_part(make, plot_class, document):
    plot = make(plot_class, DOCUMENTS[document](), PART)
    plot.resize(700, HEIGHT)
    plot.show()
    QApplication.processEvents()
    rect = QRectF(plot.rect())
    for x in np.linspace(-50, 760, 23).tolist():
        for y in np.linspace(1, HEIGHT - 2, 7).tolist():
            place = QPointF(x, y)
            assert PART.holds(plot.t_at(place))
            assert plot.describe(place, rect)
            t = getattr(plot.focus_at(place, rect), "t", None)
            assert t is None or PART.holds(t)


@every_plot
@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("t", [3, 15, 29, 35])
def test_what_is_hidden_stays_hidden_in_a_part(qtbot, plot_class, direction, t):
    """The curtain's edge before, within and after the part."""
    document = built_in("default")
    values = document.input.values.copy()
    values[:, t:] = 0.9 - 1.7 * values[:, t:]
    targets = document.objective.targets.copy()
    targets[:, max(t - 1, 0) :] *= -0.5
    changed = replace(
        document,
        input=replace(document.input, values=values),
        objective=replace(document.objective, targets=targets),
    )
    if direction == "backward":
        changed = document  # that its gradient is not seen is in the picture alone
    pictures, words = [], []
    for each in (document, changed):
        plot = plot_class(LIGHT)
        qtbot.addWidget(plot)
        plot.resize(700, HEIGHT)
        curtain = Curtain(direction, t)
        plot.show_curtain(curtain)
        plot.show_time_range(PART)
        plot.show_cursor(t)
        plot.show_frame(revealed(compute(each), curtain), Selection())
        plot.show()
        QApplication.processEvents()
        pictures.append(plot.grab().toImage())
        rect = QRectF(plot.rect())
        words.append([plot.describe(QPointF(x, y), rect) for x in range(5, 700, 40) for y in range(5, HEIGHT, 40)])
        for panel in () if plot.is_covered else plot.panels(rect):
            for step in (PART.first + 1, PART.last - 1):
                column = QRectF(float(panel.x(step)) - 2, panel.rect.top() + 2, 4, panel.rect.height() - 4)
                if plot.is_hidden(step):
                    assert shades(pictures[-1].copy(column.toRect())) == {QColor(LIGHT.card).rgba()}
    assert pictures[0] == pictures[1]
    assert words[0] == words[1]


def test_connectivity_is_cut_out_on_both_axes(make):
    document = network(["rnn"], 3)
    plot = make(TIME_PLOTS["connectivity"], document, PART)
    rect = QRectF(0, 0, 800, 700)
    image = QImage(800, 700, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.card))
    plot.shows_cursor = False
    with QPainter(image) as painter:
        plot.paint_figure(painter, rect)
    (panel,) = plot.panels(rect)
    assert (panel.spec.high, panel.spec.low) == (9.5, 29.5)
    shades = {}
    for t in range(PART.first, PART.last + 1):
        for k in range(PART.first + 1, PART.last):
            colour = image.pixelColor(round(float(panel.x(k))), round(float(panel.y(t))))
            shades[t, k] = colour
            assert (colour == QColor(LIGHT.card)) == (k > t), (t, k)
            middle = QPointF(float(panel.x(k)), float(panel.y(t)))
            if k <= t:
                plot.resize(800, 700)
                assert f"t = {t}, k = {k}:" in plot.describe(middle, QRectF(plot.rect()))
    values = plot.values()
    known = [(values[t - 1, k - 1], shades[t, k].lightness()) for t, k in shades if k <= t]
    ordered = [lightness for _, lightness in sorted(known)]
    assert np.corrcoef(np.arange(len(ordered)), ordered)[0, 1] < -0.8  # the stronger, the darker
    for t, is_seen in ((9, False), (10, True), (29, True), (30, False)):
        plot.show_cursor(t)
        assert (plot._cursor_y(rect) is not None) == is_seen


@pytest.mark.parametrize("scene", ["default", "text"])
def test_all_of_time_is_the_same_as_no_part(make, scene):
    document = DOCUMENTS[scene]()
    for plot_class in TIME_PLOTS.values():
        one, other = make(plot_class, document), make(plot_class, document, TimeRange(0, 40))
        assert painted(one, rect_for(one)) == painted(other, rect_for(other))


@pytest.fixture(scope="module")
def ten_thousand_steps():
    return compute(network(["lstm"], 3, 10_000))


@every_plot
def test_ten_thousand_steps_are_shown_in_parts(qtbot, plot_class, ten_thousand_steps):
    plot = plot_class(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(700, HEIGHT)
    plot.show_frame(ten_thousand_steps, Selection())
    plot.show()
    QApplication.processEvents()
    for part in (TimeRange(0, 8), TimeRange(5000, 5040), TimeRange(9000, 10_000), None):
        plot.show_time_range(part)
        plot.show_cursor(5020)
        QApplication.processEvents()
        rect = QRectF(plot.rect())
        assert (plot.cursor_x(rect) is not None) == (part is None or part.holds(5020))
        assert plot.describe(rect.center(), rect)
