"""The keys that change a number, the same in a matrix and on the input."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputEvent, QKeyEvent

from rnnviz.views.editors.knob import FINE, NUDGE
from rnnviz.views.fonts import MINUS

ERASERS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
OPENERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)


def starts_number(event: QKeyEvent) -> bool:
    """Return whether a key writes what a number can begin with."""
    return event.text() != "" and event.text() in f"0123456789+-.,{MINUS}"


def modifiers_of(event: QKeyEvent) -> Qt.KeyboardModifier:
    """Return what is held with a key; being on the keypad does not count."""
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


def is_fine(event: QInputEvent) -> bool:
    """Return whether Shift is held: all changes by hand are then ten times finer."""
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)


def nudge_of(event: QInputEvent) -> float:
    """Return how much one step of a key or of the wheel adds."""
    return NUDGE * FINE if is_fine(event) else NUDGE
