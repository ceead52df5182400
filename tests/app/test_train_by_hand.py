"""Training in the window, with real hands: start and stop, undo, scrubbing back, trouble, and the window's end."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtWidgets import QApplication

from rnnviz.app.dialogs import Unsaved
from rnnviz.app.offscreen import unseen_window
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.network_edits import set_activation
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.tasks import TASKS
from rnnviz.document.training import PARTS, Part, Trainer
from rnnviz.views.figures import Moment

LIMIT_MS = 20_000  # the first update waits for a process to start
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def task(window):
    """The window on the network of a small task, with the panel that trains."""
    window.open_task(TASKS["parity"])
    QApplication.processEvents()
    return window


def editor(window):
    return window.cards["training-editor"].content


def curves(window):
    window.cards["training"].show()
    QApplication.processEvents()
    return window.cards["training"].content.plot


def until(qtbot, condition):
    qtbot.waitUntil(condition, timeout=LIMIT_MS)


def rest(qtbot, window):
    """Wait until nothing is going on, and all have been told."""
    until(qtbot, lambda: not window.training.is_busy)
    until(qtbot, lambda: window.training_watch.live.position == window.training.position)


def train(qtbot, window, updates):
    """Make some updates with the panel's button, one by one."""
    last = window.training.position + updates
    for _ in range(updates):
        qtbot.mouseClick(editor(window).buttons["once"], Qt.MouseButton.LeftButton)
    until(qtbot, lambda: window.training.position == last)
    rest(qtbot, window)


