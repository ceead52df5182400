"""The header: name, menus, the scene, the selected layer's cell and the loss."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QMenuBar, QToolButton, QWidget

from rnnviz.views.cell_choices import ACTIVATION_CHOICES, CELL_CHOICES
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.choice_box import ChoiceBox
from rnnviz.views.widgets.segmented import Segmented

_NARROW = 1320
_LONGEST_TITLE, _LONGEST_IN_NARROW = 28, 18  # letters of a scene's title
_LOSSES = (
    ("last", "last step", "Only the last step's loss counts: the textbook picture of vanishing gradients"),
    ("all", "every step", "Every step's loss counts, so every step injects gradient"),
)


class Header(QWidget):
    """The top row of the window.

    Signals:
        cell_chosen(str): a cell's key.
        activation_chosen(str): an activation's key.
        loss_steps_chosen(str): ``last`` or ``all``.
        present_requested(): the plots are to fill the screen.
    """

    cell_chosen = Signal(str)
    activation_chosen = Signal(str)
    loss_steps_chosen = Signal(str)
    present_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._scene = theme, ""
        self.menu_bar = QMenuBar()
        self._name = QLabel("rnnviz")
        self._scene_label, self._cell_label, self._loss_label = QLabel("Scene"), QLabel("Cell"), QLabel("Loss")
        self.scene_button = QToolButton()
        self.scene_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.scene_button.setToolTip("The scene that is open; choose another built-in one")
        self.scene_button.setAccessibleName("Scene")
        self.present_button = QToolButton()
        self.present_button.setObjectName("present")
        self.present_button.setText("Present  F5")
        self.present_button.setToolTip("Fill the screen with the plots, readable from the back row; Esc comes back")
        self.present_button.clicked.connect(self.present_requested)
        self.cell = Segmented(CELL_CHOICES, theme)
        self.activation = ChoiceBox("Activation", [(key, title) for key, title, _ in ACTIVATION_CHOICES], theme)
        self.loss = Segmented(_LOSSES, theme)
        self.cell.setAccessibleName("Cell of the selected layer")
        self._keep_room_for_activation()
        self.loss.setAccessibleName("Steps whose loss counts")
        self.cell.chosen.connect(self.cell_chosen)
        self.activation.activated.connect(self._announce_activation)
        self.loss.chosen.connect(self.loss_steps_chosen)
        layout = QHBoxLayout(self)
        layout.addWidget(self._name)
        layout.addWidget(self.menu_bar, 1, Qt.AlignmentFlag.AlignVCenter)
        for label, control in (
            (self._scene_label, self.scene_button),
            (self._cell_label, self.cell),
            (self._loss_label, self.loss),
        ):
            layout.addWidget(label)
            layout.addWidget(control)
        layout.insertWidget(layout.indexOf(self._loss_label), self.activation)
        layout.addSpacing(round(theme.px(8)))
        layout.addWidget(self.present_button)
        self.apply_theme(theme)

    def set_scene_menu(self, menu: QMenu) -> None:
        """Offer these scenes."""
        self.scene_button.setMenu(menu)

    def set_scene(self, title: str) -> None:
        """Show which scene is open."""
        self._scene = title
        self.scene_button.setToolTip(f"{title}\nThe scene that is open; choose another built-in one")
        self._show_scene()

    def _show_scene(self) -> None:
        most = _LONGEST_TITLE if self._is_wide else _LONGEST_IN_NARROW
        shown = self._scene if len(self._scene) <= most else f"{self._scene[: most - 1]}…"
        self.scene_button.setText(f"{shown}  ▾")

    @property
    def _is_wide(self) -> bool:
        return self.width() >= self._theme.px(_NARROW)

    def set_cell(self, cell: str, activation: str | None) -> None:
        """Show the selected layer's cell, and its activation if that can be chosen."""
        self.cell.set_choice(cell)
        self.activation.setVisible(activation is not None)
        if activation is not None:
            self.activation.set_choice(activation)
            self.activation.setToolTip(next(tip for key, _, tip in ACTIVATION_CHOICES if key == activation))

    def _keep_room_for_activation(self) -> None:
        """Let the other controls stay where they are when there is no activation to choose."""
        policy = self.activation.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.activation.setSizePolicy(policy)

    def _announce_activation(self) -> None:
        self.activation_chosen.emit(self.activation.choice)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        self._name.setFont(ui_font(px(15), QFont.Weight.DemiBold))
        self._name.setStyleSheet(f"color: {theme.text}")
        self.menu_bar.setFont(ui_font(px(12.5)))
        for label in (self._scene_label, self._cell_label, self._loss_label):
            label.setFont(ui_font(px(12)))
            label.setStyleSheet(f"color: {theme.muted}; padding-left: {px(10):.0f}px")
        for button in (self.scene_button, self.present_button):
            button.setFont(ui_font(px(12.5), QFont.Weight.Medium))
            button.setFixedHeight(round(px(28)))
        self.cell.apply_theme(theme)
        self.activation.apply_theme(theme)
        self.activation.setFont(ui_font(px(12.5), QFont.Weight.Medium))
        self.activation.setFixedSize(round(px(84)), round(px(28)))
        self.loss.apply_theme(theme)
        self.layout().setContentsMargins(round(px(16)), round(px(8)), round(px(12)), round(px(8)))  # type: ignore[union-attr]
        self.layout().setSpacing(round(px(7)))  # type: ignore[union-attr]
        self._spare_labels()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spare_labels()

    def _spare_labels(self) -> None:
        """Leave out what the controls are called where that makes them narrow."""
        for label in (self._scene_label, self._cell_label, self._loss_label):
            label.setVisible(self._is_wide)
        self.present_button.setText("Present  F5" if self._is_wide else "Present")
        self._show_scene()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._theme.bar))
            painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(self._theme.border))
