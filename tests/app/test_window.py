"""The window, used as a person uses it: with mouse and keyboard, by what is on screen."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
)

from rnnviz.app.actions import ACTIONS
from rnnviz.app.dialogs import Unsaved
from rnnviz.app.verdict import verdict
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, weight_shapes
from rnnviz.document.edits import feed, replace_document, set_entry
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.scenes import load_scene
from rnnviz.session.computer import Computer, InlineComputer
from rnnviz.session.session import Selection, Session
from rnnviz.views.formula import load_typesetting
from rnnviz.views.plots import PLOTS
from rnnviz.views.plots._base import Plot
from rnnviz.views.plots._time import TimePlot
from rnnviz.views.theme import DARK, LIGHT
from rnnviz.views.widgets.live_label import LiveLabel

W_HH = Place(0, "W_hh")
KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
TIME_PLOTS = [key for key, plot in PLOTS.items() if issubclass(plot, TimePlot)]
EXAMPLES = Path(__file__).resolve().parents[2] / "assets" / "examples"

# of the offscreen platform, about menus and detached panels
pytestmark = pytest.mark.qt_log_ignore(r"^This plugin does not support", extend=True)


# What a hand does


def move(widget, place):
    """Move the pointer with the left button held."""
    where, everywhere = QPointF(place), QPointF(widget.mapToGlobal(place))
    event = QMouseEvent(QMouseEvent.Type.MouseMove, where, everywhere, Qt.MouseButton.NoButton, LEFT, NONE)
    QApplication.sendEvent(widget, event)


def drag(widget, start, *path):
    """Press, move along and let go."""
    QTest.mousePress(widget, LEFT, NONE, start)
    for place in path:
        move(widget, place)
    QTest.mouseRelease(widget, LEFT, NONE, path[-1])


def turn_wheel(widget, notches):
    middle = widget.rect().center()
    event = QWheelEvent(
        QPointF(middle),
        QPointF(widget.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def press(window, key, modifiers=NONE):
    """Press a key where the keyboard is."""
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def choose(window, menu, action_id):
    """Open a menu and click on one of its entries."""
    popup, action = window.menus.menu(menu), window.menus[action_id]
    popup.popup(window.mapToGlobal(QPoint(100, 100)))
    QTest.mouseClick(popup, LEFT, NONE, popup.actionGeometry(action).center())


def choose_in(box, key):
    """Choose in a combo box as the arrow keys do."""
    steps = box.findData(key) - box.currentIndex()
    for _ in range(abs(steps)):
        QTest.keyClick(box, KEY.Key_Down if steps > 0 else KEY.Key_Up)


def drop(window, *paths):
    """Let files fall onto the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place = window.rect().center()
    actions = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place, actions, data, LEFT, NONE)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(place), actions, data, LEFT, NONE))


# What is to be seen


def plot_of(window, key):
    return window.cards[key].content.plot


def editor_of(window, place=W_HH):
    return window.cards["weights-editor"].content.editor(place)


def picture(widget):
    return widget.grab().toImage()


def message(window):
    return window.statusBar().currentMessage()


def at_the_bottom(window):
    """Return what the status bar says, from the left: the verdict, and what to look at."""
    labels = sorted(window.statusBar().findChildren(LiveLabel), key=lambda label: label.x())
    return [label.text for label in labels]


def verdict_shown(window):
    return at_the_bottom(window)[0]


def visible(window, kind):
    return [widget for widget in window.findChildren(kind) if widget.isVisible()]


def titles(window):
    return {key for key, card in window.cards.items() if card.isVisible()}


def overflowing():
    document = built_in("saturation-linear")
    layer = document.layers[0]
    layer = replace(layer, weights={**layer.weights, "W_hh": 1e60 * np.eye(2)})
    return replace(document, layers=(layer,))


def gated(*cells, units=4, steps=6):
    layers, width = [], 2
    for cell in cells:
        weights = {name: np.full(shape, 0.2) for name, shape in weight_shapes(cell, units, width).items()}
        layers.append(Layer(cell, weights))
        width = units
    readout = Readout("linear", {"W_hy": np.ones((1, units))})
    return Document(tuple(layers), readout, Input(("a", "b"), np.ones((1, steps, 2))), Objective(), title="Gates")


# Time


def test_backward_in_the_time_bar_shows_the_gradient_in_the_network(window, qtbot):
    network = plot_of(window, "unrolled")
    window.session.set_cursor(17)
    backward = next(button for button in window.findChildren(QAbstractButton) if button.text() == "Backward")
    with qtbot.waitSignal(network.remark_changed) as said:
        qtbot.mouseClick(backward, LEFT)
    assert said.args[0].startswith("← backward")
    assert network.direction == -1


def test_a_network_that_was_closed_knows_the_direction_when_it_comes_back(window):
    window.cards["unrolled"].close()
    window.playback.set_direction(-1)
    window.show_card("unrolled")
    assert plot_of(window, "unrolled").direction == -1


# Editing


