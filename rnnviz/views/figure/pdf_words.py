"""The words of a PDF as they can be searched, copied and read aloud.

Qt finds out which letter a glyph is from the typeface's table of letters, and where that names none, as for tabular
figures and the minus sign before one, a PDF says nothing or something private: +0.57 would be copied as noise. Here
the letters of the glyphs are taken from the texts that were painted.
"""

import re
from collections.abc import Sequence

from PySide6.QtGui import QFont, QTextLayout

_FONT = re.compile(rb"/BaseFont /(\S+)\s(?:(?!endobj).)*?/ToUnicode (\d+) 0 R", re.DOTALL)
_MAP = re.compile(
    rb"^(\d+) 0 obj\s+(<< /Length \d+\s*>>\s*stream\n(/CIDInit (?:(?!endstream).)*?end)\s*endstream)",
    re.DOTALL | re.MULTILINE,
)
_ROW = re.compile(rb"<([0-9A-F]{4})> <[0-9A-F]{4}> (\[[^\]]*\]|<[0-9A-F]{4}>)")
_CODE = re.compile(rb"<([0-9A-F]{4})>")
_RANGES = re.compile(rb"\d+ beginbfrange\n.*endbfrange\n", re.DOTALL)
_XREF_ROW = re.compile(rb"^(\d{10}) (\d{5} n ?[\r\n]+)", re.MULTILINE)
_START = re.compile(rb"startxref\s+(\d+)")
_PRIVATE = range(0xE000, 0xF900)
_MOST_ROWS = 100  # that one block of the map may have

Text = tuple[QFont, str]
Letters = list[str | None]


def with_readable_words(document: bytes, texts: Sequence[Text]) -> bytes:
    """Return the document in which every glyph says which letter it is, as far as the painted texts tell.

    Qt numbers the glyphs of a typeface in the order in which they are first painted. A typeface whose known letters
    are not in that order stays as it is.
    """
    orders = _glyph_orders(texts)
    names = {int(font[2]): _plain(font[1].decode("latin1")) for font in _FONT.finditer(document)}
    edits: list[tuple[int, int, bytes]] = []
    for found in _MAP.finditer(document):
        known, letters = _known_letters(found[3]), orders.get(names.get(int(found[1]), ""))
        if letters is not None and _agree(known, letters):
            edits.append((*found.span(2), _stream(found[3], known, letters)))
    return _edited(document, edits)


def _plain(name: str) -> str:
    """Return the name of a typeface in one way of writing: a PDF says Inter-SemiBold, Qt Inter, Semi Bold."""
    return name.replace(" ", "").replace("-", "").removesuffix("Regular")


def _glyph_orders(texts: Sequence[Text]) -> dict[str, Letters]:
    """Return for each typeface the letters of its glyphs, in the order in which they are painted."""
    faces: dict[str, dict[int, str | None]] = {}
    for font, text in texts:
        layout = QTextLayout(text, font)
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        for run in layout.glyphRuns():
            face, glyphs = run.rawFont(), run.glyphIndexes()
            letters = faces.setdefault(_plain(face.familyName() + face.styleName()), {})
            is_plain = len(glyphs) == len(text)  # a letter for each glyph: one typeface, no ligature
            for place, glyph in enumerate(glyphs):
                letters.setdefault(glyph, text[place] if is_plain else None)
    return {name: list(letters.values()) for name, letters in faces.items()}


def _known_letters(content: bytes) -> dict[int, str]:
    """Return what Qt says of glyphs, by their numbers, from 1."""
    known: dict[int, str] = {}
    for row in _ROW.finditer(content):
        first = int(row[1], 16)
        codes = (int(code[1], 16) for code in _CODE.finditer(row[2]))
        known |= {first + k: chr(code) for k, code in enumerate(codes) if code}
    return known


def _agree(known: dict[int, str], letters: Letters) -> bool:
    """Return whether glyphs that Qt knows have the letters that were painted."""
    if max(known, default=0) > len(letters):
        return False
    pairs = [(letter, letters[number - 1]) for number, letter in known.items() if ord(letter) not in _PRIVATE]
    return all(painted is None or letter == painted or letter.isspace() for letter, painted in pairs)


def _stream(content: bytes, known: dict[int, str], letters: Letters) -> bytes:
    """Return the object's length and its map, with all letters."""
    named = {number: letter or known.get(number, "") for number, letter in enumerate(letters, start=1)}
    rows = [
        f"<{number:04X}> <{letter.encode('utf-16-be').hex().upper()}>" for number, letter in named.items() if letter
    ]
    blocks = [rows[start : start + _MOST_ROWS] for start in range(0, len(rows), _MOST_ROWS)]
    text = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
    changed = _RANGES.sub(lambda _: text.encode(), content)
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(changed), changed)


def _edited(document: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """Return the document with some parts replaced, and its table of places put right."""
    if not edits:
        return document

    def moved(place: int) -> int:
        return place + sum(len(new) - (end - start) for start, end, new in edits if end <= place)

    start = _START.search(document)
    if start is None:
        return document
    table = int(start[1])
    body, at = b"", 0
    for begin, end, new in edits:
        body += document[at:begin] + new
        at = end
    body += document[at:table]
    rest = _XREF_ROW.sub(lambda row: b"%010d %s" % (moved(int(row[1])), row[2]), document[table:])
    return body + _START.sub(lambda _: b"startxref\n%d" % moved(table), rest)
