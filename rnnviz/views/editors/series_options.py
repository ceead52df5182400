"""What was found in a file, and how its numbers are to be used."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from rnnviz.document.series import Series
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.check_box import CheckBox

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", " ": "space"}
_MOST_NAMES = 3


class SeriesOptions(QWidget):
    """A check box, and one line about the file.

    Signals:
        changed(): the user wants the series used in another way.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._predicts = CheckBox("next value as target", theme)
        self._predicts.setToolTip(
            "Every step is to predict the row after it, by half the squared error. Without it, the gradient "
            "is that of the sum of the outputs."
        )
        self._found = QLabel()
        wrap(self._found)
        self._predicts.setChecked(True)
        self._predicts.toggled.connect(self._announce)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._found)
        self._layout.addWidget(self._predicts)
        self.apply_theme(theme)

    @property
    def box(self) -> CheckBox:
        """The check box: next value as target."""
        return self._predicts

    @property
    def words(self) -> str:
        """What is told of the file."""
        return self._found.text()

    @property
    def next_value_target(self) -> bool:
        """Whether every step is to predict the next."""
        return self._predicts.isChecked()

    def show_series(self, series: Series, name: str) -> None:
        """Tell what was found in a file."""
        self.show_words(description(series, name))
        self._found.setToolTip(", ".join(series.names))

    def show_words(self, words: str) -> None:
        """Tell something else about a file."""
        self._found.setText(words)
        self._found.setToolTip(words)

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        self._layout.setSpacing(round(theme.px(5)))
        self._found.setFont(ui_font(theme.px(11)))
        self._found.setStyleSheet(f"color: {theme.muted}")
        self._predicts.apply_theme(theme)

    def _announce(self) -> None:
        self.changed.emit()


def wrap(label: QLabel) -> None:
    """Let a label of words that others chose take any width: a long word is cut, not the window widened."""
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    policy = label.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    label.setSizePolicy(policy)


def description(series: Series, name: str) -> str:
    """Return one line about a series: how many columns, how they were told apart, and what was left out."""
    count = len(series.names)
    names = ", ".join(series.names[:_MOST_NAMES]) + (" …" if count > _MOST_NAMES else "")
    parts = [f"{name}: {count} column{'s' if count > 1 else ''}, {names}"]
    if series.separator:
        parts.append(f"separator {_SEPARATORS[series.separator]}")
    if series.decimal == ",":
        parts.append("decimal comma")
    parts.append("header" if series.has_header else "no header")
    if series.left_out:
        parts.append(f"left out: {', '.join(series.left_out)}")
    return " · ".join(parts)