def test_dragging_a_weight_moves_states_and_gradients_live_and_is_one_step_back(window):
    editor, hidden, gradients = editor_of(window), plot_of(window, "hidden"), plot_of(window, "gradients")
    start = editor.cell_rect(0, 0).center()
    before = window.session.document
    states, norms, seen = hidden.values().copy(), gradients.values().copy(), picture(hidden)
    QTest.mousePress(editor, LEFT, NONE, start)
    for up in (10, 20, 30):
        move(editor, start - QPoint(0, up))
        assert window.session.frame.document is window.session.document
        assert not np.array_equal(hidden.values(), states)
        assert not np.array_equal(gradients.values(), norms)
        states, norms = hidden.values().copy(), gradients.values().copy()
    assert picture(hidden) != seen
    QTest.mouseRelease(editor, LEFT, NONE, start - QPoint(0, 30))
    assert window.session.history.index == 1
    assert window.isWindowModified()
    press(window, KEY.Key_Z, CTRL)
    assert window.session.document == before
    assert not window.isWindowModified()
    assert picture(hidden) == seen


def test_undo_and_redo_by_keys_go_through_every_edit(window):
    editor = editor_of(window)
    documents = [window.session.document]
    for column in range(3):
        start = editor.cell_rect(1, column).center()
        drag(editor, start, start - QPoint(0, 25))
        documents.append(window.session.document)
    assert len(set(map(id, documents))) == 4
    for document in reversed(documents[:-1]):
        press(window, KEY.Key_Z, CTRL)
        assert window.session.document == document
    for document in documents[1:]:
        press(window, KEY.Key_Z, CTRL | SHIFT)
        assert window.session.document == document


def test_typing_a_number_into_a_cell_computes_it(window):
    editor = editor_of(window)
    QTest.mouseClick(editor, LEFT, NONE, editor.cell_rect(0, 1).center())
    QTest.keyClicks(editor, "0")
    (entry,) = visible(window.cards["weights-editor"], QLineEdit)
    QTest.keyClicks(entry, ",25")
    QTest.keyClick(entry, KEY.Key_Return)
    assert window.session.document.weight(W_HH)[0, 1] == 0.25
    assert window.session.frame.document is window.session.document


def test_a_wrong_number_is_said_in_the_status_bar_and_the_old_value_stays(window):
    editor, before = editor_of(window), window.session.document
    QTest.mouseClick(editor, LEFT, NONE, editor.cell_rect(0, 1).center())
    QTest.keyClicks(editor, "1")
    (entry,) = visible(window.cards["weights-editor"], QLineEdit)
    QTest.keyClicks(entry, "abc")
    QTest.keyClick(entry, KEY.Key_Return)
    assert "1abc" in message(window)
    assert window.session.document is before
    QTest.keyClick(entry, KEY.Key_Escape)
    assert window.session.document is before


def test_the_menu_says_what_would_be_undone(window, qtbot):
    undo, redo = window.menus["edit.undo"], window.menus["edit.redo"]
    assert not undo.isEnabled()
    window.session.apply(set_entry(W_HH, (0, 0), 0.9))
    assert undo.isEnabled()
    qtbot.waitUntil(lambda: undo.text() == "&Undo Set W_hh[1,1]")
    press(window, KEY.Key_Z, CTRL)
    assert not undo.isEnabled()
    assert redo.text() == "&Redo Set W_hh[1,1]"


def test_the_loss_switch_changes_the_gradient(window):
    document, gradients = window.session.document, plot_of(window, "gradients")
    for steps, other in (("all", "last"), ("last", "all")):
        window.session.open_document(replace(document, objective=replace(document.objective, steps=other)))
        before = gradients.values().copy()
        QTest.mouseClick(window.header.loss.button(steps), LEFT)
        assert window.session.document.objective.steps == steps
        assert not np.array_equal(gradients.values(), before)
        assert window.menus[f"model.loss.{steps}"].isChecked()
        assert not window.menus[f"model.loss.{other}"].isChecked()
        choose(window, "&Model>&Loss", f"model.loss.{other}")
        assert window.header.loss.choice == other
        assert np.array_equal(gradients.values(), before)


def test_chosen_steps_are_neither_of_the_two(make_window):
    document = built_in("default")
    window = make_window(replace(document, objective=replace(document.objective, steps=(3, 7))))
    assert window.header.loss.choice == ""
    QTest.mouseClick(window.header.loss.button("last"), LEFT)
    assert window.session.document.objective.steps == "last"


def test_the_activation_switch_changes_the_states(window):
    default = window.session.document
    other = replace(default, layers=(replace(default.layers[0], activation="relu"),))
    for document, name in ((default, "relu"), (default, "sigmoid"), (default, "linear"), (other, "tanh")):
        window.session.open_document(document)
        opened = window.session.history.index
        before = plot_of(window, "hidden").values().copy()
        choose_in(window.header.activation, name)
        assert window.session.document.layers[0].activation == name
        assert not np.array_equal(plot_of(window, "hidden").values(), before)
        assert window.menus[f"model.activation.{name}"].isChecked()
        while window.session.history.index > opened:
            press(window, KEY.Key_Z, CTRL)
        assert window.header.activation.choice == document.layers[0].activation


def test_gates_have_no_activation_to_choose(make_window):
    window = make_window(gated("lstm"))
    assert not window.header.activation.isVisible()
    assert window.header.cell.choice == "lstm"
    assert not window.menus["model.activation.relu"].isEnabled()
    window.session.open_document(built_in("default"))
    assert window.header.activation.isVisible()


