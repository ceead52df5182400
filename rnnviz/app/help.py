"""Help: what keys and mouse do, and what the program is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QScrollArea, QVBoxLayout

from rnnviz import __version__
from rnnviz.app.actions import ACTIONS
from rnnviz.app.stage_keys import STAGE_KEYS

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow

_GESTURES = (
    ("Weights", "drag up or down", "change a weight; Shift is finer, Esc takes the drag back"),
    ("Weights", "wheel, Ctrl+Up, Ctrl+Down", "nudge a weight"),
    ("Weights", "double-click, Enter, or just type", "enter a number"),
    ("Weights", "arrow keys", "walk through the cells; with Shift, select"),
    ("Weights", "click a row's or a column's name", "select it; with Shift, all up to it"),
    ("Weights", "Shift+Space, Ctrl+Space, Ctrl+A", "select the row, the column, the matrix"),
    ("Weights", "right click, Menu key, or … above a matrix", "everything that can be done with what is selected"),
    ("Weights", "F3", "go to the next largest weight, or the next of what was looked for"),
    ("Weights", "Ctrl+C, Ctrl+V", "copy and paste as a table; a spreadsheet, NumPy and LaTeX are read"),
    ("Input", "drag or paint", "draw the input; with the right button, set it to 0"),
    ("Input", "right click, Menu key", "insert, delete, duplicate, move, reverse or shuffle steps"),
    ("Input table", "type, Tab, arrow keys", "enter numbers; Ctrl+C, Ctrl+V to and from a spreadsheet"),
    ("Plots", "click or drag", "move the cursor through time"),
    ("Plots over time", "Ctrl+wheel", "show less or more of time, around the pointer"),
    ("Plots over time", "Shift+wheel, or drag with the middle button", "go through time"),
    ("Strip above the time bar", "drag the frame or its ends, or beside it", "choose what plots over time show"),
    ("Strip above the time bar", "double-click", "show all of time"),
    ("Plots", "drag an eigenvalue", "move it, with its conjugate partner; W_hh follows"),
    ("Plots", "click or drag in the phase portrait", "start the sequence there: two units of h_0; Esc takes it back"),
    ("Plots", "T", "light up the step at the cursor, and what is linked with it"),
    ("Plots", "G in a plot of an LSTM or a GRU", "light up its gates, one after the other"),
    ("Plots", "E in the eigenvalues", "light up one after the other, with what it depends on"),
    ("Plots", "F in the unrolled network", "fold it up into its loop, or unfold it"),
    ("Training", "drag the slider, click in the curves", "go back to that update; every view follows"),
    ("Training", "click the five parts", "take the next part of an update"),
    ("Everywhere", "hover", "light up what it depends on, and dashed what depends on it, in every view"),
    ("Plots", "Up, Down, Esc", "walk through the units and light them up; put the light out"),
    ("Time bar and plots", "Left, Right, Home, End, Space", "step, jump, play"),
)


class KeysDialog(QDialog):
    """The sheet of keys and gestures, made from the table of actions."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Keys and mouse")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = QLabel(keys_table(window.theme.muted))
        text.setTextFormat(Qt.TextFormat.RichText)
        area = QScrollArea()
        area.setWidget(text)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        layout.addWidget(buttons)
        self.resize(round(window.theme.px(640)), round(window.theme.px(620)))


def keys_table(muted: str) -> str:
    """Return the sheet as rich text."""
    rows = [
        f"<tr><td colspan=2><p style='font-weight:600; font-size:large'>{menu}</p></td></tr>{body}"
        for menu, body in _sections(muted)
    ]
    return f"<table cellpadding=3>{''.join(rows)}</table>"


def _sections(muted: str) -> list[tuple[str, str]]:
    sections: dict[str, str] = {}
    for where, keys, what in _GESTURES:
        sections[where] = sections.get(where, "") + _row(keys, what, muted)
    for action in ACTIONS:
        if action.shortcut:
            menu = action.menu.split(">")[0].replace("&", "")
            keys = QKeySequence(action.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            sections[menu] = sections.get(menu, "") + _row(keys, action.tip, muted)
    sections["While presenting"] = "".join(_row(key.says, key.does, muted) for key in STAGE_KEYS)
    return list(sections.items())


def _row(keys: str, what: str, muted: str) -> str:
    return f"<tr><td style='font-weight:600'>{keys}&nbsp;</td><td style='color:{muted}'>{what}</td></tr>"


def about_text() -> str:
    """Return the version, what the program is for, and the licences of what ships with it."""
    return (
        f"<h3>rnnviz {__version__}</h3>"
        "<p>See a recurrent network, and its gradients, while your hands are on the weights.</p>"
        "<p>MIT licence. Typefaces: Inter (SIL Open Font License 1.1), STIX Two Math (SIL Open Font License 1.1). "
        "Built with Python, NumPy, Qt for Python (LGPL), msgspec and ziamath.</p>"
    )
