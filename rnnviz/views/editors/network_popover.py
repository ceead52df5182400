"""What all popovers of the network strip have in common: they follow the session and edit its document."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from rnnviz.document.document import Document
from rnnviz.document.edits import Edit
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Session
from rnnviz.views.editors.typed_edit import TypedEdit
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.popover import Popover


class NetworkPopover(Popover):
    """A popover whose controls edit the document; a refusal is said below them, and nothing has changed."""

    def __init__(self, title: str, session: Session, theme: Theme, parent: QWidget) -> None:
        super().__init__(title, theme, parent)
        self.session = session
        session.document_changed.connect(self._follow)
        session.selection_changed.connect(self._follow)
        self.opened.connect(self._follow_now)

    def show_document(self, document: Document) -> None:
        """Show what the document says."""
        raise NotImplementedError

    def attempt(self, edit: Edit) -> None:
        """Make an edit, or say why it is refused."""
        self._try(edit, self.session.apply)

    def attempt_typed(self, typed: TypedEdit, edit: Edit) -> None:
        """Make an edit of a number that is being typed, or say why it is refused."""
        self._try(edit, typed.apply)

    def _try(self, edit: Edit, apply: Callable[[Edit], None]) -> None:
        try:
            apply(edit)
        except DocumentError as error:
            self.show_problem(str(error))
        else:
            self.show_problem("")
        self._follow_now()

    def _follow(self, *_: object) -> None:
        if self.isVisible():
            self._follow_now()

    def _follow_now(self) -> None:
        self.show_document(self.session.document)
