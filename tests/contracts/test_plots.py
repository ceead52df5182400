"""What holds for every plot: it paints anything, at any size, and scrubbing repaints little."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QCursor, QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QToolTip

from rnnviz.document.compute import compute
from rnnviz.document.document import (
    READOUT,
    Document,
    Input,
    Layer,
    Objective,
    Place,
    Readout,
    Window,
    weight_shapes,
)
from rnnviz.document.links import Eigenvalue, Feature, Gate, Matrices, Output, Step, Unit, Weight, exists
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.figure import save_figure
from rnnviz.views.figures import FigureStyle, Moment, plot_figure
from rnnviz.views.fonts import load_fonts
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Ghost
from rnnviz.views.plots._time import TimePlot
from rnnviz.views.theme import DARK, LIGHT, PRINT

THEMES = {"light": LIGHT, "dark": DARK, "print": PRINT, "large": LIGHT.with_text(24)}
SIZES = {"small": (120, 80), "usual": (800, 500), "4k": (3840, 2160)}
PROMISED = {
    *(
        "inputs",
        "unrolled",
        "hidden",
        "gates",
        "cell",
        "gradients",
        "gradient-map",
        "connectivity",
        "jacobians",
    ),
    *("spectrum", "phase", "outputs", "step", "weights", "weight-gradients", "sweep", "perturbation", "training"),
}
TURNING = {"sweep"}  # Up and Down change what they show
QUICK_MS = 50
ENOUGH_PIXELS = 1_000_000
MOVING = {"unrolled", "step"}  # they have no time axis: what they show goes along with the cursor
every_plot = pytest.mark.parametrize("plot_class", PLOTS.values(), ids=PLOTS)
every_time_plot = pytest.mark.parametrize(
    "plot_class",
    [plot for plot in PLOTS.values() if issubclass(plot, TimePlot)],
    ids=[key for key, plot in PLOTS.items() if issubclass(plot, TimePlot)],
)


def network(cells, units, length, *, scale=0.5, outputs=2, **objective):
    """Return a network of these cells that reads random numbers."""
    rng = np.random.default_rng(length + units)
    layers, width = [], 2
    for cell in cells:
        shapes = weight_shapes(cell, units, width)
        layers.append(Layer(cell, {name: scale * rng.normal(size=shape) for name, shape in shapes.items()}))
        width = units
    readout = Readout("linear", {"W_hy": rng.normal(size=(outputs, units)), "b_y": np.zeros(outputs)})
    values = rng.normal(size=(1, length, 2))
    return Document(tuple(layers), readout, Input(("a", "b"), values), Objective(**objective))


def text():
    """Return a network that reads characters and predicts the next ones."""
    symbols, spelled = (" ", "a", "b", "\n"), "ab ba\nabba"
    indices = np.array([symbols.index(letter) for letter in spelled])
    values = np.eye(4)[indices][None]
    weights = {name: np.full(shape, 0.3) for name, shape in weight_shapes("rnn", 3, 4).items()}
    readout = Readout("softmax", {"W_hy": np.arange(12.0).reshape(4, 3) / 12, "b_y": np.zeros(4)})
    data = Input(symbols, values, text=spelled, vocabulary=symbols, encoding="char")
    targets = np.roll(indices, -1)[None].astype(float)
    return Document((Layer("rnn", weights),), readout, data, Objective("cross_entropy", targets=targets))


def overflowing(entry):
    """Return a linear network whose state leaves the range of float64 on the way."""
    made = network(["rnn"], 3, 40)
    layer = replace(made.layers[0], activation="linear", weights={**made.layers[0].weights, "W_hh": entry * np.eye(3)})
    return replace(made, layers=(layer,))


def silent():
    """Return a network in which everything is 0."""
    made = network(["rnn"], 3, 8, scale=0.0)
    readout = replace(made.readout, weights={"W_hy": np.zeros((2, 3))})
    return replace(made, readout=readout, input=replace(made.input, values=np.zeros((1, 8, 2))))


DOCUMENTS = {
    "default": lambda: built_in("default"),
    "one step": lambda: network(["rnn"], 4, 1),
    "one unit": lambda: network(["rnn"], 1, 30, outputs=1),
    "one of each": lambda: network(["rnn"], 1, 1, outputs=1),
    "128 units": lambda: network(["rnn"], 128, 60, scale=0.05, outputs=12),
    "10,000 steps": lambda: network(["rnn"], 3, 10_000),
    "overflow": lambda: overflowing(1e30),
    "nan": lambda: overflowing(-1e200),
    "zeros": silent,
    "text": text,
    "no readout": lambda: replace(network(["rnn"], 4, 12), readout=None),
    "lstm": lambda: network(["lstm"], 5, 20),
    "gru": lambda: network(["gru"], 5, 20, steps="last"),
    "stack": lambda: network(["lstm", "gru", "rnn"], 4, 15),
    "chosen steps": lambda: replace(
        network(["rnn"], 4, 12),
        objective=Objective("half_squared_error", (3, 7), "mean", np.ones((1, 12, 2))),
    ),
    "last state only": lambda: _last_only(network(["rnn"], 4, 12)),
    "padded": lambda: padded(network(["rnn"], 4, 12)),
    "padded lstm in windows": lambda: replace(padded(network(["lstm"], 5, 12)), window=Window(3, stateful=False)),
    "padded text": lambda: padded(text()),
    "padded, last state only": lambda: _last_only(padded(network(["gru"], 4, 12))),
    "windows": lambda: replace(network(["gru"], 4, 12), window=Window(5, stateful=True)),
    "windows of one step": lambda: replace(network(["rnn"], 4, 600), window=Window(1, stateful=False)),
}


def _last_only(document):
    return replace(document, layers=(replace(document.layers[0], return_sequences=False),))


def padded(document, filling=0.0):
    """Return a batch of two: the document's sequence up to step 7 and a filling, and all of it."""
    values = np.repeat(document.input.values, 2, axis=0)
    values[0, 7:] = filling
    targets = document.objective.targets
    objective = replace(document.objective, targets=None if targets is None else np.repeat(targets, 2, axis=0))
    return replace(
        document, input=replace(document.input, values=values, lengths=(7, len(values[0]))), objective=objective
    )


