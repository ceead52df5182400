"""Cards: furnished when they are first seen, with buttons for whoever is near."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.card import Card


class Content(QLineEdit):
    """Counts how many there are."""

    made = 0

    def __init__(self):
        super().__init__()
        Content.made += 1

    def apply_theme(self, theme):
        self.theme = theme


@pytest.fixture
def card(qtbot, monkeypatch):
    """A hidden card in a window that is seen."""
    monkeypatch.setattr(Content, "made", 0)
    QCursor.setPos(5000, 5000)
    window = QMainWindow()
    qtbot.addWidget(window)
    made = Card("key", "Title", "a remark", Content, LIGHT)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, made)
    made.hide()
    window.resize(400, 300)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    return made


def test_what_nobody_has_seen_is_not_made_and_is_made_once(card):
    card.set_remark("another")
    card.show_lock(locked=False)
    card.apply_theme(LIGHT.with_text(14))
    assert Content.made == 0
    card.show()
    card.hide()
    card.show()
    assert Content.made == 1
    assert card.content.isVisible()


def test_a_layout_that_shows_the_card_furnishes_it(card):
    window = card.parent()
    card.show()
    state = window.saveState()
    other = Card("key", "Title", "a remark", Content, LIGHT)
    window.removeDockWidget(card)
    card.setObjectName("gone")
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, other)
    other.hide()
    assert window.restoreState(state)
    assert other.content.isVisible()


def test_buttons_are_seen_while_the_pointer_or_the_keyboard_is_near(card):
    card.show()
    QApplication.processEvents()
    button = card.header.close_button
    assert button.icon().isNull()
    QTest.mouseMove(card.header, QPoint(5, 5))
    QApplication.processEvents()
    assert not button.icon().isNull()
    QTest.mouseMove(card.content, QPoint(5, 15))
    QApplication.processEvents()
    assert button.icon().isNull()
    button.setFocus()
    assert not button.icon().isNull()
    card.content.setFocus()
    assert button.icon().isNull()


def test_a_lock_that_is_closed_stays_in_sight(card, qtbot):
    card.show_lock(locked=False)
    card.show()
    lock = card.header.lock_button
    assert lock.icon().isNull()
    with qtbot.waitSignal(card.lock_clicked):
        lock.click()
    card.show_lock(locked=True)
    assert not lock.icon().isNull()
