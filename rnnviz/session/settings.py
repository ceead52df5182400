"""What is remembered between starts: theme, layout, recent files, playback speed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

_RECENT_LIMIT = 10


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
            return min(max(float(str(self._store.value("speed"))), 0.5), 100.0)
        except ValueError:
            return 5.0

    @speed.setter
    def speed(self, steps_per_second: float) -> None:
        self._store.setValue("speed", steps_per_second)

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

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None
