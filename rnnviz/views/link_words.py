"""What is lit up, in words: for the tooltip and for the screen reader."""

from __future__ import annotations

from collections.abc import Iterable

from rnnviz.document.document import READOUT, Document
from rnnviz.document.links import Eigenvalue, Feature, Focus, Gate, Links, Output, Step, Unit, Weight
from rnnviz.views.fonts import subscript

_KINDS = (Weight, Unit, Feature, Output, Gate, Eigenvalue)  # the order in which they are named


def links_in_words(document: Document, links: Links) -> str:
    """Return one sentence such as ``h₃ depends on row 3 of W_xh, W_hh, every h; on it depend …``."""
    name = thing_in_words(document, links.focus)
    sources, effects = (_listed(document, things) for things in (links.depends_on, links.dependents))
    if not sources and not effects:
        return f"{name} is linked with nothing"
    parts = [f"{name} depends on {sources}"] if sources else []
    if effects:
        parts.append(f"on {'it' if sources else name} depends {effects}")
    return "; ".join(parts)


def thing_in_words(document: Document, thing: Focus) -> str:
    """Return what something is called: ``h₃ at t = 5``, ``row 3 of W_hh``, ``x at t = 5``."""
    match thing:
        case Weight(place, _, _):
            index = f"[{_index(document, thing)}]" if _is_entry(thing) else ""
            words = f"{_entries(document, thing)}{place.name}{index}{_of_layer(document, place.layer)}"
        case Unit(layer, unit, t):
            words = f"{_numbered('h', unit)}{_of_layer(document, layer)}{_at(t)}"
        case Gate(layer, unit, block, t):
            name = "every gate" if block is None else f"gate {_numbered(block, unit)}"
            words = f"{name}{_of_layer(document, layer)}{_at(t)}"
        case Feature(feature, t):
            words = f"{_numbered('x', feature)}{_at(t)}"
        case Output(output, t):
            words = f"{_numbered('y', output)}{_at(t)}"
        case Step(t):
            words = f"step {t}"
        case Eigenvalue(place, number):
            which = "every λ" if number is None else _numbered("λ", number)
            words = f"{which} of {place.name}{_of_layer(document, place.layer)}"
    return words


def _listed(document: Document, things: Iterable[Focus]) -> str:
    """Return all things, those of a kind together; rows of several matrices are named once."""
    shown = [each for each in things if not (isinstance(each, Gate) and each.block is None)]
    weights = sorted((each for each in shown if isinstance(each, Weight)), key=lambda each: each.place)
    words: dict[str, list[str]] = {}
    for each in weights:
        name = f"{each.place.name}{_of_layer(document, each.place.layer)}"
        words.setdefault(_entries(document, each), []).append(name)
    phrases = [f"{start}{', '.join(names)}" for start, names in words.items()]
    others = [each for kind in _KINDS[1:] for each in shown if isinstance(each, kind)]
    return ", ".join([*phrases, *sorted((thing_in_words(document, each) for each in others), key=_by_kind)])


def _by_kind(words: str) -> tuple[int, str]:
    return "hxyge".find(words[0]), words


def _entries(document: Document, weight: Weight) -> str:
    """Return which entries of a matrix are meant, up to its name; nothing for one entry and for all."""
    row, column = weight.row, weight.column
    if _is_entry(weight):
        return ""
    if row is not None:
        is_vector = document.weight(weight.place).ndim == 1
        return f"entry {row + 1} of " if is_vector else f"row {row + 1} of "
    return "" if column is None else f"column {column + 1} of "


def _is_entry(weight: Weight) -> bool:
    return weight.row is not None and weight.column is not None


def _index(document: Document, weight: Weight) -> str:
    row, column = (weight.row or 0) + 1, (weight.column or 0) + 1
    return f"{row}" if document.weight(weight.place).ndim == 1 else f"{row}, {column}"


def _numbered(letter: str, number: int | None) -> str:
    return letter if number is None else f"{letter}{subscript(number + 1)}"


def _at(t: int | None) -> str:
    return "" if t is None else f" at t = {t}"


def _of_layer(document: Document, layer: int) -> str:
    return f" of layer {layer + 1}" if len(document.layers) > 1 and layer != READOUT else ""
