"""What an action is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow
    from rnnviz.session.session import Session


def always(session: Session) -> bool:  # noqa: ARG001
    """Say yes: the action can be done in every state."""
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """Something the user can do.

    Attributes:
        id: its name; stable, for tests and settings.
        menu: the path of its menu; ``>`` separates a submenu.
        text: what the menu says; & marks the mnemonic.
        tip: one sentence for the status bar and the shortcut sheet.
        run: does it.
        shortcut: keys that work in the whole window; they carry a modifier unless they are function keys, for a
            bare key would be stolen from whatever has the focus.
        enabled, checked: pure questions, asked again after every change; ``checked`` is None for plain actions.
        dynamic_text: another text for the present state, such as which edit would be undone.
        separated: a line stands above it.
    """

    id: str
    menu: str
    text: str
    tip: str
    run: Callable[[MainWindow], object]
    shortcut: str = ""
    enabled: Callable[[Session], bool] = always
    checked: Callable[[MainWindow], bool] | None = None
    dynamic_text: Callable[[Session], str] | None = None
    separated: bool = False
