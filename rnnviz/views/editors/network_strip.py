"""The strip below the header: what the network is made of, and the shape of the data on its way through it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QToolButton, QWidget

from rnnviz.document.document import Document
from rnnviz.session.session import Selection, Session
from rnnviz.views.editors.initial_values_popover import InitialValuesPopover
from rnnviz.views.editors.layer_popover import LayerPopover
from rnnviz.views.editors.network_flow import NetworkFlow, Room
from rnnviz.views.editors.network_popover import NetworkPopover
from rnnviz.views.editors.readout_popover import ReadoutPopover
from rnnviz.views.editors.sequence_chooser import SequenceChooser
from rnnviz.views.editors.window_popover import WindowPopover
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_Maker = Callable[[Session, Theme, QWidget], NetworkPopover]


class NetworkStrip(QWidget):
    """The flow of the data at the left; the sequence, the windows and the seed at the right."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._contents: tuple[object, ...] = ()
        self._popovers: dict[_Maker, NetworkPopover] = {}
        self.flow, self.chooser = NetworkFlow(session, theme), SequenceChooser(session, theme)
        self.window_button, self.seed_button = QToolButton(), QToolButton()
        self._scroll = QScrollArea()
        self._lay_out()
        self.flow.layer_opened.connect(self._open_layer)
        self.flow.readout_opened.connect(self._open_readout)
        self.window_button.clicked.connect(self.open_windows)
        self.seed_button.clicked.connect(self.open_initial_values)
        session.document_changed.connect(self._show_document)
        session.selection_changed.connect(self._show_selection)
        self.apply_theme(theme)
        self._show_document(session.document)

    def _lay_out(self) -> None:
        self._scroll.setWidget(self.flow)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for set_policy in (self._scroll.setHorizontalScrollBarPolicy, self._scroll.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self._scroll, 1)
        for widget in (self.chooser, self.window_button, self.seed_button):
            self._layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    # Following

    def _show_document(self, document: Document) -> None:
        contents = (
            tuple((layer.cell, layer.activation, layer.units, layer.return_sequences) for layer in document.layers),
            document.readout and document.readout.activation,
            document.outputs,
            document.input.values.shape,
            document.input.lengths,
            document.window,
            document.initialisation.seed,
        )
        if contents == self._contents:
            return  # a weight is being dragged
        self._contents = contents
        self.flow.show_document(document, self._session.selection)
        self._keep_beside(self._session.selection)
        self.chooser.show_selection(document, self._session.selection)
        self.window_button.setVisible(document.window is not None)
        self.window_button.setToolTip(_window_meaning(document))
        self.seed_button.setText(f"seed {document.initialisation.seed}")
        self.seed_button.setToolTip("Weights that nobody has set are drawn from this seed. Click for initial values.")
        self._fit()

    def _show_selection(self, selection: Selection) -> None:
        if len(self.flow.chips) == len(self._session.document.layers) + 1:  # else the document follows at once
            self.flow.show_selection(selection)
            self._scroll.ensureWidgetVisible(self.flow.chips[selection.layer])
            self._keep_beside(selection)
        words = self.chooser.words
        self.chooser.show_selection(self._session.document, selection)
        if self.chooser.words != words:
            self._fit()

    def _keep_beside(self, selection: Selection) -> None:
        """Keep an open popover of a layer, or of the readout, below its chip: it may be another one now."""
        for kind, number in ((LayerPopover, selection.layer), (ReadoutPopover, -1)):
            popover = self._popovers.get(kind)
            if popover is not None:
                popover.set_anchor(self.flow.chips[number])

    def _fit(self) -> None:
        """Say as much as there is room for."""
        for room in reversed(Room):
            self.flow.set_room(room)
            self.window_button.setText(_window_words(self._session.document, at_length=room >= Room.WORDS))
            if self.flow.sizeHint().width() <= self._room_for_flow():
                break

    def _room_for_flow(self) -> int:
        margins, gap = self._layout.contentsMargins(), self._layout.spacing()
        others = [widget for widget in (self.chooser, self.window_button, self.seed_button) if not widget.isHidden()]
        used = sum(widget.sizeHint().width() + gap for widget in others)
        return self.width() - margins.left() - margins.right() - used

    # Popovers

    def open_windows(self) -> None:
        """Show, or close, what can be chosen of the windows."""
        self._toggle(WindowPopover, self.seed_button if self.window_button.isHidden() else self.window_button)

    def open_initial_values(self) -> None:
        """Show, or close, how the weights are drawn."""
        self._toggle(InitialValuesPopover, self.seed_button)

    def _open_layer(self, chip: QWidget) -> None:
        self._toggle(LayerPopover, chip)

    def _open_readout(self, chip: QWidget) -> None:
        self._toggle(ReadoutPopover, chip)

    def _toggle(self, kind: _Maker, anchor: QWidget) -> None:
        popover = self._popovers.get(kind)
        if popover is not None and popover.isVisible():
            popover.close_up()
            return
        for other in self._popovers.values():
            other.hide()
        if popover is None:
            popover = self._popovers[kind] = kind(self._session, self._theme, self.window())
        popover.open_below(anchor)

    # Looks

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        self._layout.setContentsMargins(round(px(12)), round(px(8)), round(px(12)), 0)
        self._layout.setSpacing(round(px(10)))
        for button in (self.window_button, self.seed_button):
            button.setFont(ui_font(px(12)))
            button.setFixedHeight(round(px(24)))
        self.flow.apply_theme(theme)
        self.chooser.apply_theme(theme)
        for popover in self._popovers.values():
            popover.apply_theme(theme)
        self.setFixedHeight(round(px(8)) + round(px(26)))
        if self._contents:
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(900)), round(self._theme.px(34)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._contents:
            self._fit()
        for popover in self._popovers.values():
            if popover.isVisible():
                popover.place()


def _window_words(document: Document, *, at_length: bool) -> str:
    window = document.window
    if window is None:
        return ""
    words = f"windows of {window.length}, {'stateful' if window.stateful else 'stateless'}"
    return f"{words}: gradient cut at borders" if at_length and window.length < document.timesteps else words


def _window_meaning(document: Document) -> str:
    window = document.window
    if window is None:
        return ""
    if window.length >= document.timesteps:
        return "One window holds the whole sequence: nothing is cut."
    state = "the state is carried across it" if window.stateful else "the state starts again from h₀"
    return f"Truncated backpropagation: the gradient is cut every {window.length} steps; {state}. Click to change."
