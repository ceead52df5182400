"""The worked step: its numbers are the frame's, and a calculator agrees with them."""

import math
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, Window, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.colours import legible
from rnnviz.views.fonts import load_fonts
from rnnviz.views.formula import Symbol
from rnnviz.views.plots._digits import OVERFLOW, Digits, digits_for
from rnnviz.views.plots._equations import forward_equation, stage_at
from rnnviz.views.plots._worked import Plan, worked_lines
from rnnviz.views.plots.step import StepPlot
from rnnviz.views.theme import DARK, LIGHT, PRINT, THEMES

FUNCTIONS = {"tanh": math.tanh, "σ": lambda a: 0.5 + 0.5 * math.tanh(a / 2), "relu": lambda a: max(a, 0.0)}
FUNCTIONS["linear"] = float


def network(cell="rnn", units=(6,), timesteps=8, *, scale=1.0, activation="tanh", seed=1, **changes):
    rng, layers, inputs = np.random.default_rng(seed), [], 2
    for width in units:
        shapes = weight_shapes(cell, width, inputs)
        weights = {name: rng.normal(0, scale, shape) for name, shape in shapes.items()}
        layers.append(Layer(cell, weights, activation=activation))
        inputs = width
    readout = Readout("linear", {"W_hy": rng.normal(size=(1, inputs))})
    x = Input(("a", "b"), rng.normal(size=(1, timesteps, 2)))
    return Document(tuple(layers), readout, x, Objective("sum"), **changes)


RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def shown(text):
    """Return the number that a reader reads."""
    return float(text.replace("−", "-").replace(" × 10", "e").translate(RAISED))


def last_digit(text):
    """Return one unit of the last digit that is shown."""
    mantissa, _, exponent = text.partition(" × 10")
    decimals = len(mantissa.partition(".")[2])
    return float(f"1e{int(exponent.translate(RAISED) or 0) - decimals}")


def close(calculated, text):
    """Return whether a result and what is shown differ by no more than one unit of the last digit."""
    return abs(calculated - shown(text)) <= last_digit(text) * (1 + 1e-9) + 1e-12 * abs(shown(text))


def terms(lines):
    return [line for line in lines if line.kind in ("product", "part")]


def of_kind(lines, kind):
    return next(line for line in lines if line.kind == kind)


plans = st.builds(Plan, st.booleans(), st.integers(1, 9), st.booleans(), st.booleans(), st.just("line"))


@st.composite
def rnn_cases(draw):
    """A plain network of any size and scale, a unit, a time and a plan."""
    units = tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=2)))
    scale = 10.0 ** draw(st.integers(-7, 2))
    activation = draw(st.sampled_from(["tanh", "relu", "sigmoid", "linear"]))
    window = draw(st.none() | st.builds(Window, st.integers(1, 4), st.booleans()))
    seed = draw(st.integers(0, 2**32 - 1))
    document = network("rnn", units, 6, scale=scale, activation=activation, seed=seed, window=window)
    layer = draw(st.integers(0, len(units) - 1))
    selection = Selection(layer=layer, unit=draw(st.integers(0, units[layer] - 1)))
    return compute(document), selection, draw(st.integers(1, 6)), draw(plans)


@given(rnn_cases())
def test_the_shown_terms_add_up_to_the_shown_sum_or_the_line_says_nearly(case):
    frame, selection, t, plan = case
    lines = worked_lines(frame, selection, t, replace(plan, total=True))
    total = of_kind(lines, "sum")
    calculated = sum(shown(line.text) for line in terms(lines))
    assert close(calculated, total.text) == (total.sign == "=")


@given(rnn_cases())
def test_the_shown_factors_give_the_shown_product_or_the_line_says_nearly(case):
    for line in worked_lines(*case):
        if line.factors:
            calculated = shown(line.factors[0]) * shown(line.factors[1])
            assert close(calculated, line.text) == (line.sign == "=")


