"""Does order matter? The sequence as it is, reversed and shuffled, and what an order-blind network would answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from rnnviz.app.window_dialog import WindowDialog, dialog_button
from rnnviz.document.document import Document
from rnnviz.document.order import ORDERS, Comparison, compare, order_of
from rnnviz.document.step_edits import reorder_input
from rnnviz.session.background import Question
from rnnviz.session.computer import predicted_ms
from rnnviz.views.fonts import scientific, ui_font
from rnnviz.views.formula import Equation, paint_equation
from rnnviz.views.plots._equations import order_blind_equation
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.order_rows import OrderRows
from rnnviz.views.widgets.segmented import Segmented

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow

_PAUSE_MS = 60
_TIPS = {
    "original": "The sequence as it is",
    "reversed": "The sequence from its last step to its first",
    "shuffled": "The steps in an order that the seed decides",
}


def open_order_dialog(window: MainWindow) -> OrderDialog:
    """Show the dialog of a window, or bring the one that is open to the front."""
    dialog = window.findChild(OrderDialog) or OrderDialog(window)
    dialog.show()
    dialog.activateWindow()
    return dialog


class OrderDialog(WindowDialog):
    """Compares the orders of the selected sequence, follows the session, and can feed the chosen order."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Order matters")
        self._session = window.session
        self._seed = 0
        self._background = window.session.background
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self.formula = _FormulaLine(window.theme)
        self.explanation, self.finding = QLabel(), QLabel()
        self.rows = OrderRows(window.theme)
        self.choice = Segmented([(key, title, _TIPS[key]) for key, title in ORDERS.items()], window.theme)
        self.choice.setAccessibleName("Order")
        self.shuffle_button = dialog_button("Shuffle &again", "Shuffle with the next seed")
        self.apply_button = dialog_button("&Use this order", "Feed the sequence in the chosen order; it can be undone")
        self.close_button = dialog_button("C&lose", "Close this dialog (Esc)")
        self._lay_out()
        self._connect()
        self.apply_theme()
        self._choose("reversed")
        self._ask()

    @property
    def seed(self) -> int:
        """The seed of the shuffled order."""
        return self._seed

    # Building

    def _lay_out(self) -> None:
        for label in (self.explanation, self.finding):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.finding.setAccessibleName("Finding")
        buttons = QHBoxLayout()
        buttons.addWidget(self.choice)
        buttons.addWidget(self.shuffle_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.apply_button)
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self.explanation)
        self._layout.addWidget(self.formula)
        self._layout.addWidget(self.rows, 1)
        self._layout.addWidget(self.finding)
        self._layout.addLayout(buttons)

    def _connect(self) -> None:
        self._session.document_changed.connect(self._follow)
        self._session.selection_changed.connect(self._follow)
        self._timer.timeout.connect(self._ask)
        self._background.answered.connect(self._take)
        self._background.failed.connect(self._say_failure)
        self.choice.chosen.connect(self._choose)
        self.rows.chosen.connect(self._choose)
        self.shuffle_button.clicked.connect(self._shuffle)
        self.apply_button.clicked.connect(self._apply)
        self.close_button.clicked.connect(self.reject)

    def let_go(self) -> None:
        """Follow the session no more, and want no answer."""
        self._session.document_changed.disconnect(self._follow)
        self._session.selection_changed.disconnect(self._follow)
        self._timer.stop()
        self._background.forget(self)
        self._background.answered.disconnect(self._take)
        self._background.failed.disconnect(self._say_failure)

    def dress(self, theme: Theme) -> None:
        """Give the parts of the dialog a theme."""
        px = theme.px
        for part in (self.rows, self.choice, self.formula):
            part.apply_theme(theme)
        self.explanation.setFont(ui_font(px(12)))
        self.explanation.setStyleSheet(f"color: {theme.muted}")
        self.finding.setFont(ui_font(px(12.5)))

    # What is shown

    def _follow(self, *_: object) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        document, sample = self._session.document, self._session.selection.sample
        self._show_formula(document, sample)
        if document.input.length(sample) == 1:
            self.finding.setText("The sequence has just one step: there is only one order.")
        cost = len(ORDERS) * predicted_ms(document)
        self._background.ask(self, Question(compare, (document, sample, self._seed), cost))

    def _show_formula(self, document: Document, sample: int) -> None:
        layers = len(document.layers)
        which = f" of sequence {sample + 1}" if document.batch > 1 else ""
        upward = "" if layers == 1 else f" (layer 1; the {layers - 1} above take one step each too)"
        self.explanation.setText(
            f"The network reads the steps{which} one after the other. The order-blind baseline is the same network on "
            f"the sum of the inputs, one step from its initial state{upward}, and then the same readout:"
        )
        self.formula.show_equation(order_blind_equation(document.layers[0]))

    def _take(self, asker: object, question: Question, answer: object) -> None:
        if asker is not self or not isinstance(answer, Comparison):
            return
        document = question.arguments[0]
        assert isinstance(document, Document)
        self.rows.show_comparison(document, answer)
        self.finding.setText(finding(answer))

    def _say_failure(self, asker: object, _: object, reason: str) -> None:
        if asker is self:
            self.finding.setText(f"The orders cannot be compared: {reason}")

    # Doing

    def _choose(self, order: str) -> None:
        self.choice.set_choice(order)
        self.rows.choose(order)
        self.apply_button.setEnabled(order != "original")

    def _shuffle(self) -> None:
        self._seed += 1
        self._choose("shuffled")
        self._ask()

    def _apply(self) -> None:
        """Feed the chosen order; what was the order until now is the original no more."""
        sample, order = self._session.selection.sample, self.choice.choice
        length = self._session.document.input.length(sample)
        self._window.apply(reorder_input(sample, order_of(order, length, self._seed), f"Feed it {order}"))
        self._choose("original")


def finding(comparison: Comparison) -> str:
    """Return one line on how far the answers to the three orders lie apart."""
    network, baseline = (comparison.spread(answers) for answers in (comparison.network, comparison.baseline))
    said = "the same in all three orders" if network == 0 else f"up to {scientific(network, 3)} apart"
    blind = "the same to the last bit" if baseline == 0 else f"up to {scientific(baseline, 3)} apart"
    return f"The network's answers are {said}; the order-blind ones are {blind}. Targets stay where they are."


class _FormulaLine(QWidget):
    """One equation, made smaller where there is no room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._equation: Equation = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_equation(self, equation: Equation) -> None:
        """Show another equation."""
        self._equation = equation
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(300)), round(self._theme.px(30)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        px = self._theme.px
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            at, width = QPointF(px(4), px(19)), self.width() - px(8)
            paint_equation(painter, at, self._equation, px(17), self._theme.text, width)