def play(qtbot, window, updates):
    """Press Play, and Pause when so many updates were made."""
    button = editor(window).buttons["play"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.training.is_playing
    until(qtbot, lambda: window.training.last >= updates)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not window.training.is_playing
    rest(qtbot, window)


# Start and stop


def test_play_changes_the_weights_until_pause_and_undo_takes_all_of_it_back_in_one_step(task, qtbot):
    before, index = task.session.document, task.session.history.index
    play(qtbot, task, 5)
    trained = task.session.document
    assert trained != before
    assert task.session.history.index == index + 1
    qtbot.keyClick(task, Qt.Key.Key_Z, CONTROL)
    assert task.session.document == before
    qtbot.keyClick(task, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert task.session.document == trained


def test_a_key_starts_and_pauses_and_shows_the_panel(window, qtbot):
    assert window.cards["training-editor"].isHidden()
    qtbot.keyClick(window, Qt.Key.Key_T, CONTROL)
    assert window.cards["training-editor"].isVisible()
    until(qtbot, lambda: window.training.last >= 2)
    assert editor(window).buttons["play"].accessibleName() == "Pause training"
    qtbot.keyClick(window, Qt.Key.Key_T, CONTROL)
    assert not window.training.is_playing
    assert editor(window).buttons["play"].accessibleName() == "Train"
    rest(qtbot, window)


def test_the_panel_says_where_the_training_stands(task, qtbot):
    assert editor(task).state.text == "not trained yet"
    train(qtbot, task, 3)
    panel, found = editor(task), task.training.curves
    until(qtbot, lambda: panel.update_label.text == "update 3")
    assert f"loss {found.loss[-1]:.3f}"[:9] in panel.state.text
    assert (panel.history.value, panel.history.last) == (3, 3)


def test_what_has_no_targets_is_not_trained_and_says_so_in_words(window, qtbot):
    window.open_built_in(SCENES["exploding"])
    window.menus["train.toggle"].trigger()
    assert "no minimum" in window.statusBar().currentMessage()
    assert window.training.last == 0
    plot = curves(window)
    until(qtbot, lambda: "no minimum" in plot.words_instead())
    assert not editor(window).buttons["play"].isEnabled()
    assert "no minimum" in editor(window).why.text()


# Trouble


def test_a_number_that_overflows_stops_it_with_its_name_and_the_weights_before_it_stay(window, qtbot):
    window.apply(set_activation(0, "linear"))
    window.apply(set_entry(Place(0, "W_hh"), (0, 0), 1e20))
    before = window.session.document
    window.menus["train.toggle"].trigger()
    until(qtbot, lambda: not window.training.is_playing)
    rest(qtbot, window)
    assert window.session.document is before
    panel = editor(window)
    until(qtbot, lambda: "is not a finite number at t = " in panel.why.text())
    assert panel.why.text().startswith("Update 1: h is not a finite number")
    assert "update 1: h" in window.statusBar().currentMessage()


def test_a_bad_number_is_refused_beside_its_field_and_the_settings_stay(task, qtbot):
    field, before = editor(task).settings.rate, task.training.settings
    field.field.setFocus()
    field.field.selectAll()
    qtbot.keyClicks(field.field, "-1")
    assert "choose" in field.note
    assert task.training.settings == before
    editor(task).settings.batch.field.setFocus()
    assert field.value == before.learning_rate
    assert field.note == ""


def test_an_empty_field_means_never(task, qtbot):
    field = editor(task).settings.stop_after
    field.field.setFocus()
    qtbot.keyClicks(field.field, "7")
    assert task.training.settings.stop_after == 7
    field.field.selectAll()
    qtbot.keyClick(field.field, Qt.Key.Key_Delete)
    assert task.training.settings.stop_after is None
    assert field.note == "updates made"


def test_it_stops_by_itself_and_says_why(task, qtbot):
    panel = editor(task)
    panel.settings.stop_after.field.setFocus()
    qtbot.keyClicks(panel.settings.stop_after.field, "4")
    qtbot.mouseClick(panel.buttons["play"], Qt.MouseButton.LeftButton)
    until(qtbot, lambda: task.training.last == 4 and not task.training.is_playing)
    until(qtbot, lambda: panel.why.text() == "Done: 4 updates were made")
    assert task.statusBar().currentMessage() == "done: 4 updates were made"


# Warm changes


def test_the_learning_rate_changes_while_it_plays_and_the_training_goes_on(task, qtbot):
    panel = editor(task)
    qtbot.mouseClick(panel.buttons["play"], Qt.MouseButton.LeftButton)
    until(qtbot, lambda: task.training.last >= 2)
    slider = panel.settings.rate_slider
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(50)), slider.height() // 2))
    assert task.training.settings.learning_rate == pytest.approx(1e-4)
    assert panel.settings.rate.value == task.training.settings.learning_rate
    last = task.training.last
    until(qtbot, lambda: task.training.last > last)
    assert task.training.is_playing
    qtbot.mouseClick(panel.buttons["play"], Qt.MouseButton.LeftButton)
    rest(qtbot, task)


def test_another_optimiser_brings_its_usual_learning_rate(task):
    box = editor(task).settings.optimiser
    box.setCurrentIndex(box.findData("sgd"))
    box.activated.emit(box.currentIndex())
    assert (task.training.settings.optimiser, task.training.settings.learning_rate) == ("sgd", 0.1)


# Back and on


def test_scrubbing_back_shows_the_very_weights_of_that_update_in_every_view(task, qtbot):
    play(qtbot, task, 30)
    last, panel = task.training.last, editor(task)
    newest = task.session.document
    slider = panel.history
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(10)), slider.height() // 2))
    position = slider.value
    assert 5 <= position <= 15
    until(qtbot, lambda: task.training.position == position)
    rest(qtbot, task)
    data, document = task.training.data, TASKS["parity"].document()
    trainer = Trainer(document, data, task.training.settings)
    state = trainer.start()
    for _ in range(position):
        state = trainer.step(state)
    expected = trainer.document_at(state)
    for layer, shown in zip(expected.layers, task.session.document.layers, strict=True):
        assert all(layer.weights[name].tobytes() == shown.weights[name].tobytes() for name in layer.weights)
    until(qtbot, lambda: task.session.frame.document == task.session.document)
    qtbot.keyClick(slider, Qt.Key.Key_End)
    until(qtbot, lambda: task.training.position == last)
    rest(qtbot, task)
    assert task.session.document == newest


