"""A scene whose file is changed by somebody else while it is open."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from rnnviz.app.dialogs import Unsaved
from rnnviz.document.edits import set_title
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import load_scene, save_scene

KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(make_window, scene_file):
    """The window on the golden scene's file."""
    window = make_window()
    window.open_path(scene_file)
    return window


@pytest.fixture
def other(golden):
    return replace(golden, title="by somebody else")


def words(window):
    return window.notices.notice.text if window.notices.isVisible() else None


def choices(window):
    return [button.text() for button in window.notices.buttons]


def press(window, text):
    (button,) = [button for button in window.notices.buttons if button.text() == text]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def change(window, path, document, qtbot):
    """Let somebody else save, and wait until the window says so."""
    save_scene(document, path)
    qtbot.waitUntil(window.notices.isVisible)


def test_a_change_is_said_and_nothing_else_happens(window, scene_file, other, golden, qtbot):
    change(window, scene_file, other, qtbot)
    assert words(window) == "golden.rnnviz.json has changed on disk."
    assert choices(window) == ["Reload", "Keep mine"]
    assert window.session.document == golden


def test_reload_shows_what_the_file_holds_and_can_be_undone(window, scene_file, other, golden, qtbot):
    change(window, scene_file, other, qtbot)
    press(window, "Reload")
    assert window.session.document == other
    assert not window.isWindowModified()
    assert words(window) is None
    QTest.keyClick(window, KEY.Key_Z, CTRL)
    assert window.session.document == golden


def test_keep_mine_lets_the_next_save_take_its_place(window, scene_file, other, golden, qtbot):
    change(window, scene_file, other, qtbot)
    press(window, "Keep mine")
    assert words(window) is None
    assert window.isWindowModified()
    assert load_scene(scene_file) == other
    QTest.keyClick(window, KEY.Key_S, CTRL)
    assert load_scene(scene_file) == golden
    assert not window.isWindowModified()
    assert words(window) is None


def test_saving_at_once_after_a_change_asks_first(window, scene_file, other):
    window.apply(set_title("mine"))
    mine = window.session.document
    save_scene(other, scene_file)
    QTest.keyClick(window, KEY.Key_S, CTRL)  # before the change can have been noticed
    assert load_scene(scene_file) == other
    assert "Nothing has been saved yet" in words(window)
    assert choices(window) == ["Save over it", "Reload"]
    assert window.notices.buttons[0].hasFocus()
    press(window, "Save over it")
    assert load_scene(scene_file) == mine
    assert words(window) is None
    assert not window.isWindowModified()


def test_a_change_that_was_put_away_is_asked_about_when_saving(window, scene_file, other, qtbot):
    change(window, scene_file, other, qtbot)
    QTest.mouseClick(window.notices.close_button, Qt.MouseButton.LeftButton)
    assert words(window) is None
    QTest.keyClick(window, KEY.Key_S, CTRL)
    assert choices(window) == ["Save over it", "Reload"]
    assert load_scene(scene_file) == other


def test_closing_with_changes_that_cannot_be_saved_silently_stays_open(window, scene_file, other, answers):
    window.apply(set_title("mine"))
    save_scene(other, scene_file)
    answers.expect("unsaved", Unsaved.SAVE)
    window.close()
    assert window.isVisible()
    assert choices(window) == ["Save over it", "Reload"]
    assert load_scene(scene_file) == other


def test_a_deleted_file_is_said_and_the_next_save_writes_it_again(window, scene_file, golden, qtbot):
    scene_file.unlink()
    qtbot.waitUntil(window.notices.isVisible)
    assert words(window) == (
        "golden.rnnviz.json is no longer on disk. The scene is still here; saving writes it again."
    )
    assert window.isWindowModified()
    QTest.keyClick(window, KEY.Key_S, CTRL)
    assert load_scene(scene_file) == golden
    assert not window.isWindowModified()
    qtbot.waitUntil(lambda: words(window) is None)


def test_a_file_that_cannot_be_reloaded_is_said_and_the_scene_stays(window, scene_file, golden, qtbot):
    scene_file.write_text("{")
    qtbot.waitUntil(window.notices.isVisible)
    press(window, "Reload")
    assert "is not valid JSON" in window.statusBar().currentMessage()
    assert choices(window) == ["Reload", "Keep mine"]
    assert window.session.document == golden


def test_our_own_saves_and_opening_another_scene_say_nothing(window, scene_file, other, qtbot):
    window.apply(set_title("mine"))
    QTest.keyClick(window, KEY.Key_S, CTRL)
    assert load_scene(scene_file).title == "mine"
    assert words(window) is None
    change(window, scene_file, other, qtbot)
    window.session.open_document(built_in("vanishing"))
    qtbot.waitUntil(lambda: words(window) is None)


def test_f6_leads_to_the_notice_and_escape_back(window, scene_file, other, qtbot):
    window.time_bar.slider.setFocus()
    QTest.keyClick(window, KEY.Key_F6)
    assert "no notice" in window.statusBar().currentMessage()
    change(window, scene_file, other, qtbot)
    assert window.time_bar.slider.hasFocus()
    QTest.keyClick(window, KEY.Key_F6)
    assert window.notices.buttons[0].hasFocus()
    QTest.keyClick(window.notices.buttons[0], KEY.Key_Escape)
    assert words(window) is None
    assert window.time_bar.slider.hasFocus()


def test_the_bar_stands_under_the_header_over_the_whole_width_and_goes_again(window, scene_file, other, golden, qtbot):
    def cards() -> QRect:
        return QRect(window.dock_area.mapTo(window, QPoint(0, 0)), window.dock_area.size())

    before = cards()
    change(window, scene_file, other, qtbot)
    qtbot.waitUntil(lambda: cards().top() > before.top())
    top = window.notices.mapTo(window, window.notices.rect().topLeft())
    assert top.toTuple() == (0, window.header.height())
    assert window.notices.width() == window.width()
    assert cards().top() - before.top() == window.notices.height()
    save_scene(golden, scene_file)
    qtbot.waitUntil(lambda: cards() == before)


def test_the_history_opens_by_key_in_a_panel_that_the_default_hides(window, golden):
    card = window.cards["history"]
    assert not card.isVisible()
    window.apply(set_title("mine"))
    QTest.keyClick(window, KEY.Key_H, CTRL)
    assert card.isVisible()
    assert card.content.hasFocus()
    QTest.keyClick(card.content, KEY.Key_Up)
    assert window.session.document == golden
    window.reset_layout()
    assert not card.isVisible()
