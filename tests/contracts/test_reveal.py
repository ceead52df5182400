"""What holds for every plot while something is hidden: no pixel and no word tells what comes."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.document.reveal import Curtain, revealed
from rnnviz.session.session import Selection
from rnnviz.views.fonts import load_fonts
from rnnviz.views.formula import load_typesetting
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._time import TimePlot
from rnnviz.views.theme import DARK, LIGHT

SIZE = (700, 420)
pytestmark = pytest.mark.qt_log_ignore(r"^This plugin does not support raise", extend=True)  # the tooltip's window


def spelled(text):
    symbols = (" ", "a", "b", "c")
    indices = np.array([symbols.index(letter) for letter in text])
    rng = np.random.default_rng(3)
    weights = {name: rng.normal(size=shape) for name, shape in weight_shapes("rnn", 3, 4).items()}
    readout = Readout("softmax", {"W_hy": np.arange(12.0).reshape(4, 3) / 12, "b_y": np.zeros(4)})
    data = Input(symbols, np.eye(4)[indices][None], text=text, vocabulary=symbols, encoding="char")
    targets = np.roll(indices, -1)[None].astype(float)
    return Document((Layer("rnn", weights),), readout, data, Objective("cross_entropy", targets=targets))


def otherwise(document, t):
    """Return the document with other inputs, and targets, after step t."""
    if document.input.text is not None:
        return spelled(document.input.text[:t] + "cab cab cab"[: document.timesteps - t])
    values = document.input.values.copy()
    values[:, t:] = 0.9 - 1.7 * values[:, t:]
    targets = document.objective.targets
    if targets is not None:
        targets = targets.copy()
        first = max(t - 1, 0)  # the target of step t may be the next input
        targets[:, first:] = 0.3 - targets[:, first:]
    objective = replace(document.objective, targets=targets)
    return replace(document, input=replace(document.input, values=values), objective=objective)


SCENES = {name: built_in(name) for name in ("default", "golden", "lstm-memory", "gru", "stacked", "many-to-one")} | {
    "exploding": built_in("exploding"),
    "truncated": built_in("truncated"),
    "text": spelled("ab ba abba"),
}


@cache
def frame_of(scene, t=None):
    """Return the frame of a scene, or of the one that is another after step t."""
    return compute(SCENES[scene] if t is None else otherwise(SCENES[scene], t))


every_plot = pytest.mark.parametrize("plot_class", PLOTS.values(), ids=PLOTS)
every_scene = pytest.mark.parametrize("scene", SCENES)


@pytest.fixture(autouse=True)
def fonts(qapp):  # noqa: ARG001
    load_fonts()
    load_typesetting()  # or equations would look otherwise from some moment on


@pytest.fixture
def show(qtbot):
    """Return a function that shows a frame as far as a curtain lets it be seen."""

    def show(plot_class, frame, curtain, theme=LIGHT, t=None):
        plot = plot_class(theme)
        qtbot.addWidget(plot)
        plot.resize(*SIZE)
        plot.show_curtain(curtain)
        plot.show_cursor(curtain.t if t is None else t)
        plot.show_frame(frame if curtain is None else revealed(frame, curtain), Selection())
        plot.show()
        QApplication.processEvents()
        return plot

    return show


def picture(plot):
    return plot.grab().toImage()


def hover(plot, place):
    buttons = Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    where = QPointF(place), QPointF(plot.mapToGlobal(place))
    QApplication.sendEvent(plot, QMouseEvent(QEvent.Type.MouseMove, *where, *buttons))


def said(plot):
    """Return what the tooltips say, all over the plot; they are caught on their way to the screen."""
    words = []
    across, down = (np.linspace(2, side - 3, count).astype(int) for side, count in zip(SIZE, (15, 6), strict=True))
    places = [QPoint(x, y) for x in across.tolist() for y in down.tolist()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QToolTip, "showText", lambda _, text, *__: words.append(text))
        for place in places:
            QApplication.sendEvent(plot, QHelpEvent(QEvent.Type.ToolTip, place, plot.mapToGlobal(place)))
    assert len(words) == len(places)
    return words


def times(document):
    return sorted({0, document.timesteps // 2, document.timesteps - 1})


@every_plot
@every_scene
def test_no_pixel_and_no_word_tells_what_comes_after_the_cursor(plot_class, scene, show):
    for t in times(SCENES[scene]):
        frames = frame_of(scene), frame_of(scene, t)
        assert not np.array_equal(frames[0].layers[0].states["h"], frames[1].layers[0].states["h"])
        remarks = []
        one, other = (show(plot_class, frame, Curtain("forward", t)) for frame in frames)
        for plot in (one, other):
            plot.remark_changed.connect(remarks.append)
        assert picture(one) == picture(other), t
        assert said(one) == said(other), t
        assert one.accessibleDescription() == other.accessibleDescription()
        assert remarks == []


@every_plot
@pytest.mark.parametrize("scene", ["default", "stacked"])
def test_what_lights_up_under_the_pointer_tells_nothing_either(plot_class, scene, show):
    t = SCENES[scene].timesteps // 2
    plots = [show(plot_class, frame, Curtain("forward", t)) for frame in (frame_of(scene), frame_of(scene, t))]
    for part in (0.15, 0.45, 0.7, 0.9):
        for plot in plots:
            lit = []
            plot.focus_requested.connect(lit.append)
            hover(plot, QPoint(round(part * plot.width()), plot.height() // 3))
            plot.show_focus(lit[-1])
        assert plots[0].focus == plots[1].focus
        assert picture(plots[0]) == picture(plots[1])


@every_plot
@pytest.mark.parametrize("scene", ["default", "lstm-memory", "stacked"])
def test_no_pixel_and_no_word_tells_where_the_gradient_goes_next(plot_class, scene, show):
    frame = frame_of(scene)
    t = frame.last_step // 2
    one, other = (show(plot_class, each, Curtain("backward", t)) for each in (frame, with_other_gradients(frame, t)))
    assert picture(one) == picture(other)
    assert said(one) == said(other)


def with_other_gradients(frame, t):
    """Return a frame in which everything differs that the gradient reaches only before state t."""

    def otherwise(array, kept):
        changed = array.copy()
        changed[:, :kept] = 3.0 - 2.0 * changed[:, :kept]
        return changed

    layers = tuple(
        replace(
            layer,
            state_gradients={name: otherwise(array, t) for name, array in layer.state_gradients.items()},
            direct=otherwise(layer.direct, t),
            pre_activation_gradients={
                name: otherwise(array, t - 1) for name, array in layer.pre_activation_gradients.items()
            },
            weight_gradients={name: 1.0 + array for name, array in layer.weight_gradients.items()},
        )
        for layer in frame.layers
    )
    readout = {name: 1.0 + array for name, array in frame.readout_gradients.items()}
    x_gradient = otherwise(frame.x_gradient, t - 1)
    return replace(frame, layers=layers, readout_gradients=readout, x_gradient=x_gradient)


@pytest.mark.parametrize("key", ["inputs", "hidden", "outputs", "unrolled", "step", "phase"])
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_stepping_on_reveals_the_next_step_and_the_last_step_everything(key, theme, show):
    frame = compute(built_in("default"))
    pictures = [picture(show(PLOTS[key], frame, Curtain("forward", t), theme)) for t in (16, 17, 40)]
    assert pictures[0] != pictures[1]
    shown = show(PLOTS[key], frame, None, theme, t=40)
    shown.show_cursor(40)
    QApplication.processEvents()
    assert picture(show(PLOTS[key], revealed(frame, Curtain("forward", 40)), None, theme, t=40)) == picture(shown)


def test_the_gradient_is_revealed_as_it_flows_back(show):
    frame = compute(built_in("default"))
    plots = [show(PLOTS["gradients"], frame, Curtain("backward", t)) for t in (30, 20, 10)]
    bars = [int(np.count_nonzero(plot.values())) for plot in plots]
    assert bars == [11, 21, 31]
    assert all(plot.is_covered is False for plot in plots)
    assert show(PLOTS["gradients"], frame, Curtain("forward", 30)).is_covered


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_at_its_end_nothing_is_hidden(direction):
    frame = compute(built_in("golden"))
    assert revealed(frame, Curtain(direction, 4 if direction == "forward" else 0)) is frame


@every_scene
def test_a_revealed_frame_is_that_of_what_was_read_so_far(scene):
    """Everything that a step has made is there, exactly; nothing else is."""
    document = SCENES[scene]
    t = document.timesteps // 2
    frame = compute(document)
    seen = revealed(frame, Curtain("forward", t))
    for layer, whole in zip(seen.layers, frame.layers, strict=True):
        for name, states in layer.states.items():
            assert np.array_equal(states[:, : t + 1], whole.states[name][:, : t + 1])
            assert np.isnan(states[:, t + 1 :]).all()
        for arrays in (layer.gates, layer.pre_activations):
            assert all(np.isnan(array[:, t:]).all() for array in arrays.values())
        for arrays in (layer.state_gradients, layer.pre_activation_gradients, layer.weight_gradients):
            assert not any(array.any() for array in arrays.values())
    assert np.array_equal(seen.y[:, :t], frame.y[:, :t])
    assert np.isnan(seen.y[:, t:]).all()
    assert not seen.document.input.values[:, t:].any()
    assert np.isnan(seen.loss)


@pytest.mark.parametrize(
    "key", [key for key, plot in PLOTS.items() if issubclass(plot, TimePlot) and plot.spec.comes == "forward"]
)
def test_plots_over_time_are_blank_behind_the_cursor(key, show):
    """Blank in the colour of the card, whatever stands there otherwise."""
    frame = compute(built_in("default"))
    plot = show(PLOTS[key], frame, Curtain("forward", 17))
    image = picture(plot)
    for panel in plot.panels(plot.rect().toRectF()):
        left, right = round(float(panel.x(17.5))) + 2, round(panel.rect.right()) - 2
        rows = range(round(panel.rect.top()) + 1, round(panel.rect.bottom()) - 1, 7)
        assert {image.pixelColor(x, y).name() for x in range(left, right, 9) for y in rows} == {LIGHT.card}
