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
from PySide6.QtWidgets import QApplication, QTabBar, QToolButton

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, Window, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.colours import legible
from rnnviz.views.fonts import load_fonts
from rnnviz.views.formula import Symbol
from rnnviz.views.plots._digits import OVERFLOW, Digits, digits_for
from rnnviz.views.plots._equations import forward_equation, stage_at
from rnnviz.views.plots._latex import latex_page
from rnnviz.views.plots._topics import Page, topic_equation, topics_of
from rnnviz.views.plots._worked import Plan, worked_lines
from rnnviz.views.plots._worked_topics import topic_lines
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
    """Return whether a result, when it is rounded, is what is shown: they differ by half a unit of the last digit."""
    return abs(calculated - shown(text)) <= 0.5 * last_digit(text) * (1 + 1e-9) + 1e-12 * abs(shown(text))


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
        (("+0.80", "+0.8005"), "+0.640"),
        (("+0.50", "−0.4621"), "−0.231"),
        (("−0.50", "+0.0000"), "+0.000"),
    ]
    assert of_kind(lines, "result").words == "tanh(0.409)"
    assert of_kind(lines, "result").text == "+0.388"


def test_more_products_than_room_are_summed_up_after_the_largest():
    frame = compute(network(units=(32,)))
    lines = worked_lines(frame, Selection(unit=3), 5, Plan(products=7, split=False))
    products = [line for line in lines if line.factors]
    assert len(products) == 6
    assert [abs(line.value) for line in products] == sorted((abs(line.value) for line in products), reverse=True)
    assert any(line.words == "… 26 more" for line in lines)


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
from PySide6.QtWidgets import QApplication, QTabBar, QToolButton
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


# The pages


LOSSES = {
    "sum": ("linear", None),
    "half_squared_error": ("linear", "values"),
    "cross_entropy": ("softmax", "classes"),
    "binary_cross_entropy": ("sigmoid", "bits"),
}


def costly(loss, cell, units=(3,), outputs=3, *, seed=1, scale=1.0, **changes):
    """Return a network with a readout and targets that suit a loss."""
    document, rng = network(cell, units, 6, scale=scale, seed=seed), np.random.default_rng(seed)
    activation, targets = LOSSES[loss]
    readout = Readout(activation, {"W_hy": rng.normal(size=(outputs, units[-1])), "b_y": rng.normal(size=outputs)})
    made = {
        None: None,
        "values": rng.normal(size=(1, 6, outputs)),
        "bits": rng.integers(0, 2, (1, 6, outputs)).astype(float),
        "classes": rng.integers(0, outputs, (1, 6)).astype(float),
    }[targets]
    steps = changes.pop("steps", "all")
    return replace(document, readout=readout, objective=Objective(loss, steps, "sum", made), **changes)


@st.composite
def pages(draw):
    """A page of a network of any cell, a unit, and a time."""
    cell = draw(st.sampled_from(["rnn", "lstm", "gru"]))
    window = draw(st.none() | st.builds(Window, st.integers(1, 4), st.booleans()))
    units = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=2)))
    loss = draw(st.sampled_from(sorted(LOSSES)))
    scale, seed = 10.0 ** draw(st.integers(-3, 1)), draw(st.integers(0, 2**32 - 1))
    document = costly(loss, cell, units, seed=seed, scale=scale, window=window)
    layer = draw(st.integers(0, len(units) - 1))
    topic = draw(st.sampled_from([each.key for each in topics_of(document, layer) if each.key != "unit"]))
    page = Page(topic, draw(st.integers(0, 2)), draw(st.integers(1, 9)))
    selection = Selection(layer=layer, unit=draw(st.integers(0, units[layer] - 1)))
    return compute(document), selection, draw(st.integers(0, 6)), page


def calculated(words):
    """Return what a calculator makes of shown words; None where they are no calculation."""
    text = re.sub(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda power: f"(10**{power[1].translate(RAISED)})", words)
    for sign, operator in {"−": "-", "×": "*", "½": "0.5", "²": "**2", "σ": "sigma", "ln": "log"}.items():
        text = text.replace(sign, operator)
    text = re.sub(r"(?<![\d.*])(\d[\d.]*) \* (\(10\*\*-?\d+\))", r"(\1 * \2)", text)
    text = re.sub(r"(\d|\)) (log|\()", r"\1 * \2", text)
    if not re.fullmatch(r"(?:[\d.\s()*/+-]|tanh|exp|sigma|log|relu|linear)*\d\)*(?:\*\*2)?\)*", text):
        return None
    names = {**FUNCTIONS, "sigma": FUNCTIONS["σ"], "exp": math.exp, "log": math.log}
    return eval(text, {"__builtins__": {}}, names)