def test_the_header_follows_the_selected_layer(make_window):
    window = make_window(gated("lstm", "rnn"))
    assert not window.header.activation.isVisible()
    window.session.select(Selection(layer=1))
    assert window.header.activation.isVisible()


# Scenes and files


def test_every_built_in_scene_opens_from_the_menu(window):
    for name, scene in SCENES.items():
        choose(window, "&File>Open s&cene", f"scene.{name}")
        assert window.session.document == built_in(name)
        assert window.session.frame.document is window.session.document
        assert window.windowTitle() == f"{scene.title}[*] — rnnviz"
        assert window.header.scene_button.text().startswith(scene.title[:25])
        assert not window.isWindowModified()
        assert window.session.path is None


def test_the_scene_button_offers_every_scene(window):
    offered = [action.text() for action in window.header.scene_button.menu().actions() if action.text()]
    assert offered == [scene.title for scene in SCENES.values()]


def test_a_scene_is_saved_opened_again_and_marked_when_changed(window, answers, tmp_path):
    path = tmp_path / "mine.rnnviz.json"
    window.session.apply(set_entry(W_HH, (0, 0), 1 / 3))
    saved = window.session.document
    answers.expect("save_scene", path)
    press(window, KEY.Key_S, CTRL)
    assert answers.asked == [("save_scene", Path("sine-with-pulses.rnnviz.json"))]
    assert load_scene(path) == saved
    assert str(path) in message(window)
    assert window.windowTitle() == "mine.rnnviz.json[*] — rnnviz"
    assert not window.isWindowModified()

    window.session.apply(set_entry(W_HH, (0, 0), 0.5))
    assert window.isWindowModified()
    press(window, KEY.Key_S, CTRL)  # asks nothing this time
    assert load_scene(path) == window.session.document
    assert not window.isWindowModified()

    choose(window, "&File>Open s&cene", "scene.golden")
    answers.expect("open_scene", path)
    press(window, KEY.Key_O, CTRL)
    assert window.session.document.weight(W_HH)[0, 0] == 0.5
    assert window.session.path == path
    assert window.settings.recent_files == [path]


def test_save_as_goes_on_with_the_other_file(window, answers, tmp_path):
    first, second = tmp_path / "first.rnnviz.json", tmp_path / "second.rnnviz.json"
    window.session.save_file(first)
    answers.expect("save_scene", second)
    press(window, KEY.Key_S, CTRL | SHIFT)
    assert answers.asked == [("save_scene", first)]
    window.session.apply(set_entry(W_HH, (0, 0), 0.5))
    press(window, KEY.Key_S, CTRL)
    assert load_scene(second).weight(W_HH)[0, 0] == 0.5
    assert load_scene(first) == built_in("default")


def test_not_choosing_a_file_changes_nothing(window, answers):
    before = window.session.document
    for question, action in (
        ("open_scene", "file.open"),
        ("open_data", "file.data"),
        ("save_scene", "file.save"),
    ):
        answers.expect(question, None)
        window.menus[action].trigger()
    assert window.session.document is before
    assert window.session.path is None


def test_a_file_that_cannot_be_written_is_said_and_the_scene_stays_modified(window, answers, tmp_path):
    window.session.apply(set_entry(W_HH, (0, 0), 0.5))
    answers.expect("save_scene", tmp_path / "no such folder" / "mine.rnnviz.json")
    press(window, KEY.Key_S, CTRL)
    assert "mine.rnnviz.json" in message(window)
    assert window.isWindowModified()
    assert window.session.path is None
    assert window.settings.recent_files == []


def test_a_damaged_file_is_refused_in_the_status_bar_and_nothing_changes(window, answers, tmp_path):
    path = tmp_path / "damaged.rnnviz.json"
    document, frame = window.session.document, window.session.frame
    for content in ("", "{", "[]", '{"format": "rnnviz-scene", "version": 2}', "\x00\x01"):
        path.write_text(content)
        window.statusBar().clearMessage()
        answers.expect("open_scene", path)
        press(window, KEY.Key_O, CTRL)
        assert "damaged.rnnviz.json" in message(window), content
        assert window.session.document is document
        assert window.session.frame is frame
        assert window.session.path is None
        assert window.settings.recent_files == []
        assert QApplication.activeModalWidget() is None


def change(window):
    window.session.apply(set_entry(W_HH, (0, 0), 0.5))
    return window.session.document


def leave_by_menu(window, scene_file):  # noqa: ARG001
    choose(window, "&File>Open s&cene", "scene.vanishing")
    return window.session.document.title == "Vanishing gradient"


def leave_by_file(window, scene_file):
    drop(window, scene_file)
    return window.session.document.title == "Golden RNN"


def leave_by_closing(window, scene_file):  # noqa: ARG001
    press(window, KEY.Key_Q, CTRL)
    return not window.isVisible()


LEAVINGS = (leave_by_menu, leave_by_file, leave_by_closing)


def test_unsaved_changes_can_be_given_up(window, answers, scene_file):
    for leave in LEAVINGS:
        window.session.open_document(built_in("default"))
        change(window)
        answers.expect("unsaved", Unsaved.DISCARD)
        assert leave(window, scene_file)
    assert answers.asked == [("unsaved", "Sine with pulses")] * 3


