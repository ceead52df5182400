"""A matrix editor in a window, ready to be used."""

import pytest
from hands import W_HH, Hand
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from rnnviz.document.presets import built_in
from rnnviz.session.session import Session
from rnnviz.views.editors.matrix import MatrixEditor
from rnnviz.views.fonts import load_fonts
from rnnviz.views.theme import LIGHT


@pytest.fixture(autouse=True)
def fonts(qapp):
    """The typefaces of the program: glyphs that are kept from before they were loaded would be those of others."""
    assert qapp is not None
    load_fonts()


@pytest.fixture
def hand(qtbot):
    """Return a function that shows an editor, ready to be used."""

    def show(place=W_HH, document=None, size=(263, 200), **options):
        session = Session(document or built_in("default"))
        window = QWidget()
        editor = MatrixEditor(session, place, LIGHT, **options)
        layout = QVBoxLayout(window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(editor)
        layout.addStretch()
        other = QLineEdit()
        other.hide()
        layout.addWidget(other)
        qtbot.addWidget(window)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return Hand(editor, window)

    return show