def test_continue_from_here_forgets_what_came_after(task, qtbot):
    train(qtbot, task, 8)
    panel = editor(task)
    assert panel.continue_button.isHidden()
    task.training.go_to(3)
    rest(qtbot, task)
    until(qtbot, panel.continue_button.isVisible)
    task.training.set_speed(1.0)
    qtbot.mouseClick(panel.continue_button, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: 3 < task.training.last < 8)
    qtbot.mouseClick(panel.buttons["play"], Qt.MouseButton.LeftButton)
    rest(qtbot, task)


def test_a_click_in_the_curves_goes_back_to_that_update(task, qtbot):
    plot = curves(task)
    train(qtbot, task, 20)
    until(qtbot, lambda: plot.trained is not None and plot.trained.last == 20)
    panel = plot.panels(QRectF(plot.rect()))[0]
    place = QPoint(round(float(panel.x(5))), round(panel.rect.center().y()))
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
    until(qtbot, lambda: task.training.position == 5)
    rest(qtbot, task)
    assert plot.describe(place.toPointF(), QRectF(plot.rect())).startswith("update 5: loss")


def test_reset_returns_to_the_first_weights(task, qtbot):
    before = task.session.document
    train(qtbot, task, 2)
    qtbot.mouseClick(editor(task).buttons["reset"], Qt.MouseButton.LeftButton)
    assert task.session.document == before
    assert task.training.last == 0


def test_a_new_seed_draws_other_weights(task, qtbot):
    before = task.session.document
    qtbot.mouseClick(editor(task).buttons["seed"], Qt.MouseButton.LeftButton)
    assert task.session.document != before
    assert task.session.document.initialisation.seed == before.initialisation.seed + 1


# Inside one update


def test_five_presses_take_the_five_parts_of_an_update_and_each_is_lit(task, qtbot):
    panel, lit, before = editor(task), [], task.session.document
    for number in range(5):
        qtbot.mouseClick(panel.parts, Qt.MouseButton.LeftButton)
        until(qtbot, lambda: panel.parts.part is not None and PARTS.index(panel.parts.part) == number)  # noqa: B023
        lit.append((panel.parts.part, panel.found.text))
        assert (task.session.document == before) == (number < 4)
    assert [part for part, _ in lit] == list(Part)
    assert lit[0][1] == "32 sequences of 10 steps were read"
    assert lit[1][1].startswith("the loss of this batch is")
    assert "‖∂L/∂w‖" in lit[2][1]
    assert "update 1" in lit[4][1]


def test_the_network_shows_which_way_a_part_goes(task, qtbot):
    plot, panel = task.cards["unrolled"].content.plot, editor(task)
    directions = []
    for number in range(3):
        qtbot.mouseClick(panel.parts, Qt.MouseButton.LeftButton)
        until(qtbot, lambda: panel.parts.part is not None and PARTS.index(panel.parts.part) == number)  # noqa: B023
        directions.append(plot.direction)
    assert directions == [1, 1, -1]
    train(qtbot, task, 1)
    until(qtbot, lambda: panel.parts.part is None or panel.parts.part is Part.UPDATE)
    train(qtbot, task, 1)
    until(qtbot, lambda: panel.parts.part is None)
    assert plot.direction == 1


# Tasks


def test_choosing_a_task_opens_its_network_and_undo_brings_the_scene_back(window, qtbot):
    window.menus["train.task.adding"].trigger()
    assert window.session.document == TASKS["adding"].document()
    assert window.training.plan.task is TASKS["adding"]
    assert editor(window).tasks.box.choice == "adding"
    window.session.undo()
    until(qtbot, lambda: editor(window).tasks.box.choice == "")
    assert window.session.document == built_in("default")
    assert window.training.plan.task is None


def test_every_task_says_what_it_is_about_in_the_list(task):
    box = editor(task).tasks.box
    for key, each in TASKS.items():
        words = box.itemData(box.findData(key), Qt.ItemDataRole.ToolTipRole)
        assert each.pattern in words
        assert each.stands_for in words