def test_unsaved_changes_can_be_kept(window, answers, scene_file):
    changed = change(window)
    for leave in LEAVINGS:
        answers.expect("unsaved", Unsaved.CANCEL)
        assert not leave(window, scene_file)
        assert window.session.document is changed
        assert window.isVisible()


def test_unsaved_changes_can_be_saved_first(window, answers, scene_file, tmp_path):
    for leave in LEAVINGS:
        window.session.open_document(built_in("default"))
        changed, path = change(window), tmp_path / f"{leave.__name__}.rnnviz.json"
        answers.expect("unsaved", Unsaved.SAVE)
        answers.expect("save_scene", path)
        assert leave(window, scene_file)
        assert load_scene(path) == changed


def test_saving_first_that_is_given_up_keeps_everything(window, answers, scene_file):
    changed = change(window)
    for leave in LEAVINGS:
        answers.expect("unsaved", Unsaved.SAVE)
        answers.expect("save_scene", None)
        assert not leave(window, scene_file)
        assert window.session.document is changed


def test_without_changes_nothing_is_asked(window, scene_file):
    for leave in LEAVINGS:
        assert leave(window, scene_file)


def test_a_scene_file_dropped_on_the_window_opens(window, scene_file):
    drop(window, scene_file)
    assert window.session.document == built_in("golden")
    assert window.session.path == scene_file
    assert window.settings.recent_files == [scene_file]


def test_a_data_file_dropped_on_the_window_runs_through_the_network(window):
    recurrent = window.session.document.weight(W_HH)
    for name in ("daylight.csv", "rhyme.txt"):
        drop(window, EXAMPLES / name)
        document, frame = window.session.document, window.session.frame
        assert frame.document is document
        assert document.timesteps > 40
        assert (document.input.text is not None) is (name == "rhyme.txt")
        assert np.array_equal(document.weight(W_HH), recurrent)
        window.time_bar.slider.setFocus()
        press(window, KEY.Key_Home)
        press(window, KEY.Key_Right)
        assert window.session.cursor == 1
        press(window, KEY.Key_Z, CTRL)
        assert window.session.document == built_in("default")


def test_data_can_be_opened_from_the_menu(window, answers):
    answers.expect("open_data", EXAMPLES / "daylight.csv")
    press(window, KEY.Key_D, CTRL)
    assert window.session.document.timesteps > 40


def test_what_is_dropped_and_is_no_file_is_not_taken(window):
    data = QMimeData()
    data.setText("0.5\t0.6")
    enter = QDragEnterEvent(window.rect().center(), Qt.DropAction.CopyAction, data, LEFT, NONE)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_undoing_an_open_brings_the_file_name_back(window, scene_file):
    drop(window, scene_file)
    assert window.windowTitle() == "golden.rnnviz.json[*] — rnnviz"
    press(window, KEY.Key_Z, CTRL)
    assert window.windowTitle() == "Sine with pulses[*] — rnnviz"
    assert not window.isWindowModified()


# Time


def labels_of_time(window):
    return [label.text for label in window.time_bar.findChildren(LiveLabel)]


def test_the_time_bar_says_where_it_is(window):
    window.session.set_cursor(17)
    assert labels_of_time(window) == ["t = 17", "/ 40"]
    assert window.time_bar.slider.accessibleDescription() == "t = 17 of 40"


def test_the_buttons_step_and_jump(window):
    for button, t in (("first", 0), ("back", 16), ("forward", 18), ("last", 40)):
        window.session.set_cursor(17)
        QTest.mouseClick(window.time_bar.button(button), LEFT)
        assert window.session.cursor == t
        assert labels_of_time(window)[0] == f"t = {t}"


def test_keys_on_the_slider_step_and_jump(window):
    window.time_bar.slider.setFocus()
    for key, t in (
        (KEY.Key_Left, 16),
        (KEY.Key_Right, 18),
        (KEY.Key_Down, 16),
        (KEY.Key_Up, 18),
        (KEY.Key_PageDown, 13),
        (KEY.Key_PageUp, 21),
        (KEY.Key_Home, 0),
        (KEY.Key_End, 40),
    ):
        window.session.set_cursor(17)
        press(window, key)
        assert window.session.cursor == t


def test_the_arrow_keys_step_at_once_without_clicking_anywhere(window):
    window.session.set_cursor(17)
    press(window, KEY.Key_Right)
    assert window.session.cursor == 18


def test_with_ctrl_the_keys_work_from_everywhere(window):
    for widget in (window.time_bar.slider, plot_of(window, "hidden"), window.header.loss):
        for key, t in ((KEY.Key_Left, 16), (KEY.Key_Right, 18), (KEY.Key_Home, 0), (KEY.Key_End, 40)):
            window.session.set_cursor(17)
            widget.setFocus()
            press(window, key, CTRL)
            assert window.session.cursor == t


def test_at_the_ends_there_is_nowhere_to_go(window):
    for key, t in ((KEY.Key_Home, 0), (KEY.Key_Left, 0), (KEY.Key_End, 40), (KEY.Key_Right, 40)):
        press(window, key)
        assert window.session.cursor == t


