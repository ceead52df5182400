"""The row above a worked step: which part of the calculation is shown, and a button that copies it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QToolButton, QWidget

from rnnviz.views.fonts import ui_font
from rnnviz.views.icons import icon
from rnnviz.views.plots._topics import Topic
from rnnviz.views.theme import Theme

BAR_HEIGHT = 20.0
"""Of the row, in pixels of the design."""


class TopicBar(QWidget):
    """A row of small tabs.

    Signals:
        chosen(str): the key of the topic whose tab the user chose.
        copy_requested(): the user wants the page as LaTeX.
    """

    chosen = Signal(str)
    copy_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._topics: tuple[Topic, ...] = ()
        self._tabs, self._copy = QTabBar(), QToolButton(autoRaise=True)
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setUsesScrollButtons(True)
        self._tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self._tabs.setAccessibleName("Part of the calculation")
        self._tabs.currentChanged.connect(self._choose)
        self._copy.setToolTip("Copy as LaTeX (Ctrl+C)")
        self._copy.setAccessibleName("Copy as LaTeX")
        self._copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._copy.clicked.connect(self.copy_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tabs, 1)
        layout.addWidget(self._copy)
        self.apply_theme(theme)

    @property
    def tabs(self) -> QTabBar:
        """The tabs."""
        return self._tabs

    def set_topics(self, topics: tuple[Topic, ...], key: str) -> None:
        """Show tabs for topics, one of them chosen, without emitting."""
        self._tabs.blockSignals(True)
        if topics != self._topics:
            self._topics = topics
            while self._tabs.count():
                self._tabs.removeTab(0)
            for number, topic in enumerate(topics):
                self._tabs.addTab(topic.label)
                self._tabs.setTabToolTip(number, topic.tip)
        self._tabs.setCurrentIndex(next(number for number, topic in enumerate(topics) if topic.key == key))
        self._tabs.blockSignals(False)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        px = theme.px
        self._tabs.setFont(ui_font(theme.words(10.5)))
        self._tabs.setStyleSheet(
            f"QTabBar::tab {{ color: {theme.muted}; background: transparent; border: 1px solid transparent;"
            f" border-radius: {px(4):.0f}px; padding: {px(1):.0f}px {px(5):.0f}px; margin-right: 1px; }}"
            f"QTabBar::tab:hover {{ color: {theme.text}; border-color: {theme.border}; }}"
            f"QTabBar::tab:selected {{ color: {theme.on_text}; background: {theme.on}; }}"
            f"QTabBar:focus::tab:selected {{ border-color: {theme.accent}; }}"
        )
        self._copy.setIcon(icon("copy", theme.muted))
        self._copy.setFixedSize(round(px(18)), round(px(18)))
        self._copy.setIconSize(self._copy.size() * 0.72)
        self.setFixedHeight(round(px(BAR_HEIGHT)))

    def _choose(self, number: int) -> None:
        self.chosen.emit(self._topics[number].key)
