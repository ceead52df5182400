"""Colours and type by meaning: light and dark on screen, and print."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtGui import QColor, QPalette

# Okabe and Ito 2008, "Color universal design": told apart by colour-blind readers. Their black is left out.
_OKABE_ITO = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800")
_OKABE_ITO_DARK = ("#2f9be0", "#e69f00", "#1fb58c", "#dd8cba", "#56b4e9", "#ee7a2f", "#d6c93c")


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour has a meaning, and every size follows from ``text_px``.

    Attributes:
        name: ``light``, ``dark`` or ``print``.
        canvas, card, bar, border: behind the cards; the cards; title and time bar; hairlines.
        text, muted, faint: words; secondary words (still 4.5:1 on a card); grid lines and inactive strokes.
        on, on_text: a chosen button and its text.
        accent: the cursor and the selection, and nothing else.
        accent_text: words in the accent's colour, at 4.5:1 on a card.
        link: around what is linked with the thing that is pointed at.
        negative, neutral, positive: the signed scale; neutral is exactly 0.
        gradient, gradient_direct: the magnitude of a gradient; the direct part of it.
        weights: weights that are shared, the same at every step.
        input: the input. inputs: a colour for each feature.
        output, target: what the network answers, and what it should have.
        warning: something to attend to, such as an overflow, at 4.5:1 on a card.
        units: a colour for each hidden unit, used in turn.
        line_px: width of an ordinary curve. text_px: height of ordinary words.
        least_px: no words are smaller than this; where there is no room for them they are left out.
    """

    name: str
    canvas: str
    card: str
    bar: str
    border: str
    text: str
    muted: str
    faint: str
    on: str
    on_text: str
    accent: str
    accent_text: str
    link: str
    negative: str
    neutral: str
    positive: str
    gradient: str
    gradient_direct: str
    weights: str
    input: str
    inputs: tuple[str, ...]
    output: str
    target: str
    warning: str
    units: tuple[str, ...]
    line_px: float = 1.0
    text_px: float = 12.0
    least_px: float = 0.0

    @property
    def is_dark(self) -> bool:
        """Whether words are lighter than what they stand on."""
        return QColor(self.text).lightnessF() > QColor(self.card).lightnessF()

    def px(self, size: float) -> float:
        """Return a length that was chosen for words of 12 px, in proportion to the words of this theme."""
        return size * self.text_px / 12.0

    def words(self, size: float) -> float:
        """Return the height of words that was chosen beside words of 12 px, as `px` does, but readable."""
        return max(self.px(size), self.least_px)

    def unit_colour(self, unit: int) -> QColor:
        """Return the colour of a hidden unit, the same in every view."""
        return QColor(self.units[unit % len(self.units)])

    def feature_colour(self, feature: int) -> QColor:
        """Return the colour of an input feature, the same in every view."""
        return QColor(self.inputs[feature % len(self.inputs)])

    def with_text(self, text_px: float) -> Theme:
        """Return the theme with larger or smaller words, and everything in proportion."""
        return replace(self, text_px=text_px)

    def palette(self) -> QPalette:
        """Return the palette for Qt's own widgets."""
        palette, role = QPalette(), QPalette.ColorRole
        for roles, colour in (
            ((role.Window,), self.canvas),
            ((role.Base, role.Button, role.AlternateBase, role.ToolTipBase), self.card),
            ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), self.text),
            ((role.PlaceholderText,), self.muted),
            ((role.Highlight, role.Link), self.accent),
            ((role.HighlightedText,), "#ffffff"),
            ((role.Mid, role.Dark, role.Midlight), self.border),
        ):
            for each in roles:
                palette.setColor(each, QColor(colour))
        for each in (role.Text, role.ButtonText, role.WindowText):
            palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(self.muted))
        return palette


LIGHT = Theme(
    name="light",
    canvas="#f4f5f7",
    card="#ffffff",
    bar="#ffffff",
    border="#dfe3e8",
    text="#1b1f24",
    muted="#5f6875",
    faint="#e7eaee",
    on="#1b1f24",
    on_text="#ffffff",
    accent="#d6336c",
    accent_text="#c4225c",
    link="#6741d9",
    negative="#1769c4",
    neutral="#f7f7f7",
    positive="#e8710a",
    gradient="#a61e4d",
    gradient_direct="#e2a3b8",
    weights="#6741b5",
    input="#0b7285",
    inputs=("#2f8496", "#8062b3", "#b0752a", "#4d8f3a", "#4a6fb5", "#b8577f"),
    output="#0b7285",
    target="#8b94a1",
    warning="#b3400a",
    units=_OKABE_ITO,
)

DARK = Theme(
    name="dark",
    canvas="#14171c",
    card="#1f242c",
    bar="#1b1f26",
    border="#2e3540",
    text="#e8eaee",
    muted="#9aa3af",
    faint="#2c323c",
    on="#e8eaee",
    on_text="#1b1f24",
    accent="#e64980",
    accent_text="#f783ac",
    link="#b197fc",
    negative="#1769c4",
    neutral="#2b313a",
    positive="#e8710a",
    gradient="#d6336c",
    gradient_direct="#7d3450",
    weights="#b79df0",
    input="#22a3b8",
    inputs=("#22a3b8", "#a58bdc", "#d69a4a", "#7dbb68", "#7c9ee0", "#df86ab"),
    output="#22a3b8",
    target="#7c8794",
    warning="#ff9d5c",
    units=_OKABE_ITO_DARK,
)

PRINT = replace(
    LIGHT,
    name="print",
    canvas="#ffffff",
    border="#ffffff",
    text="#000000",
    muted="#333333",
    faint="#dddddd",
    line_px=1.5,
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK, PRINT)}