def test_the_wheel_over_the_slider_steps(window):
    window.session.set_cursor(17)
    turn_wheel(window.time_bar.slider, 1)
    assert window.session.cursor == 18
    turn_wheel(window.time_bar.slider, -1)
    turn_wheel(window.time_bar.slider, -1)
    assert window.session.cursor == 16


def test_the_slider_is_dragged_from_end_to_end(window):
    slider, seen = window.time_bar.slider, []
    window.session.cursor_changed.connect(seen.append)
    places = [QPoint(round(slider.x_of(t)), 15) for t in (20, 10, 0, 40)]
    drag(slider, *places, QPoint(slider.width() + 500, 15))
    assert seen == [20, 10, 0, 40]


def test_the_cursor_is_dragged_in_every_plot_over_time(window):
    seen = []
    window.session.cursor_changed.connect(seen.append)
    for key in TIME_PLOTS:
        card = window.cards[key]
        was_visible = card.isVisible()
        card.show()
        QApplication.processEvents()
        plot, places = plot_of(window, key), []
        for t in (5, 6, 20, 0, 39):
            plot.show_cursor(t)
            places.append(QPoint(round(plot.cursor_x(plot.rect().toRectF())), plot.height() // 2))
        plot.show_cursor(window.session.cursor)
        del seen[:]
        drag(plot, *places)
        assert seen == [5, 6, 20, 0, 39], key
        assert {other.cursor_t for other in visible(window, TimePlot)} == {39}, key
        window.session.set_cursor(40)
        card.setVisible(was_visible)


def test_keys_step_in_a_plot_that_has_the_focus(window):
    window.session.set_cursor(17)
    plot_of(window, "gradients").setFocus()
    press(window, KEY.Key_Left)
    assert window.session.cursor == 16


def test_play_walks_to_the_end_and_the_button_shows_it(window, qtbot):
    window.session.set_cursor(37)
    window.playback.set_speed(100)
    button, seen = window.time_bar.button("play"), []
    window.session.cursor_changed.connect(seen.append)
    with qtbot.waitSignal(window.playback.playing_changed, check_params_cb=lambda playing: not playing):
        QTest.mouseClick(button, LEFT)
        assert button.accessibleName() == "pause"
    assert button.accessibleName() == "play"
    assert seen == [38, 39, 40]


def test_the_space_bar_plays_and_pauses(window, qtbot):
    window.playback.set_speed(100)
    for widget, modifiers in (
        (window.time_bar.slider, NONE),
        (plot_of(window, "hidden"), NONE),
        (window.cards["input"].content.canvas, NONE),
        (window.header.loss, CTRL),
    ):
        window.session.set_cursor(3)
        widget.setFocus()
        with qtbot.waitSignal(window.session.cursor_changed):
            press(window, KEY.Key_Space, modifiers)
        assert window.playback.is_playing
        press(window, KEY.Key_Space, modifiers)
        assert not window.playback.is_playing
        assert window.session.cursor == 4


def test_backward_plays_as_gradients_flow(window, qtbot):
    window.session.set_cursor(3)
    window.playback.set_speed(100)
    (button,) = [button for button in visible(window.time_bar, QAbstractButton) if button.text() == "Backward"]
    QTest.mouseClick(button, LEFT)
    with qtbot.waitSignal(window.playback.playing_changed, check_params_cb=lambda playing: not playing):
        QTest.mouseClick(window.time_bar.button("play"), LEFT)
    assert window.session.cursor == 0


def test_the_speed_is_chosen_and_remembered(window):
    (speeds,) = visible(window.time_bar, QComboBox)
    assert speeds.currentText() == "5 / s"
    speeds.setFocus()
    press(window, KEY.Key_Down)
    assert speeds.currentText() == "10 / s"
    assert window.settings.speed == 10.0


def test_scrubbing_computes_nothing_and_paints_no_data(make_window, monkeypatch):
    class Counting(InlineComputer):
        requests = 0

        def request(self, document):
            self.requests += 1
            super().request(document)

    grounds = []
    paint = TimePlot.paint_ground

    def paint_ground(plot, painter, rect):
        grounds.append(plot.spec.key)
        paint(plot, painter, rect)

    monkeypatch.setattr(TimePlot, "paint_ground", paint_ground)
    computer = Counting()
    window = make_window(session=Session(built_in("default"), computer))
    assert {"hidden", "gradients"} <= set(grounds)
    frames, frame = [], window.session.frame
    window.session.frame_changed.connect(frames.append)
    del grounds[:]
    for t in range(41):
        window.session.set_cursor(t)
        QApplication.processEvents()
    assert grounds == []
    assert frames == []
    assert computer.requests == 0
    assert window.session.frame is frame


# The verdict


def measured(frame):
    norms = np.linalg.norm(frame.trace()["l0.grad.h"][0], axis=-1)
    return norms[0] / norms[-1]


def test_the_verdict_follows_from_the_measured_ratio_alone(window):
    for name in SCENES:
        window.session.open_document(built_in(name))
        shown = verdict_shown(window)
        if window.session.document.window is not None:
            assert shown.startswith("No verdict: windows cut the gradient"), name
            continue
        ratio = measured(window.session.frame)
        kept = "Vanishing gradient" if ratio < 0.01 else "The gradient is kept"
        assert shown.startswith("Exploding gradient" if ratio > 100 else kept), name
        assert f"over {window.session.frame.last_step} steps" in shown, name
        assert "‖∂L/∂h₀‖ / ‖∂L/∂h" in shown, name
        assert math.isclose(number_in(shown.split(" = ")[1].split(" over")[0]), ratio, rel_tol=5e-3), name


def number_in(words):
    """Return the number that a person reads there."""
    plain = words.strip().replace("−", "-")
    mantissa, _, exponent = plain.partition(" × 10")
    digits = exponent.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    return float(mantissa) * 10 ** int(digits or 0)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vanishing", "Vanishing gradient"),
        ("orthogonal", "The gradient is kept"),
        ("exploding", "Exploding gradient"),
        ("saturation", "Vanishing gradient"),
        ("saturation-linear", "Exploding gradient"),
    ],
)
def test_the_scenes_are_what_they_are_called(name, words):
    assert verdict(compute(built_in(name)), Selection()).startswith(words)


