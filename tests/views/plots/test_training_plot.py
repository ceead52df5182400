"""The curves of a training: what is drawn, on which axes, and what is said instead where there is nothing."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor

from rnnviz.document.compute import compute
from rnnviz.document.presets import built_in
from rnnviz.document.tasks import TASKS
from rnnviz.document.trained import trained
from rnnviz.document.training import Training
from rnnviz.session.live_training import LiveTraining
from rnnviz.session.session import Selection
from rnnviz.session.training_plan import Plan
from rnnviz.views.plots._training_curves import charts, thinned, updates_axis
from rnnviz.views.plots._training_look import CURVES, Shown, TrainingLook
from rnnviz.views.plots.training import TrainingPlot
from rnnviz.views.theme import LIGHT

RECT = QRectF(0, 0, 800, 500)


@pytest.fixture(scope="module")
def parity():
    """Thirty updates of the parity task, clipped sometimes."""
    task = TASKS["parity"]
    return trained(task.document(), replace(task.training, measure_every=10, clip_at=0.2), 30, "parity", 40)


@pytest.fixture
def plot(qtbot):
    plot = TrainingPlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(800, 500)
    return plot


def shown(plot, document, look=None):
    if look is not None:
        plot.take_look(look)
    plot.show_frame(compute(document), Selection())
    return plot


def live(settings, *, position=0, last=0, obstacle="", history=None, newest=None):
    return LiveTraining(
        plan=Plan(),
        settings=settings,
        speed=None,
        position=position,
        last=last,
        unfinished=None,
        part=None,
        obstacle=obstacle,
        is_playing=False,
        is_searching=False,
        rate=0.0,
        ended="",
        _history=history,
        _newest=newest,
        _vector=None,
        _searched=np.empty(0),
    )


def chart(found, which, **look):
    return charts(found, TrainingLook(which=which, **look), LIGHT)[0]


# What is drawn


def test_all_curves_are_four_panels_and_each_alone_is_one(parity):
    assert [each.caption for each in charts(parity, TrainingLook(), LIGHT)] == [
        "loss",
        "gradient norm",
        "weight norm",
        "spectral radius",
    ]
    for which in ("loss", "gradient", "weights", "radius"):
        assert [each.caption for each in charts(parity, TrainingLook(which=which), LIGHT)] == [CURVES[which][0]]


def test_the_curves_are_the_recorded_numbers(parity):
    loss = {curve.name: curve for curve in chart(parity, "loss").curves}
    assert np.array_equal(loss["each update"].values, parity.curves.loss)
    assert np.array_equal(loss["held-out"].updates, [10, 20, 30])
    assert np.array_equal(loss["held-out"].values, parity.curves.held_out)
    gradient = {curve.name: curve for curve in chart(parity, "gradient").curves}
    assert np.array_equal(gradient["all"].values, parity.curves.before)
    assert np.array_equal(gradient["all, clipped"].values, parity.curves.after)
    radii = chart(parity, "radius").curves
    assert [curve.name for curve in radii] == ["ρ(W_hr)", "ρ(W_hz)", "ρ(W_hn)"]
    assert np.array_equal(radii[2].values, parity.curves.radii[:, 2])


def test_the_line_stands_where_the_gradient_is_clipped(parity):
    assert chart(parity, "gradient").level == (0.2, "clipped at 0.2")
    assert parity.curves.after.max() == pytest.approx(0.2, rel=1e-5)
    unclipped = replace(parity, settings=replace(parity.settings, clipping="none"))
    assert chart(unclipped, "gradient").level is None


def test_norms_are_those_of_layers_or_of_blocks(parity):
    assert [curve.name for curve in chart(parity, "weights").curves] == ["recurrent layer", "readout"]
    assert [curve.name for curve in chart(parity, "weights", per="block").curves] == ["r", "z", "n", "readout"]


def test_random_search_is_drawn_on_request_as_far_as_there_are_updates(parity):
    assert "random search" not in [curve.name for curve in chart(parity, "loss").curves]
    curve = chart(parity, "loss", baseline=True).curves[0]
    assert curve.name == "random search"
    assert np.array_equal(curve.values, parity.searched[:30])


@pytest.mark.parametrize("which", ["loss", "gradient", "weights"])
def test_an_axis_is_logarithmic_or_linear_and_holds_what_is_drawn(parity, which):
    for log_value in (True, False):
        made = chart(parity, which, log_value=log_value)
        assert made.is_log == log_value
        values = np.concatenate([curve.values for curve in made.curves])
        values = np.log10(values) if log_value else values
        assert made.low <= values.min()
        assert made.high >= np.percentile(values, 97)


def test_one_jump_does_not_flatten_a_linear_axis(parity):
    curves = replace(parity.curves, loss=np.append(1e9, parity.curves.loss[1:]))
    assert chart(replace(parity, curves=curves), "loss", log_value=False).high < 10
    assert chart(replace(parity, curves=curves), "loss").high == 9


def test_what_is_not_finite_has_no_place_in_the_range(parity):
    curves = replace(parity.curves, loss=np.append(np.inf, parity.curves.loss[1:]))
    for log_value in (True, False):
        made = chart(replace(parity, curves=curves), "loss", log_value=log_value)
        assert np.isfinite([made.low, made.high]).all()


def test_a_loss_of_zero_is_no_trouble_for_a_logarithmic_axis(parity):
    curves = replace(parity.curves, loss=np.zeros(30), held_out=np.full(3, np.nan))
    made = chart(replace(parity, curves=curves), "loss")
    assert made.low < made.high


def test_the_axis_of_updates_grows_by_round_steps():
    assert [updates_axis(last, is_log=False)[1] for last in (0, 20, 21, 31, 180, 7000)] == [20, 20, 30, 40, 200, 8000]
    assert updates_axis(1000, is_log=True) == (0.0, 3.0)


# Thinning


def test_thinning_keeps_every_peak_also_where_points_crowd_at_one_end():
    xs = 300 * np.log10(np.arange(1, 5001)) / np.log10(5000)
    ys = np.zeros(5000)
    ys[[3, 999, 4321]] = 50.0
    thin_xs, thin_ys = thinned(xs, ys)
    assert len(thin_xs) < 700
    for place in (3, 999, 4321):
        near = np.abs(thin_xs - xs[place]) <= 1
        assert thin_ys[near].max() == 50.0


def test_few_points_stay_as_they_are():
    xs, ys = np.array([0.0, 10.0, 20.0]), np.array([1.0, np.nan, 3.0])
    assert thinned(xs, ys)[0] is xs


# Without a window


def test_a_figure_trains_for_itself(plot):
    shown(plot, built_in("default"), TrainingLook(updates=7))
    question = plot.question()
    plot.show_answer(question.answer())
    assert plot.question() is None
    assert plot.trained.last == 7
    assert plot.remark().endswith("in 7 updates")
    assert plot.cursor_region(RECT) == []


def test_the_network_of_a_task_is_trained_on_the_data_of_the_task(plot):
    task = TASKS["parity"]
    shown(plot, task.document(), TrainingLook(updates=20, task="parity"))
    plot.show_answer(plot.question().answer())
    assert np.array_equal(plot.trained.curves.loss, trained(task.document(), task.training, 20, "parity").curves.loss)


def test_a_long_sequence_is_trained_for_fewer_updates(plot):
    document = built_in("default")
    values, targets = np.tile(document.input.values, (1, 300, 1)), np.tile(document.objective.targets, (1, 300, 1))
    long = replace(
        document,
        input=replace(document.input, values=values),
        objective=replace(document.objective, targets=targets),
    )
    assert shown(plot, long).question().arguments[2] < shown(plot, document).question().arguments[2]


def test_what_cannot_be_trained_says_so_in_words(plot):
    shown(plot, built_in("exploding"))
    assert plot.question() is None
    assert plot.words_instead().startswith("Objective: the sum of the outputs has no minimum")
    assert plot.remark() == "cannot be trained"
    assert plot.describe(QPointF(100, 100), RECT) == plot.words_instead()


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (TrainingLook(), []),
        (TrainingLook("loss", "block", log_value=False), ["--curves", "loss", "--per", "block", "--linear"]),
        (
            TrainingLook(log_update=True, baseline=True, updates=9),
            ["--log-updates", "--random-search", "--updates", "9"],
        ),
    ],
)
def test_a_look_in_the_words_of_the_command_line(look, words):
    assert look.words() == words


# In a window


def test_before_the_first_update_it_says_how_to_begin(plot):
    plot.show_training(live(Training()))
    shown(plot, built_in("default"))
    assert "press Play" in plot.words_instead()
    assert plot.question() is None


def test_a_figure_of_a_window_in_which_nothing_was_trained_does_not_begin_to(plot):
    plot.show_training(live(Training()))
    shown(plot, built_in("default"))
    again = TrainingPlot(LIGHT)
    shown(again, built_in("default"), plot.look())
    assert again.question() is None
    assert again.words_instead() == plot.words_instead()


def test_while_the_window_trains_another_frame_alone_repaints_nothing(qtbot):
    class Counting(TrainingPlot):
        grounds = 0

        def paint_ground(self, painter, rect):
            self.grounds += 1
            super().paint_ground(painter, rect)

    plot = Counting(LIGHT)
    qtbot.addWidget(plot)
    plot.show_training(live(Training()))
    shown(plot, built_in("default"))
    plot.show()
    qtbot.waitExposed(plot)
    qtbot.waitUntil(lambda: plot.grounds == 1)
    shown(plot, built_in("golden"))
    plot.grab()
    assert plot.grounds == 1
    plot.show_training(live(Training(clip_at=0.5)))
    plot.grab()
    assert plot.grounds == 2


def test_the_choices_in_its_row_change_what_is_drawn(plot, qtbot):
    shown(plot, built_in("default"))
    row = plot.controls()
    qtbot.addWidget(row)
    row.which_box.set_choice("gradient")
    row.which_box.activated.emit(0)
    qtbot.mouseClick(row.log_update, Qt.MouseButton.LeftButton)
    assert [each.caption for each in plot.charts] == ["gradient norm"]
    assert plot.look().log_update
    assert plot.panels(RECT)[0].is_log


def test_the_update_that_is_shown_has_a_line_through_every_panel(plot, parity, qtbot):
    plot.take_look(TrainingLook(shown=Shown(parity, 12)))
    shown(plot, TASKS["parity"].document())
    plot.show()
    qtbot.waitExposed(plot)
    image = plot.grab().toImage()
    for panel in plot.panels(QRectF(plot.rect())):
        x, y = round(float(panel.x(12))), round(panel.rect.center().y())
        colours = {image.pixelColor(x + step, y).name() for step in (-1, 0, 1)}
        assert QColor(LIGHT.accent).name() in colours


def test_pointing_says_the_numbers_of_that_update_and_asks_for_it(plot, parity, qtbot):
    plot.show_training(live(Training(), position=30, last=30))
    plot.take_look(TrainingLook(which="loss", shown=Shown(parity, 30)))
    shown(plot, TASKS["parity"].document())
    rect = QRectF(plot.rect())
    panel = plot.panels(rect)[0]
    place = QPoint(round(float(panel.x(20))), 200)
    words = plot.describe(QPointF(place), rect).split("\n")
    assert words[0] == "update 20: loss"
    assert any(line.startswith("held-out: ") for line in words)
    asked = []
    plot.update_requested.connect(asked.append)
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
    assert asked == [20]
