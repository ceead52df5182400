"""The questions that only the user can answer. Tests answer them with another object of the same shape."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from rnnviz.document import SCENE_SUFFIX


class Unsaved(Enum):
    """What to do with changes that were not saved."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class Dialogs:
    """Asks with the system's own dialogs. Set ``parent`` once the window exists."""

    parent: QWidget | None = None

    def open_scene(self) -> Path | None:
        """Return the scene file to open, or None."""
        kinds = f"Scenes (*{SCENE_SUFFIX} *.json);;All files (*)"
        return self._path(QFileDialog.getOpenFileName(self.parent, "Open scene", "", kinds)[0])

    def open_data(self) -> Path | None:
        """Return the CSV, WAV or text file to feed, or None."""
        kinds = "Series, sounds and texts (*.csv *.tsv *.txt *.wav);;All files (*)"
        return self._path(QFileDialog.getOpenFileName(self.parent, "Open data", "", kinds)[0])

    def save_scene(self, suggested: Path) -> Path | None:
        """Return the file to save the scene to, or None."""
        kinds = f"Scenes (*{SCENE_SUFFIX})"
        path = self._path(QFileDialog.getSaveFileName(self.parent, "Save scene", str(suggested), kinds)[0])
        if path is not None and not path.name.endswith(".json"):
            path = path.with_name(path.name + SCENE_SUFFIX)
        return path

    def save_figure(self, suggested: Path) -> Path | None:
        """Return the file to write a figure to, or None."""
        kinds = ["PNG picture (*.png)", "SVG drawing (*.svg)", "PDF page (*.pdf)"]
        # the suggested kind comes first: some systems append the ending of the first
        kinds.sort(key=lambda kind: f"*{suggested.suffix})" not in kind)
        chosen = QFileDialog.getSaveFileName(self.parent, "Export figure", str(suggested), ";;".join(kinds))
        return self._path(chosen[0])

    def save_script(self, suggested: Path) -> Path | None:
        """Return the file to write a script to, or None."""
        kinds = "Python scripts (*.py)"
        path = self._path(QFileDialog.getSaveFileName(self.parent, "Export code", str(suggested), kinds)[0])
        return path if path is None or path.suffix == ".py" else path.with_name(f"{path.name}.py")

    def scene_title(self, title: str) -> str | None:
        """Return another title for the scene, or None."""
        words, accepted = QInputDialog.getText(self.parent, "Rename scene", "Title", text=title)
        return words.strip() or None if accepted else None

    def layout_name(self) -> str | None:
        """Return a name for the arrangement of the panels, or None."""
        words, accepted = QInputDialog.getText(self.parent, "Save layout", "Name of this arrangement")
        return words.strip() or None if accepted else None

    def unsaved(self, title: str) -> Unsaved:
        """Return what to do with unsaved changes."""
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self.parent,
            "Unsaved changes",
            f"“{title}” has changes that are not saved.",
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        return {buttons.Save: Unsaved.SAVE, buttons.Discard: Unsaved.DISCARD}.get(answer, Unsaved.CANCEL)

    @staticmethod
    def _path(name: str) -> Path | None:
        return Path(name) if name else None