@given(rnn_cases())
def test_the_terms_add_up_to_the_pre_activation_however_few_are_shown(case):
    frame, selection, t, plan = case
    lines = worked_lines(frame, selection, t, replace(plan, total=True))
    a = frame.layers[selection.layer].pre_activations["h"][0, t - 1, selection.unit]
    assert of_kind(lines, "sum").value == a
    magnitude = sum(abs(line.value) for line in terms(lines))
    assert sum(line.value for line in terms(lines)) == pytest.approx(a, abs=1e-12 * magnitude + 1e-300)


@given(rnn_cases())
def test_the_result_is_the_state_and_a_calculator_agrees(case):
    frame, selection, t, plan = case
    lines = worked_lines(frame, selection, t, replace(plan, total=True))
    result = of_kind(lines, "result")
    assert result.value == frame.layers[selection.layer].states["h"][0, t, selection.unit]
    name, argument = re.fullmatch(r"(.+)\((.+)\)", result.words).groups()
    assert close(FUNCTIONS[name](shown(argument)), result.text) == (result.sign == "=")


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_padded_step_says_that_the_state_is_held(cell):
    document = network(cell)
    values = np.repeat(document.input.values, 2, axis=0)
    frame = compute(replace(document, input=replace(document.input, values=values, lengths=(5, 8))))
    lines = worked_lines(frame, Selection(unit=2), 7)
    results = [line for line in lines if line.kind == "result"]
    states = frame.layers[0].states
    assert [line.value for line in results] == [states[name][0, 5, 2] for name in reversed(list(states))]
    assert {line.kind for line in lines} == {"note", "rule", "result"}
    assert lines[0].words == "Step 7 is padding."
    assert len(worked_lines(frame, Selection(unit=2, sample=1), 7)) > len(lines)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_equation_names_the_state_that_a_step_starts_from(cell):
    document = replace(network(cell), window=Window(3, stateful=False))
    starts = {}
    for t in range(1, 9):
        stage = stage_at(document, 0, t)
        equation = forward_equation(document.layers[0], 0, stage, stacked=False)
        starts[t] = {token.subscript for token in equation if isinstance(token, Symbol)} & {"0", "t−1"}
    assert starts == {t: {"0"} if t in (4, 7) else {"t−1"} for t in starts}


@given(rnn_cases())
def test_the_gradient_is_the_frames_and_a_calculator_agrees(case):
    frame, selection, t, plan = case
    line = of_kind(worked_lines(frame, selection, t, plan), "gradient")
    assert line.value == frame.layers[selection.layer].pre_activation_gradients["h"][0, t - 1, selection.unit]
    slope, direct, sign, carried = re.fullmatch(r"(.+) × \((.+) ([+−]) (.+)\)", line.words).groups()
    inner = shown(direct) + shown(carried) * (-1 if sign == "−" else 1)
    assert close(shown(slope) * inner, line.text) == (line.sign == "=")


def test_the_golden_step_is_what_a_student_writes_down(golden):
    lines = worked_lines(compute(golden), Selection(unit=1), 2)
    assert [(line.factors, line.text) for line in lines if line.factors] == [
        (("+0.80", "+0.800"), "+0.640"),
        (("+0.50", "−0.462"), "−0.231"),
        (("−0.50", "+0.000"), "+0.000"),
    ]
    assert of_kind(lines, "result").words == "tanh(0.409)"
    assert of_kind(lines, "result").text == "+0.388"


def test_more_products_than_room_are_summed_up_after_the_largest():
    frame = compute(network(units=(32,)))
    lines = worked_lines(frame, Selection(unit=3), 5, Plan(products=7, split=False))
    products = [line for line in lines if line.factors]
    assert len(products) == 6
    assert [abs(line.value) for line in products] == sorted((abs(line.value) for line in products), reverse=True)
    assert any(line.words == "… and 26 more" for line in lines)


def test_a_step_that_starts_a_window_uses_the_initial_state():
    frame = compute(network(window=Window(3, stateful=False)))
    of_state = [line for line in worked_lines(frame, Selection(), 4) if line.factors][:6]
    assert all(shown(line.factors[1]) == 0 for line in of_state)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("t", [1, 5])
