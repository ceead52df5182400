"""Dressing the application while widgets come and go."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from rnnviz.views.fonts import load_fonts
from rnnviz.views.styling import dress
from rnnviz.views.theme import DARK, LIGHT

# A process of its own: it crashed where Python deletes a lost widget while Qt tells all of them of another dress.
MUCH_TO_TIDY_UP = """
from PySide6.QtWidgets import QApplication, QWidget
from rnnviz.views.fonts import load_fonts
from rnnviz.views.styling import dress
from rnnviz.views.theme import DARK, LIGHT

class Busy(QWidget):
    def changeEvent(self, event):
        self.much = [[number] for number in range(5000)]  # enough that Python tidies up
        super().changeEvent(event)

def lose():
    widget = QWidget()
    widget.itself, widget.inside = widget, [QWidget(widget) for _ in range(20)]

application = QApplication([])
load_fonts()
busy = [Busy() for _ in range(30)]
for theme in 20 * [DARK, LIGHT]:
    for _ in range(20):
        lose()
    dress(application, theme)
"""


def test_widgets_that_were_lost_are_not_deleted_while_qt_goes_through_all_of_them():
    done = subprocess.run([sys.executable, "-c", MUCH_TO_TIDY_UP], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class Listening(QWidget):
    def __init__(self):
        super().__init__()
        self.told = []

    def changeEvent(self, event):  # noqa: N802
        self.told.append(event.type())
        super().changeEvent(event)


@pytest.fixture
def application(qapp):
    palette = qapp.palette()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(QFont())


def test_the_same_dress_again_is_no_change_to_any_widget(application, qtbot):
    load_fonts()
    dress(application, LIGHT)
    widget = Listening()
    qtbot.addWidget(widget)
    widget.ensurePolished()
    del widget.told[:]
    dress(application, LIGHT)
    assert widget.told == []
    dress(application, DARK)
    assert QEvent.Type.StyleChange in widget.told
