"""The two typefaces that ship with the program: Inter for words and numbers, STIX Two Math for formulas."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from rnnviz.document.resources import asset

UI, MATHS = "Inter", "STIX Two Math"
MINUS = "\N{MINUS SIGN}"

# A context variable, not a part of the theme: a figure in another typeface is painted while the window, in the same
# theme, stays in its own; and nearly everything that writes asks for a font by its size alone.
_family: ContextVar[str] = ContextVar("family", default=UI)


@lru_cache(maxsize=1)
def load_fonts() -> None:
    """Make both typefaces known to Qt. Needs a QGuiApplication; doing it again costs nothing."""
    files = [asset(f"fonts/Inter-{weight}.otf") for weight in ("Regular", "Medium", "SemiBold")]
    package = find_spec("ziamath")  # finds the folder without importing it, which would take 0.3 s
    if package is not None and package.origin is not None:
        files.append(Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf")
    for file in files:
        QFontDatabase.addApplicationFont(str(file))


def families() -> tuple[str, ...]:
    """Return the typefaces that figures can be set in: those that ship with the program, then the installed ones."""
    load_fonts()
    installed = (
        family
        for family in QFontDatabase.families()
        if QFontDatabase.isSmoothlyScalable(family) and not QFontDatabase.isPrivateFamily(family)
    )
    return tuple(dict.fromkeys((UI, MATHS, *installed)))


@contextmanager
def words_in(family: str) -> Iterator[None]:
    """Set words and numbers in another typeface; formulas keep theirs."""
    token = _family.set(family)
    try:
        yield
    finally:
        _family.reset(token)


def words_family() -> str:
    """Return the typeface that words and numbers are set in now."""
    return _family.get()


def ui_font(px: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return Inter with tabular figures, so that changing numbers keep their width. Do not modify it.

    Inside `words_in` it is another typeface.
    """
    return _words_font(_family.get(), px, weight)


@lru_cache(maxsize=128)
def _words_font(family: str, px: float, weight: QFont.Weight) -> QFont:
    font = QFont([family, MATHS])  # for letters like ⊙: not what a machine happens to have, perhaps nothing
    font.setPixelSize(max(1, round(px)))
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@lru_cache(maxsize=64)
def maths_font(px: float) -> QFont:
    """Return STIX Two Math; its italic letters are characters of their own, see `italic`. Do not modify it."""
    font = QFont(MATHS)
    font.setPixelSize(max(1, round(px)))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def italic(text: str) -> str:
    """Return the text with its Latin and lower-case Greek letters in mathematical italics: W becomes 𝑊."""
    return "".join(_italic(letter) for letter in text)


def _italic(letter: str) -> str:
    if letter == "h":
        return "\N{PLANCK CONSTANT}"  # where Unicode keeps the italic h
    for first, last, start in (("a", "z", 0x1D44E), ("A", "Z", 0x1D434), ("α", "ω", 0x1D6FC)):
        if first <= letter <= last:
            return chr(start + ord(letter) - ord(first))
    return letter


def number(value: float, decimals: int = 2, *, sign: bool = False) -> str:
    """Return a number for the screen: fixed decimals, a true minus sign, no negative zero."""
    if not math.isfinite(value):
        return _overflow(value)
    text = f"{value:+.{decimals}f}" if sign else f"{value:.{decimals}f}"
    if text.strip("+-0.") == "":
        text = text.replace("-", "+" if sign else "")
    return text.replace("-", MINUS)


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def subscript(index: int) -> str:
    """Return a whole number as a subscript."""
    return str(index).translate(_SUBSCRIPTS)


_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def power_of_ten(exponent: int) -> str:
    """Return 10 with a raised exponent."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def scientific(value: float, digits: int = 2) -> str:
    """Return a number of any size: plain where that is readable, otherwise with a power of ten."""
    if not math.isfinite(value):
        return _overflow(value)
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        decimals = max(0, digits - math.floor(math.log10(abs(value))))
        text = f"{value:.{decimals}f}".replace("-", MINUS)
        return text.rstrip("0").rstrip(".") if decimals else text
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa.replace('-', MINUS)} × {power_of_ten(int(exponent))}"


def _overflow(value: float) -> str:
    """Return the words for what no longer is a number: beyond float64, or the difference of two such."""
    return "undefined" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"
