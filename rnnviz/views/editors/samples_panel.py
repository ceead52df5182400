"""What the network makes by itself, while it learns: text at a temperature, or a forecast beyond the data."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from rnnviz.document.samples import Forecast, samples, samples_kind, samples_ms
from rnnviz.session.background import Question
from rnnviz.session.session import Session
from rnnviz.views.editors.forecast_picture import ForecastPicture
from rnnviz.views.editors.series_options import wrap
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.live_label import LiveLabel
from rnnviz.views.widgets.plain_slider import PlainSlider

_EVERY_MS = 400  # a text can hardly be read faster
_HOTTEST, _PER_ONE = 2.0, 20  # of the slider of the temperature: its end, steps
_NOTHING = (
    "This network does not go on by itself: samples are of networks that predict the next symbol of a text, or the "
    "next values of a series."
)


class SamplesPanel(QWidget):
    """Shows a sample of the session's network, and another one whenever its weights have changed.

    Signals:
        remark_changed(str): what is shown, in a short line.
    """

    remark_changed = Signal(str)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._temperature, self._seed = 1.0, 0
        self._question: Question | None = None
        self._is_stale = True
        self._timer = QTimer(self, singleShot=True, interval=_EVERY_MS)
        self._timer.timeout.connect(self._ask)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.text.setAccessibleName("Sampled text")
        self.text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.picture = ForecastPicture(theme)
        self.words = QLabel()
        wrap(self.words)
        self._label = QLabel("Temperature")
        self.temperature = PlainSlider(
            "Temperature",
            "Symbols are drawn from softmax(logits / temperature): below 1 it plays safe, at 0 it always takes the "
            "likeliest, above 1 it dares",
            round(_HOTTEST * _PER_ONE),
            theme,
        )
        self.temperature.set_value(_PER_ONE, "1")
        self._number = LiveLabel("1")
        self.again_button = QPushButton("Another")
        self.again_button.setToolTip("Draw another text from the same network")
        self._lay_out()
        session.document_changed.connect(self._follow)
        session.selection_changed.connect(self._follow)
        session.background.answered.connect(self._take)
        session.background.failed.connect(self._fail)
        self.temperature.moved.connect(self._choose_temperature)
        self.again_button.clicked.connect(self._draw_again)
        self.setAccessibleName("Samples")
        self.apply_theme(theme)
        self._show_kind()

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        for widget, stretch in ((self._label, 0), (self.temperature, 1), (self._number, 0), (self.again_button, 0)):
            self._row.addWidget(widget, stretch)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self._row)
        self._layout.addWidget(self.text, 1)
        self._layout.addWidget(self.picture, 1)
        self._layout.addWidget(self.words)
        self._layout.addStretch(0)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme, px = theme, theme.px
        self.picture.apply_theme(theme)
        self.temperature.apply_theme(theme)
        self.text.setFont(ui_font(px(12.5)))
        self.text.setStyleSheet(f"QPlainTextEdit {{ border: none; background: {theme.card}; padding: 0 }}")
        for label in (self._label, self.words):
            label.setFont(ui_font(px(11.5)))
            label.setStyleSheet(f"color: {theme.muted}")
        self._number.set_look(ui_font(px(11.5)), theme.text, theme.card)
        self._number.reserve("0.00")
        self.again_button.setFont(ui_font(px(11.5)))
        self.again_button.setStyleSheet(f"padding: {px(2):.0f}px {px(8):.0f}px")
        self._layout.setSpacing(round(px(4)))
        self._row.setSpacing(round(px(6)))

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(276)), round(self._theme.px(170)))

    def minimumSizeHint(self) -> QSize:
        """Return room for what cannot be made narrower."""
        px = self._theme.px
        return QSize(max(self._row.minimumSize().width(), round(px(160))), round(px(90)))

    def showEvent(self, event: QShowEvent) -> None:
        if self._is_stale:
            self._ask()
        super().showEvent(event)

    # Asking

    def _follow(self, *_: object) -> None:
        self._is_stale = True
        if self.isVisible() and self._question is None and not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        """Ask for a sample of the network as it is, unless one is on its way."""
        if self._question is not None or not self.isVisible():
            return
        document = self._session.document
        self._is_stale = False
        self._show_kind()
        if samples_kind(document) is None:
            return
        sequence = min(self._session.selection.sample, document.batch - 1)
        arguments = (document, self._temperature, self._seed, sequence)
        self._question = Question(samples, arguments, samples_ms(document))
        self._session.background.ask(self, self._question)

    def _show_kind(self) -> None:
        """Show the controls and the place for what the network makes."""
        kind = samples_kind(self._session.document)
        for widget in (self._label, self.temperature, self._number, self.again_button, self.text):
            widget.setVisible(kind == "text")
        self.picture.setVisible(kind == "series")
        self.words.setVisible(kind is None)
        self.words.setText(_NOTHING)
        remarks = {"text": "made up, symbol by symbol", "series": "its outputs fed in as inputs", None: "none here"}
        self.remark_changed.emit(remarks[kind])

    def _take(self, asker: object, question: Question, answer: object) -> None:
        if asker is not self or question is not self._question:
            return
        self._question = None
        if isinstance(answer, Forecast):
            self.picture.show_forecast(answer)
        elif isinstance(answer, str):
            self.text.setPlainText(answer)
        if self._is_stale:
            self._timer.start()

    def _fail(self, asker: object, question: Question, reason: str) -> None:
        if asker is not self or question is not self._question:
            return
        self._question = None
        self.words.setText(reason[:1].upper() + reason[1:])
        self.words.show()
        if self._is_stale:
            self._timer.start()

    # Doing

    def _choose_temperature(self, position: int) -> None:
        self._temperature = position / _PER_ONE
        self.temperature.set_value(position, f"{self._temperature:g}")
        self._number.set_text(f"{self._temperature:g}")
        self._follow()

    def _draw_again(self) -> None:
        self._seed += 1
        self._follow()
