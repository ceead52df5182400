"""What a trained network makes by itself: text, symbol by symbol, and the values of a series beyond its end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.unroll import unroll
from rnnviz.document.compute import core_parts
from rnnviz.document.document import Document
from rnnviz.document.text import Encoding, one_hot, tokens_of
from rnnviz.document.values import DocumentError


class _Walk:
    """A network that is fed step by step, and keeps its states in between."""

    def __init__(self, document: Document) -> None:
        self._layers, self._readout, _, _ = core_parts(document)

    def feed(self, x: Array) -> Array:
        """Feed (T, N) and return the logits of the last step, (K,)."""
        layers = []
        for layer in self._layers:
            trace = unroll(layer, x)
            layers.append(replace(layer, initial=tuple(state[-1] for state in trace.states)))
            x = trace.states[0][1:]
        self._layers = tuple(layers)
        logits: Array = np.dot(self._readout.W, x[-1])
        logits += self._readout.b
        return logits

    def outputs(self, logits: Array) -> Array:
        """Return y (K,) of logits."""
        y: Array = self._readout.activation.apply(logits[None])[0]
        return y


def sample_text(
    document: Document, length: int, temperature: float = 1.0, seed: int = 0, prompt: str | None = None
) -> str:
    """Return so many symbols that the network makes up after a prompt; without one, after its text's first symbol.

    Each is drawn from softmax(logits / temperature) and fed in next: below 1 it plays safe, at 0 it always takes the
    likeliest, above 1 it dares. The same seed gives the same text.

    Raises:
        DocumentError: the input is not text, the network does not predict its symbols, the temperature is below
            0, or a symbol of the prompt is unknown; or a number overflows.
    """
    vocabulary, encoding, text = document.input.vocabulary, document.input.encoding, document.input.text
    if vocabulary is None or encoding is None or text is None:
        raise DocumentError("input: it is not text, so there is nothing to make up; use a text as input")
    if document.outputs < len(vocabulary):
        raise DocumentError(f"readout: {document.outputs} outputs do not cover the {len(vocabulary)} symbols")
    if not (np.isfinite(temperature) and temperature >= 0):
        raise DocumentError(f"temperature: {temperature:g} will not do; use a number of at least 0")
    begin = _tokens(text, encoding)[:1] if prompt is None else _tokens(prompt, encoding)
    unknown = [symbol for symbol in begin if symbol not in vocabulary]
    if unknown:
        raise DocumentError(f"prompt: {unknown[0]!r} is not a symbol of this text")
    chance, walk = np.random.default_rng(seed), _Walk(document)
    symbols = np.eye(len(vocabulary))
    made: list[str] = []
    with np.errstate(all="ignore"):
        logits = walk.feed(one_hot(begin, vocabulary))
        while len(made) < length:
            chosen = _drawn(logits[: len(vocabulary)], temperature, chance)
            made.append(vocabulary[chosen])
            logits = walk.feed(symbols[chosen : chosen + 1])
    return ("" if encoding == "char" else " ").join(made)


def _tokens(text: str, encoding: Encoding) -> tuple[str, ...]:
    """Cut up a text, which may have a single symbol."""
    if not text.strip(" " if encoding == "word" else ""):
        raise DocumentError("prompt: it is empty; give at least one symbol")
    return tokens_of(f"{text}\n ." if encoding == "word" else f"{text}..", encoding)[: -1 if encoding == "word" else -2]


def _drawn(logits: Array, temperature: float, chance: np.random.Generator) -> int:
    if not np.isfinite(logits).all():
        raise DocumentError("the outputs overflow, so that no symbol can be drawn; go back to an earlier update")
    if temperature == 0:
        return int(logits.argmax())
    weights = np.exp((logits - logits.max()) / temperature)
    return int(chance.choice(len(logits), p=weights / weights.sum()))


def roll_out(document: Document, steps: int, sample: int = 0) -> Array:
    """Return what the network expects after the end of one of its sequences, (steps, features).

    Its own outputs are fed in as the next input. The first row is the output of the last real step. Values are as
    the input shows them; ``input.scaling`` leads back to raw ones.

    Raises:
        DocumentError: the network has another number of outputs than of inputs, or there is no such sequence.
    """
    features = document.input.values.shape[2]
    if document.outputs != features:
        raise DocumentError(
            f"readout: {document.outputs} outputs cannot be fed in as {features} features; a forecast needs as many"
        )
    if not 0 <= sample < document.batch:
        raise DocumentError(f"sequence {sample + 1}: there are {document.batch}")
    walk, made = _Walk(document), np.empty((steps, features))
    x = document.input.values[sample, : document.input.length(sample)]
    with np.errstate(all="ignore"):
        for row in range(steps):
            made[row] = walk.outputs(walk.feed(x))
            x = made[row : row + 1]
    return made