def test_an_overflow_is_said_with_its_step_and_what_to_do(make_window):
    window = make_window(overflowing())
    shown = verdict_shown(window)
    assert shown.startswith("Overflow: h overflows at t = ")
    assert "Undo" in shown
    picture(window)


def test_no_gradient_at_the_last_step_is_no_verdict(make_window):
    document = built_in("golden")
    silent = replace(document.readout, weights={"W_hy": np.zeros((1, 2))})
    window = make_window(replace(document, readout=silent))
    assert verdict_shown(window).startswith("No verdict")


def test_the_verdict_counts_no_padding():
    document = built_in("vanishing")
    values = np.concatenate([np.repeat(document.input.values, 2, axis=0), np.zeros((2, 5, 1))], axis=1)
    padded = replace(document, input=replace(document.input, values=values, lengths=(20, 25)))
    shown, alone = verdict(compute(padded), Selection()), verdict(compute(document), Selection())
    assert "‖∂L/∂h₂₀‖" in shown
    assert shown.split("·")[0] == alone.split("·")[0]


def test_beside_it_stands_what_to_look_at_in_the_scene(window):
    for scene in SCENES.values():
        window.session.open_document(scene.document())
        assert at_the_bottom(window)[1] == scene.look_at


# Looks


def luminance(colour):
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(colour).getRgbF()[:3]]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["card", "bar", "canvas"])
@pytest.mark.parametrize("words", ["text", "muted", "accent_text", "warning"])
def test_words_can_be_read(theme, ground, words):
    assert contrast(getattr(theme, words), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_chosen_button_can_be_read(theme):
    assert contrast(theme.on_text, theme.on) >= 4.5


def test_dark_and_light_are_chosen_in_the_menu_and_remembered(window):
    for theme in (DARK, LIGHT):
        choose(window, "&View>&Theme", f"view.theme.{theme.name}")
        QApplication.processEvents()
        image = picture(window)
        for key in ("hidden", "gradients"):
            card = window.cards[key]
            place = card.mapTo(window, QPoint(6, card.height() - 12))
            assert image.pixelColor(place) == QColor(theme.card)
        assert image.pixelColor(4, window.height() // 2) == QColor(theme.canvas)
        assert image.pixelColor(window.header.mapTo(window, QPoint(3, 3))) == QColor(theme.bar)
        assert window.settings.theme == theme.name
        assert window.menus[f"view.theme.{theme.name}"].isChecked()
        assert not window.menus["view.theme.system"].isChecked()


def test_a_switch_to_dark_and_back_leaves_no_trace(window):
    load_typesetting()  # otherwise it may be loaded between the two pictures, and set the equations anew
    choose(window, "&View>&Theme", "view.theme.light")
    QApplication.processEvents()
    before = picture(window)
    choose(window, "&View>&Theme", "view.theme.dark")
    QApplication.processEvents()
    assert picture(window) != before
    choose(window, "&View>&Theme", "view.theme.light")
    QApplication.processEvents()
    assert picture(window) == before


def test_larger_text_makes_everything_larger_in_proportion_and_back(window, qtbot):
    label = next(label for label in visible(window.cards["hidden"], QLabel) if "Hidden" in label.text())
    before, bar = label.font().pixelSize(), window.time_bar.height()
    window.apply_theme(window.theme.with_text(16))
    press(window, KEY.Key_Plus, CTRL)
    assert label.font().pixelSize() > 1.3 * before
    qtbot.waitUntil(lambda: window.time_bar.height() > 1.2 * bar)
    window.apply_theme(window.theme.with_text(13))
    press(window, KEY.Key_Minus, CTRL)
    assert label.font().pixelSize() == before


def test_text_grows_and_shrinks_only_so_far(make_window):
    window = make_window(is_shown=False)
    for action, px in (("view.larger", 24), ("view.smaller", 10)):
        for _ in range(12):
            window.menus[action].trigger()
        assert window.theme.text_px == px


@pytest.mark.parametrize("size", [(1280, 720), (1600, 1000)], ids=str)
def test_no_label_is_clipped(make_window, size):
    window = make_window(size=size)
    for name in ("default", "saturation-linear"):
        window.session.open_document(built_in(name))
        QApplication.processEvents()
        assert (window.width(), window.height()) == size
        assert clipped(window) == [], name


def clipped(window):
    """Return what says more than there is room for."""
    found = []
    for widget in visible(window, QLabel) + visible(window, QAbstractButton) + visible(window, QComboBox):
        words = widget.currentText() if isinstance(widget, QComboBox) else widget.text()
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        seen = widget.visibleRegion().boundingRect()
        if words and not wraps and (seen.width() < needed(widget, words) or seen.height() < widget.height()):
            found.append((words, seen.width(), needed(widget, words)))
    return found


def needed(widget, words):
    """Return the width of the words, and of what stands around them."""
    if isinstance(widget, QLabel):
        return min(widget.sizeHint().width(), widget.fontMetrics().horizontalAdvance(words) + 40)
    return widget.minimumSizeHint().width()


def test_every_control_has_a_tooltip_or_words_and_a_name_for_screen_readers(window):
    for button in visible(window, QAbstractButton):
        assert button.accessibleName() or button.text(), button
        assert button.toolTip() or button.text(), button
    for plot in visible(window, Plot):
        assert plot.accessibleName()
    for combo in visible(window, QComboBox):
        assert combo.accessibleName()
        assert combo.toolTip()


# Panels


def button_named(window, name):
    (button,) = [button for button in window.findChildren(QAbstractButton) if button.accessibleName() == name]
    return button


def test_the_default_layout_shows_what_is_declared(window):
    assert titles(window) == {"weights-editor", "input"} | {key for key, plot in PLOTS.items() if plot.spec.shown}


def test_what_you_edit_is_left_what_it_does_in_the_middle_and_why_right(window):
    def left(key):
        return window.cards[key].mapTo(window, QPoint(0, 0)).x()

    areas = {"middle": [], "right": []}
    for key, plot in PLOTS.items():
        if plot.spec.shown:
            areas[plot.spec.area].append(left(key))
    assert {left("weights-editor"), left("input")} == {left("weights-editor")}
    assert len(set(areas["middle"])) == len(set(areas["right"])) == 1
    assert left("weights-editor") < areas["middle"][0] < areas["right"][0]


def test_plots_over_time_have_their_time_axes_in_line(window):
    starts = {
        plot.mapTo(window, QPoint(round(plot.panels(plot.rect().toRectF())[0].rect.left()), 0)).x()
        for plot in visible(window, TimePlot)
        if type(plot) in PLOTS.values()  # not the input's editor, which is in the left column
    }
    assert len(starts) == 1


def test_a_closed_panel_comes_back_from_the_menu(window):
    card = window.cards["hidden"]
    QTest.mouseClick(button_named(window, f"Close {card.windowTitle()}"), LEFT)
    assert not card.isVisible()
    popup, toggle = window.menus.menu("&View>&Panels"), card.toggleViewAction()
    assert not toggle.isChecked()
    popup.popup(window.mapToGlobal(QPoint(100, 100)))
    QTest.mouseClick(popup, LEFT, NONE, popup.actionGeometry(toggle).center())
    assert card.isVisible()


def test_a_panel_is_detached_and_put_back(window):
    card = window.cards["hidden"]
    button = button_named(window, f"Detach {card.windowTitle()}")
    QTest.mouseClick(button, LEFT)
    assert card.isFloating()
    assert card.isVisible()
    window.session.set_cursor(7)
    assert plot_of(window, "hidden").cursor_t == 7
    QTest.mouseClick(button, LEFT)
    assert not card.isFloating()


def test_reset_layout_brings_every_panel_back_to_its_place(window):
    before = {key: card.geometry() for key, card in window.cards.items() if card.isVisible()}
    window.cards["hidden"].close()
    window.cards["gradients"].setFloating(True)
    window.cards["inputs"].show()
    window.dock_area.resizeDocks([window.cards["weights-editor"]], [700], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    choose(window, "&View", "view.reset")
    QApplication.processEvents()
    after = {key: card.geometry() for key, card in window.cards.items() if card.isVisible()}
    assert after.keys() == before.keys()
    for key, geometry in after.items():
        for now, then in zip(geometry.getRect(), before[key].getRect(), strict=True):
            assert abs(now - then) <= 8, key


def test_the_layout_and_the_size_are_remembered_by_the_next_window(make_window):
    first = make_window(size=(1500, 900))
    first.cards["hidden"].close()
    first.cards["inputs"].show()
    QApplication.processEvents()
    shown = titles(first)
    widths = {key: first.cards[key].width() for key in shown}
    first.close()
    second = make_window(size=(1500, 900))
    assert titles(second) == shown
    assert "hidden" not in shown
    assert {key: second.cards[key].width() for key in shown} == widths


def test_a_damaged_layout_is_passed_over(make_window, window_settings):
    window_settings.remember_window(QByteArray(b"nonsense"), QByteArray(b"nonsense"))
    window = make_window()
    assert titles(window) == {"weights-editor", "input"} | {key for key, plot in PLOTS.items() if plot.spec.shown}


def test_a_hidden_plot_gets_nothing_until_it_is_shown_then_the_last_frame_once(window, monkeypatch):
    plot_class, frames = PLOTS["hidden"], []
    show_frame = plot_class.show_frame

    def collect(plot, frame, selection):
        frames.append(frame)
        show_frame(plot, frame, selection)

    monkeypatch.setattr(plot_class, "show_frame", collect)
    window.cards["hidden"].close()
    for value in (0.1, 0.2, 0.3):
        window.session.apply(set_entry(W_HH, (0, 0), value))
        window.session.set_cursor(round(value * 10))
    assert frames == []
    window.cards["hidden"].show()
    assert frames == [window.session.frame]
    assert plot_of(window, "hidden").cursor_t == 3


def test_a_plot_that_was_never_shown_does_not_exist(window):
    assert not PLOTS["inputs"].spec.shown
    inputs = [plot for plot in window.findChildren(Plot) if type(plot) is PLOTS["inputs"]]
    assert inputs == []
    window.cards["inputs"].show()
    assert [type(plot) for plot in window.findChildren(Plot)].count(PLOTS["inputs"]) == 1


# While a long computation runs


class Patient(Computer):
    """Computes when a test says so."""

    def __init__(self):
        super().__init__()
        self.waiting = []

    def request(self, document):
        self.waiting.append(document)

    def answer(self):
        self.frame_ready.emit(compute(self.waiting.pop()))


def test_a_long_computation_is_announced_and_everything_stays_usable(make_window):
    computer = Patient()
    window = make_window(session=Session(gated("rnn", units=2), computer))
    window.session.apply(replace_document(gated("lstm", "gru", units=7, steps=30), "Grow"))
    assert "computing …" in {label.text() for label in visible(window.statusBar(), QLabel)}
    for layer, unit in ((1, 6), (0, 6), (0, 0), (1, 2)):
        window.session.select(Selection(layer=layer, unit=unit))
        window.session.set_cursor(unit)
        QApplication.processEvents()
    computer.answer()
    QApplication.processEvents()
    assert "computing …" not in {label.text() for label in visible(window.statusBar(), QLabel)}
    assert plot_of(window, "hidden").values().shape == (31, 7)


def test_every_view_survives_a_network_of_another_shape(make_window):
    window = make_window(gated("lstm", "rnn", units=5, steps=9))
    for card in window.cards.values():
        card.show()
    for document in (
        built_in("default"),
        gated("gru", units=3, steps=1),
        overflowing(),
        gated("lstm", "gru", "rnn"),
    ):
        window.session.open_document(document)
        for t in (0, document.timesteps):
            window.session.set_cursor(t)
            QApplication.processEvents()
        picture(window)


def test_a_shorter_sequence_shortens_the_time_bar(window):
    window.session.apply(feed(Input(("a", "b"), np.ones((1, 7, 2))), Objective(), "Shorten"))
    assert labels_of_time(window) == ["t = 7", "/ 7"]


# Actions and help


def test_every_action_can_be_found_by_its_name_and_says_what_it_does(window):
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    for action in ACTIONS:
        made = window.menus[action.id]
        assert made.statusTip() == made.toolTip() == action.tip
        assert made in window.menus.menu(action.menu).actions()


def test_no_two_actions_share_a_shortcut_and_none_steals_a_bare_key():
    shortcuts = [action.shortcut for action in ACTIONS if action.shortcut]
    assert len(set(shortcuts)) == len(shortcuts)
    assert all("+" in shortcut or shortcut.startswith("F") for shortcut in shortcuts)


def test_no_two_entries_of_a_menu_share_a_mnemonic(window):
    for menu in window.header.menu_bar.findChildren(QMenu):
        letters = [action.text().partition("&")[2][:1].lower() for action in menu.actions() if "&" in action.text()]
        assert len(set(letters)) == len(letters), (menu.title(), letters)


def test_f1_shows_every_shortcut(window):
    press(window, KEY.Key_F1)
    (dialog,) = visible(window, QDialog)
    text = " ".join(label.text() for label in visible(dialog, QLabel))
    for action in ACTIONS:
        if action.shortcut:
            assert action.tip in text
    QTest.keyClick(dialog, KEY.Key_Escape)
    assert visible(window, QDialog) == []


def test_about_names_the_licences(window):
    seen = []

    def read():
        dialog = QApplication.activeModalWidget()
        seen.append(dialog.text())
        dialog.close()

    QTimer.singleShot(0, read)
    window.menus["help.about"].trigger()
    assert "MIT" in seen[0]
    assert "Open Font License" in seen[0]


def test_a_saved_scene_is_offered_again_until_the_list_is_emptied(window, answers, tmp_path):
    path = tmp_path / "mine.rnnviz.json"
    answers.expect("save_scene", path)
    window.menus["file.save_as"].trigger()
    menu = window.menus.menu("&File>Open &recent")
    menu.aboutToShow.emit()
    assert menu.actions()[0].text() == "mine.rnnviz.json"
    window.session.apply(set_entry(Place(0, "W_hh"), (0, 0), 0.25))
    answers.expect("unsaved", Unsaved.DISCARD)
    menu.actions()[0].trigger()
    assert window.session.document.weight(Place(0, "W_hh"))[0, 0] != 0.25
    window.menus["file.forget"].trigger()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["&Forget these"]


def test_a_scene_can_be_renamed_and_the_name_undone(window, answers):
    before = window.session.document.title
    answers.expect("scene_title", "Lecture 3")
    window.menus["edit.rename"].trigger()
    assert window.session.document.title == "Lecture 3"
    window.session.undo()
    assert window.session.document.title == before
