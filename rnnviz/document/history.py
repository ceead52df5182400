"""Undo and redo: a stack of values. Nothing here knows Qt."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from rnnviz.document.document import Document

LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """A state of the document, and the edit that led to it; ``scene`` numbers the documents that were opened."""

    label: str
    document: Document
    merge_key: Hashable = None
    scene: int = 0


class History:
    """Every state the document has been in, with one of them current.

    Entries share the arrays that they have in common, so a thousand of them cost little.
    """

    def __init__(self, document: Document, label: str = "Open") -> None:
        self._entries = [Entry(label, document)]
        self._index = 0

    @property
    def document(self) -> Document:
        """The current state."""
        return self._entries[self._index].document

    @property
    def labels(self) -> tuple[str, ...]:
        """What each entry did, oldest first."""
        return tuple(entry.label for entry in self._entries)

    @property
    def index(self) -> int:
        """The place of the current state in `labels`."""
        return self._index

    @property
    def scene(self) -> int:
        """Which of the opened documents the current state is a version of: 0 is the one it all began with."""
        return self._entries[self._index].scene

    @property
    def undo_label(self) -> str | None:
        """What undo would take back, or None."""
        return self._entries[self._index].label if self._index > 0 else None

    @property
    def redo_label(self) -> str | None:
        """What redo would do again, or None."""
        return self._entries[self._index + 1].label if self._index + 1 < len(self._entries) else None

    def push(self, document: Document, label: str, merge_key: Hashable = None, *, is_opened: bool = False) -> None:
        """Make a document current and forget what had been undone; one that is opened begins another scene.

        Edits that follow each other with an equal merge key, which is not None, count as one step: a drag,
        until `end_merging` closes it.
        """
        del self._entries[self._index + 1 :]
        current = self._entries[-1]
        if merge_key is not None and merge_key == current.merge_key:
            self._entries.pop()
        self._entries.append(Entry(label, document, merge_key, current.scene + is_opened))
        del self._entries[:-LIMIT]
        self._index = len(self._entries) - 1

    def amend(self, document: Document, label: str) -> None:
        """Let the newest step lead to another document instead, under another label; it has to be the current one."""
        self._entries[-1] = replace(self._entries[-1], document=document, label=label)

    @property
    def is_newest(self) -> bool:
        """Whether nothing has been undone since the last step."""
        return self._index == len(self._entries) - 1

    def end_merging(self) -> None:
        """Let the next edit be a step of its own; drop the step that a drag back to its start has left."""
        current, before = self._entries[self._index], self._entries[self._index - 1]
        if current.merge_key is None:
            return
        if current is self._entries[-1] and current.document == before.document:
            self._entries.pop()
            self._index -= 1
        else:
            self._entries[self._index] = replace(current, merge_key=None)

    def undo(self) -> Document:
        """Return to the state before; the current one if there is none."""
        self._index = max(self._index - 1, 0)
        return self.document

    def redo(self) -> Document:
        """Return to the state that was undone last; the current one if there is none."""
        self._index = min(self._index + 1, len(self._entries) - 1)
        return self.document

    def go_to(self, index: int) -> Document:
        """Make the state at that place of `labels` the current one; IndexError if there is none."""
        if not 0 <= index < len(self._entries):
            raise IndexError(f"the history has {len(self._entries)} states, and none at {index}")
        self._index = index
        return self.document
