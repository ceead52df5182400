"""What is remembered between starts: theme, layouts, figures, recent files, playback speed."""

from __future__ import annotations

import json
import math
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from rnnviz.session.figure_choices import FigureChoices, read_choices, stored_choices, stored_style

_RECENT_LIMIT = 10
_STATE_START = b"\x00\x00\x00\xff"  # of what QMainWindow.saveState returns


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
        return read_choices(self._json("figure"))

    @figure.setter
    def figure(self, choices: FigureChoices) -> None:
        self._store.setValue("figure", json.dumps(stored_choices(choices)))

    def figure_styles(self) -> dict[str, FigureChoices]:
        """Return the styles that the user has saved, by name; of the choices only the style is meant."""
        stored = self._json("figure-styles")
        styles = stored.items() if isinstance(stored, dict) else ()
        return {name: read_choices(style) for name, style in styles}

    def keep_figure_style(self, name: str, choices: FigureChoices) -> None:
        """Keep the style of choices under a name, in the place of the one that has it."""
        self._write_figure_styles(self.figure_styles() | {name: choices})

    def forget_figure_style(self, name: str) -> None:
        """Forget the style of that name."""
        self._write_figure_styles({each: style for each, style in self.figure_styles().items() if each != name})

    def _write_figure_styles(self, styles: dict[str, FigureChoices]) -> None:
        texts = {name: stored_style(style) for name, style in sorted(styles.items())}
        self._store.setValue("figure-styles", json.dumps(texts))

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
        stored = self._json("layouts")
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

    def _json(self, key: str) -> object:
        """Return a value that was written as JSON; None if it is missing or damaged."""
        try:
            stored: object = json.loads(str(self._store.value(key)))
        except (ValueError, RecursionError):
            return None
        return stored

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None
