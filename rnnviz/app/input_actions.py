"""What can be done to the sequence that is fed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnviz.app.action import Action
from rnnviz.document.step_edits import (
    add_sequence,
    duplicate_sequence,
    remove_sequence,
    reverse_steps,
    shuffle_steps,
)

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow
    from rnnviz.session.session import Session

_MENU = "&Input"


def _sample(window: MainWindow) -> int:
    return window.session.selection.sample


def _has_order(session: Session) -> bool:
    return session.document.input.length(session.selection.sample) > 1


def _ask_order(window: MainWindow) -> None:
    from rnnviz.app.order_dialog import open_order_dialog

    open_order_dialog(window)


INPUT_ACTIONS: tuple[Action, ...] = (
    Action(
        "input.order",
        _MENU,
        "&Order matters…",
        "Reverse or shuffle the sequence and compare the network with one that is blind to order",
        _ask_order,
        "Ctrl+R",
    ),
    Action(
        "input.reverse",
        _MENU,
        "&Reverse the sequence",
        "Turn the selected sequence round, its targets with it",
        lambda w: w.apply(reverse_steps(None, _sample(w))),
        enabled=_has_order,
        separated=True,
    ),
    Action(
        "input.shuffle",
        _MENU,
        "&Shuffle the sequence",
        "Mix the steps of the selected sequence, their targets with them",
        lambda w: w.apply(shuffle_steps(w.session.history.index, None, _sample(w))),  # each time another order
        enabled=_has_order,
    ),
    Action(
        "input.add_sequence",
        _MENU,
        "&Add a sequence",
        "Append a blank sequence to the batch",
        lambda w: w.apply(add_sequence()),
        separated=True,
    ),
    Action(
        "input.duplicate_sequence",
        _MENU,
        "&Duplicate the sequence",
        "Put a copy of the selected sequence behind it",
        lambda w: w.apply(duplicate_sequence(_sample(w))),
    ),
    Action(
        "input.remove_sequence",
        _MENU,
        "Re&move the sequence",
        "Take the selected sequence out of the batch",
        lambda w: w.apply(remove_sequence(_sample(w))),
        enabled=lambda session: session.document.batch > 1,
    ),
)
