"""What was found in a file, and how its numbers are to be used."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from rnnviz.document.series import Series
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.check_box import CheckBox

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", " ": "space"}
_MOST_NAMES = 3


class SeriesOptions(QWidget):
    """Two check boxes, and one line about the file.

    Signals:
        changed(): the user wants the series used in another way.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._z_scored = CheckBox("z-scored", theme)
        self._z_scored.setToolTip(
            "Each column as its distance from its mean, in standard deviations: columns in different units "
            "become comparable, and the units are not driven into saturation."
        )
        self._predicts = CheckBox("next value as target", theme)
        self._predicts.setToolTip(
            "Every step is to predict the row after it, by half the squared error. Without it, the gradient "
            "is that of the sum of the outputs."
        )
        self._found = QLabel()
        wrap(self._found)
        self._row = QHBoxLayout()
        for box in (self._z_scored, self._predicts):
            box.setChecked(True)
            box.toggled.connect(self._announce)
            self._row.addWidget(box)
        self._row.addStretch(1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._found)
        self._layout.addLayout(self._row)
        self.apply_theme(theme)

    @property
    def boxes(self) -> tuple[CheckBox, CheckBox]:
        """The check boxes: z-scored, and next value as target."""
        return self._z_scored, self._predicts

    @property
    def z_scored(self) -> bool:
        """Whether each column is to be brought to mean 0 and deviation 1."""
        return self._z_scored.isChecked()

    @property
    def next_value_target(self) -> bool:
        """Whether every step is to predict the next."""
        return self._predicts.isChecked()

    def show_series(self, series: Series, name: str) -> None:
        """Tell what was found in a file."""
        self._found.setText(description(series, name))
        self._found.setToolTip(", ".join(series.names))

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        self._layout.setSpacing(round(theme.px(5)))
        self._row.setSpacing(round(theme.px(14)))
        self._found.setFont(ui_font(theme.px(11)))
        self._found.setStyleSheet(f"color: {theme.muted}")
        for box in (self._z_scored, self._predicts):
            box.apply_theme(theme)

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