def test_unsaved_changes_may_be_kept_when_a_task_is_chosen(window, answers):
    window.apply(set_entry(Place(0, "W_hh"), (0, 0), 0.25))
    before = window.session.document
    window.cards["training-editor"].show()
    answers.expect("unsaved", Unsaved.CANCEL)
    box = editor(window).tasks.box
    box.setCurrentIndex(box.findData("adding"))
    box.activated.emit(box.currentIndex())
    assert window.session.document is before
    assert box.choice == ""


def test_a_text_from_a_file_is_what_the_task_learns(task, answers, tmp_path, qtbot):
    task.open_task(TASKS["next-character"])
    file = tmp_path / "text.txt"
    file.write_text("abba " * 60, encoding="utf-8")
    answers.expect("open_data", file)
    qtbot.mouseClick(editor(task).tasks.load_button, Qt.MouseButton.LeftButton)
    assert set(task.session.document.input.vocabulary) == {"a", "b", " "}
    train(qtbot, task, 1)


def test_a_file_that_will_not_do_is_refused_and_nothing_changes(task, answers, tmp_path, qtbot):
    task.open_task(TASKS["series"])
    before = task.session.document
    file = tmp_path / "text.txt"
    file.write_text("this is no series", encoding="utf-8")
    answers.expect("open_data", file)
    qtbot.mouseClick(editor(task).tasks.load_button, Qt.MouseButton.LeftButton)
    assert "cannot use a text" in editor(task).why.text()
    assert task.session.document is before


def test_a_task_of_other_sizes_and_another_seed_opens_anew_and_undo_brings_the_old_numbers_back(task, qtbot):
    sizes = editor(task).sizes
    assert {key: field.value for key, field in sizes.fields.items()} == {"steps": 10, "seed": 0}
    sizes.fields["steps"].setFocus()
    sizes.fields["steps"].selectAll()
    qtbot.keyClicks(sizes.fields["steps"], "14")
    assert task.session.document.timesteps == 10  # not yet: it is still being typed
    qtbot.keyClick(sizes.fields["steps"], Qt.Key.Key_Return)
    assert task.session.document.timesteps == 14
    sizes.fields["seed"].selectAll()
    qtbot.keyClicks(sizes.fields["seed"], "3")
    qtbot.keyClick(sizes.fields["seed"], Qt.Key.Key_Return)
    data = TASKS["parity"].data({"steps": 14}, 3)
    assert task.session.document == TASKS["parity"].document(data, 3)
    task.session.undo()
    until(qtbot, lambda: sizes.fields["seed"].value == 0)
    assert sizes.fields["steps"].value == 14
    assert task.training.plan.data.training == TASKS["parity"].data({"steps": 14}).training


def test_a_size_that_cannot_be_is_refused_below_its_field(task, qtbot):
    sizes, before = editor(task).sizes, task.session.document
    sizes.fields["steps"].setFocus()
    sizes.fields["steps"].selectAll()
    qtbot.keyClicks(sizes.fields["steps"], "9999")
    qtbot.keyClick(sizes.fields["steps"], Qt.Key.Key_Return)
    assert sizes.problem.text() == "steps: choose 2 to 200"
    assert task.session.document is before


def test_a_long_sequence_of_the_scene_is_cut_into_pieces(window, qtbot):
    window.menus["model.loss.all"].trigger()
    window.cards["training-editor"].show()
    piece = editor(window).tasks.piece
    piece.field.setFocus()
    qtbot.keyClicks(piece.field, "5")
    assert window.training.plan.piece == 5
    assert window.training.data.training.count > 1
    train(qtbot, window, 1)
    assert np.isfinite(window.training.curves.loss).all()


def test_pieces_that_cannot_be_are_refused_in_words_and_nothing_changes(window, qtbot):
    window.cards["training-editor"].show()
    piece = editor(window).tasks.piece
    piece.field.setFocus()
    qtbot.keyClicks(piece.field, "7")  # only the last step has a target
    assert window.training.plan.piece is None
    assert editor(window).why.text() != ""


def test_the_layout_for_training_shows_what_learns(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_6, CONTROL)
    QApplication.processEvents()
    seen = {key for key, card in window.cards.items() if card.isVisible()}
    assert seen == {"training-editor", "samples", "training", "hidden", "outputs", "gradients", "unrolled"}


