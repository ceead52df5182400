"""Edits of steps and sequences: insert, delete, duplicate, move, reverse, shuffle; add, copy, remove, cut to length.

Steps are ranges of t, from 1. A sequence is counted from 0; None stands for all of them. What follows a step is
explained at the head of `sequences`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from rnnviz.document.document import Document
from rnnviz.document.edits import Edit
from rnnviz.document.sequences import NEW, Order, rearranged, with_sequences
from rnnviz.document.values import DocumentError

Rule = Callable[[Order], Order]  # from a sequence's steps, 0…T−1, to their order


def insert_steps(before: int, count: int = 1, sequence: int | None = None) -> Edit:
    """Insert blank steps before a step; before T + 1 they are the last ones. Blank text is its first symbol."""

    def rule(steps: Order) -> Order:
        if not 1 <= before <= len(steps) + 1:
            raise _no_such_step(before, len(steps))
        return np.insert(steps, before - 1, [NEW] * count)

    return Edit(f"Insert {_counted(count)}", _ruled(rule, sequence))


def delete_steps(steps: range, sequence: int | None = None) -> Edit:
    """Take steps out; what comes after them moves up."""
    return Edit(
        f"Delete {_named(steps)}", _ruled(lambda all_steps: np.delete(all_steps, _slice(steps)), sequence, steps)
    )


def duplicate_steps(steps: range, sequence: int | None = None) -> Edit:
    """Put a copy of steps behind them."""

    def rule(all_steps: Order) -> Order:
        return np.insert(all_steps, steps.stop - 1, all_steps[_slice(steps)])

    return Edit(f"Duplicate {_named(steps)}", _ruled(rule, sequence, steps))


def move_steps(steps: range, by: int, sequence: int | None = None) -> Edit:
    """Let steps change places with the ``by`` steps after them or, if negative, before them."""

    def rule(all_steps: Order) -> Order:
        start = steps.start - 1 + by
        if not 0 <= start <= len(all_steps) - len(steps):
            raise DocumentError(
                f"input: {_named(steps)} cannot move by {by}: that is beyond the {'end' if by > 0 else 'start'}"
            )
        rest = np.delete(all_steps, _slice(steps))
        return np.insert(rest, start, all_steps[_slice(steps)])

    return Edit(f"Move {_named(steps)} {'later' if by > 0 else 'earlier'}", _ruled(rule, sequence, steps))


def reverse_steps(steps: range | None = None, sequence: int | None = None) -> Edit:
    """Turn steps round, or whole sequences."""
    rule = _within(steps, lambda part: part[::-1])
    return Edit(f"Reverse {_named(steps)}", _ruled(rule, sequence, steps))


def shuffle_steps(seed: int, steps: range | None = None, sequence: int | None = None) -> Edit:
    """Mix steps, or whole sequences; the same seed gives the same order."""
    rule = _within(steps, lambda part: part[shuffled(len(part), seed)])
    return Edit(f"Shuffle {_named(steps)}", _ruled(rule, sequence, steps))


def reorder_input(sequence: int, order: Order, label: str) -> Edit:
    """Feed the steps of a sequence in another order and leave the targets where they are.

    ``order`` says for each step which one it was, from 0.
    """

    def apply(document: Document) -> Document:
        orders = _present_orders(document)
        if not np.array_equal(np.sort(order), orders[sequence]):
            raise DocumentError(f"input: this is not an order of {len(orders[sequence])} steps; choose one again")
        orders[sequence] = order
        return rearranged(document, orders, moves_targets=False)

    return Edit(label, apply)


def shuffled(length: int, seed: int) -> Order:
    """Return the numbers below ``length`` in another order, which only depends on the seed."""
    chance, steps = np.random.default_rng(seed), np.arange(length)
    order = chance.permutation(length)
    while length > 1 and np.array_equal(order, steps):
        order = chance.permutation(length)
    return order


# Sequences


def add_sequence() -> Edit:
    """Append a blank sequence."""
    return Edit("Add a sequence", lambda document: with_sequences(document, [*range(document.batch), NEW]))


def duplicate_sequence(sequence: int) -> Edit:
    """Put a copy of a sequence behind it."""

    def apply(document: Document) -> Document:
        _check_sequence(document, sequence)
        sources = list(range(document.batch))
        return with_sequences(document, [*sources[: sequence + 1], sequence, *sources[sequence + 1 :]])

    return Edit(f"Duplicate sequence {sequence + 1}", apply)


def remove_sequence(sequence: int) -> Edit:
    """Take a sequence out."""

    def apply(document: Document) -> Document:
        _check_sequence(document, sequence)
        if document.batch == 1:
            raise DocumentError("input: it is the only sequence; add another before removing it")
        return with_sequences(document, [n for n in range(document.batch) if n != sequence])

    return Edit(f"Remove sequence {sequence + 1}", apply)


def set_length(sequence: int, length: int, merge_key: Hashable = None) -> Edit:
    """Cut a sequence off after a step, or append blank steps; a batch is padded to its longest sequence."""

    def rule(steps: Order) -> Order:
        if length < 1:
            raise DocumentError(f"input: {length} steps are too few; a sequence needs at least one")
        return np.append(steps[:length], np.full(max(length - len(steps), 0), NEW))

    return Edit(f"Make sequence {sequence + 1} {_counted(length)} long", _ruled(rule, sequence), merge_key)


# The rules


def _ruled(rule: Rule, sequence: int | None, steps: range | None = None) -> Callable[[Document], Document]:
    """Return what applies a rule to one sequence or to all; sequences that end before ``steps`` stay as they are."""

    def apply(document: Document) -> Document:
        if sequence is not None:
            _check_sequence(document, sequence)
        orders = _present_orders(document)
        chosen = range(document.batch) if sequence is None else (sequence,)
        if steps is not None and not any(_holds(orders[n], steps) for n in chosen):
            raise _no_such_step(steps.stop - 1, max(len(orders[n]) for n in chosen))
        for n in chosen:
            if steps is None or _holds(orders[n], steps):
                orders[n] = rule(orders[n])
        return rearranged(document, orders)

    return apply


def _holds(order: Order, steps: range) -> bool:
    return len(steps) > 0 and steps.start >= 1 and steps.stop - 1 <= len(order)


def _within(steps: range | None, rule: Rule) -> Rule:
    """Return a rule that changes places inside of some steps only."""

    def within(all_steps: Order) -> Order:
        if steps is None:
            return rule(all_steps)
        changed = all_steps.copy()
        changed[_slice(steps)] = rule(all_steps[_slice(steps)])
        return changed

    return within


def _present_orders(document: Document) -> list[Order]:
    return [np.arange(document.input.length(n)) for n in range(document.batch)]


def _slice(steps: range) -> slice:
    return slice(steps.start - 1, steps.stop - 1)


def _check_sequence(document: Document, sequence: int) -> None:
    if not 0 <= sequence < document.batch:
        raise DocumentError(f"input: there is no sequence {sequence + 1}; choose from 1 to {document.batch}")


def _no_such_step(t: int, length: int) -> DocumentError:
    return DocumentError(f"input: step {t} does not exist; the sequence has {length}")


def _counted(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _named(steps: range | None) -> str:
    if steps is None:
        return "the sequence"
    return f"step {steps.start}" if len(steps) == 1 else f"steps {steps.start} to {steps.stop - 1}"
