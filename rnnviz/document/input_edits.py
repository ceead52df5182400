"""Edits of what is fed in: tables, symbols of a text and its alphabet, and the size of the numbers."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import numpy as np

from rnnviz.core.cells import CELLS
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, weight_shapes
from rnnviz.document.edits import Edit
from rnnviz.document.initialisation import READOUT_STREAM, initial_weights
from rnnviz.document.scaling import Normalisation, scaled, scaling_of
from rnnviz.document.sequences import NEW, Order, predicts_next, rearranged, spelled
from rnnviz.document.text import MAX_VOCABULARY, symbol_label
from rnnviz.document.values import Array, DocumentError

# Tables


def paste_steps(sequence: int, first: int, column: int, block: Array) -> Edit:
    """Write a block of numbers (steps, columns) over a sequence, from step ``first`` (counted from 1) on.

    Columns are the features and then the targets, counted from 0. Rows beyond the end become new steps; columns
    beyond the last are refused.
    """

    def apply(document: Document) -> Document:
        if document.input.text is not None:
            raise DocumentError("input: it is one-hot text; type another text to change it")
        longer = _lengthened(document, sequence, first - 1 + len(block))
        targets = longer.objective.targets
        features = longer.input.values.shape[2]
        outputs = 0 if targets is None else targets[0, 0].size
        if column + block.shape[1] > features + outputs:
            raise DocumentError(
                f"input: {block.shape[1]} columns do not fit at column {column + 1} of {features + outputs}; "
                "select a cell further left"
            )
        rows = slice(first - 1, first - 1 + len(block))
        width = max(features - column, 0)  # of the block's part that is input
        values = longer.input.values.copy()
        values[sequence, rows, column : column + block.shape[1]] = block[:, :width]
        if targets is not None and block.shape[1] > width:
            targets = targets.copy()
            start = max(column - features, 0)
            part = block[:, width:]
            targets.reshape(*targets.shape[:2], -1)[sequence, rows, start : start + part.shape[1]] = part
        return replace(
            longer,
            input=replace(longer.input, values=values),
            objective=replace(longer.objective, targets=targets),
        )

    return Edit("Paste into the table", apply)


def _lengthened(document: Document, sequence: int, length: int) -> Document:
    present = [np.arange(document.input.length(n)) for n in range(document.batch)]
    missing = max(length - len(present[sequence]), 0)
    present[sequence] = np.append(present[sequence], np.full(missing, NEW))
    return rearranged(document, present) if missing else document


# Normalisation


def normalise(kind: Normalisation | None) -> Edit:
    """Bring every feature to mean 0 and deviation 1, or to 0…1, or back to its raw values.

    All sequences are taken together, without their padding. Targets that are the next value are scaled with them.
    """

    def apply(document: Document) -> Document:
        data, objective = document.input, document.objective
        if data.text is not None:
            raise DocumentError("input: it is one-hot text, which is not normalised; it is 0 and 1 already")
        if kind == (None if data.scaling is None else data.scaling.kind):
            return document
        tables = _tables(data, objective)
        if data.scaling is not None:
            tables = [data.scaling.undone(table) for table in tables]
        scaling = None if kind is None else scaling_of(np.concatenate(tables), kind)
        if scaling is not None:
            tables = [scaled(table, scaling) for table in tables]
        values, targets = np.zeros_like(data.values), objective.targets
        is_next = predicts_next(data, objective)
        targets = np.zeros_like(values) if is_next else targets
        for n, table in enumerate(tables):
            length = data.length(n)
            values[n, :length] = table[:length]
            if is_next and targets is not None:
                targets[n, :length] = table[1:]
        return replace(
            document,
            input=replace(data, values=values, scaling=scaling),
            objective=replace(objective, targets=targets),
        )

    names = {None: "Use raw values", "z-score": "Normalise: z-score", "min-max": "Normalise: 0…1"}
    return Edit(names[kind], apply)


def _tables(data: Input, objective: Objective) -> list[Array]:
    """Return the real steps of each sequence, (steps, features), with the last target if that is the next value."""
    tables = [data.values[n, : data.length(n)] for n in range(len(data.values))]
    if not predicts_next(data, objective) or objective.targets is None:
        return tables
    return [
        np.concatenate([table, objective.targets[n, len(table) - 1 : len(table)]]) for n, table in enumerate(tables)
    ]


# Text


def set_symbol(sequence: int, t: int, symbol: str, merge_key: Hashable = None) -> Edit:
    """Write another symbol of the alphabet at a step, from 1; a target that is this step's symbol follows."""

    def apply(document: Document) -> Document:
        data, targets = document.input, document.objective.targets
        vocabulary = _vocabulary(data)
        if symbol not in vocabulary:
            raise DocumentError(f"input: “{symbol_label(symbol)}” is not in the alphabet; add it to the alphabet first")
        is_next = predicts_next(data, document.objective)
        values = data.values.copy()
        values[sequence, t - 1] = 0.0
        values[sequence, t - 1, vocabulary.index(symbol)] = 1.0
        if is_next and targets is not None and t > 1:
            targets = targets.copy()
            targets[sequence, t - 2] = vocabulary.index(symbol)
        return replace(
            document,
            input=spelled(replace(data, values=values)),
            objective=replace(document.objective, targets=targets),
        )

    return Edit(f"Write {symbol_label(symbol)}", apply, merge_key)


