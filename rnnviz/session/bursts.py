"""What a training asks of its worker process: short bursts of updates. No Qt.

The network and the data travel once, and stay in the process until others come; a burst is then given a state
and gives back a state.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from rnnviz.document.document import Document
from rnnviz.document.training import (
    Stop,
    Trainer,
    Training,
    TrainingFailedError,
    TrainingState,
    Trouble,
    UnfinishedUpdate,
    UpdateRecord,
)
from rnnviz.document.training_data import TrainingData
from rnnviz.document.training_history import Excerpt

# The process serves one training at a time: what it works on stays here, so that it need not travel again.
_AT_WORK: dict[int, Trainer] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Burst:
    """What a few updates led to.

    Attributes:
        records: what each of them did.
        states: those that were to be kept, and the last; none where no update was made.
        stop: why the training is to end, or None.
        trouble: which number overflowed in the update after the last one, or None.
        unfinished: of an update in parts, all of them up to where it failed; else None.
    """

    records: tuple[UpdateRecord, ...]
    states: tuple[TrainingState, ...]
    stop: Stop | None = None
    trouble: Trouble | None = None
    unfinished: UnfinishedUpdate | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """How much a burst is to do: so many updates, but none is begun after so many seconds.

    Every state whose update a stride divides is given back.
    """

    updates: int
    seconds: float
    stride: int


def prepare(key: int, document: Document, data: TrainingData, settings: Training) -> None:
    """Take a network and its data to work on; DocumentError if they do not fit each other."""
    _AT_WORK.clear()
    _AT_WORK[key] = Trainer(document, data, settings)


def burst(key: int, settings: Training, state: TrainingState, wish: Wish) -> Burst:
    """Make a few updates, one at least, until one of the settings' stops is met."""
    trainer = _trainer(key, settings)
    end = time.perf_counter() + wish.seconds
    records: list[UpdateRecord] = []
    states: list[TrainingState] = []
    stop = trouble = None
    while stop is None and len(records) < wish.updates and not (records and time.perf_counter() >= end):
        try:
            state, record = trainer.update(state)
        except TrainingFailedError as error:
            trouble = error.trouble
            break
        records.append(record)
        if states and states[-1].update % wish.stride:
            states.pop()
        states.append(state)
        stop = trainer.stop(record)
    return Burst(tuple(records), tuple(states), stop, trouble)


def in_parts(key: int, settings: Training, state: TrainingState) -> Burst:
    """Make one update and give back all that its parts have found."""
    trainer = _trainer(key, settings)
    update = trainer.begin(state)
    try:
        while update.next_part is not None:
            update = trainer.take(update)
    except TrainingFailedError as error:
        return Burst((), (), trouble=error.trouble, unfinished=update)
    record = trainer.record(update)
    assert update.after is not None
    return Burst((record,), (update.after,), trainer.stop(record), unfinished=update)


def replayed(key: int, excerpt: Excerpt) -> TrainingState:
    """Make a state again that was not kept."""
    return excerpt.state(_AT_WORK[key])


def _trainer(key: int, settings: Training) -> Trainer:
    trainer = _AT_WORK[key]
    if trainer.settings != settings:
        trainer.use(settings)
    return trainer