@given(pages())
def test_a_calculator_agrees_with_every_line_of_every_page_or_it_says_nearly(case):
    for line in topic_lines(*case):
        if line.factors:
            result = shown(line.factors[0]) * shown(line.factors[1])
        elif line.kind in ("term", "gradient", "result") and any(letter.isdigit() for letter in line.words):
            try:
                result = calculated(line.words)
            except ValueError:
                continue  # the logarithm of a number that is shown as 0
            assert result is not None, line.words
        else:
            continue
        if close(result, line.text) != (line.sign == "="):
            raise AssertionError((line, result))


@given(pages())
def test_the_terms_of_a_page_add_up_to_its_sum_or_it_says_nearly(case):
    *_, page = case
    lines = [line for line in topic_lines(*case) if line.kind not in ("note", "rule")]
    ends = {"back": "gradient", "readout": "sum"}.get(page.topic, "sum")
    total = next((line for line in lines if line.kind == ends), None)
    if total is None or page.topic == "n":
        return
    terms = lines[: lines.index(total)]
    calculated = sum(shown(line.text) for line in terms)
    assert close(calculated, total.text) == (total.sign == "=")
    assert sum(line.value for line in terms) == pytest.approx(total.value, rel=1e-9, abs=1e-12)


@given(pages())
def test_what_a_page_results_in_is_the_frames(case):
    frame, selection, t, page = case
    numbers, place = frame.layers[selection.layer], (0, t, selection.unit)
    lines = topic_lines(frame, selection, t, page)
    results = [line.value for line in lines if line.kind == "result"]
    gradients = [line.value for line in lines if line.kind == "gradient"]
    if page.topic == "back":
        assert gradients[0] == numbers.state_gradients["h"][place]
        assert gradients[1:] == (
            [numbers.pre_activation_gradients["h"][0, t - 1, selection.unit]] if "h" in numbers.gates and t else []
        )
    elif t == 0:
        assert gradients == []
    elif page.topic == "readout":
        assert (results or [line.value for line in lines if line.kind == "sum"])[-1] == frame.y[0, t - 1, page.output]
    elif page.topic == "loss":
        assert results == [frame.loss_steps[0, t - 1]]
    elif page.topic == "c":
        assert gradients == [numbers.state_gradients["c"][place]]
    elif page.topic == "h":
        assert results == [numbers.states["h"][place]]
    else:
        assert results == [numbers.gates[page.topic][0, t - 1, selection.unit]]
        assert gradients == [numbers.pre_activation_gradients[page.topic][0, t - 1, selection.unit]]


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_delta_of_a_gate_is_the_product_of_the_shown_factors(cell):
    frame = compute(costly("half_squared_error", cell))
    for block in frame.layers[0].gates:
        line = of_kind(topic_lines(frame, Selection(unit=1), 4, Page(block)), "gradient")
        assert calculated(line.words) == pytest.approx(line.value, rel=0.01)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("steps", ["all", "last", (2, 5)])
def test_the_slopes_of_the_loss_are_what_the_output_bias_listens_to(loss, steps):
    frame = compute(costly(loss, "rnn", steps=steps))
    counted = frame.document.counted_steps(0)
    slopes = np.zeros(3)
    for t in range(1, 7):
        lines = topic_lines(frame, Selection(), t, Page("loss"))
        counts = "does not count" not in of_kind(lines, "note").words
        assert counts == (t in counted)
        if counts:
            slopes += [line.value for line in lines if line.kind == "gradient"]
    np.testing.assert_allclose(slopes, frame.readout_gradients["b_y"], rtol=1e-12)


def test_the_exponentials_of_a_softmax_add_up_and_give_the_output():
    frame = compute(costly("cross_entropy", "rnn", outputs=5))
    lines = topic_lines(frame, Selection(), 3, Page("readout", output=2))
    powers = [line.value for line in lines if line.kind == "term"]
    assert len(powers) == 5
    assert max(powers) == 1.0
    assert powers[2] / sum(powers) == pytest.approx(frame.y[0, 2, 2], rel=1e-12)
    few = topic_lines(frame, Selection(), 3, Page("readout", output=2, products=2))
    assert [line.words for line in few if line.words.startswith("…")] == ["… 2 more", "… 3 more"]


