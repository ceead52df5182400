"""The text that is fed in: the field, how it is cut into symbols, and its alphabet."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from rnnviz.document.document import Document
from rnnviz.document.edits import Edit
from rnnviz.document.input_edits import set_alphabet
from rnnviz.document.sources import chosen_alphabet, text_edit, whole_text
from rnnviz.document.text import Encoding, symbol_label, tokens_of
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Session
from rnnviz.views.editors.text_field import TextField
from rnnviz.views.editors.trouble import Trouble
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.segmented import Segmented

PAUSE_MS = 150

_ENCODINGS = (
    ("char", "Characters", "Every character is a step"),
    ("word", "Words", "Every word, and every punctuation mark beside one, is a step"),
)
_UNSEEN = {"␣": " ", "⏎": "\n", "⇥": "\t"}


class TextSource(QWidget):
    """A text takes effect after a pause in typing; an alphabet when it is complete (Enter, or leaving the field)."""

    def __init__(self, session: Session, trouble: Trouble, theme: Theme) -> None:
        super().__init__()
        self._session, self._trouble = session, trouble
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self.field = TextField()
        self.encoding = Segmented(_ENCODINGS, theme, is_narrow=True)
        self.encoding.setAccessibleName("What a step of the text is")
        self.alphabet = QLineEdit()
        self.alphabet.setAccessibleName("Alphabet")
        self.alphabet.setPlaceholderText("alphabet")
        self.alphabet.setToolTip(
            "The alphabet: a column of the one-hot input for each symbol, between spaces (␣ space, ⏎ line end).\n"
            "Add symbols, take out what the text does not use, or put them in another order."
        )
        self._row = QHBoxLayout()
        self._row.addWidget(self.encoding)
        self._row.addWidget(self.alphabet, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.field)
        self._layout.addLayout(self._row)
        self.field.textChanged.connect(self._pause.start)
        self._pause.timeout.connect(self.take)
        self.encoding.chosen.connect(self._choose_encoding)
        self.alphabet.editingFinished.connect(self._take_alphabet)
        self.show_document(session.document)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        px = theme.px
        self._layout.setSpacing(round(px(4)))
        self._row.setSpacing(round(px(5)))
        self.field.apply_theme(theme)
        self.encoding.apply_theme(theme)
        self.alphabet.setFont(ui_font(px(12)))
        self.alphabet.setStyleSheet(f"padding: {px(2):.0f}px {px(4):.0f}px")

    def show_document(self, document: Document) -> None:
        """Let the field show the document's text, unless it does so already; then the caret stays.

        A text that has made room for a curve stays in the field: one click, and it is back.
        """
        text, encoding = whole_text(document), document.input.encoding
        if text is None or encoding is None:
            return
        self.encoding.set_choice(encoding)
        self._show_alphabet(document)
        if not _spell_the_same(self.field.toPlainText(), text, encoding):
            self._pause.stop()
            with QSignalBlocker(self.field):
                self.field.setPlainText(text)

    def take_now(self) -> None:
        """Feed what has been typed, if the pause after it is not over yet."""
        if self._pause.isActive():
            self._pause.stop()
            self.take()

    def take(self) -> None:
        """Feed what has been typed."""
        text, document = self.field.toPlainText(), self._session.document
        if not text and document.input.encoding is None:
            self._trouble.say("")  # nothing is typed yet: no reason to complain
            return
        self._trouble.attempt(lambda: text_edit(text, self._encoding, alphabet=chosen_alphabet(document)))

    @property
    def _encoding(self) -> Encoding:
        return "word" if self.encoding.choice == "word" else "char"

    def _choose_encoding(self, key: str) -> None:
        self._pause.stop()
        text, encoding = self.field.toPlainText(), self._encoding
        if text and not self._trouble.attempt(lambda: text_edit(text, encoding)):
            self.encoding.set_choice(self._session.document.input.encoding or key)

    def _show_alphabet(self, document: Document) -> None:
        words = " ".join(map(symbol_label, document.input.vocabulary or ()))
        if self.alphabet.text() != words:
            self.alphabet.setText(words)
            self.alphabet.setCursorPosition(0)

    def _take_alphabet(self) -> None:
        if self._session.document.input.vocabulary is None:
            return
        if not self._trouble.attempt(self._alphabet_edit):
            return  # what is wrong stays, to be put right
        self._show_alphabet(self._session.document)

    def _alphabet_edit(self) -> Edit:
        labels = {symbol_label(symbol): symbol for symbol in self._session.document.input.vocabulary or ()}
        words = self.alphabet.text().split()
        symbols = tuple(labels.get(word) or _UNSEEN.get(word, word) for word in words)
        for symbol in symbols:
            _check_symbol(symbol, self._encoding)
        return set_alphabet(symbols)


def _check_symbol(symbol: str, encoding: Encoding) -> None:
    """Refuse what no text could have as one symbol: in a text of characters, a word."""
    if tokens_of(symbol + symbol if encoding == "char" else f"{symbol} {symbol}", encoding) != (symbol, symbol):
        unit = "character" if encoding == "char" else "word"
        raise DocumentError(f"Alphabet: “{symbol}” is more than one {unit}; put spaces between symbols.")


def _spell_the_same(one: str, other: str, encoding: Encoding) -> bool:
    """Return whether two texts are the same symbols: line ends and accents can be written in several ways."""
    try:
        return one == other or tokens_of(one, encoding) == tokens_of(other, encoding)
    except DocumentError:
        return False