@cache
def frame_of(name):
    return compute(DOCUMENTS[name]())


@pytest.fixture(autouse=True)
def fonts(qapp):  # noqa: ARG001
    load_fonts()


@pytest.fixture(autouse=True)
def pointer_elsewhere(qapp):  # noqa: ARG001
    """Take the pointer out of the way: over a plot's button or tab it would light that up, sooner or later."""
    QCursor.setPos(5000, 5000)


@pytest.fixture
def show(qtbot):
    """Return a function that shows a plot of a document on the screen, painted."""

    def show(plot_class, document="default", theme=LIGHT, size=SIZES["usual"], selection=None):
        plot = plot_class(theme)
        qtbot.addWidget(plot)
        frame = frame_of(document)
        plot.resize(*size)
        plot.show_cursor(frame.last_step // 2)
        plot.show_frame(frame, selection or Selection())
        told(plot)
        plot.show()
        qtbot.waitExposed(plot)
        QApplication.processEvents()
        return plot

    return show


def counting(plot_class):
    """Return the plot with a count of how often everything but the cursor was painted."""

    class Counting(plot_class):
        grounds = 0

        def paint_ground(self, painter, rect):
            self.grounds += 1
            super().paint_ground(painter, rect)

    return Counting


def picture(plot):
    return plot.grab().toImage()


def colours(image):
    """Return how many colours a picture has, as far as some of its pixels show."""
    converted = image.convertToFormat(QImage.Format.Format_RGB32)  # kept: its pixels are read where they lie
    pixels = np.frombuffer(converted.constBits(), np.uint32)
    return len(np.unique(pixels[:: 1 + pixels.size // ENOUGH_PIXELS]))


def told(plot):
    """Return the plot with the answer to its question, as long as that is found quickly."""
    question = plot.question()
    if question is not None and question.cost_ms < QUICK_MS:
        plot.show_answer(question.answer())
    return plot


def answered(plot):
    """Return the plot with the answer to its question, if it has one, however long that takes."""
    if (question := plot.question()) is not None:
        plot.show_answer(question.answer())
    QApplication.processEvents()
    return plot


def painted(plot, size, scale=1):
    """Return a picture made by paint_figure, as it is for a file."""
    image = QImage(QSize(*size) * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(QColor(plot.theme.card))
    with QPainter(image) as painter:
        plot.paint_figure(painter, QRectF(0, 0, *size))
    return image


# Declarations


@every_plot
def test_a_plot_says_what_it_is_and_what_to_look_at(plot_class):
    spec = plot_class.spec
    for words in (spec.title, spec.look_at, spec.meaning):
        assert words.strip() == words != ""
    assert "\n" not in spec.title + spec.look_at
    assert len(spec.meaning) > len(spec.look_at)
    assert spec.key == spec.key.lower() == spec.key.replace(" ", "-")
    assert spec.area in ("middle", "right")
    assert spec.height >= 1


def test_no_two_plots_share_a_key_or_a_place():
    specs = [plot.spec for plot in PLOTS.values()]
    for values in ([s.key for s in specs], [s.title for s in specs], [(s.area, s.order) for s in specs]):
        assert len(set(values)) == len(values)
    assert [spec.key for spec in specs] == list(PLOTS)
    assert [spec.order for spec in specs] == sorted(spec.order for spec in specs)


def test_the_views_of_the_command_line_have_the_names_that_were_promised():
    assert set(PLOTS) <= PROMISED
    assert set(PLOTS) >= {"inputs", "unrolled", "hidden", "gradients", "outputs"}


@every_plot
def test_a_screen_reader_is_told_what_it_is(plot_class, show):
    plot = show(plot_class)
    assert plot.accessibleName() == plot.spec.title
    assert plot.accessibleDescription() == plot.spec.meaning


# Painting


@every_plot
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_is_painted_scrubbed_through_and_explained(plot_class, show, document):
    plot = show(plot_class, document)
    last = frame_of(document).last_step
    for t in (0, last, 1, last // 2):
        plot.show_cursor(t)
        QApplication.processEvents()
    assert picture(plot).size() == plot.size()
    assert plot.remark().strip() != ""
    rect = QRectF(plot.rect())
    for place in places_on(plot, 7, 5):
        assert plot.describe(place, rect).strip() != "", "everywhere there is something to say"
    for place in places_on(plot, 23, 11):
        focus = plot.focus_at(place, rect)
        assert focus is None or exists(plot.frame.document, focus), "the pointer is at something that exists or nothing"
    plot.close()


def places_on(plot, columns, rows):
    """Return places all over a plot, its corners among them."""
    across, down = np.linspace(0, plot.width() - 1, columns), np.linspace(0, plot.height() - 1, rows)
    return [QPointF(x, y) for x in across for y in down]


@every_plot
@pytest.mark.parametrize("document", ["default", "padded lstm in windows"])
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_theme_is_painted_on_its_own_ground(plot_class, show, theme, document):
    plot = show(plot_class, document, theme=theme)
    image = picture(plot)
    assert image.pixelColor(1, image.height() - 2) == QColor(theme.card)
    assert colours(image) > 4


@every_plot
@pytest.mark.parametrize("size", ["small", "4k"])
@pytest.mark.parametrize("document", ["default", "128 units", "10,000 steps", "padded lstm in windows"])
def test_every_size_is_painted(plot_class, show, document, size):
    plot = show(plot_class, document, size=SIZES[size])
    plot.show_cursor(0)
    QApplication.processEvents()
    assert colours(picture(plot)) > 2


@every_plot
def test_before_there_is_a_frame_it_is_an_empty_card(plot_class, qtbot):
    plot = plot_class(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(200, 100)
    plot.show_cursor(3)
    assert colours(picture(plot)) == 1


@every_plot
def test_another_theme_and_size_later_give_the_same_picture_as_at_once(plot_class, show):
    changed, made_so = show(plot_class, size=(400, 300)), show(plot_class, theme=DARK)
    changed.apply_theme(DARK)
    changed.resize(*SIZES["usual"])
    QApplication.processEvents()
    assert picture(changed) == picture(made_so)


@every_plot
@pytest.mark.parametrize(("first", "second"), [("default", "text"), ("10,000 steps", "one of each"), ("nan", "stack")])
def test_another_frame_leaves_nothing_of_the_one_before(plot_class, show, first, second):
    changed, made_so = show(plot_class, first), show(plot_class, second)
    frame = frame_of(second)
    changed.show_cursor(min(frame_of(first).last_step // 2, frame.last_step))
    changed.show_frame(frame, Selection())
    told(changed)
    changed.show_cursor(frame.last_step // 2)
    QApplication.processEvents()
    assert picture(changed) == picture(made_so)


@every_plot
def test_every_layer_and_unit_can_be_looked_at(plot_class, show):
    for layer in range(3):
        show(plot_class, "stack", selection=Selection(layer=layer, unit=3))


@every_plot
def test_the_cursor_may_be_told_before_the_longer_frame_and_after_the_shorter(plot_class, show):
    plot = show(plot_class, "10,000 steps")
    plot.show_cursor(10_000)
    plot.show_frame(frame_of("one step"), Selection())
    told(plot)
    QApplication.processEvents()
    plot.show_cursor(1)
    QApplication.processEvents()
    assert picture(plot) == picture(_at(show(plot_class, "one step"), 1))


def _at(plot, t):
    plot.show_cursor(t)
    QApplication.processEvents()
    return plot


# Padding and windows


@every_plot
@pytest.mark.parametrize("t", [5, 10])
def test_what_is_in_the_padding_is_not_seen(plot_class, t):
    targets = np.ones((1, 12, 2))
    made = replace(network(["lstm"], 4, 12), objective=Objective("half_squared_error", targets=targets))
    pictures = []
    for filling in (0.0, 50.0):
        document = padded(made, filling)
        others = document.objective.targets.copy()
        others[0, 7:] += filling
        document = replace(document, objective=replace(document.objective, targets=others))
        plot = plot_class(LIGHT)
        plot.show_cursor(t)
        plot.show_frame(compute(document), Selection())
        pictures.append((painted(told(plot), (640, 360)), plot.remark()))
    assert pictures[0] == pictures[1]


@every_time_plot
@pytest.mark.parametrize("extension", ["svg", "pdf", "png"])
def test_files_say_where_the_padding_is(plot_class, tmp_path, extension):
    moment, style = Moment(frame_of("padded"), Selection(), 9), FigureStyle(PRINT, 120, 70)
    file = tmp_path / f"plot.{extension}"
    save_figure(plot_figure(plot_class, moment, style), file, dpi=60)
    assert file.stat().st_size > 1000
    if extension == "svg":
        assert "padding" in file.read_text(encoding="utf-8")


@every_time_plot
def test_the_cursor_goes_into_the_padding_and_is_told_so(plot_class, show, qtbot):
    plot = show(plot_class, "padded")
    rect, step = QRectF(plot.rect()), plot.panels(QRectF(plot.rect()))[0]
    for t in range(13):
        words = plot.describe(QPointF(float(step.x(t)), step.rect.center().y()), rect)
        assert ("padding" in words.split("\n")[0]) == (t > 7)
    place = QPoint(round(float(step.x(10))), plot.height() // 2)
    with qtbot.waitSignal(plot.cursor_requested) as asked:
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [10]
    plot.show_cursor(10)
    assert plot.cursor_x(rect) == pytest.approx(float(step.x(10)))


@every_time_plot
@pytest.mark.parametrize(("stateful", "words"), [(True, "the gradient is cut here"), (False, "starts again here")])
def test_the_borders_of_windows_are_seen_and_explained(plot_class, stateful, words):
    made = network(["rnn"], 4, 12)
    plot = plot_class(LIGHT)
    plot.show_frame(compute(replace(made, window=Window(5, stateful))), Selection())
    painted(plot, (640, 360))
    rect = QRectF(0, 0, 640, 360)
    panel = plot.panels(rect)[0]
    near = {t for t in np.arange(0, 12, 0.25) if words in plot.describe(QPointF(float(panel.x(t)), 180), rect)}
    assert near == {5.5, 10.5}
    ink = [_ink(painted(plot, (640, 360)), float(panel.x(t)), panel.rect) for t in (5.5, 6.5)]
    plot.show_frame(compute(made), Selection())
    painted(plot, (640, 360))
    assert ink[0] > ink[1] + 20
    assert not any(words in plot.describe(QPointF(float(panel.x(t)), 180), rect) for t in np.arange(0, 12, 0.25))


def _ink(image, x, rect):
    """Return how many pixels along an upright line are as dark as secondary words."""
    dark = QColor(LIGHT.muted).lightness() + 60
    columns = range(round(x) - 1, round(x) + 2)
    rows = range(round(rect.top()), round(rect.bottom()))
    return sum(any(image.pixelColor(column, row).lightness() < dark for column in columns) for row in rows)


# Scrubbing


@pytest.mark.parametrize(
    "plot_class",
    [plot for key, plot in PLOTS.items() if key not in MOVING],
    ids=[key for key in PLOTS if key not in MOVING],
)
@pytest.mark.parametrize("document", ["default", "10,000 steps"])
def test_scrubbing_repaints_the_cursor_alone(plot_class, show, document):
    plot = show(counting(plot_class), document)
    before = plot.grounds
    last = frame_of(document).last_step
    for t in (*range(10), last, 0):
        plot.show_cursor(t)
        QApplication.processEvents()
    assert plot.grounds == before


@every_plot
def test_after_scrubbing_the_picture_is_as_if_freshly_painted(plot_class, show):
    plot = show(plot_class)
    for t in (0, 3, 39, 40, 17):
        plot.show_cursor(t)
        QApplication.processEvents()
    screen = plot.screen().grabWindow(plot.winId()).toImage()
    plot.repaint_ground()
    QApplication.processEvents()
    assert plot.screen().grabWindow(plot.winId()).toImage() == screen


@every_time_plot
def test_the_cursor_is_seen_where_it_is_and_nowhere_else(plot_class, show):
    plot = show(plot_class)
    plot.show_cursor(5)
    QApplication.processEvents()
    with_cursor = picture(plot)
    plot.shows_cursor = False
    plot.update()
    without = picture(plot)
    region = plot.cursor_region(QRectF(plot.rect()))
    differing = [
        (x, y)
        for x in range(0, plot.width())
        for y in range(0, plot.height(), 7)
        if with_cursor.pixel(x, y) != without.pixel(x, y)
    ]
    assert differing
    assert all(any(rect.contains(QPoint(x, y)) for rect in region) for x, y in differing)


@every_time_plot
def test_pointing_at_a_step_asks_for_it(plot_class, show, qtbot):
    plot = show(plot_class)
    for t in (0, 17, 40):
        plot.show_cursor(t)
        place = QPoint(round(plot.cursor_x(QRectF(plot.rect()))), plot.height() // 2)
        plot.show_cursor(8)
        with qtbot.waitSignal(plot.cursor_requested) as asked:
            qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
        assert asked.args == [t]


@every_plot
def test_keys_step_jump_and_play(plot_class, show, qtbot):
    plot, asked, played = show(plot_class), [], []
    plot.cursor_requested.connect(asked.append)
    plot.play_requested.connect(lambda: played.append(True))
    plot.show_cursor(17)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(plot, key)
    qtbot.keyClick(plot, Qt.Key.Key_Space)
    qtbot.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)  # for the window
    assert asked == [16, 18, 0, 40]
    assert played == [True]


# Ghosts


OTHERS = ["one of each", "128 units", "10,000 steps", "overflow", "nan", "lstm", "stack", "padded lstm in windows"]
DRAWN = ["hidden", "gradients", "outputs", "spectrum", "phase", "step"]  # what they draw of a ghost cannot be missed


def ghosts(*documents):
    return tuple(Ghost(name, frame_of(name), number) for number, name in enumerate(documents))


@every_plot
@pytest.mark.parametrize("document", ["default", "one of each", "padded lstm in windows", "10,000 steps", "text"])
def test_ghosts_of_other_sizes_are_painted_and_go_without_a_trace(plot_class, show, document):
    plot = show(plot_class, document)
    painted(plot, (120, 80))  # equations are typeset from here on
    plot.repaint_ground()
    before, remark = picture(plot), plot.remark()
    for others in (OTHERS[:3], OTHERS[3:6], OTHERS[6:]):
        plot.show_ghosts(ghosts(*others))
        picture(plot)
        assert plot.describe(QPointF(plot.rect().center()), QRectF(plot.rect())).strip() != ""
        for size in ((120, 80), (1, 1)):
            painted(plot, size)
    plot.show_ghosts(())
    assert (picture(plot), plot.remark()) == (before, remark)


@every_plot
def test_ghosts_without_the_selected_layer_sequence_or_unit_are_left_out(plot_class, show):
    for document, selection in (("stack", Selection(layer=2, unit=3)), ("padded", Selection(sample=1, unit=3))):
        plot = show(plot_class, document, selection=selection)
        plot.show_ghosts(ghosts("one of each", "default"))
        picture(plot)


@every_plot
def test_ghosts_told_before_the_frame_or_the_selection_give_the_same_picture_as_after(plot_class, show, qtbot):
    after = show(plot_class, "stack", selection=Selection(layer=1, unit=1))
    after.show_ghosts(ghosts("lstm", "stack"))
    told(after)
    before = plot_class(LIGHT)
    qtbot.addWidget(before)
    before.resize(*SIZES["usual"])
    before.show_ghosts(ghosts("lstm", "stack"))
    before.show_cursor(frame_of("stack").last_step // 2)
    before.show_frame(frame_of("stack"), Selection())
    before.show_frame(frame_of("stack"), Selection(layer=1, unit=1))
    told(before)
    before.show()
    assert picture(before) == picture(after)


@cache
def weakened(name, factor):
    """Return the frame of a document whose weights and input are so many times as large."""
    document = frame_of(name).document
    for place in document.places():
        document = document.with_weight(place, factor * document.weight(place))
    return compute(replace(document, input=replace(document.input, values=factor * document.input.values)))


@every_plot
@pytest.mark.parametrize("document", ["default", "lstm"])
def test_what_is_pinned_is_drawn_or_the_tooltip_says_that_it_is_not(plot_class, show, document):
    pictures = []
    for factor in (0.8, 0.5):
        plot = show(plot_class, document)
        plot.show_ghosts((Ghost("the same name", weakened(document, factor), 0),))
        pictures.append(picture(answered(plot)))
    assert (pictures[0] != pictures[1]) == plot.spec.shows_ghosts
    assert ("Pinned states are not drawn here" in plot.spec.meaning) != plot.spec.shows_ghosts
    if not plot.spec.shows_ghosts:
        assert "without pinned states" in plot.remark()


@every_plot
def test_what_is_asked_about_ghosts_is_asked_once(plot_class, show):
    plot = answered(show(plot_class))
    plot.show_ghosts((Ghost("A", weakened("default", 0.8), 0), Ghost("B", frame_of("lstm"), 1)))
    answered(plot)
    assert plot.question() is None
    plot.show_frame(frame_of("lstm"), Selection())
    plot.show_frame(compute(frame_of("default").document), Selection())
    plot.show_ghosts(plot.ghosts)
    again = plot.question()
    plot.show_ghosts(())
    alone = plot.question()
    if alone is not None:
        assert again.cost_ms == alone.cost_ms


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("key", DRAWN)
def test_each_ghost_is_seen_and_its_pen_too(key, theme):
    plot = PLOTS[key](theme)
    plot.show_cursor(17)
    plot.show_frame(frame_of("default"), Selection())
    pictures = [painted(plot, (700, 400))]
    for number in range(3):
        plot.show_ghosts((Ghost("the same name", frame_of("lstm"), number),))
        pictures.append(painted(plot, (700, 400)))
    assert all(one != other for at, one in enumerate(pictures) for other in pictures[:at])


@pytest.mark.parametrize("key", ["hidden", "outputs", "phase"])
def test_a_ghost_of_the_shown_state_lies_behind_it(key, show):
    plot = show(PLOTS[key])
    plot.show_ghosts(ghosts("default"))
    with_ghost = picture(plot)
    plot.show_ghosts((Ghost("default", _without_numbers(frame_of("default")), 0),))
    ink = _strokes(with_ghost, picture(plot))
    assert ink < 0.02 * plot.width() * plot.height()


def _without_numbers(frame):
    """Return a frame of the same sizes that has nothing to draw."""
    layers = tuple(
        replace(layer, states={name: np.full_like(state, np.nan) for name, state in layer.states.items()})
        for layer in frame.layers
    )
    return replace(frame, layers=layers, y=np.full_like(frame.y, np.nan))


def _strokes(one, other):
    """Return how many pixels of two pictures differ clearly."""
    grey = [each.convertToFormat(QImage.Format.Format_Grayscale8) for each in (one, other)]
    levels = [np.frombuffer(each.constBits(), np.uint8).astype(int) for each in grey]
    return int((np.abs(levels[0] - levels[1]) > 60).sum())


@pytest.mark.parametrize(
    ("key", "document", "other"),
    [("hidden", "default", "overflow"), ("gradients", "zeros", "default"), ("outputs", "default", "128 units")],
)
def test_ranges_hold_the_ghosts(key, document, other):
    plot = PLOTS[key](LIGHT)
    plot.show_frame(frame_of(document), Selection())
    painted(plot, (700, 400))
    narrow = plot.panels(QRectF(0, 0, 700, 400))[0].spec
    plot.show_ghosts(ghosts(other))
    painted(plot, (700, 400))
    wide = plot.panels(QRectF(0, 0, 700, 400))[0].spec
    assert (wide.low, wide.high) != (narrow.low, narrow.high)
    assert wide.ghosts == ((0, other),)


@pytest.mark.parametrize(
    "plot_class",
    [plot for key, plot in PLOTS.items() if key not in MOVING],
    ids=[key for key in PLOTS if key not in MOVING],
)
def test_scrubbing_repaints_no_ghosts(plot_class, show):
    plot = show(counting(plot_class))
    plot.show_ghosts(ghosts("lstm", "default", "10,000 steps"))
    QApplication.processEvents()
    before = plot.grounds
    for t in (0, 3, 40):
        plot.show_cursor(t)
        QApplication.processEvents()
    assert plot.grounds == before


# Figures


@every_plot
@pytest.mark.parametrize("theme", [LIGHT, PRINT], ids=["light", "print"])
def test_it_paints_into_a_picture_without_being_shown(plot_class, theme):
    plot = plot_class(theme)
    plot.show_cursor(17)
    plot.show_frame(frame_of("default"), Selection())
    image = painted(told(plot), (640, 360), scale=2)
    assert image.width() == 1280
    assert colours(image) > 8
    assert image.pixelColor(1, 1) == QColor(theme.card)


@every_time_plot
def test_a_figure_shows_the_cursor_or_leaves_it_out(plot_class):
    plot = plot_class(LIGHT)
    plot.show_cursor(17)
    plot.show_frame(frame_of("default"), Selection())
    image = painted(told(plot), (640, 360))
    plot.shows_cursor = False
    assert painted(plot, (640, 360)) != image
    assert not any(
        image.pixelColor(x, y) == QColor(LIGHT.accent)
        for image in [painted(plot, (640, 360))]
        for x in range(640)
        for y in range(0, 360, 20)
    )


@every_plot
@pytest.mark.parametrize("size", [(1, 1), (19, 19), (60, 12), (12, 60)], ids=str)
def test_a_figure_too_small_for_its_labels_is_painted_all_the_same(plot_class, size):
    plot = plot_class(LIGHT)
    plot.show_cursor(17)
    plot.show_frame(frame_of("default"), Selection())
    painted(plot, size)


@every_plot
def test_painting_a_figure_changes_nothing_on_the_screen(plot_class, show):
    plot = show(counting(plot_class))
    before, grounds = picture(plot), plot.grounds
    painted(plot, (300, 1000))
    plot.update()
    QApplication.processEvents()
    assert picture(plot) == before
    assert plot.grounds == grounds + 1  # that of the figure


# Tooltips


@every_plot
@pytest.mark.qt_log_ignore(r"^This plugin does not support raise", extend=True)  # the tooltip's window
def test_resting_the_pointer_shows_it(plot_class, show):
    plot = show(plot_class)
    place = plot.rect().center()
    QApplication.sendEvent(plot, QHelpEvent(QEvent.Type.ToolTip, place, plot.mapToGlobal(place)))
    assert QToolTip.text() == plot.describe(QPointF(place), QRectF(plot.rect()))
    QToolTip.hideText()


@every_plot
def test_the_remark_is_announced_when_it_changes(plot_class, show):
    plot = show(plot_class)
    said = []
    plot.remark_changed.connect(said.append)
    plot.show_frame(frame_of("lstm"), Selection())
    plot.show_frame(frame_of("default"), Selection())
    assert all(words.strip() for words in said)
    assert said[-1:] in ([], [plot.remark()])


# What is linked

LIT = {
    "default": [
        *(Unit(0, 2), Unit(0, 2, 14), Unit(0, 0, 0), Unit(0, 5, 40), Step(14), Step(0), Step(40)),
        *(Weight(Place(0, "W_hh"), 1, 3), Weight(Place(0, "W_xh"), 1, 1), Weight(Place(0, "b_h"), 2, 0)),
        *(Weight(Place(0, "W_hh")), Weight(Place(READOUT, "W_hy"), 0, 2), Weight(Place(0, "h_0"), 1, 0)),
        *(Feature(1, 16), Feature(0), Output(0, 16), Output(0), Eigenvalue(Place(0, "W_hh"), 3)),
    ],
    "128 units": [Unit(0, 100, 31), Weight(Place(0, "W_hh"), 3, 120), Output(11, 4), Unit(0, 7)],
    "10,000 steps": [Unit(0, 1, 5001), Step(9999), Feature(1, 1)],
    "one of each": [Unit(0, 0, 1), Step(1), Weight(Place(0, "W_hh"), 0, 0), Feature(0, 1), Output(0, 1)],
    "overflow": [Unit(0, 1, 20), Step(30)],
    "text": [Feature(2, 3), Output(1, 2), Unit(0, 1, 4)],
    "no readout": [Output(2, 5), Unit(0, 1, 5)],
    "stack": [
        *(Unit(0, 1, 7), Unit(1, 3), Gate(0, 1, "f", 7), Weight(Place(1, "W_xz"), 2, 1), Step(7)),
        *(Gate(0, None, "f"), Gate(1, 2, "r", 4), Gate(0, 0, "o"), Gate(0, None, None, 3)),
        *(Matrices(0, "W_h"), Matrices(1, "W_x"), Matrices(2, "W_h")),
        *(Eigenvalue(Place(0, "W_hi")), Eigenvalue(Place(2, "W_hh"), 1), Weight(Place(0, "W_hi"), 1, 2)),
    ],
    "padded lstm in windows": [Unit(0, 1, 0), Unit(0, 1, 5), Step(10), Gate(0, 2, "g", 3)],
    "windows of one step": [Unit(0, 1, 0), Unit(0, 2, 300)],
}


@every_plot
@pytest.mark.parametrize("document", LIT)
def test_when_the_light_goes_out_the_picture_is_as_it_was(plot_class, show, document):
    plot = show(plot_class, document)
    before = on_screen(plot)
    for focus in LIT[document]:
        plot.show_focus(focus)
        QApplication.processEvents()
        region = [] if plot.links is None else plot.links_region(QRectF(plot.rect()))
        assert differing(before, on_screen(plot), region) == []
    plot.show_focus(None)
    QApplication.processEvents()
    assert on_screen(plot) == before


def on_screen(plot):
    """Return what has been painted by now; grab would paint everything anew."""
    return plot.screen().grabWindow(plot.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)


def differing(one, other, allowed):
    """Return where two pictures differ outside of some rectangles."""
    shape = one.height(), one.bytesPerLine() // 4
    pixels = [np.frombuffer(image.constBits(), np.uint32).reshape(shape) for image in (one, other)]
    differs = pixels[0] != pixels[1]
    for rect in allowed:
        differs[max(rect.top(), 0) : rect.bottom() + 1, max(rect.left(), 0) : rect.right() + 1] = False
    return np.argwhere(differs)[:5].tolist()


@every_plot
@pytest.mark.parametrize("size", ["small", "4k"])
def test_what_is_lit_is_painted_at_every_size(plot_class, show, size):
    plot = show(plot_class, theme=DARK, size=SIZES[size])
    for focus in (Unit(0, 2, 14), Weight(Place(0, "W_hh"), 1, 3), Step(14)):
        plot.show_focus(focus)
        QApplication.processEvents()
    assert colours(picture(plot)) > 2


@pytest.mark.parametrize("key", ["inputs", "unrolled", "hidden", "gradients", "outputs", "step", "phase", "weights"])
def test_moving_the_pointer_lights_up_and_leaving_ends_it(key, show, qtbot):
    plot, asked = show(PLOTS[key]), []
    plot.focus_requested.connect(asked.append)
    rect = QRectF(plot.rect())
    places = [QPoint(x, y) for x in range(5, plot.width(), 23) for y in range(5, plot.height(), 9)]
    place = next(each for each in places if plot.focus_at(QPointF(each), rect) is not None)
    for each in (QPoint(0, 0), place):
        qtbot.mouseMove(plot, each)
        QApplication.processEvents()
    assert asked[-1] == plot.focus_at(QPointF(place), rect)
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert asked[-1] is None


@pytest.mark.parametrize("key", ["unrolled", "hidden", "outputs", "step", "phase", "weights"])
@pytest.mark.parametrize("focus", [Unit(0, 1, 17), Weight(Place(0, "W_hh"), 0, 1), Output(0, 17)], ids=str)
def test_a_light_is_seen(key, focus, show):
    plot = show(PLOTS[key])
    before = picture(plot)
    plot.show_focus(focus)
    is_elsewhere = (key, type(focus)) in {("outputs", Weight), ("phase", Output), ("step", Output), ("hidden", Output)}
    assert (picture(plot) == before) == (is_elsewhere and not plot.links_region(QRectF(plot.rect())))


@every_plot
@pytest.mark.parametrize(
    ("document", "focus"),
    [("default", Unit(0, 2, 14)), ("default", Weight(Place(0, "W_hh"))), ("lstm", Gate(0, 0, "f"))],
)
def test_a_light_is_not_part_of_a_figure(plot_class, show, document, focus):
    plot = show(plot_class, document)
    before = painted(plot, (640, 460))
    plot.show_focus(focus)
    assert painted(plot, (640, 460)) == before


@every_plot
def test_g_walks_through_the_gates(plot_class, show, qtbot):
    plot, asked = show(plot_class, "gru"), []
    plot.focus_requested.connect(asked.append)
    plot.focus_requested.connect(plot.show_focus)
    plot.setFocus()
    for _ in range(4):
        qtbot.keyClick(plot, Qt.Key.Key_G)
    assert asked == [Gate(0, None, block) for block in "rznr"]


@every_plot
def test_a_frame_without_what_is_lit_lights_up_nothing(plot_class, show):
    plot = show(plot_class)
    plot.show_focus(Unit(0, 5, 30))
    plot.show_frame(frame_of("one of each"), Selection())
    plot.show_cursor(1)
    assert answered(plot).links is None
    assert picture(plot) == picture(answered(_at(show(plot_class, "one of each"), 1)))


@pytest.mark.parametrize(
    "plot_class",
    [plot for key, plot in PLOTS.items() if key not in TURNING],
    ids=[key for key in PLOTS if key not in TURNING],
)
def test_up_and_down_walk_through_the_units_and_esc_ends_it(plot_class, show, qtbot):
    plot, asked, selected = show(plot_class), [], []
    plot.focus_requested.connect(asked.append)
    plot.focus_requested.connect(plot.show_focus)
    plot.selection_requested.connect(selected.append)
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert (asked, selected) == ([Unit(0, 1)], [Selection(unit=1)])
    assert "row 2 of" in plot.accessibleDescription()
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    assert asked[1:] == [Unit(0, 0)]
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert asked[2:] == [None]
    assert plot.accessibleDescription() == plot.spec.meaning


def test_the_weight_that_up_and_down_sweep_along_is_lit(show, qtbot):
    plot, asked = show(PLOTS["sweep"]), []
    plot.focus_requested.connect(asked.append)
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert asked == [Weight(Place(0, "W_hh"), 0, 0)]
    rect = QRectF(plot.rect())
    panel = plot.panels(rect)[0]
    assert plot.focus_at(QPointF(panel.rect.center().x(), plot.line_y(0)), rect) == asked[0]


@every_plot
@pytest.mark.qt_log_ignore(r"^This plugin does not support raise", extend=True)  # the tooltip's window
def test_the_tooltip_names_what_is_lit(plot_class, show):
    plot = show(plot_class)
    plot.show_focus(Weight(Place(0, "W_hh"), 1, 3))
    place = plot.rect().center()
    QApplication.sendEvent(plot, QHelpEvent(QEvent.Type.ToolTip, place, plot.mapToGlobal(place)))
    assert QToolTip.text().endswith("W_hh[2, 4] depends on h₄; on it depends h₂, every λ of W_hh")
    QToolTip.hideText()
