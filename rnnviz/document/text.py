"""Text as a sequence of symbols: opening it, cutting it up, making it one-hot.

A symbol is a character or a word. Characters are what a reader sees as one: text is normalised to NFC, and a
mark or joiner that has no composed form stays with the character it belongs to.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rnnviz.document.values import Array, DocumentError

Encoding = Literal["char", "word"]
Indices = NDArray[np.int64]

MIN_SYMBOLS = 2
MAX_SYMBOLS = 20_000
MAX_VOCABULARY = 512
MAX_TEXT_BYTES = 2_000_000

_ZERO_WIDTH_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_LABELS = {" ": "␣", "\n": "⏎", "\t": "⇥"}
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_PROBE = 8192  # characters looked at to tell text from binary data


class TextError(DocumentError):
    """A text cannot be used: one line that says what is wrong, where, and what to do."""


# ---- symbols


def tokens_of(text: str, encoding: Encoding) -> tuple[str, ...]:
    r"""Return the symbols of a text, in order.

    "char": every character, white space included; ``\r\n`` and ``\r`` count as ``\n``. "word": what white
    space separates, with punctuation at either end as symbols of its own and case kept: ``Don't stop!`` gives
    ``Don't``, ``stop``, ``!``.

    Raises:
        TextError: fewer than 2 symbols, or more than 20,000.
    """
    clean = _normalised(text)
    tokens = tuple(_characters(clean) if encoding == "char" else _words(clean))
    unit = "character" if encoding == "char" else "word"
    if len(tokens) < MIN_SYMBOLS:
        count = f"only one {unit}" if tokens else f"no {unit}s"
        raise TextError(f"The text has {count}: write at least {MIN_SYMBOLS}.")
    if len(tokens) > MAX_SYMBOLS:
        raise TextError(f"The text has {len(tokens):,} {unit}s, and at most {MAX_SYMBOLS:,} can be shown: shorten it.")
    return tokens


def vocabulary_of(text: str, encoding: Encoding) -> tuple[str, ...]:
    """Return the distinct symbols of a text, sorted by code point.

    Sorted and not in order of appearance, so that the columns of the input weights keep their meaning when
    words trade places: only which symbols occur matters. It is also the same on every machine and in every
    locale.

    Raises:
        TextError: the limits of `tokens_of`, or more than 512 distinct symbols.
    """
    vocabulary = tuple(sorted(set(tokens_of(text, encoding))))
    if len(vocabulary) > MAX_VOCABULARY:
        remedy = "shorten the text" if encoding == "char" else "shorten the text or encode it by character"
        raise TextError(
            f"The text has {len(vocabulary):,} different symbols, and at most {MAX_VOCABULARY} fit: {remedy}."
        )
    return vocabulary


def one_hot(tokens: Sequence[str], vocabulary: Sequence[str]) -> Array:
    """Return a row for each symbol with a single 1 in the symbol's column (timesteps, len(vocabulary)).

    Raises:
        TextError: a symbol is not in the vocabulary (it is named, with its position from 1) or in it twice.
    """
    encoded = np.zeros((len(tokens), len(vocabulary)))
    encoded[np.arange(len(tokens)), _indices(tokens, vocabulary)] = 1.0
    return encoded


def next_symbol_targets(tokens: Sequence[str], vocabulary: Sequence[str]) -> tuple[tuple[str, ...], Indices]:
    """Return all symbols but the last, and for each the vocabulary index of the one after it (T - 1,).

    Raises:
        TextError: fewer than 2 symbols, or what `one_hot` refuses.
    """
    if len(tokens) < MIN_SYMBOLS:
        raise TextError(f"Predicting the next symbol needs at least {MIN_SYMBOLS} symbols: write more text.")
    return tuple(tokens[:-1]), _indices(tokens, vocabulary)[1:]


def symbol_label(symbol: str) -> str:
    """Return a visible name: ␣ space, ⏎ line end, ⇥ tab, U+00AD and so on for others that are not seen."""
    if not symbol or any(_is_visible(character) for character in symbol):
        return symbol
    return "".join(_unseen_label(character) for character in symbol)


def _unseen_label(character: str) -> str:
    if unicodedata.category(character).startswith("M"):
        return f"◌{character}"  # a mark without a letter is drawn on a dotted circle
    return _LABELS.get(character, f"U+{ord(character):04X}")


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS"


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _characters(text: str) -> Iterator[str]:
    symbol = ""
    for character in text:
        if symbol and _continues(symbol, character):
            symbol += character
            continue
        if symbol:
            yield symbol
        symbol = character
    if symbol:
        yield symbol


def _continues(symbol: str, character: str) -> bool:
    """Return whether a character is drawn as part of the symbol before it: the common cases of UAX 29."""
    if character.isascii() or symbol in _LABELS:
        return False
    if ord(character) in _FLAG_LETTERS:
        return len(symbol) == 1 and ord(symbol) in _FLAG_LETTERS
    return (
        unicodedata.category(character).startswith("M")
        or character == _ZERO_WIDTH_JOINER
        or symbol.endswith(_ZERO_WIDTH_JOINER)
        or ord(character) in _SKIN_TONES
    )


def _words(text: str) -> Iterator[str]:
    for chunk in text.split():
        start, end = 0, len(chunk)
        while start < end and _is_punctuation(chunk[start]):
            start += 1
        while end > start and _is_punctuation(chunk[end - 1]):
            end -= 1
        yield from chunk[:start]
        if start < end:
            yield chunk[start:end]
        yield from chunk[end:]


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")


def _indices(tokens: Sequence[str], vocabulary: Sequence[str]) -> Indices:
    index = {symbol: column for column, symbol in enumerate(vocabulary)}
    if len(index) != len(vocabulary):
        twice = next(symbol for column, symbol in enumerate(vocabulary) if index[symbol] != column)
        raise TextError(f"“{symbol_label(twice)}” is in the vocabulary twice: remove one of the two.")
    for position, token in enumerate(tokens, start=1):
        if token not in index:
            raise TextError(
                f"Symbol {position}, “{symbol_label(token)}”, is not in the vocabulary: "
                "add it to the vocabulary or take it out of the text."
            )
    return np.array([index[token] for token in tokens], dtype=np.int64)


# ---- files


def read_text(path: Path) -> str:
    r"""Return the text of a file, in NFC, with ``\n`` line ends and without the one that closes the file.

    UTF-8, UTF-16 with a byte order mark, or else Latin-1; see `decoded_file`.

    Raises:
        TextError: the file cannot be opened, is empty, over 2 MB, or not text.
    """
    text = _normalised(decoded_file(path, MAX_TEXT_BYTES)).removesuffix("\n")
    if not text.strip():
        raise TextError(f"{path.name} is empty: write some text into it or choose another file.")
    return text


def decoded_file(path: Path, max_bytes: int) -> str:
    """Return what a text file says, as it stands, without its byte order mark.

    UTF-16 is recognised by its byte order mark. All else is UTF-8 where that is possible, and otherwise
    Latin-1 as Windows writes it (cp1252). In that any bytes would be text, so what is plainly not is refused.

    Raises:
        TextError: the file cannot be opened, holds more than ``max_bytes``, or is binary.
    """
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TextError(f"{path.name} cannot be opened: {reason}. Check the file and its name.") from error
    if len(data) > max_bytes:
        raise TextError(f"{path.name} is over {max_bytes / 1e6:.0f} MB: cut it into smaller files.")
    if data.startswith(b"PK\x03\x04"):
        raise TextError(f"{path.name} is a spreadsheet or zip archive, not text: save it as CSV or TXT first.")
    text = _decoded(data, path.name)
    if _is_binary(text):
        raise TextError(f"{path.name} is not text but binary data: save it as UTF-8 text first.")
    return text


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise TextError(f"{name} is broken UTF-16 at byte {error.start}: save it as UTF-8.") from error
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _is_binary(text: str) -> bool:
    """Return whether there is a zero, or the beginning is more than 1 % control characters."""
    probe = text[:_PROBE]
    return "\0" in text or 100 * len(_CONTROLS.findall(probe)) > len(probe)
