"""A value that is tried out: each edit takes the place of the one before, and all of them are one undo step."""

from __future__ import annotations

from rnnviz.document.document import Document
from rnnviz.document.edits import Edit
from rnnviz.session.session import Session


class LiveEdit:
    """Makes edits that each start from the document as it was before the first: a slider may pass 0 and come back.

    After any other change it starts anew from what there is then.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._base: Document | None = None
        self._made: Document | None = None
        self._key = object()

    @property
    def start(self) -> Document:
        """What the next edit starts from."""
        if self._base is not None and self._session.document is self._made:
            return self._base
        return self._session.document

    def apply(self, edit: Edit) -> None:
        """Make an edit instead of the one before; DocumentError leaves everything as it is."""
        session, base = self._session, self.start
        if base is not self._base:
            session.end_merging()
            self._base, self._key = session.document, object()
            base = self._base
        session.apply(Edit(edit.label, lambda _: edit.apply(base), self._key))
        self._made = session.document

    def cancel(self) -> None:
        """Return to where it started, unless something else has changed since."""
        base = self.start
        if base is self._base:
            self._session.apply(Edit("Return", lambda _: base, self._key))
        self.end()

    def end(self) -> None:
        """Let what was tried be a step of its own."""
        if self._base is not None:
            self._base = self._made = None
            self._session.end_merging()
