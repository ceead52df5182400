"""The session: the document being edited, its frame, the cursor and the selection; the only writer of all four."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from rnnviz.document.document import Document, Place
from rnnviz.document.edits import Edit
from rnnviz.document.frame import Frame
from rnnviz.document.history import History
from rnnviz.document.links import Focus, Weight, exists
from rnnviz.session.background import Background
from rnnviz.session.computer import Computer, InlineComputer, predicted_ms
from rnnviz.session.job import Job
from rnnviz.session.time_range import TimeRange


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user points at.

    Attributes:
        layer: which recurrent layer, from 0.
        sample: which sequence of the batch, from 0.
        unit: the hidden unit that is looked into, from 0.
        entry: the weight last touched, as (place, row, column), or None.
    """

    layer: int = 0
    sample: int = 0
    unit: int = 0
    entry: tuple[Place, int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a scene belongs: its file, or None, and the document that it holds, as far as it is known."""

    path: Path | None
    saved: Document | None


class Session(QObject):
    """The document being edited, what it computes to, and the moment being looked at.

    Signals:
        document_changed(Document): after an edit, undo, redo or load; before its frame exists.
        frame_changed(Frame): numbers of some recent document; its own document says which.
        cursor_changed(int): state index, 0 to T of the shown frame.
        selection_changed(Selection): another unit, layer, sequence or weight is looked at.
        focus_changed(Focus or None): the pointer, or the keyboard, is at another thing, or at nothing.
        time_range_changed(TimeRange or None): plots over time show another part of it; None is all.
        file_changed(Path or None): the scene was opened from, or saved to, this file, or undo led back to it; or
            the file holds something else now.
        closed(): nothing is edited any more.
    """

    document_changed = Signal(object)
    frame_changed = Signal(object)
    cursor_changed = Signal(int)
    selection_changed = Signal(object)
    focus_changed = Signal(object)
    time_range_changed = Signal(object)
    file_changed = Signal(object)
    closed = Signal()

    def __init__(self, document: Document, computer: Computer | None = None, parent: QObject | None = None) -> None:
        """Start on a document; its first frame is computed here and now."""
        super().__init__(parent)
        self._history = History(document, f"Open {document.title}")
        self._origins = {self._history.scene: _Origin(None, document)}
        self._computer = computer or InlineComputer()
        self._computer.setParent(self)
        self.background = Background(self._computer.at_once_ms, self)
        self._frame = self._computer.compute_now(document)
        self._computer.frame_ready.connect(self._show)
        self._cursor = self._frame.last_step
        self._selection = Selection()
        self._focus: Focus | None = None
        self._time_range: TimeRange | None = None

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self._history.document

    @property
    def frame(self) -> Frame:
        """The numbers that are shown; of a slightly older document while a long computation runs."""
        return self._frame

    @property
    def has_long_frame(self) -> bool:
        """Whether the shown frame is too large for all that is made of it to be made in one event handler."""
        return predicted_ms(self._frame.document) > self._computer.at_once_ms

    @property
    def cursor(self) -> int:
        """The state index being looked at, 0 to T."""
        return self._cursor

    @property
    def selection(self) -> Selection:
        """What is being pointed at."""
        return self._selection

    @property
    def focus(self) -> Focus | None:
        """What the hand is at right now, in any view or editor; None if nothing is to be lit up."""
        return self._focus

    @property
    def time_range(self) -> TimeRange | None:
        """The part of time that plots over time show; None for all of it."""
        return self._time_range

    @property
    def shown_selection(self) -> Selection:
        """The selection as far as it exists in the shown frame, which may be that of an older document."""
        return self._within(self._selection, self._frame.document)

    @property
    def history(self) -> History:
        """What can be undone. To read, not to change."""
        return self._history

    @property
    def path(self) -> Path | None:
        """The file the scene belongs to, or None."""
        return self._origins[self._history.scene].path

    @property
    def saved(self) -> Document | None:
        """The document as it was opened or saved last; None if no file or scene holds any version of it."""
        return self._origins[self._history.scene].saved

    @property
    def is_modified(self) -> bool:
        """Whether the document differs from what was opened or saved last."""
        return self.document != self.saved

    @property
    def is_computing(self) -> bool:
        """Whether the shown frame is not yet that of the current document."""
        return self._frame.document is not self.document and self._frame.document != self.document

    # Editing

    def apply(self, edit: Edit) -> None:
        """Make an edit. An equal document is dropped: no signal, no history, no computation.

        Raises:
            DocumentError: the edit is impossible; nothing has changed.
        """
        document = edit.apply(self.document)
        if document == self.document:
            return
        self._history.push(document, edit.label, edit.merge_key)
        self._document_is_now(document)

    def amend(self, edit: Edit, written: Document) -> None:
        """Make an edit part of the step that led to ``written``; a step of its own if that is not the newest any more.

        For what goes on by itself: a gesture elsewhere does not cut it into several steps.

        Raises:
            DocumentError: the edit is impossible; nothing has changed.
        """
        if self.document is not written or not self._history.is_newest:
            self.apply(edit)
            return
        document = edit.apply(self.document)
        if document == self.document:
            return
        self._history.amend(document, edit.label)
        self._document_is_now(document)

    def end_merging(self) -> None:
        """Let the next edit be an undo step of its own: a gesture is over."""
        self._history.end_merging()

    def undo(self) -> None:
        """Take the last edit back."""
        if self._history.undo_label is not None:
            self._go_through_history(self._history.undo)

    def redo(self) -> None:
        """Do the last undone edit again."""
        if self._history.redo_label is not None:
            self._go_through_history(self._history.redo)

    def go_to(self, index: int) -> None:
        """Return to the state at that place of the history; IndexError if there is none."""
        if index != self._history.index:
            self._go_through_history(lambda: self._history.go_to(index))

    def _go_through_history(self, step: Callable[[], Document]) -> None:
        path = self.path
        document = step()
        if self.path != path:
            self.file_changed.emit(self.path)
        self._document_is_now(document)

    # Looking

    def set_cursor(self, t: int) -> None:
        """Look at another moment; a t outside the sequence becomes the nearest inside. Computes nothing."""
        t = min(max(t, 0), self._frame.last_step)
        if t != self._cursor:
            self._cursor = t
            if self._time_range is not None:
                self.set_time_range(self._time_range.following(t, self._frame.last_step))
            self.cursor_changed.emit(t)

    def move_cursor(self, steps: int) -> None:
        """Step forward or, with a negative number, back."""
        self.set_cursor(self._cursor + steps)

    def select(self, selection: Selection) -> None:
        """Point at something else."""
        selection = self._within(selection, self.document)
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit(selection)

    def set_focus(self, focus: Focus | None) -> None:
        """Light up another thing and what is linked with it, or with None nothing. Computes nothing.

        What the document does not have lights up nothing.
        """
        if focus is not None and not exists(self.document, focus):
            focus = None
        if focus != self._focus:
            self._focus = focus
            self.focus_changed.emit(focus)

    def set_time_range(self, time_range: TimeRange | None) -> None:
        """Let plots over time show another part of it, as far as the shown frame has it; None for all of it.

        It follows the cursor when that leaves it, and another length of sequences brings all of it back.
        """
        last = self._frame.last_step
        if time_range is not None and (time_range := time_range.within(last)) == TimeRange(0, last):
            time_range = None
        if time_range != self._time_range:
            self._time_range = time_range
            self.time_range_changed.emit(time_range)

    # Files

    def open_document(self, document: Document, path: Path | None = None) -> None:
        """Go on with another document, from a file or built in. It can be undone."""
        self._open(document, _Origin(path, document), f"Open {document.title}")

    def restore(self, document: Document, path: Path | None, saved: Document | None) -> None:
        """Go on with a document that was never saved, though its file may hold ``saved``. It can be undone."""
        self._open(document, _Origin(path, saved), f"Restore {document.title}")

    def _open(self, document: Document, origin: _Origin, label: str) -> None:
        changed = document != self.document
        if changed:
            self._history.push(document, label, is_opened=True)
        self._origins[self._history.scene] = origin
        self._selection = Selection()
        self.selection_changed.emit(self._selection)
        self.file_changed.emit(origin.path)
        if changed:
            self._document_is_now(document)

    def open_file(self, path: Path) -> None:
        """Open a scene file; SceneError leaves everything as it was."""
        from rnnviz.document.scenes import load_scene

        self.open_document(load_scene(path), path)

    def reload(self) -> None:
        """Read the scene's file again. It can be undone; SceneError leaves everything as it was."""
        from rnnviz.document.scenes import load_scene

        if self.path is not None:
            document = load_scene(self.path)
            self._open(document, _Origin(self.path, document), f"Reload {self.path.name}")

    def file_holds(self, document: Document | None) -> None:
        """Take note that somebody else has put another document, or no scene at all, into the scene's file."""
        self._origins[self._history.scene] = _Origin(self.path, document)
        self.file_changed.emit(self.path)

    def save_file(self, path: Path) -> None:
        """Write the scene to a file and go on with that file; SceneError leaves everything as it was."""
        document = self.document
        from rnnviz.document.scenes import save_scene

        save_scene(document, path)
        self._origins[self._history.scene] = _Origin(path, document)
        self.file_changed.emit(path)

    def close(self) -> None:
        """Stop computing for good, and end the jobs that belong to the session."""
        self._computer.close()
        self.background.close()
        for job in self.findChildren(Job):
            job.close()
        self.closed.emit()

    # What follows from a change

    def _document_is_now(self, document: Document) -> None:
        self.set_focus(self._focus)  # it may have gone
        selection = self._within(self._selection, document)
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit(selection)
        self.document_changed.emit(document)
        self._computer.request(document)

    def _show(self, frame: Frame) -> None:
        if frame.last_step != self._frame.last_step:
            self.set_time_range(None)
        self._frame = frame
        if self._cursor > frame.last_step:
            self._cursor = frame.last_step
            self.frame_changed.emit(frame)
            self.cursor_changed.emit(self._cursor)
        else:
            self.frame_changed.emit(frame)

    @staticmethod
    def _within(selection: Selection, document: Document) -> Selection:
        """Return the selection, moved to what exists in the document."""
        layer = min(selection.layer, len(document.layers) - 1)
        entry = selection.entry
        if entry is not None and not exists(document, Weight(*entry)):
            entry = None
        return replace(
            selection,
            layer=layer,
            sample=min(selection.sample, document.batch - 1),
            unit=min(selection.unit, document.layers[layer].units - 1),
            entry=entry,
        )
