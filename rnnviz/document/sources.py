"""From real data to edits: what a file holds, and what the network is to do with it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from rnnviz.core.objectives import LOSSES
from rnnviz.document.audio import Sound, read_wav
from rnnviz.document.document import Document, Input, Objective, Readout
from rnnviz.document.edits import Edit
from rnnviz.document.fitting import fitted, fresh_readout, resized_readout
from rnnviz.document.generators import Generator
from rnnviz.document.scaling import Normalisation, scaled, scaling_of
from rnnviz.document.sequences import MAX_NUMBERS, MAX_STEPS, check_size
from rnnviz.document.series import Series, SeriesError, read_series, with_next_value_targets
from rnnviz.document.text import (
    MAX_VOCABULARY,
    Encoding,
    TextError,
    next_symbol_targets,
    one_hot,
    read_text,
    symbol_label,
    tokens_of,
    vocabulary_of,
)
from rnnviz.document.values import Array

_ALWAYS_SERIES = frozenset({".csv", ".tsv"})
_SOUNDS = frozenset({".wav", ".wave"})
_NUMBER_LIKE = re.compile(r"[+\-\N{MINUS SIGN}]?\.?[0-9][0-9.eE+\-]*")
_BETWEEN_WORDS = re.compile(r"[\s,;]+")
_PROBE = 8192  # characters looked at to tell a table with a mistake in it from prose

_NEW_CURVE_STEPS = 40
_FREE = Objective("sum", "all", "mean")


def _predicting(targets: Array) -> Objective:
    return Objective("half_squared_error", "all", "mean", targets)


# ---- files


def read_source(path: Path) -> Series | Sound | str:
    """Return the time series or the sound in a file, or its text if it is not a table of numbers.

    Raises:
        AudioError: the file is called .wav and cannot be read as a sound.
        SeriesError: the file is meant to be a table, by its name or its looks, and cannot be read as one.
        TextError: it is neither a table nor a text that can be used.
    """
    if path.suffix.lower() in _SOUNDS:
        return read_wav(path)
    try:
        return read_series(path)
    except SeriesError:
        if path.suffix.lower() in _ALWAYS_SERIES:
            raise
        text = read_text(path)
        if _is_mostly_numbers(text):
            raise
        return text


def _is_mostly_numbers(text: str) -> bool:
    words = [word for word in _BETWEEN_WORDS.split(text[:_PROBE]) if word]
    return 2 * sum(bool(_NUMBER_LIKE.fullmatch(word)) for word in words) > len(words)


# ---- edits


def series_edit(series: Series, *, name: str, normalisation: Normalisation | None, next_value_target: bool) -> Edit:
    """Feed a series: as it stands, or with every column brought to one size.

    With ``next_value_target`` every step is to predict the row after it, so the last row is a target only.
    Without it, the gradient is that of the sum of all outputs.

    Raises:
        SeriesError: more than 20,000 steps, or 2,000,000 numbers; ``name`` begins the message.
    """
    scaling = None if normalisation is None else scaling_of(series.values, normalisation)
    values = series.values if scaling is None else scaled(series.values, scaling)
    objective = _FREE
    if next_value_target:
        values, following = with_next_value_targets(values)
        objective = _predicting(following[None])
    _check_series(values, name)
    return _named(_feed(Input(series.names, values[None], scaling=scaling), objective, f"Open {name}"), name)


def generated_edit(
    generator: Generator,
    numbers: Mapping[str, float],
    seed: int,
    *,
    next_value_target: bool = False,
    merge_key: Hashable = None,
) -> Edit:
    """Feed what a generator makes; a task has its own targets, and of a signal the next value can be predicted.

    Raises:
        DocumentError: a number that the generator refuses, or more than can be shown.
    """
    data, objective = generator.make(numbers, seed)
    check_size(*data.values.shape)
    if objective is None:
        objective = _FREE
        if next_value_target:
            objective = _predicting(data.values[:, 1:])
            data = replace(data, values=data.values[:, :-1])
    return replace(_feed(data, objective, f"Generate: {generator.title}"), merge_key=merge_key)


def text_edit(
    text: str, encoding: Encoding = "char", *, name: str | None = None, alphabet: tuple[str, ...] = ()
) -> Edit:
    """Feed a text, one-hot over its own symbols; every step is to predict the symbol after it.

    A text that comes from a file has the file's ``name``; one that is typed has none. With an ``alphabet`` its
    symbols keep their columns, and what the text has besides follows them.

    The last symbol is a target only: it is not in ``Input.text``, see `whole_text`.

    Raises:
        TextError: fewer than 2 symbols, more than 20,000, more than 512 different ones, or 2,000,000 numbers.
    """
    data, objective = text_input(text, encoding, alphabet)
    edit = _feed(data, objective, "Type text" if name is None else f"Open {name}")
    return edit if name is None else _named(edit, name)


def text_input(text: str, encoding: Encoding = "char", alphabet: tuple[str, ...] = ()) -> tuple[Input, Objective]:
    """Return what `text_edit` feeds: the text but for its last symbol, and the symbols after each as targets."""
    tokens, vocabulary = tokens_of(text, encoding), vocabulary_of(text, encoding)
    vocabulary = (*alphabet, *(symbol for symbol in vocabulary if symbol not in alphabet))
    _check_text(len(tokens), len(vocabulary))
    inputs, following = next_symbol_targets(tokens, vocabulary)
    values: Array = one_hot(inputs, vocabulary)[None]
    features = tuple(map(symbol_label, vocabulary))
    data = Input(features, values, _spelled(inputs, encoding), vocabulary, encoding)
    objective = Objective("cross_entropy", "all", "mean", following[None].astype(np.float64))
    return data, objective


def _named(edit: Edit, name: str) -> Edit:
    """Let the scene be called after what was opened; what its notes said of the old input is not true any more."""
    return replace(edit, apply=lambda document: replace(edit.apply(document), title=name, notes=""))


def curve_edit(before: Document | None) -> Edit:
    """Feed numbers again after a text: those of an earlier document, or one sine wave to draw on."""
    if before is None:
        t = np.arange(1, _NEW_CURVE_STEPS + 1)
        wave = [round(float(value), 2) + 0.0 for value in np.sin(2 * np.pi * t / 20)]
        return _feed(Input(("x",), np.array(wave).reshape(1, -1, 1)), Objective(), "Draw a curve")

    def apply(document: Document) -> Document:
        readout, units = before.readout, document.layers[-1].units
        if readout is not None and readout.weights["W_hy"].shape[1] != units:
            readout = _readout_for(document, before.input, before.objective)
        return replace(_fed(document, readout, before.input, before.objective), window=before.window)

    return Edit("Draw a curve", apply)


def chosen_alphabet(document: Document) -> tuple[str, ...]:
    """Return the text's alphabet if somebody has changed it; nothing if it is just what the text is made of."""
    vocabulary, text, encoding = document.input.vocabulary, whole_text(document), document.input.encoding
    if vocabulary is None or text is None or encoding is None:
        return ()
    try:
        own = vocabulary_of(text, encoding)
    except TextError:
        return vocabulary
    return () if own == vocabulary else vocabulary


