"""What is remembered between starts: theme, layouts, recent files, playback speed."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

_RECENT_LIMIT = 10
_STATE_START = b"\x00\x00\x00\xff"  # of what QMainWindow.saveState returns


@dataclass(frozen=True, slots=True)
class FigureChoices:
    """How the last figure was made.

    Attributes:
        view: a plot's key or ``window``.
        kind: ``png``, ``svg`` or ``pdf``.
        theme: ``screen`` (as the window is), ``light``, ``dark`` or ``print``.
        folder: where the last one was written; empty before the first.
    """

    view: str = "hidden"
    kind: str = "png"
    width_mm: float = 180.0
    height_mm: float = 100.0
    dpi: int = 200
    theme: str = "screen"
    shows_cursor: bool = True
    shows_title: bool = True
    folder: str = ""


_FIGURE_CHOICES = {"kind": ("png", "svg", "pdf"), "theme": ("screen", "light", "dark", "print")}
_FIGURE_LIMITS = {"width_mm": (5.0, 2000.0), "height_mm": (5.0, 2000.0), "dpi": (30, 1200)}


class Settings:
    """A typed view of QSettings; a value that is missing or damaged reads as its default."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @property
    def theme(self) -> str:
        """``system``, ``light`` or ``dark``."""
        theme = self._store.value("theme")
        return theme if theme in ("light", "dark") else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("theme", name)

    @property
    def speed(self) -> float:
        """Playback speed, in steps per second."""
        try:
            speed = float(str(self._store.value("speed")))
        except ValueError:
            return 5.0
        return 5.0 if math.isnan(speed) else min(max(speed, 0.5), 100.0)

    @speed.setter
    def speed(self, steps_per_second: float) -> None:
        self._store.setValue("speed", steps_per_second)

    @property
    def figure(self) -> FigureChoices:
        """How the last figure was made; what is damaged, or out of range, is as it was the first time."""
        try:
            stored = json.loads(str(self._store.value("figure")))
        except (ValueError, RecursionError):
            return FigureChoices()
        values = stored if isinstance(stored, dict) else {}
        names = (field.name for field in fields(FigureChoices))
        return FigureChoices(**{name: values[name] for name in names if _is_sound(name, values.get(name))})

    @figure.setter
    def figure(self, choices: FigureChoices) -> None:
        self._store.setValue("figure", json.dumps(asdict(choices)))

    def geometry(self) -> QByteArray | None:
        """Return the window's size and place, or None."""
        return self._bytes("window/geometry")

    def layout(self) -> QByteArray | None:
        """Return the arrangement of the panels, or None."""
        return self._bytes("window/layout")

    def remember_window(self, geometry: QByteArray, layout: QByteArray) -> None:
        """Keep the window's size and place and the arrangement of its panels."""
        self._store.setValue("window/geometry", geometry)
        self._store.setValue("window/layout", layout)

    def own_layouts(self) -> dict[str, QByteArray]:
        """Return the arrangements that the user has saved, by name, as QMainWindow.saveState has them."""
        try:
            stored = json.loads(str(self._store.value("layouts")))
        except (ValueError, RecursionError):
            return {}
        layouts = stored.items() if isinstance(stored, dict) else ()
        found = {name: QByteArray.fromBase64(str(text).encode()) for name, text in layouts}
        return {name: state for name, state in found.items() if state.startsWith(QByteArray(_STATE_START))}

    def keep_layout(self, name: str, layout: QByteArray) -> None:
        """Keep an arrangement of the panels under a name, in the place of the one that has it."""
        self._write_layouts(self.own_layouts() | {name: layout})

    def forget_layout(self, name: str) -> None:
        """Forget the arrangement of that name."""
        self._write_layouts({each: state for each, state in self.own_layouts().items() if each != name})

    def _write_layouts(self, layouts: dict[str, QByteArray]) -> None:
        texts = {name: bytes(state.toBase64().data()).decode() for name, state in layouts.items()}
        self._store.setValue("layouts", json.dumps(texts))

    @property
    def recent_files(self) -> list[Path]:
        """The scene files opened or saved last, newest first."""
        stored = self._store.value("recent") or []
        names = [stored] if isinstance(stored, str) else stored
        return [Path(str(name)) for name in names] if isinstance(names, list) else []

    def remember_file(self, path: Path) -> None:
        """Put a file first among the recent ones."""
        path = path.resolve()
        others = [file for file in self.recent_files if file != path]
        self._store.setValue("recent", [str(file) for file in [path, *others][:_RECENT_LIMIT]])

    def forget_files(self) -> None:
        """Empty the list of recent files."""
        self._store.remove("recent")

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None


def _is_sound(name: str, value: object) -> bool:
    """Return whether a stored choice is of the right type and possible."""
    if name in _FIGURE_CHOICES:
        return value in _FIGURE_CHOICES[name]
    if name in _FIGURE_LIMITS:
        low, high = _FIGURE_LIMITS[name]
        is_number = isinstance(value, int if name == "dpi" else int | float) and not isinstance(value, bool)
        return is_number and low <= value <= high  # type: ignore[operator]  # it is a number
    return isinstance(value, bool if name.startswith("shows_") else str)
