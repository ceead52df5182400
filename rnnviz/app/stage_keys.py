"""The keys of presentation mode, as data: the stage and the sheet of keys derive from this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnviz.app.presentation import Stage


@dataclass(frozen=True, slots=True)
class StageKey:
    """Keys of the stage that do the same. They are bare, for there is nothing to type into.

    Attributes:
        keys: their names.
        says: what the sheet of keys calls them.
        does: what the sheet says of them.
        run: does it; it is told which key was pressed.
    """

    keys: tuple[str, ...]
    says: str
    does: str
    run: Callable[[Stage, str], object]


STAGE_KEYS: tuple[StageKey, ...] = (
    StageKey(("PgDown", "Right"), "Page Down, Right", "step forward", lambda stage, _: stage.move_cursor(+1)),
    StageKey(("PgUp", "Left"), "Page Up, Left", "step back", lambda stage, _: stage.move_cursor(-1)),
    StageKey(("Home",), "Home", "to the initial state", lambda stage, _: stage.set_cursor(0)),
    StageKey(("End",), "End", "to the last step", lambda stage, _: stage.set_cursor(stage.last_step)),
    StageKey(("Space",), "Space", "play or pause", lambda stage, _: stage.toggle_play()),
    StageKey(
        tuple("123456789"),
        "1 … 9",
        "fill the screen with one view; again, or Esc, brings all back",
        lambda stage, key: stage.toggle_full(int(key)),
    ),
    StageKey(
        ("R",),
        "R",
        "predict, then reveal: hide what comes; again: hide where the gradient goes next; again: nothing",
        lambda stage, _: stage.hide_next(),
    ),
    StageKey(("B", "."), "B", "black screen; any key returns", lambda stage, _: stage.blackout.cover()),
    StageKey(("H",), "H", "highlight the pointer, or not", lambda stage, _: stage.toggle_spot()),
    StageKey(("D",), "D", "light or dark", lambda stage, _: stage.switch_light()),
    StageKey(("Ctrl+Z",), "Ctrl+Z", "take the last edit back", lambda stage, _: stage.undo()),
    StageKey(("Esc", "F5"), "Esc", "back to the window, which is as it was", lambda stage, _: stage.step_out()),
)