def set_alphabet(vocabulary: tuple[str, ...]) -> Edit:
    """Give a text another alphabet: symbols added, taken out, or in another order.

    The weights that read a symbol stay with it, and so do those that predict it, with their locks; for a new symbol
    they are drawn.
    """

    def apply(document: Document) -> Document:
        data = document.input
        old = _vocabulary(data)
        _check_alphabet(data, vocabulary)
        columns = np.array([old.index(symbol) if symbol in old else NEW for symbol in vocabulary])
        predicts = _predicts_symbols(document)
        readout, objective = document.readout, document.objective
        if predicts and readout is not None and objective.targets is not None:
            readout = _readout_with_rows(document, readout, columns)
            places = np.array([vocabulary.index(symbol) if symbol in vocabulary else NEW for symbol in old])
            targets = places[objective.targets.astype(np.intp)]
            if targets.min() == NEW:
                missing = old[int(objective.targets[targets == NEW][0])]
                raise DocumentError(f"input.vocabulary: “{symbol_label(missing)}” is a target; it cannot be taken out")
            objective = replace(objective, targets=targets.astype(np.float64))
        first = _layer_with_columns(document, document.layers[0], columns)
        return replace(
            document,
            layers=(first, *document.layers[1:]),
            readout=readout,
            input=_recoded(data, vocabulary, columns),
            objective=objective,
        )

    return Edit("Change the alphabet", apply)


def _vocabulary(data: Input) -> tuple[str, ...]:
    if data.vocabulary is None:
        raise DocumentError("input: it is no text and has no alphabet; type a text first")
    return data.vocabulary


def _check_alphabet(data: Input, vocabulary: tuple[str, ...]) -> None:
    if not vocabulary:
        raise DocumentError("input.vocabulary: the alphabet is empty; it needs at least the symbols of the text")
    if len(vocabulary) > MAX_VOCABULARY:
        raise DocumentError(f"input.vocabulary: {len(vocabulary)} symbols are too many; keep {MAX_VOCABULARY}")
    twice = [symbol for n, symbol in enumerate(vocabulary) if symbol in vocabulary[:n]]
    if twice:
        raise DocumentError(f"input.vocabulary: “{symbol_label(twice[0])}” is there twice; list each symbol once")
    used = data.values.max(axis=(0, 1)).tolist()
    missing = [
        symbol for symbol, is_used in zip(_vocabulary(data), used, strict=True) if is_used and symbol not in vocabulary
    ]
    if missing:
        raise DocumentError(
            f"input.vocabulary: “{symbol_label(missing[0])}” is in the text; take it out of the text first"
        )


def _predicts_symbols(document: Document) -> bool:
    objective, vocabulary = document.objective, document.input.vocabulary
    return objective.loss == "cross_entropy" and vocabulary is not None and document.outputs == len(vocabulary)


def _recoded(data: Input, vocabulary: tuple[str, ...], columns: Order) -> Input:
    values = np.where(columns == NEW, 0.0, data.values[:, :, columns])
    return replace(data, features=tuple(map(symbol_label, vocabulary)), values=values, vocabulary=vocabulary)


def _layer_with_columns(document: Document, layer: Layer, columns: Order) -> Layer:
    shapes = weight_shapes(layer.cell, layer.units, len(columns))
    fresh = initial_weights(document.initialisation, 0, layer.cell, shapes)
    weights, locks = dict(layer.weights), dict(layer.locks)
    for block in CELLS[layer.cell].blocks:
        name = f"W_x{block}"
        weights[name] = np.where(columns == NEW, fresh[name], layer.weights[name][:, columns])
        if name in locks:
            locks[name] = (columns != NEW) & locks[name][:, columns]
    return replace(layer, weights=weights, locks=locks)


def _readout_with_rows(document: Document, readout: Readout, rows: Order) -> Readout:
    shapes: dict[str, tuple[int, ...]] = {
        "W_hy": (len(rows), readout.weights["W_hy"].shape[1]),
        "b_y": (len(rows),),
    }
    fresh = initial_weights(document.initialisation, READOUT_STREAM, "", shapes)
    is_new = rows == NEW
    weights = {
        "W_hy": np.where(is_new[:, None], fresh["W_hy"], readout.weights["W_hy"][rows]),
        "b_y": np.where(is_new, fresh["b_y"], readout.weights["b_y"][rows]),
    }
    locks = {name: (~is_new.reshape(-1, *(1,) * (mask.ndim - 1))) & mask[rows] for name, mask in readout.locks.items()}
    return replace(readout, weights=weights, locks=locks)