def test_of_many_units_the_largest_are_shown_and_the_others_added_up():
    frame = compute(costly("sum", "lstm", (128,)))
    lines = topic_lines(frame, Selection(unit=5), 4, Page("f", products=7))
    rest = next(line for line in lines if line.words == "… 122 more")
    weights, h = frame.document.layers[0].weights["W_hf"][5], frame.layers[0].states["h"][0, 3]
    products = sorted(weights * h, key=abs)
    assert rest.value == pytest.approx(sum(products[:122]), rel=1e-9)
    assert [line.value for line in lines if line.factors][:6] == pytest.approx(products[:-7:-1])


@pytest.mark.parametrize("topic", ["back", "readout", "loss"])
def test_a_padded_step_says_so_on_every_page(topic):
    document = costly("half_squared_error", "gru")
    values, targets = (np.repeat(each, 2, axis=0) for each in (document.input.values, document.objective.targets))
    data = replace(document.input, values=values, lengths=(4, 6))
    frame = compute(replace(document, input=data, objective=replace(document.objective, targets=targets)))
    assert topic_lines(frame, Selection(), 5, Page(topic))[0].words == "Step 5 is padding."
    assert "padding" not in topic_lines(frame, Selection(), 4, Page(topic))[0].words


@pytest.mark.parametrize(("t", "words"), [(3, "a window ends here"), (6, "the sequence ends here")])
def test_nothing_comes_back_over_an_end(t, words):
    frame = compute(costly("sum", "lstm", window=Window(3, stateful=True)))
    assert words in topic_lines(frame, Selection(), t, Page("back"))[0].words


def test_what_the_later_windows_ask_of_the_initial_state_is_said():
    frame = compute(costly("sum", "rnn", window=Window(2, stateful=False)))
    lines = topic_lines(frame, Selection(unit=1), 0, Page("back"))
    assert [line.kind for line in lines].count("part") == 1
    assert sum(line.value for line in lines if line.kind in ("product", "part")) == pytest.approx(
        frame.layers[0].state_gradients["h"][0, 0, 1]
    )


def test_an_overflow_is_said_on_every_page():
    document = network(timesteps=900, scale=9.0, activation="linear")
    frame = compute(document)
    for topic in ("back", "readout", "loss"):
        for t in (0, 1, 450, 900):
            for line in topic_lines(frame, Selection(), t, Page(topic)):
                assert not re.search("nan|inf", line.text + line.words)


# LaTeX


AMSMATH = {
    *(r"\tanh", r"\sigma", r"\exp", r"\ln", r"\times", r"\approx", r"\colon", r"\quad", r"\text", r"\mathrm"),
    *(r"\tfrac", r"\hat", r"\dots", r"\delta", r"\ell", r"\partial", r"\Sigma", r"\odot", r"\top", r"\,"),
}


def check_latex(text):
    """Refuse what amsmath would not set: a parser that knows as much LaTeX as is written here."""
    assert text.isascii()
    head, *rows, foot, empty = text.split("\n")
    assert (head, foot, empty) == (r"\begin{align*}", r"\end{align*}", "")
    for number, row in enumerate(rows):
        is_last = number == len(rows) - 1
        assert bool(re.search(r"\\\\(\[1ex\])?$", row)) != is_last
        body = re.sub(r"\\\\(\[1ex\])?$", "", row)
        assert body.count("&") == 1
        assert body.strip(" &")
        depth = 0
        for token in re.findall(r"\\[A-Za-z]+|\\.|.", body):
            if token.startswith("\\"):
                assert token in AMSMATH, token
            depth += {"{": 1, "}": -1}.get(token, 0)
            assert depth >= 0
        assert depth == 0
        outside = re.sub(r"\\(?:text|mathrm)\{[^{}]*\}|\\[A-Za-z]+", "", body)
        assert not re.search(r"[#$%~]|\^(?!\{)|_(?!\{)", outside)
        for side in body.split("&"):
            assert side.count("(") == side.count(")")
    return rows


@given(pages())
def test_every_page_is_latex_that_amsmath_sets(case):
    frame, selection, t, page = case
    stage = stage_at(frame.document, 0, t)
    lines = topic_lines(frame, selection, t, page)
    rows = check_latex(latex_page(topic_equation(frame.document, selection.layer, page.topic, stage), lines))
    assert len(rows) == 1 + sum(line.kind != "rule" for line in lines)