def test_a_gated_cell_shows_its_gates_and_how_they_make_the_state(cell, t):
    frame = compute(network(cell))
    layer = frame.layers[0]
    lines = worked_lines(frame, Selection(unit=2), t)
    gates = [line.value for line in lines if line.kind == "gate"]
    assert gates == [float(values[0, t - 1, 2]) for values in layer.gates.values()]
    assert of_kind(lines, "result").value == layer.states["h"][0, t, 2]
    updated = layer.states["c" if cell == "lstm" else "h"][0, t, 2]
    assert sum(line.value for line in lines if line.factors) == pytest.approx(updated, rel=1e-12)
    assert of_kind(lines, "gradient").value == layer.state_gradients["h"][0, t, 2]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_initial_state_is_given_and_not_computed(cell):
    frame = compute(network(cell))
    lines = worked_lines(frame, Selection(unit=1), 0)
    assert of_kind(lines, "result").words == "the initial state"
    assert of_kind(lines, "gradient").value == frame.layers[0].state_gradients["h"][0, 0, 1]


def test_what_overflows_is_called_so():
    frame = compute(network(timesteps=900, scale=9.0, activation="linear"))
    assert frame.problems
    lines = worked_lines(frame, Selection(), 900)
    assert of_kind(lines, "result").text == OVERFLOW
    assert not any("nan" in line.text + line.words or "inf" in line.text for line in lines)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.5, -0.25], ["+0.500", "−0.250"]),
        ([12.3456, 0.0], ["+12.346", "+0.000"]),
        ([1234.5678], ["+1234.6"]),
        ([0.00321], ["+0.00321"]),
        ([1.06e-7, 0.0], ["+1.06 × 10⁻⁷", "+0"]),
        ([-2.5e12, math.nan], ["−2.50 × 10¹²", OVERFLOW]),
    ],
)
def test_numbers_below_each_other_are_written_alike(values, texts):
    digits = digits_for(values)
    assert [digits.text(value) for value in values] == texts


def test_typed_weights_keep_their_two_decimals():
    assert digits_for([0.93, -0.19], short=True) == Digits(2)
    assert digits_for([0.934, -0.19], short=True) == Digits(3)


# The plot


@pytest.fixture
def make_plot(qtbot):
    load_fonts()

    def make(document, t=0, theme=LIGHT, size=(330, 260), **selection):
        plot = StepPlot(theme)
        qtbot.addWidget(plot)
        plot.resize(*size)
        plot.show_frame(compute(document), Selection(**selection))
        plot.show_cursor(t)
        return plot

    return make


EXTREMES = {
    "one": lambda: network(units=(1,), timesteps=1),
    "stack": lambda: network(units=(5, 4, 3)),
    "wide": lambda: network(units=(128,)),
    "lstm": lambda: network("lstm"),
    "gru": lambda: network("gru", (128,)),
    "overflow": lambda: network(timesteps=900, scale=9.0, activation="linear"),
    "zero": lambda: network(scale=0.0),
}


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("size", [(330, 260), (240, 150), (900, 700), (120, 70), (20, 10)])
def test_every_network_can_be_painted_at_every_size(make_plot, name, size):
    plot = make_plot(EXTREMES[name](), size=size)
    for theme in THEMES.values():
        plot.apply_theme(theme)
        for t in (0, 1, plot.frame.last_step):
            plot.show_cursor(t)
            plot.grab()
            for y in range(0, size[1], 5):
                assert plot.describe(QPointF(10, y), QRectF(plot.rect()))


@pytest.mark.parametrize("size", [(330, 260), (240, 150), (500, 400)])
@pytest.mark.parametrize("name", EXTREMES)
def test_the_whole_sum_is_shown_at_every_usual_size(make_plot, name, size):
    plot = make_plot(EXTREMES[name](), t=1, size=size)
    lines = plot.lines(QRectF(plot.rect()))
    everything = worked_lines(plot.frame, plot.selection, 1, plot.plan(QRectF(plot.rect())))
    assert [line.text for line in lines] == [line.text for line in everything]
    assert of_kind(lines, "result").words


