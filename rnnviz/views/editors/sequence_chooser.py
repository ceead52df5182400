"""Which sequence of the batch every plot shows."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from rnnviz.document.document import Document
from rnnviz.session.session import Selection, Session
from rnnviz.views.fonts import ui_font
from rnnviz.views.icons import icon
from rnnviz.views.theme import Theme


class SequenceChooser(QWidget):
    """Which sequence of how many, how long it is if it is padded, and two buttons; hidden if there is only one."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self.back_button = _button("Previous sequence", "Show the sequence before (Ctrl+Page Up)")
        self.forward_button = _button("Next sequence", "Show the next sequence (Ctrl+Page Down)")
        self._label = QLabel()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.back_button, self._label, self.forward_button):
            self._layout.addWidget(widget)
        self.back_button.clicked.connect(self._back)
        self.forward_button.clicked.connect(self._forward)
        self.apply_theme(theme)

    @property
    def words(self) -> str:
        """What stands between the buttons."""
        return self._label.text()

    def show_selection(self, document: Document, selection: Selection) -> None:
        """Show which sequence is selected."""
        sample, batch, steps = selection.sample, document.batch, document.timesteps
        self.setVisible(batch > 1)
        length = document.input.length(sample)
        padded = f", length {length} of {steps}" if document.input.lengths is not None else ""
        self._label.setText(f"sequence {sample + 1} of {batch}{padded}")
        self._label.setToolTip(
            "Every plot shows this sequence of the batch; the loss is the mean over all of them"
            + (f".\nAfter its {length} steps it is padded: nothing there counts" if length < steps else "")
        )
        self.back_button.setEnabled(sample > 0)
        self.forward_button.setEnabled(sample < batch - 1)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        px = theme.px
        self._layout.setSpacing(round(px(2)))
        self._label.setFont(ui_font(px(12)))
        self._label.setStyleSheet(f"color: {theme.text}")
        for button, name in ((self.back_button, "back"), (self.forward_button, "forward")):
            button.setIcon(icon(name, theme.muted))
            button.setIconSize(QSize(round(px(10)), round(px(10))))
            button.setFixedSize(round(px(22)), round(px(24)))

    def _back(self) -> None:
        self._step(-1)

    def _forward(self) -> None:
        self._step(+1)

    def _step(self, step: int) -> None:
        selection = self._session.selection
        self._session.select(replace(selection, sample=selection.sample + step))


def _button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
