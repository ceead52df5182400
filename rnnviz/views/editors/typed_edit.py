"""A number typed digit by digit: "12" must not go through what "1" would leave of the network."""

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

    def apply(self, edit: Edit) -> None:
        """Make an edit in place of the one before; DocumentError leaves everything as it is."""
        session = self._session
        if self._base is None or session.document is not self._made:  # the first, or something else came between
            session.end_merging()
            self._base, self._made, self._key = session.document, session.document, object()
        base = self._base
        session.apply(Edit(edit.label, lambda _: edit.apply(base), self._key))
        self._made = session.document

    def end(self) -> None:
        """Let the next edit start from what there is then."""
        if self._base is not None:
            self._base = self._made = None
            self._session.end_merging()