@pytest.mark.parametrize("name", ["one", "stack", "wide", "lstm", "overflow"])
def test_a_scrubbed_picture_is_the_picture_of_a_new_plot(make_plot, name):
    document, size = EXTREMES[name](), (330, 260)
    scrubbed, last = make_plot(document, t=0, size=size), EXTREMES[name]().timesteps
    for t in sorted({0, 1, 2, last // 2, last - 1, last}):
        scrubbed.show_cursor(t)
        assert scrubbed.grab().toImage() == make_plot(document, t=t, size=size).grab().toImage()


def test_scrubbing_does_not_paint_the_ground_again(make_plot, monkeypatch, qtbot):
    plot, painted = make_plot(built_in("default"), t=3), []
    plot.show()
    qtbot.waitExposed(plot)
    plot.grab()
    monkeypatch.setattr(StepPlot, "paint_ground", lambda *_: painted.append(1))
    for t in range(5, 15):
        plot.show_cursor(t)
        plot.grab()
    assert painted == []


def test_the_remark_follows_the_cursor_and_the_unit(make_plot, qtbot):
    plot = make_plot(built_in("default"), t=3, unit=1)
    with qtbot.waitSignal(plot.remark_changed) as said:
        plot.show_cursor(17)
    assert said.args == ["unit h₂ at t = 17"]


@pytest.mark.parametrize(("key", "unit", "chosen"), [(Qt.Key.Key_Down, 1, 2), (Qt.Key.Key_Up, 1, 0)])
def test_up_and_down_choose_another_unit(make_plot, qtbot, key, unit, chosen):
    plot = make_plot(built_in("default"), unit=unit)
    with qtbot.waitSignal(plot.selection_requested) as asked:
        qtbot.keyClick(plot, key)
    assert asked.args == [Selection(unit=chosen)]


@pytest.mark.parametrize(("key", "unit"), [(Qt.Key.Key_Down, 5), (Qt.Key.Key_Up, 0)])
def test_there_is_no_unit_beyond_the_last(make_plot, qtbot, key, unit):
    plot = make_plot(built_in("default"), unit=unit)
    with qtbot.assertNotEmitted(plot.selection_requested):
        qtbot.keyClick(plot, key)


def test_a_notch_of_the_wheel_chooses_the_next_unit(make_plot, qtbot):
    plot = make_plot(built_in("default"))
    with qtbot.waitSignal(plot.selection_requested) as asked:
        for _ in range(4):
            turn(plot, -30)
    assert asked.args == [Selection(unit=1)]


def turn(widget, angle):
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_a_figure_without_a_cursor_still_shows_the_calculation(make_plot):
    plot = make_plot(built_in("default"), t=17, theme=PRINT)
    plot.shows_cursor = False
    image = QImage(330, 260, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    with QPainter(image) as painter:
        plot.paint_figure(painter, QRectF(0, 0, 330, 260))
    lower = np.frombuffer(image.constBits(), np.uint32).reshape(260, 330)[60:]
    assert (lower != 0xFFFFFFFF).any()


@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT])
def test_the_gradients_numbers_can_be_read(theme):
    assert legible(theme, theme.gradient)
    assert legible(LIGHT, LIGHT.gradient) == LIGHT.gradient


STARTING = """
import sys
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from rnnviz.document.compute import compute
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.plots.step import StepPlot
from rnnviz.views.theme import LIGHT

application = QApplication([])
plot = StepPlot(LIGHT)
plot.show_frame(compute(built_in("golden")), Selection())
plot.show()
application.processEvents()
plot.grab()
assert "ziamath" not in sys.modules
for _ in range(200):
    QTest.qWait(50)
    if "ziamath" in sys.modules:
        sys.exit(0)
sys.exit("the equations were never typeset")
"""


def test_equations_are_typeset_only_after_the_first_picture():
    subprocess.run([sys.executable, "-c", STARTING], check=True)
