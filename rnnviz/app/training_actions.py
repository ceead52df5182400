"""What can be done to train the network: start and stop, go back, and the tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from rnnviz.app.action import Action
from rnnviz.document.tasks import TASKS
from rnnviz.document.tasks._base import Task

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow

_MENU = "T&rain"
TASKS_MENU = "T&rain>&Tasks"
_SHARE = 0.6  # of the window's height, for the panel when it comes to light


def _toggle(window: MainWindow) -> None:
    reveal(window)
    run = window.training
    window.attempt(run.pause if run.is_playing else run.play)


def _update_once(window: MainWindow) -> None:
    reveal(window)
    window.attempt(window.training.update_once)


def _take_part(window: MainWindow) -> None:
    reveal(window)
    window.attempt(window.training.take_part)


def _compare_cells(window: MainWindow) -> None:
    from rnnviz.app.cells_dialog import open_cells_dialog

    open_cells_dialog(window)


def reveal(window: MainWindow) -> None:
    """Show the panel that trains; the keyboard stays where it is."""
    window.fill()
    card, area = window.cards["training-editor"], window.dock_area
    if card.isHidden():
        card.show()
        card.raise_()
        area.resizeDocks([card], [round(_SHARE * area.height())], Qt.Orientation.Vertical)


def _task_action(task: Task) -> Action:
    return Action(
        id=f"train.task.{task.key}",
        menu=TASKS_MENU,
        text=task.title.replace("&", "&&"),
        tip=f"{task.pattern}. {task.meaning} {task.stands_for}",
        run=lambda window: window.open_task(task),
        checked=lambda window: window.training.plan.task is task,
    )


TRAINING_ACTIONS: tuple[Action, ...] = (
    Action("train.toggle", _MENU, "&Start or pause", "Train the network, or pause", _toggle, "Ctrl+T"),
    Action(
        "train.once",
        _MENU,
        "&One update",
        "Make one update of the weights, or the rest of the present one",
        _update_once,
        "Ctrl+Shift+T",
    ),
    Action(
        "train.part",
        _MENU,
        "One &part of an update",
        "Take the next of the five parts: forward, loss, backward, clip, update",
        _take_part,
        "Ctrl+Shift+Space",
    ),
    Action(
        "train.reset",
        _MENU,
        "&Reset",
        "Go back to the weights that the training began with",
        lambda w: w.training.reset(),
        separated=True,
    ),
    Action(
        "train.seed",
        _MENU,
        "&New seed",
        "Draw all weights anew, with the next seed",
        lambda w: w.training.new_seed(),
    ),
    *(_task_action(task) for task in TASKS.values()),
    Action(
        "train.cells",
        _MENU,
        "&Compare cells…",
        "Train an RNN, a GRU and an LSTM on the same task of long memory, side by side",
        _compare_cells,
        separated=True,
    ),
)
