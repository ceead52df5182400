"""What the scripts in PyTorch and Keras share beyond the numbers: how they step through layers that are built in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rnnviz.document.code.parts import Lines, Part, cutting_window, is_padded, parts
from rnnviz.document.document import Document


@dataclass(frozen=True, slots=True)
class Words:
    """How a framework says what stepping through time needs; ``{}`` is what it is said of.

    Attributes:
        after, after_c: what a step returns, as h_t and as c_t.
        held: what is the first where the sequence goes on, and the second in the padding.
        stopped: a tensor through which no gradient flows.
        dense: the readout's layer.
        recurrent_bias: the lines of a function that give a GRU its second bias.
        readouts: an output's activation, by its name.
    """

    after: str
    after_c: str
    held: str
    stopped: str
    dense: str
    recurrent_bias: str
    readouts: Mapping[str, str]


def step_holes(document: Document, words: Words) -> dict[str, str]:
    """Return what windows, padding and GRUs change in the functions that step through time."""
    window, has_gru = cutting_window(document), any(layer.cell == "gru" for layer in document.layers)
    found = {"window": "", "window_lstm": "", "before": "h[t - 1]", "before_c": "c[t - 1]"}
    found |= {"held_h": words.after, "held_c": words.after_c}
    found["recurrent_bias"] = words.recurrent_bias if has_gru else ""
    if is_padded(document):
        found["held_h"] = words.held.format(words.after, "h[t - 1]")
        found["held_c"] = words.held.format(words.after_c, "c[t - 1]")
    if window is None:
        return found
    if window.stateful:
        cut = "        is_border = t > 1 and (t - 1) % WINDOW == 0  # there the gradient stops\n"
        first = {state: words.stopped.format(f"{state}[t - 1]") + " if is_border" for state in "hc"}
    else:
        cut = "        is_first = (t - 1) % WINDOW == 0  # every window starts from h_0\n"
        first = {state: f"{state}[0] if is_first" for state in "hc"}
    of_h = f"        before = {first['h']} else h[t - 1]\n"
    of_c = f"        before_c = {first['c']} else c[t - 1]\n"
    return found | {"window": cut + of_h, "window_lstm": cut + of_h + of_c, "before": "before", "before_c": "before_c"}


def unrolling_functions(document: Document, plain: str, lstm: str) -> list[str]:
    """Return those of the two functions that the layers need."""
    cells = {layer.cell for layer in document.layers}
    return [*([plain] if cells - {"lstm"} else []), *([lstm] if "lstm" in cells else [])]


def unrolling_function(part: Part) -> str:
    """Return the name of the function that steps through a layer."""
    return "unroll_lstm" if part.layer.cell == "lstm" else "unroll"


def layer_name(part: Part) -> str:
    """Return what a layer of the framework is called in a script."""
    return f"{part.layer.cell}{part.number}"


def output_lines(document: Document, words: Words) -> Lines:
    """Return the lines that make the outputs y of the last layer's states."""
    states = f"h{parts(document)[-1].number}[:, 1:]"
    if document.readout is None:
        return [f"y = {states}  # there is no readout: the states are the outputs"]
    if document.readout.activation == "linear":
        return [f"y = {words.dense}({states})"]
    return [f"s = {words.dense}({states})", f"y = {words.readouts[document.readout.activation]}"]
