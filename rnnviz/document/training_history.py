"""What a training has been through: curves, and states to go back to; in bounded memory however long it runs.

States are kept at every ``stride``-th update, together with what the optimiser remembered. When they become too many
the stride is doubled and every second one is forgotten. An update between two kept ones is not lost: its
state follows from the kept one before it, with the settings of that time, bit for bit (`Excerpt.state`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rnnviz.document.training import Trainer, Training, TrainingState, UpdateRecord
from rnnviz.document.values import Array, equal

MOST_ROWS = 10_000
MOST_STATES = 1_000
MOST_BYTES = 128 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """What was recorded, one row for each update that was kept; m of n updates. Read-only.

    Attributes:
        updates: their numbers, (m,).
        loss, before, after: as in `UpdateRecord`, (m,).
        norms_before, norms_after, weight_norms: as there, (m, arrays of weights).
        measured: the updates at which the next two were measured, (k,).
        held_out: (k,); nan where there is nothing held out.
        radii: (k, blocks of all layers).
    """

    updates: NDArray[np.int64]
    loss: Array
    before: Array
    after: Array
    norms_before: Array
    norms_after: Array
    weight_norms: Array
    measured: NDArray[np.int64]
    held_out: Array
    radii: Array

    def combined(self, norms: Array, columns: list[int]) -> Array:
        """Return the norm of several arrays of weights together, (m,): √Σ ‖·‖² over some columns of norms."""
        return np.asarray(np.hypot.reduce(norms[:, columns], axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """All that is needed to make the state after an update again.

    Attributes:
        start: the kept state before it.
        settings: from which update on (counted from 0) which settings were used, the first at or before ``start``.
        update: which update's state is wanted.
    """

    start: TrainingState
    settings: tuple[tuple[int, Training], ...]
    update: int

    def state(self, trainer: Trainer) -> TrainingState:
        """Return the state: the same updates are made again. The trainer is left with the settings of that time."""
        state = self.start
        firsts = [first for first, _ in self.settings]
        while state.update < self.update:
            trainer.use(self.settings[bisect_right(firsts, state.update) - 1][1])
            state = trainer.step(state)
        return state


class TrainingHistory:
    """The curves of one training, and its kept states. `add` and `cut` change it."""

    def __init__(self, start: TrainingState, settings: Training, most_states: int | None = None) -> None:
        """Begin at a state, whose update may be any."""
        self._first = start
        self._states = [start]
        self._settings = [(start.update, settings)]
        self._by_hand: set[int] = set()
        self._most_states = most_states or MOST_STATES
        self._rows = _Table()
        self._measures = _Table()
        self.stride = 1

    @property
    def last(self) -> TrainingState:
        """The newest state."""
        return self._states[-1]

    @property
    def first(self) -> TrainingState:
        """The state it began at."""
        return self._first

    @property
    def kept(self) -> tuple[int, ...]:
        """The updates whose states are kept, in order."""
        return tuple(state.update for state in self._states)

    def wants(self, update: int) -> bool:
        """Return whether the state after an update is to be kept even when newer ones follow."""
        return update % self.stride == 0

    def add(self, records: Iterable[UpdateRecord], states: Iterable[TrainingState], settings: Training) -> None:
        """Append what a few updates did: their records, and their states, of which the last has to be there.

        States in between that are not wanted may be left out. They are copied: what comes from another process
        lies in one piece of memory, which would stay as long as the smallest part of it is kept.
        """
        if settings != self._settings[-1][1]:
            self._settings.append((self.last.update, settings))
        for record in records:
            self._rows.add(record.update, _row(record))
            if not np.isnan(record.radii).all():
                self._measures.add(record.update, np.array([record.held_out, *record.radii]))
        for state in states:
            if not self._is_wanted(self.last):
                self._states.pop()
            self._states.append(_own(state))
        self._thin_out()

    def put(self, state: TrainingState) -> None:
        """Let the training go on from other weights, set by hand: this state replaces the newest, and is kept."""
        self.cut(state.update)
        self._states[-1:] = [state]
        self._by_hand.add(state.update)

    def cut(self, update: int) -> None:
        """Forget what came after an update: all records, and kept states."""
        while self._states[-1].update > update:
            self._by_hand.discard(self._states.pop().update)
        self._settings = [entry for entry in self._settings if entry[0] <= update]
        self._rows.cut(update)
        self._measures.cut(update)

    def state_with(self, weights: Array) -> TrainingState | None:
        """Return the newest kept state with these weights, or None."""
        return next((state for state in reversed(self._states) if equal(state.weights, weights)), None)

    def excerpt(self, update: int) -> Excerpt:
        """Return what the state after an update is made from; the update becomes the nearest there is."""
        update = min(max(update, self._first.update), self.last.update)
        start = self._states[bisect_right(self.kept, update) - 1]
        firsts = [first for first, _ in self._settings]
        at = max(bisect_right(firsts, start.update) - 1, 0)
        return Excerpt(start, tuple(self._settings[at:]), update)

    def go_on_from(self, state: TrainingState) -> None:
        """Forget what came after a state that an excerpt has led to, and go on there."""
        self.cut(state.update)
        if self.last.update < state.update:
            if not self._is_wanted(self.last):
                self._states.pop()
            self._states.append(state)

    def curves(self) -> Curves:
        """Return all that is recorded, the newest update included."""
        updates, rows = self._rows.all()
        measured, measures = self._measures.all()
        if not len(rows):
            rows = np.empty((0, _SINGLE))
        norms_before, norms_after, weight_norms = np.split(rows[:, _SINGLE:], 3, axis=1)
        return Curves(
            updates=updates,
            loss=rows[:, 0],
            before=rows[:, 1],
            after=rows[:, 2],
            norms_before=norms_before,
            norms_after=norms_after,
            weight_norms=weight_norms,
            measured=measured,
            held_out=measures[:, 0],
            radii=measures[:, 1:],
        )

    def _is_wanted(self, state: TrainingState) -> bool:
        return self.wants(state.update) or state.update in self._by_hand or state is self._first

    def _thin_out(self) -> None:
        size = sum(array.nbytes for group in self.last.memory.averages for array in group) + self.last.weights.nbytes
        most = max(2, min(self._most_states, MOST_BYTES // max(size, 1)))
        while len(self._states) > most and self.stride < self.last.update:
            self.stride *= 2
            self._states = [state for state in self._states[:-1] if self._is_wanted(state)] + self._states[-1:]


_SINGLE = 3  # numbers of a row that are not norms of arrays


def _own(state: TrainingState) -> TrainingState:
    """Return the same state with arrays of its own."""
    averages = tuple(tuple(_copy(array) for array in group) for group in state.memory.averages)
    return TrainingState(state.update, _copy(state.weights), replace(state.memory, averages=averages))


def _copy(array: Array) -> Array:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _row(record: UpdateRecord) -> Array:
    single = np.array([record.loss, record.before, record.after])
    return np.concatenate([single, record.norms_before, record.norms_after, record.weight_norms])


class _Table:
    """Rows of numbers by update, thinned out as the states are; the newest is always there."""

    def __init__(self) -> None:
        self._updates = np.empty(0, np.int64)
        self._rows = np.empty((0, 1))
        self._count = 0
        self._stride = 1

    def add(self, update: int, row: Array) -> None:
        if self._count and self._updates[self._count - 1] % self._stride:
            self._count -= 1
        if self._count == len(self._rows):
            self._make_room(len(row))
        self._updates[self._count], self._rows[self._count] = update, row
        self._count += 1
        while self._count > MOST_ROWS:
            self._stride *= 2
            kept = self._updates[: self._count] % self._stride == 0
            kept[-1] = True
            count = int(kept.sum())
            self._updates[:count] = self._updates[: self._count][kept]
            self._rows[:count] = self._rows[: self._count][kept]
            self._count = count

    def _make_room(self, columns: int) -> None:
        size = min(max(64, 2 * self._count), MOST_ROWS + 1)
        updates, rows = np.empty(size, np.int64), np.empty((size, columns))
        updates[: self._count] = self._updates[: self._count]
        if self._count:
            rows[: self._count] = self._rows[: self._count]
        self._updates, self._rows = updates, rows

    def cut(self, update: int) -> None:
        self._count = int(np.searchsorted(self._updates[: self._count], update, side="right"))

    def all(self) -> tuple[NDArray[np.int64], Array]:
        updates, rows = self._updates[: self._count].copy(), self._rows[: self._count].copy()
        for array in (updates, rows):
            array.flags.writeable = False
        return updates, rows
