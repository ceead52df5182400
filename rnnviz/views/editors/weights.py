"""The weights panel: every matrix of the network under a heading that says what it connects."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from rnnviz.core.measures.spectrum import spectral_radius
from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.links import Focus, Gate, Matrices, Weight, gate_of, linked
from rnnviz.document.values import Array
from rnnviz.session.session import Selection, Session
from rnnviz.views.editors.grid import margin_of
from rnnviz.views.editors.matrix import MatrixEditor
from rnnviz.views.editors.matrix_heading import SPACE, MatrixHeading
from rnnviz.views.editors.matrix_menu import MatrixMenu
from rnnviz.views.editors.matrix_view import limit_for
from rnnviz.views.editors.naming import axis_names, places_in_order, words_for
from rnnviz.views.fonts import number, scientific, ui_font
from rnnviz.views.theme import Theme

_LARGE_RADIUS = 1e4
_QUICK = 64  # units: the eigenvalues of more take longer than a drag should wait for
_PATIENT = 192  # units: the eigenvalues of more take longer than any edit should wait for


class WeightsPanel(QWidget):
    """Every array of the document: of each layer the recurrent one, the input's, biases, initial states; the readout.

    An input matrix with fewer inputs than units is displayed transposed, so that a unit is a column and the
    numbers have room. All matrices share one colour scale, which does not move during a drag.

    Signals:
        message(str): an edit was refused, and why.
    """

    message = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._editors: dict[Place, MatrixEditor] = {}
        self._headings: dict[Place, MatrixHeading] = {}
        self._menus: dict[Place, MatrixMenu] = {}
        self._titles: list[QLabel] = []
        self._contents: tuple[object, ...] = ()
        self._shown: Document | None = None
        self._focus_is_late = False
        self._radius_of: tuple[Array, str] | None = None
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._share_the_wheel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.setAccessibleName("Weights")
        session.document_changed.connect(self._show_document)
        session.selection_changed.connect(self._scroll_to_selection)
        session.focus_changed.connect(self._show_focus)
        self._show_document(session.document)
        self.apply_theme(theme)

    @property
    def editors(self) -> tuple[MatrixEditor, ...]:
        """The editors, from top to bottom."""
        return tuple(self._editors.values())

    def editor(self, place: Place) -> MatrixEditor:
        """Return the editor of a matrix; KeyError if the document has no such matrix."""
        return self._editors[place]

    def menu(self, place: Place) -> MatrixMenu:
        """Return the menu of a matrix."""
        return self._menus[place]

    def heading(self, place: Place) -> MatrixHeading:
        """Return what stands above a matrix."""
        return self._headings[place]

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self._scroll.setStyleSheet(_style(theme))
        for place, editor in self._editors.items():
            self._headings[place].apply_theme(theme)
            editor.apply_theme(theme)
            self._menus[place].apply_theme(theme)
        for title in self._titles:
            title.setFont(ui_font(theme.px(12), QFont.Weight.DemiBold))
            title.setStyleSheet(f"color: {theme.text}; padding-left: {margin_of(theme):.0f}px;")
            title.setFixedHeight(round(theme.px(24)))
        self._lay_out()

    # Following the document

    def _show_document(self, document: Document) -> None:
        places = tuple(places_in_order(document))
        was_late, self._shown = self._focus_is_late, document
        contents = tuple((place, axis_names(document, place), words_for(document, place)) for place in places)
        if contents != self._contents:
            self._contents = contents
            self._rebuild(document, places)
            was_late = True
        if was_late:
            self._show_focus(self._session.focus)
        for place in places:
            self._headings[place].set_words(self._words(document, place))
            self._headings[place].set_locked(_lock_words(document, place))
        if not self._is_dragging():
            self._fit_limit(document)

    def _show_focus(self, focus: Focus | None) -> None:
        # Where the document is another one already, its matrices come first.
        self._focus_is_late = self._session.document is not self._shown
        if self._focus_is_late:
            return
        document, sample = self._session.document, self._session.selection.sample
        links = None if focus is None else linked(document, focus, sample)
        for place, editor in self._editors.items():
            editor.show_links(links)
            self._headings[place].set_lit(None if links is None else links.heading(document, place))
        self._scroll_to_focus(focus)

    def _point_at(self, place: Place | None) -> None:
        """Point at the gate that a matrix belongs to or, where there is none, at the whole matrix."""
        if place is None:
            self._session.set_focus(None)
            return
        block = gate_of(self._session.document, place)
        self._session.set_focus(Weight(place) if block is None else Gate(place.layer, None, block))

    def _scroll_to_focus(self, focus: Focus | None) -> None:
        """Bring the weight, or the first matrix of the gate, that is pointed at elsewhere into view."""
        if self.underMouse() or self._is_dragging():
            return
        if isinstance(focus, Weight) and focus.place in self._editors:
            if focus.row is None and focus.column is None:
                self._scroll_to_first([focus.place])
            else:
                self._show_entry(focus.place, focus.row or 0, focus.column or 0)
        elif isinstance(focus, Matrices):
            self._scroll_to_first([place for place in self._editors if focus.holds(place)])
        elif isinstance(focus, Gate) and focus.block is not None:
            document = self._session.document
            self._scroll_to_first(
                [p for p in self._editors if p.layer == focus.layer and gate_of(document, p) == focus.block]
            )

    def _scroll_to_first(self, places: list[Place]) -> None:
        """Bring the heading of the first of some matrices into view, unless that of one of them is."""
        viewport = self._scroll.viewport()
        tops = [self._headings[place].mapTo(viewport, self._headings[place].rect().center()).y() for place in places]
        if tops and not any(0 <= top < viewport.height() for top in tops):
            middle = self._scroll.verticalScrollBar().value() + tops[0]
            self._scroll.ensureVisible(0, middle, 0, self._headings[places[0]].height())

    def _is_dragging(self) -> bool:
        return any(editor.is_dragging for editor in self._editors.values())

    def _settle(self) -> None:
        """Catch up with what a drag has put off."""
        self._show_document(self._session.document)

    def _fit_limit(self, document: Document) -> None:
        """Let the colours reach as far as the largest weight; in a drag they stay comparable instead."""
        limit = limit_for(*(document.weight(place) for place in self._editors))
        for editor in self._editors.values():
            editor.set_limit(limit)

    def _words(self, document: Document, place: Place) -> str:
        array, editor = document.weight(place), self._editors[place]
        words = [words_for(document, place)]
        if array.ndim > 1:
            rows, columns = editor.shape
            words.append(f"{rows}×{columns}" + (" (transposed)" if (rows, columns) != array.shape else ""))
        if place.name == "W_hh" and document.layers[place.layer].cell == "rnn" and len(array) <= _PATIENT:
            slow = len(array) > _QUICK and self._is_dragging()
            words.append("ρ = …" if slow else self._radius_words(array))
        return SPACE.join(word for word in words if word)

    def _radius_words(self, matrix: Array) -> str:
        """Return the spectral radius in words; the last answer is kept, as most edits do not change it."""
        if self._radius_of is None or self._radius_of[0] is not matrix:
            self._radius_of = matrix, _radius_words(matrix)
        return self._radius_of[1]

    # Building

    def _rebuild(self, document: Document, places: tuple[Place, ...]) -> None:
        for place, editor in self._editors.items():
            self._menus[place].abandon()
            editor.blockSignals(True)
            editor.abandon()
        body = QWidget()
        body.setObjectName("weights")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._editors, self._headings, self._menus, self._titles = {}, {}, {}, []
        layer = None
        for place in places:
            if place.layer != layer and len(document.layers) > 1:
                self._titles.append(QLabel("Readout" if place.layer == READOUT else f"Layer {place.layer + 1}"))
                column.addWidget(self._titles[-1])
            layer = place.layer
            self._headings[place] = MatrixHeading(place, self._theme)
            self._editors[place] = self._make_editor(document, place)
            self._menus[place] = MatrixMenu(self._editors[place], self._theme)
            self._headings[place].menu_requested.connect(self._menus[place].open_for_matrix)
            self._headings[place].pointed_at.connect(self._point_at)
            column.addWidget(self._headings[place])
            column.addWidget(self._editors[place])
        column.addStretch()
        if (old := self._scroll.takeWidget()) is not None:
            old.deleteLater()  # later: one of its editors may be what the user has just used
        self._scroll.setWidget(body)
        for before, after in pairwise(self._editors.values()):
            QWidget.setTabOrder(before, after)
        self.apply_theme(self._theme)

    def _make_editor(self, document: Document, place: Place) -> MatrixEditor:
        shape = document.weight(place).shape
        is_input = place.layer != READOUT and place.name.startswith("W_x")
        editor = MatrixEditor(self._session, place, self._theme, transposed=is_input and shape[1] < shape[0])
        editor.message.connect(self.message)
        editor.drag_ended.connect(self._settle)
        return editor

    def _lay_out(self) -> None:
        """Give every editor the height that its width needs; the scroll bar has room of its own."""
        body = self._scroll.widget()
        width = max(self.width() - self._bar_width(), 1)
        for editor in self._editors.values():
            editor.setFixedHeight(editor.heightForWidth(width))
        if body is not None and (layout := body.layout()) is not None:
            layout.activate()
            body.resize(width, max(layout.sizeHint().height(), self.height()))

    def _bar_width(self) -> int:
        return round(self._theme.px(8))

    def _share_the_wheel(self, _: int, maximum: int) -> None:
        """Once there is something to scroll, scrolling must not change the weights that pass by."""
        for editor in self._editors.values():
            editor.set_wheel_needs_current(maximum > 0)

    def _scroll_to_selection(self, selection: Selection) -> None:
        if selection.entry is None or selection.entry[0] not in self._editors:
            return
        self._show_entry(*selection.entry)

    def _show_entry(self, place: Place, row: int, column: int) -> None:
        """Bring a weight into view."""
        editor, viewport = self._editors[place], self._scroll.viewport()
        cell = editor.cell_rect(*editor.cell_of(row, column))
        middle = editor.mapTo(viewport, cell.center()).y()
        if not 0 <= middle < viewport.height():
            top = self._scroll.verticalScrollBar().value() + middle
            self._scroll.ensureVisible(0, top, 0, cell.height())

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(275)), round(self._theme.px(420)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(160)), round(self._theme.px(120)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()


def _lock_words(document: Document, place: Place) -> str:
    mask = document.locked(place)
    if mask is None:
        return ""
    return "locked" if mask.all() else f"{int(mask.sum())} locked"


def _radius_words(matrix: Array) -> str:
    try:
        radius = spectral_radius(matrix)
    except np.linalg.LinAlgError:  # the iteration did not converge
        return ""
    if not np.isfinite(radius):
        return ""
    return f"ρ = {number(radius) if radius < _LARGE_RADIUS else scientific(radius)}"


def _style(theme: Theme) -> str:
    """Return the scroll area's style: the card behind, and a thin bar without arrows."""
    bar, handle = round(theme.px(8)), theme.px(6)
    return f"""
        QScrollArea, QWidget#weights {{ background: {theme.card}; }}
        QScrollBar:vertical {{ background: transparent; width: {bar}px; margin: 0; }}
        QScrollBar::handle:vertical {{
            background: {theme.border}; border-radius: {handle / 2:.0f}px; min-height: {theme.px(28):.0f}px;
            margin-left: {bar - handle:.0f}px;
        }}
        QScrollBar::handle:vertical:hover {{ background: {theme.muted}; }}
        QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
        QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: none; }}
    """