def whole_text(document: Document) -> str | None:
    """Return what was typed: the input's text and, if it is to be predicted, the symbol after it."""
    data, targets = document.input, document.objective.targets
    if data.text is None or data.vocabulary is None:
        return None
    end = data.length(0) - 1
    if document.objective.loss != "cross_entropy" or targets is None or targets[0, end] >= len(data.vocabulary):
        return data.text
    last = data.vocabulary[int(targets[0, end])]
    return f"{data.text} {last}" if data.encoding == "word" else data.text + last


def _spelled(tokens: tuple[str, ...], encoding: Encoding) -> str:
    return ("" if encoding == "char" else " ").join(tokens)


# ---- limits


def _check_series(values: Array, name: str) -> None:
    steps, features = values.shape
    if steps > MAX_STEPS:
        raise SeriesError(
            f"{name} has {steps:,} steps, and at most {MAX_STEPS:,} can be shown: keep a part, or every n-th row."
        )
    if values.size > MAX_NUMBERS:
        raise SeriesError(
            f"{name} has {steps:,} × {features:,} numbers, and at most {MAX_NUMBERS:,} can be shown: "
            "keep fewer rows or columns."
        )


def _check_text(symbols: int, different: int) -> None:
    if different > MAX_VOCABULARY:
        raise TextError(
            f"Alphabet and text have {different:,} different symbols, and at most {MAX_VOCABULARY} fit: "
            "take some out of the alphabet."
        )
    if (symbols - 1) * different > MAX_NUMBERS:
        raise TextError(
            f"The text has {symbols:,} symbols, {different:,} different ones, which makes "
            f"{(symbols - 1) * different:,} numbers, and at most {MAX_NUMBERS:,} can be shown: shorten it."
        )


# ---- fitting the network


def _feed(data: Input, objective: Objective, label: str) -> Edit:
    def apply(document: Document) -> Document:
        return _fed(document, _readout_for(document, data, objective), data, objective)

    return Edit(label, apply)


def _fed(document: Document, readout: Readout | None, data: Input, objective: Objective) -> Document:
    """Return the document with another readout, reading ``data``; weights are fitted as by `edits.feed`."""
    prepared = replace(document, readout=readout, objective=Objective(), window=None)
    return replace(fitted(prepared, data, Objective()), objective=objective)


def _readout_for(document: Document, data: Input, objective: Objective) -> Readout | None:
    """Return the document's readout with the outputs that the targets need.

    A symbol that is never a target has its output too. A network without a readout gets one if there is
    something to predict.
    """
    readout = document.readout
    if objective.targets is None:
        # the sum of softmax outputs is always 1, and its gradient 0
        return None if readout is None else replace(readout, activation="linear")
    outputs, units = _outputs_for(data, objective.targets), document.layers[-1].units
    activation, initialisation = LOSSES[objective.loss].readout or "linear", document.initialisation
    if readout is None:
        return fresh_readout(initialisation, activation, outputs, units)
    return replace(resized_readout(initialisation, readout, outputs, units), activation=activation)


def _outputs_for(data: Input, targets: Array) -> int:
    match targets.shape:
        case (_, _, outputs):
            return int(outputs)
    return int(targets.max()) + 1 if data.vocabulary is None else len(data.vocabulary)
