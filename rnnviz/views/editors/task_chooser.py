"""What a network is trained on: the scene's own sequences, or a task with a network of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from rnnviz.document.tasks import TASKS
from rnnviz.document.tasks._base import Task
from rnnviz.session.training_plan import Plan
from rnnviz.views.editors.series_options import wrap
from rnnviz.views.editors.setting_field import SettingField
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.choice_box import ChoiceBox

OWN = ""
_OWN_WORDS = "This scene's own sequences and targets, with its network."
_LOADS = {"text": "Train on a text from a file", "series": "Train on a series from a CSV file"}


class TaskChooser(QWidget):
    """A box of tasks, and what the chosen one is about.

    Signals:
        chosen(str): the user chose a task; its key, or nothing for the scene's own sequences.
        load_requested(): the user wants data from a file for the chosen task.
        piece_typed(object): the scene's own sequence is to be cut into pieces of so many steps, a float; None: not.
    """

    chosen = Signal(str)
    load_requested = Signal()
    piece_typed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        choices = [(OWN, "This scene"), *((task.key, task.title) for task in TASKS.values())]
        self.box = ChoiceBox("What it is trained on", choices, theme)
        self.box.setToolTip("What the network is trained on. A task opens a network of its own; that can be undone.")
        self.box.setItemData(0, _OWN_WORDS, Qt.ItemDataRole.ToolTipRole)
        for number, task in enumerate(TASKS.values(), start=1):
            self.box.setItemData(number, task_words(task), Qt.ItemDataRole.ToolTipRole)
        self.load_button = QPushButton("Load…")
        self.piece = SettingField("Pieces", "steps in a piece", (2, 100_000), theme, is_whole=True, empty="whole")
        self.piece.field.setToolTip(
            "Cut the scene's one long sequence into pieces of so many steps to train on; the last fifth is held out. "
            "Empty: train on the whole"
        )
        self._about = QLabel()
        wrap(self._about)
        row = QHBoxLayout()
        row.addWidget(self.box, 1)
        row.addWidget(self.load_button)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(row)
        self._layout.addWidget(self._about)
        self._layout.addWidget(self.piece)
        self.box.activated.connect(self._choose)
        self.load_button.clicked.connect(self.load_requested)
        self.piece.typed.connect(self.piece_typed)
        self.show_plan(Plan())
        self.apply_theme(theme)

    def show_plan(self, plan: Plan) -> None:
        """Show what is trained on."""
        task = plan.task
        self.piece.setVisible(plan.data is None)
        self.piece.show_value(None if plan.piece is None else float(plan.piece))
        self.box.set_choice(OWN if task is None else task.key)
        self._about.setText(_OWN_WORDS if task is None else f"{task.pattern}: {task.meaning}")
        self._about.setToolTip("" if task is None else task_words(task))
        source = None if task is None else task.source
        self.load_button.setVisible(source is not None)
        self.load_button.setToolTip(_LOADS.get(source or "", ""))

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        self._theme, px = theme, theme.px
        self._layout.setSpacing(round(px(4)))
        self.box.setFont(ui_font(px(12.5)))
        self.box.apply_theme(theme)
        self.load_button.setFont(ui_font(px(12)))
        self.load_button.setStyleSheet(f"padding: {px(4):.0f}px {px(8):.0f}px")
        self.piece.apply_theme(theme)
        self._about.setFont(ui_font(px(11)))
        self._about.setStyleSheet(f"color: {theme.muted}")

    def _choose(self, _: int) -> None:
        self.chosen.emit(self.box.choice)


def task_words(task: Task) -> str:
    """Return what a task is about: its pattern, what is asked, and the real problem it stands for."""
    return f"{task.pattern}\n{task.meaning}\n{task.stands_for}"
