"""The comparison: what is shown and every pinned state, below each other on the same scales."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from rnnviz.document.values import DocumentError
from rnnviz.session.pins import Pin, Pins
from rnnviz.session.session import Session
from rnnviz.views.axes import finite_extent
from rnnviz.views.editors.compare_facts import Facts, facts_of
from rnnviz.views.editors.compare_picture import Scales
from rnnviz.views.editors.compare_row import CompareRow
from rnnviz.views.fonts import ui_font
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

SHOWN = "Shown now"
_LEAST_DECADES, _MOST_DECADES = 3.0, 18.0


class CompareList(QWidget):
    """A row for what is shown and one for each pin, with what can be done with it.

    Signals:
        message(str): something was refused, and why.
    """

    message = Signal(str)

    def __init__(self, session: Session, pins: Pins, theme: Theme) -> None:
        super().__init__()
        self._session, self._pins, self._theme = session, pins, theme
        self.shown_row = CompareRow(SHOWN, None, theme)
        self.shown_row.set_name(SHOWN)
        self.rows: tuple[CompareRow, ...] = ()
        self._facts: list[Facts] = []
        self._is_stale = True
        self._note = QLabel("Nothing is pinned. A pinned state stays in every plot while you go on editing.")
        self._note.setWordWrap(True)
        self.pin_button = _button("Pin", "Keep what is shown as a ghost in every plot (Ctrl+P)")
        self.budget_button = _button("Same budget", "Pin an RNN, a GRU and an LSTM of about as many parameters")
        self._lay_out()
        self._connect()
        self.setAccessibleName("Comparison")
        self.apply_theme(theme)

    def _lay_out(self) -> None:
        content, buttons = QWidget(), QHBoxLayout()
        self._list = QVBoxLayout(content)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addWidget(self.shown_row)
        self._list.addWidget(self._note)
        self._list.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        buttons.addWidget(self.pin_button)
        buttons.addWidget(self.budget_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self._session.frame_changed.connect(self._follow_frame)
        self._session.selection_changed.connect(self._follow_all)
        self._pins.changed.connect(self._follow_all)
        self.pin_button.clicked.connect(partial(self._attempt, self._pins.pin))
        self.budget_button.clicked.connect(partial(self._attempt, self._pins.pin_same_budget))

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        for row in (self.shown_row, *self.rows):
            row.apply_theme(theme)
        self._note.setFont(ui_font(theme.px(11)))
        self._note.setStyleSheet(f"color: {theme.muted}; padding: {theme.px(8):.0f}px 0")

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(260)), round(self._theme.px(300)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(175)), round(self._theme.px(90)))

    def showEvent(self, event: QShowEvent) -> None:
        if self._is_stale:
            self._show_all()
        super().showEvent(event)

    # Following

    def _follow_all(self, _: object) -> None:
        self._is_stale = True
        if self.isVisible():
            self._show_all()

    def _follow_frame(self, _: object) -> None:
        if self.isVisible():
            self._show_facts()
        else:
            self._is_stale = True

    def _show_all(self) -> None:
        """Show the pins: a row for each, with its facts."""
        self._is_stale = False
        pins = self._pins.pins
        if [row.number for row in self.rows] != [pin.number for pin in pins]:
            self._make_rows(pins)
        for pin, row in zip(pins, self.rows, strict=True):
            row.set_name(pin.name)
        self._note.setVisible(not pins)
        self.pin_button.setEnabled(not self._pins.is_full)
        self._facts = [facts_of(pin.frame, self._session.shown_selection) for pin in pins]
        self._show_facts()

    def _show_facts(self) -> None:
        """Show the numbers of the shown state; those of the pins stay, but their scales may follow."""
        shown, title = facts_of(self._session.frame, self._session.shown_selection), self._session.document.title
        scales = _scales([shown, *self._facts])
        self.shown_row.show_facts(shown, scales, title)
        for row, facts in zip(self.rows, self._facts, strict=True):
            row.show_facts(facts, scales, title)

    def _make_rows(self, pins: Sequence[Pin]) -> None:
        had_focus = any(row.isAncestorOf(self.focusWidget()) for row in self.rows if self.focusWidget())
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = tuple(self._make_row(number, pin) for number, pin in enumerate(pins))
        for place, row in enumerate(self.rows, start=1):
            self._list.insertWidget(place, row)
        if had_focus:
            self.pin_button.setFocus()

    def _make_row(self, place: int, pin: Pin) -> CompareRow:
        row = CompareRow(pin.name, pin.number, self._theme)
        row.rename_requested.connect(partial(self._rename, row, place))
        row.swap_requested.connect(partial(self._attempt, partial(self._pins.swap, place)))
        row.restore_requested.connect(partial(self._attempt, partial(self._pins.restore, place)))
        row.remove_requested.connect(partial(self._attempt, partial(self._pins.remove, place)))
        return row

    # Doing

    def _rename(self, row: CompareRow, place: int, name: str) -> None:
        """Give a pin another name, or say beside it why not."""
        try:
            self._pins.rename(place, name)
        except DocumentError as error:
            row.refuse(str(error))

    def _attempt(self, action: Callable[[], None], *_: object) -> None:
        try:
            action()
        except DocumentError as error:
            self.message.emit(str(error))


def _scales(all_facts: Sequence[Facts]) -> Scales:
    """Return round scales that hold everything."""
    exponents = np.concatenate([facts.exponents for facts in all_facts])
    exponents = exponents[np.isfinite(exponents)]
    high = float(np.ceil(exponents.max(initial=-np.inf))) if len(exponents) else 0.0
    low = float(np.floor(exponents.min(initial=np.inf))) if len(exponents) else high
    low = max(min(low, high - _LEAST_DECADES), high - _MOST_DECADES)
    steps = max(max(len(facts.exponents) for facts in all_facts) - 1, 1)
    return Scales(low, high, steps, rounded_limit(max(finite_extent(facts.states) for facts in all_facts)))


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button
