"""What a network is trained on: sequences with what is expected of them, and the batches drawn from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.network import Objective as CoreObjective
from rnnviz.document.compute import core_objective, time_major
from rnnviz.document.document import Document, Input, Objective
from rnnviz.document.values import Array, DocumentError, Value

_FEWEST_PIECES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Examples(Value):
    """Sequences, and what is expected of the network for each."""

    input: Input
    objective: Objective

    @property
    def count(self) -> int:
        """How many sequences there are."""
        return len(self.input.values)

    def put_into(self, document: Document) -> Document:
        """Return the document with these sequences; DocumentError if its network does not fit them."""
        return replace(document, input=self.input, objective=self.objective)

    def part(self, first: int, count: int) -> Examples:
        """Return some of the sequences, by their numbers from 0."""
        rows = slice(first, first + count)
        lengths = self.input.lengths
        values = self.input.values[rows]
        text = _spelled(values, self.input)
        data = replace(self.input, values=values, text=text, lengths=None if lengths is None else lengths[rows])
        targets = self.objective.targets
        return Examples(data, replace(self.objective, targets=None if targets is None else targets[rows]))


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData(Value):
    """The sequences whose loss is made smaller, and others to see whether that helps beyond them, or None."""

    training: Examples
    held_out: Examples | None = None


def own_data(document: Document) -> TrainingData:
    """Return the document's own sequences as training data.

    Raises:
        DocumentError: its loss compares with nothing: the sum of the outputs has no minimum.
    """
    if document.objective.targets is None:
        raise DocumentError(
            "objective: the sum of the outputs has no minimum to be trained to; give the scene targets and another loss"
        )
    return TrainingData(Examples(document.input, document.objective))


def cut_into_pieces(data: Input, objective: Objective, length: int, held_out: float = 0.2) -> TrainingData:
    """Return one long sequence as pieces of equal length, each beginning with the initial state; the last are held out.

    What does not fill a piece is dropped at the beginning: the last piece ends where the data end. Targets stay with
    their steps.

    Args:
        data: one sequence without padding.
        objective: with targets at all of its steps.
        length: of a piece, in steps.
        held_out: which part of the pieces is not trained on.

    Raises:
        DocumentError: several sequences, or one that does not make two pieces; or no targets.
    """
    if len(data.values) != 1 or data.lengths is not None or objective.steps != "all" or objective.targets is None:
        raise DocumentError("pieces: only one sequence that has a target at every step can be cut into pieces")
    steps = data.values.shape[1]
    count = steps // length
    if count < _FEWEST_PIECES:
        raise DocumentError(
            f"pieces: {steps} steps do not make two pieces of {length}; use shorter pieces or a longer sequence"
        )
    dropped = steps - count * length

    def cut(array: Array) -> Array:
        return array[0, dropped:].reshape(count, length, *array.shape[2:])

    values = cut(data.values)
    pieces = replace(data, values=values, text=_spelled(values, data))
    examples = Examples(pieces, replace(objective, targets=cut(objective.targets)))
    last = max(1, round(held_out * count))
    return TrainingData(examples.part(0, count - last), examples.part(count - last, last))


def _spelled(values: Array, data: Input) -> str | None:
    """Return what one-hot values (B, T, N) spell, one sequence after the other; None if they are no text."""
    if data.vocabulary is None:
        return None
    symbols = [data.vocabulary[n] for n in values.argmax(axis=2).ravel()]
    return ("" if data.encoding == "char" else " ").join(symbols)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some sequences as the core takes them: x (T, N) or (T, N, B), the objective, and lengths, if they differ."""

    x: Array
    objective: CoreObjective
    lengths: NDArray[np.intp] | None


class Sequences:
    """Examples in the order in which the core wants them, made ready once, and batches out of them."""

    def __init__(self, document: Document, examples: Examples) -> None:
        """Make them ready for the document's network; DocumentError if it does not fit them."""
        fed = examples.put_into(document)
        dtype = np.dtype(document.precision)
        objective = core_objective(fed)
        lengths = None if fed.input.lengths is None else np.array(fed.input.lengths, np.intp)
        self.count = fed.batch
        self.all = Batch(
            time_major(fed.input.values).astype(dtype, copy=False),
            replace(
                objective,
                step_weights=objective.step_weights.astype(dtype, copy=False),
                targets=objective.targets.astype(dtype, copy=False),
            ),
            lengths,
        )
        self._order: tuple[tuple[int, int], NDArray[np.intp]] | None = None

    def batch(self, size: int, seed: int, number: int) -> Batch:
        """Return the batch of update ``number`` (from 0): the same for the same seed, whatever was asked before.

        Every sequence comes once before any comes again, in an order that is drawn anew each time; what is left
        when the size does not divide their number waits for the next round. All of them are one batch when there
        are no more than ``size``.
        """
        return self.all if size >= self.count else self._chosen(self.rows(size, seed, number))

    def rows(self, size: int, seed: int, number: int) -> NDArray[np.intp]:
        """Return which sequences are in that batch."""
        if size >= self.count:
            return np.arange(self.count)
        a_round = self.count // size
        first = number % a_round * size
        return self._order_of(seed, number // a_round)[first : first + size]

    def _order_of(self, seed: int, a_round: int) -> NDArray[np.intp]:
        if self._order is None or self._order[0] != (seed, a_round):
            self._order = (seed, a_round), np.random.default_rng([seed, a_round]).permutation(self.count)
        return self._order[1]

    def _chosen(self, chosen: NDArray[np.intp]) -> Batch:
        whole = self.all
        if len(chosen) == 1:
            chosen = chosen[0]
        weights = whole.objective.step_weights
        objective = CoreObjective(
            whole.objective.loss,
            weights if weights.ndim == 1 else weights.take(chosen, axis=1),
            whole.objective.targets.take(chosen, axis=-1),
        )
        lengths = None if whole.lengths is None else np.atleast_1d(whole.lengths[chosen])
        return Batch(whole.x.take(chosen, axis=-1), objective, lengths)
