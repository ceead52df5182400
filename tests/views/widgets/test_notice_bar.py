"""The notice bar: one thing at a time, by mouse and keyboard, and never in the way."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from rnnviz.views.theme import DARK, LIGHT
from rnnviz.views.widgets.notice_bar import Choice, Notice, NoticeBar

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot):
    """A bar above a field that has the keyboard."""
    window = QWidget()
    layout = QVBoxLayout(window)
    bar, field = NoticeBar(LIGHT), QLineEdit()
    layout.addWidget(bar)
    layout.addWidget(field)
    qtbot.addWidget(window)
    window.resize(700, 200)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    field.setFocus()
    bar.window_alive, bar.field = window, field
    return bar


@pytest.fixture
def done():
    return []


def notice(key, done, *, settles=True):
    def choice(name):
        return Choice(name, f"{name} it", lambda: done.append((key, name)) or settles)

    return Notice(key, f"Something about {key}.", (choice("Yes"), choice("No")))


def words(bar):
    return None if not bar.isVisible() else bar.notice.text


def slid(bar, qtbot):
    """Wait until the bar has come in."""
    qtbot.waitUntil(lambda: bar.buttons[0].mapTo(bar, bar.buttons[0].rect().center()).y() >= bar.height() // 2 - 1)


def test_without_a_notice_there_is_no_bar(bar):
    assert not bar.isVisible()
    assert not bar.enter()


def test_a_notice_is_shown_and_takes_no_keyboard_away(bar, done):
    bar.tell(notice("one", done))
    assert words(bar) == "Something about one."
    assert bar.field.hasFocus()
    QTest.keyClicks(bar.field, "typed on")
    assert bar.field.text() == "typed on"
    assert done == []


@pytest.mark.parametrize(("place", "name"), [(0, "Yes"), (1, "No")])
def test_a_click_chooses_and_the_notice_is_gone(bar, done, qtbot, place, name):
    bar.tell(notice("one", done))
    slid(bar, qtbot)
    QTest.mouseClick(bar.buttons[place], LEFT)
    assert done == [("one", name)]
    assert not bar.isVisible()


@pytest.mark.parametrize("key", [KEY.Key_Return, KEY.Key_Space])
def test_the_keyboard_enters_walks_and_chooses_and_returns_to_where_it_was(bar, done, key):
    bar.tell(notice("one", done))
    assert bar.enter()
    assert bar.buttons[0].hasFocus()
    QTest.keyClick(bar.buttons[0], KEY.Key_Tab)
    assert bar.buttons[1].hasFocus()
    QTest.keyClick(bar.buttons[1], key)
    assert done == [("one", "No")]
    assert bar.field.hasFocus()


@pytest.mark.parametrize("way", ["cross", "escape"])
def test_putting_it_away_chooses_nothing_and_says_so(bar, done, qtbot, way):
    bar.tell(notice("one", done))
    slid(bar, qtbot)
    with qtbot.waitSignal(bar.put_away) as heard:
        if way == "cross":
            QTest.mouseClick(bar.close_button, LEFT)
        else:
            bar.enter()
            QTest.keyClick(bar.buttons[0], KEY.Key_Escape)
    assert heard.args[0].key == "one"
    assert done == []
    assert not bar.isVisible()
    assert bar.field.hasFocus()


def test_several_come_one_by_one(bar, done):
    for key in ("one", "two", "three"):
        bar.tell(notice(key, done))
    seen = []
    while bar.notice is not None:
        seen.append(words(bar))
        bar.buttons[0].click()
    assert seen == ["Something about one.", "Something about two.", "Something about three."]
    assert done == [("one", "Yes"), ("two", "Yes"), ("three", "Yes")]


def test_a_choice_that_comes_to_nothing_leaves_the_notice(bar, done):
    bar.tell(notice("one", done, settles=False))
    bar.buttons[0].click()
    assert done == [("one", "Yes")]
    assert words(bar) == "Something about one."


def test_a_notice_about_the_same_takes_the_place_of_the_first(bar, done):
    bar.tell(notice("one", done))
    bar.tell(notice("two", done))
    bar.tell(Notice("one", "Something else."))
    assert words(bar) == "Something else."
    assert bar.buttons == ()
    bar.withdraw("one")
    assert words(bar) == "Something about two."
    bar.withdraw("one")
    bar.withdraw("two")
    assert not bar.isVisible()


def test_what_a_choice_tells_is_not_taken_for_the_notice_it_answered(bar):
    asking = Notice("one", "First.", (Choice("Yes", "Yes", lambda: bar.tell(Notice("one", "Second.")) is None),))
    bar.tell(asking)
    bar.buttons[0].click()
    assert words(bar) == "Second."


def test_everything_in_it_has_a_name_and_a_tip(bar, done):
    bar.tell(notice("one", done))
    assert [button.text() for button in bar.buttons] == ["Yes", "No"]
    assert [button.toolTip() for button in bar.buttons] == ["Yes it", "No it"]
    assert bar.close_button.accessibleName() == "Close this notice"
    assert any(child.accessibleName() == "Something about one." for child in bar.findChildren(QWidget))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text_px", [12.0, 24.0])
def test_it_has_the_colours_and_the_size_of_the_theme(bar, done, qtbot, theme, text_px):
    bar.tell(notice("one", done))
    bar.apply_theme(theme.with_text(text_px))
    slid(bar, qtbot)
    picture = bar.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, 2) == QColor(theme.faint)
    assert bar.height() >= 1.4 * text_px
    assert all(bar.rect().contains(button.geometry()) for button in bar.buttons)