def test_random_search_comes_beside_the_loss_on_request(task, qtbot):
    plot = curves(task)
    train(qtbot, task, 3)
    until(qtbot, lambda: plot.trained is not None and plot.trained.last == 3)
    qtbot.mouseClick(plot.controls().baseline, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: plot.trained.searched is not None and not task.baseline.is_searching)
    assert plot.charts[0].curves[0].name == "random search"
    assert len(plot.charts[0].curves[0].values) == 3


# Nothing is lost, nothing waits


def test_a_scene_opened_while_it_trains_is_there_and_not_trained(task, qtbot, answers):
    answers.expect("unsaved", Unsaved.DISCARD)
    qtbot.mouseClick(editor(task).buttons["play"], Qt.MouseButton.LeftButton)
    until(qtbot, lambda: task.training.last >= 2)
    task.open_built_in(SCENES["gru"])
    assert not task.training.is_playing
    rest(qtbot, task)
    assert task.session.document == built_in("gru")
    task.session.undo()
    assert task.session.document.title == TASKS["parity"].title


def test_a_weight_set_by_hand_while_it_trains_stops_it_and_stays(task, qtbot):
    qtbot.mouseClick(editor(task).buttons["play"], Qt.MouseButton.LeftButton)
    until(qtbot, lambda: task.training.last >= 2)
    task.apply(set_entry(Place(0, "W_hn"), (0, 0), 0.125))
    assert not task.training.is_playing
    rest(qtbot, task)
    assert task.session.document.layers[0].weights["W_hn"][0, 0] == 0.125


def test_the_window_closes_while_it_trains(task, qtbot, answers):
    answers.expect("unsaved", Unsaved.DISCARD)
    qtbot.mouseClick(editor(task).buttons["play"], Qt.MouseButton.LeftButton)
    until(qtbot, lambda: task.training.last >= 2)
    assert task.close()
    assert not task.training.is_playing


def test_an_input_is_answered_while_it_trains(task, qtbot):
    qtbot.mouseClick(editor(task).buttons["play"], Qt.MouseButton.LeftButton)
    until(qtbot, lambda: task.training.last >= 2)
    waits = []
    for t in range(1, 9):
        begin = time.perf_counter()
        qtbot.keyClick(task.time_bar.slider, Qt.Key.Key_Left if t % 2 else Qt.Key.Key_Right)
        waits.append(time.perf_counter() - begin)
        last = task.training.last
        until(qtbot, lambda: task.training.last > last)  # noqa: B023
    qtbot.mouseClick(editor(task).buttons["play"], Qt.MouseButton.LeftButton)
    rest(qtbot, task)
    assert np.median(waits) < 0.1


# Figures


def test_a_figure_has_the_curves_that_are_seen(task, qtbot):
    plot = curves(task)
    train(qtbot, task, 3)
    until(qtbot, lambda: plot.trained is not None and plot.trained.last == 3)
    again = type(plot)(plot.theme)
    again.take_look(plot.look())
    again.show_frame(task.session.frame, task.session.shown_selection)
    assert again.trained is plot.trained
    assert again.question() is None


def test_a_figure_of_the_whole_window_shows_the_training_too(task, qtbot):
    task.menus["view.layout.training"].trigger()
    train(qtbot, task, 3)
    live, session = task.training_watch.live, task.session
    moment = Moment(session.frame, session.shown_selection, session.cursor, training=live)
    layout = task.dock_area.saveState()
    with unseen_window(moment, task.theme, None, layout, shows_cursor=True) as other:
        assert editor(other).update_label.text == "update 3"
        assert other.cards["training"].content.plot.trained.last == 3
        assert editor(other).tasks.box.choice == "parity"


def test_the_curves_go_along_on_stage(task, qtbot):
    curves(task)
    train(qtbot, task, 2)
    task.present()
    panel = task.stage.cards["training"].panel
    until(qtbot, lambda: panel.plot.trained is not None and panel.plot.trained.last == 2)
    task.menus["train.once"].trigger()
    until(qtbot, lambda: panel.plot.trained.last == 3)
    task.stage.leave()
