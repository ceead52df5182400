"""A number that is tried out: "12" must not go through what "1" would leave of the network, nor a slider through 0."""

from __future__ import annotations

from rnnviz.document.document import Document
from rnnviz.document.edits import Edit
from rnnviz.session.session import Session


class TypedEdit:
    """Makes edits that each start from the document as it was before the first; together they are one undo step."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._base: Document | None = None
        self._made: Document | None = None
        self._key = object()

    @property
    def start(self) -> Document:
        """What the next edit starts from: where the first did, unless something else came between."""
        if self._base is not None and self._session.document is self._made:
            return self._base
        return self._session.document

    def apply(self, edit: Edit) -> None:
        """Make an edit in place of the one before; DocumentError leaves everything as it is."""
        session, base = self._session, self.start
        if base is not self._base:
            session.end_merging()
            base = session.document
            self._base, self._made, self._key = base, base, object()
        session.apply(Edit(edit.label, lambda _: edit.apply(base), self._key))
        self._made = session.document

    def cancel(self) -> None:
        """Return to where it started, unless something else has changed since."""
        base = self.start
        if base is self._base:
            self._session.apply(Edit("Return", lambda _: base, self._key))
        self.end()

    def end(self) -> None:
        """Let the next edit start from what there is then."""
        if self._base is not None:
            self._base = self._made = None
            self._session.end_merging()