def test_the_latex_of_the_golden_step(make_plot, golden):
    plot = make_plot(golden, t=2, unit=1)
    rows = check_latex(plot.latex())
    assert rows[0] == r"  h_{t} &= \tanh ( W_{hh} \, h_{t-1} + W_{xh} \, x_{t} + b_{h} ) \\"
    assert rows[1] == r"  h_{1} \colon\quad +0.80 \times (+0.8005) &= +0.640 \\"
    assert rows[-2] == r"  \tanh (0.409) &= +0.388 \\[1ex]"


def test_the_parser_refuses_what_would_not_compile():
    for wrong in (r"a_{t &= 1", r"a &= 1 & 2", r"a &= \unknown 1", "a &= 1 × 2", r"a &= (1", r"a &= x^2"):
        with pytest.raises(AssertionError):
            check_latex(f"\\begin{{align*}}\n  {wrong}\n\\end{{align*}}\n")


# The tabs


def tabs_of(plot):
    return plot.findChild(QTabBar)


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("rnn", ["h", "∂L/∂h", "readout", "loss"]),
        ("lstm", ["all", "i", "f", "g", "o", "c", "h", "∂L/∂h", "readout", "loss"]),
        ("gru", ["all", "r", "z", "n", "h", "∂L/∂h", "readout", "loss"]),
    ],
)
def test_each_cell_has_its_tabs_and_each_shows_its_page(make_plot, cell, labels):
    plot = make_plot(network(cell), t=4)
    tabs = tabs_of(plot)
    assert [tabs.tabText(number) for number in range(tabs.count())] == labels
    pictures = []
    for number in range(tabs.count()):
        tabs.setCurrentIndex(number)
        pictures.append(bytes(plot.grab().toImage().constBits()))
    assert len(set(pictures)) == len(labels)


def test_another_cell_keeps_the_page_if_it_has_it(make_plot):
    plot = make_plot(network("lstm"), t=4)
    plot.show_topic("loss")
    plot.show_frame(compute(network("gru")), Selection())
    assert tabs_of(plot).tabText(tabs_of(plot).currentIndex()) == "loss"
    plot.show_topic("n")
    plot.show_frame(compute(network("rnn")), Selection())
    assert plot.topic == "unit"


def test_a_low_plot_has_no_tabs(make_plot):
    assert not tabs_of(make_plot(network(), size=(330, 150))).isVisibleTo(tabs_of(make_plot(network())).window())
    assert tabs_of(plot := make_plot(network(), size=(330, 260))).isVisibleTo(plot)


def test_up_and_down_choose_another_output_on_the_page_of_the_readout(make_plot, qtbot):
    plot = make_plot(costly("sum", "rnn"), t=4)
    plot.show_topic("readout")
    with qtbot.waitSignal(plot.remark_changed) as said, qtbot.assertNotEmitted(plot.selection_requested):
        qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert said.args == ["output y₂ at t = 4"]


def test_ctrl_c_and_the_button_copy_the_page(make_plot, qtbot):
    plot, clipboard = make_plot(network("lstm"), t=4), QApplication.clipboard()
    plot.show_topic("f")
    for copy in (
        lambda: qtbot.keyClick(plot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier),
        lambda: qtbot.mouseClick(_copy_button(plot), Qt.MouseButton.LeftButton),
    ):
        clipboard.setText("before")
        copy()
        assert clipboard.text() == plot.latex()
        check_latex(clipboard.text())


def _copy_button(plot):
    return next(button for button in plot.findChildren(QToolButton) if button.accessibleName() == "Copy as LaTeX")


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("size", [(330, 260), (240, 150), (900, 700), (120, 70), (20, 10)])
def test_every_page_is_painted_at_every_size(make_plot, cell, size):
    plot = make_plot(costly("cross_entropy", cell, (6,)), size=size)
    for topic in topics_of(plot.frame.document, 0):
        plot.show_topic(topic.key)
        for t in (0, 1, 6):
            plot.show_cursor(t)
            plot.grab()
            assert plot.describe(QPointF(10, size[1] / 2), QRectF(plot.rect()))


@pytest.mark.parametrize("topic", ["i", "c", "back", "readout", "loss"])
def test_a_page_that_was_scrubbed_to_is_the_page_of_a_new_plot(make_plot, topic):
    document = costly("cross_entropy", "lstm", (20,))
    scrubbed = make_plot(document, t=0)
    scrubbed.show_topic(topic)
    for t in (1, 3, 6, 2, 0):
        scrubbed.show_cursor(t)
        new = make_plot(document, t=t)
        new.show_topic(topic)
        assert scrubbed.grab().toImage() == new.grab().toImage()
