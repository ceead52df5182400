"""Training as the session sees it: updates are made in a worker process, and the document follows.

The window is never waited for and never waits: a burst of updates takes some 50 ms, and what is pressed meanwhile
holds from the next one on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.document.document import Document
from rnnviz.document.edits import Edit
from rnnviz.document.initialisation import with_next_seed
from rnnviz.document.network_edits import initialise
from rnnviz.document.training import (
    PARTS,
    Part,
    Training,
    TrainingState,
    UnfinishedUpdate,
    first_state,
    with_weights,
)
from rnnviz.document.training_data import TrainingData, cut_into_pieces, own_data
from rnnviz.document.training_history import Curves, TrainingHistory
from rnnviz.document.values import DocumentError, equal
from rnnviz.document.weight_vector import WeightVector
from rnnviz.session import bursts
from rnnviz.session.bursts import Burst, Wish
from rnnviz.session.job import Job
from rnnviz.session.session import Session

if TYPE_CHECKING:
    from rnnviz.document.tasks._base import Source, Task

BURST_SECONDS, _LONGEST_BURST = 0.05, 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a scene is to be trained on.

    Attributes:
        task: the task whose data they are, or None.
        data: the data, or None: the document's own sequences.
        piece: into pieces of how many steps its own long sequence is cut, or None.
    """

    task: Task | None = None
    data: TrainingData | None = None
    piece: int | None = None

    def data_for(self, document: Document) -> TrainingData:
        """Return what a document is trained on; DocumentError if its own sequences will not do."""
        if self.data is not None:
            return self.data
        if self.piece is None:
            return own_data(document)
        return cut_into_pieces(document.input, document.objective, self.piece)


@dataclass(slots=True)
class _Run:
    """One training: the network it began with, what it has been through, and where it stands."""

    key: int
    scene: int
    document: Document
    data: TrainingData
    vector: WeightVector
    history: TrainingHistory
    state: TrainingState


@dataclass(slots=True)
class _Parts:
    """An update that is taken part by part: the worker has made all of them, so many are shown."""

    burst: Burst
    taken: int = 0


@dataclass(frozen=True, slots=True)
class _Step:
    """The newest step that was made in the session's history: by which play, and what it led to."""

    play: int
    document: Document


_SCRUB = -1  # going through the updates is one step, as a play is


class TrainingRun(QObject):
    """Trains the session's network, one training at a time.

    While it plays, the document gets the weights of the newest update some twenty times a second; from play to
    pause is one step that can be undone. Who changes a weight by hand meanwhile stops it, and play goes on from
    there. Undo, and `go_to`, bring back an earlier update: play then goes on from that one and forgets those after
    it. Another network, or other data, is another training.

    Signals:
        progressed(): other weights are shown, or there is more in the curves.
        changed(): it was started or stopped, or task, data, settings, speed or the parts of an update are others.
        stopped(str): why it has come to an end by itself, in one line: a loss was reached, updates were made, it
            has diverged, a number overflowed, or its process has died.
    """

    progressed = Signal()
    changed = Signal()
    stopped = Signal(str)

    def __init__(self, session: Session) -> None:
        """Belong to a session; the worker process starts with the first update."""
        super().__init__(session)
        self._session = session
        self._settings = Training()
        self._speed: float | None = None
        self._plans: dict[int, Plan] = {}
        self._run: _Run | None = None
        self._keys = count()
        self._prepared: int | None = None
        self._is_playing = False
        self._singles = 0
        self._parts_wanted = 0
        self._parts: _Parts | None = None
        self._going_to: int | None = None
        self._answer: Callable[[object], None] | None = None
        self._next_burst = 0.0
        self._showing = 0.0  # seconds that showing an update has taken last
        self._plays = count()
        self._step: _Step | None = None
        self._play = 0
        self._is_writing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        self._job = Job(self)
        self._job.finished.connect(self._receive)
        self._job.failed.connect(self._fail)
        session.document_changed.connect(self._follow)
        session.closed.connect(self.close)

    # What it is

    @property
    def plan(self) -> Plan:
        """What the scene is to be trained on."""
        return self._plans.get(self._session.history.scene, Plan())

    @property
    def data(self) -> TrainingData:
        """What it trains on.

        Raises:
            DocumentError: the document's own sequences have no targets, or do not make pieces.
        """
        return self.plan.data_for(self._session.document) if self._run is None else self._run.data

    @property
    def settings(self) -> Training:
        """How it trains from the next update on."""
        return self._settings

    @property
    def speed(self) -> float | None:
        """The most updates per second, or None: as many as there can be."""
        return self._speed

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._is_playing

    @property
    def is_busy(self) -> bool:
        """Whether something that was asked for is still to come."""
        return self._job.is_running or self._is_playing

    @property
    def position(self) -> int:
        """The update whose weights are shown; 0 before the first."""
        return 0 if self._run is None else self._run.state.update

    @property
    def last(self) -> int:
        """The newest update of this training."""
        return 0 if self._run is None else self._run.history.last.update

    @property
    def history(self) -> TrainingHistory | None:
        """The curves and kept states; None before the first update. To read, not to change."""
        return None if self._run is None else self._run.history

    @property
    def curves(self) -> Curves | None:
        """What was recorded; None before the first update."""
        return None if self._run is None else self._run.history.curves()

    @property
    def vector(self) -> WeightVector | None:
        """Says which column of the curves belongs to which weights; None before the first update."""
        return None if self._run is None else self._run.vector

    @property
    def unfinished(self) -> UnfinishedUpdate | None:
        """The update that is being taken part by part, as far as it is; None if there is none."""
        if self._parts is None:
            return None
        made = self._parts.burst.unfinished
        assert made is not None
        return made if self._parts.taken == len(PARTS) else made.before(PARTS[self._parts.taken])

    @property
    def next_part(self) -> Part:
        """The part that `take_part` takes next."""
        return PARTS[0 if self._parts is None else self._parts.taken]

    # What it is given

    def use_task(
        self, task: Task, numbers: Mapping[str, float] | None = None, seed: int = 0, source: Source = None
    ) -> None:
        """Open the network of a task and train it on the task's data, with its settings. It can be undone.

        Raises:
            DocumentError: numbers, seed or source will not do; nothing has changed.
        """
        data = task.data(numbers, seed, source)
        document = task.document(data, seed)
        self._end_run()
        self._settings = task.training
        self._session.open_document(document)
        self._plans[self._session.history.scene] = Plan(task, data)
        self.changed.emit()

    def use_own_data(self, piece: int | None = None) -> None:
        """Train on the document's own sequences; one long one may be cut into pieces of so many steps.

        Then the last fifth of the pieces is held out, and targets are needed at every step.

        Raises:
            DocumentError: they have no targets, or do not make pieces; nothing has changed.
        """
        plan = Plan(piece=piece)
        plan.data_for(self._session.document)
        self._end_run()
        self._plans[self._session.history.scene] = plan
        self.changed.emit()

    def use(self, settings: Training) -> None:
        """Go on with other settings, from the next burst on: a warm change."""
        if settings != self._settings:
            self._settings = settings
            self._drop_parts()
            self.changed.emit()

    def set_speed(self, updates_per_second: float | None) -> None:
        """Make no more than so many updates per second; None: as many as there can be."""
        self._speed = updates_per_second
        self._next_burst = 0.0
        self.changed.emit()

    # What it does

    def play(self) -> None:
        """Train until `pause`, or a stop of the settings. From an earlier update on, those after it are forgotten.

        Raises:
            DocumentError: there is nothing to train on, or it does not fit the network.
        """
        if self._is_playing:
            return
        self._begin_run()
        self._is_playing, self._play = True, next(self._plays)
        self._next_burst = 0.0
        self.changed.emit()
        self._go_on()

    def pause(self) -> None:
        """Stop after the updates that are being made."""
        if self._is_playing:
            self._is_playing = False
            self.changed.emit()

    def update_once(self) -> None:
        """Make one update, or the parts of the present one that are left; raises what `play` does."""
        self.pause()
        self._begin_run()
        if self._parts is not None:
            self._parts.taken = len(PARTS)
            self._finish_parts()
            return
        self._singles += 1
        self._go_on()

    def take_part(self) -> None:
        """Take one more of the five parts of an update; raises what `play` does."""
        self.pause()
        self._begin_run()
        if self._parts is None:
            self._parts_wanted += 1
            self._go_on()
            return
        self._take_parts(1)

    def reset(self) -> None:
        """Return to the weights that the training began with, and forget what it has learned."""
        self.pause()
        if self._run is None:
            return
        run, first = self._run, self._run.history.first
        self._forget_orders()
        run.history = TrainingHistory(first, self._settings)
        self._show(first, "Reset training", next(self._plays))
        self.changed.emit()

    def new_seed(self) -> None:
        """Draw all weights anew, with the next seed: another training."""
        self.pause()
        self._end_run()
        self._session.apply(initialise(with_next_seed(self._session.document.initialisation)))
        self.changed.emit()

    def go_to(self, update: int) -> None:
        """Show the weights after an update, or the nearest there is; of several such wishes the newest wins."""
        if self._run is not None:
            self.pause()
            self._drop_parts()
            self._going_to = update
            self._go_on()

    def close(self) -> None:
        """End it and its process."""
        self._is_playing = False
        self._forget_orders()
        self._job.close()

    # The order of things

    def _go_on(self) -> None:
        """Ask the process for what is wanted next, unless it is still at work."""
        run = self._run
        if run is None or self._job.is_running:
            return
        if self._going_to is not None:
            self._look_for(run, self._going_to)
        elif self._singles:
            wish = Wish(1, 0.0, run.history.stride)
            self._ask(run, self._single_is_there, bursts.burst, run.key, self._settings, run.state, wish)
        elif self._parts_wanted:
            self._ask(run, self._parts_are_there, bursts.in_parts, run.key, self._settings, run.state)
        elif self._is_playing:
            wait = self._next_burst - time.monotonic()
            if wait > 0:
                self._timer.start(int(1000 * wait) + 1)
                return
            wish = self._wish(run)
            self._ask(run, self._burst_is_there, bursts.burst, run.key, self._settings, run.state, wish)

    def _wish(self, run: _Run) -> Wish:
        """Return what the next burst is to do: it takes twice as long as showing it, which leaves time for the hand."""
        updates, seconds = 1_000_000, min(max(BURST_SECONDS, 2 * self._showing), _LONGEST_BURST)
        if self._speed is not None:
            updates = max(1, round(self._speed * seconds))
            self._next_burst = time.monotonic() + updates / self._speed
        return Wish(updates, seconds, run.history.stride)

    def _ask(
        self, run: _Run, answer: Callable[[object], None], function: Callable[..., object], *arguments: object
    ) -> None:
        if self._prepared != run.key:
            self._answer = None
            self._prepared = run.key
            self._job.start(bursts.prepare, run.key, run.document, run.data, self._settings)
            return
        self._answer = answer
        self._job.start(function, *arguments)

    def _receive(self, value: object) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            answer(value)
        self._go_on()

    def _fail(self, reason: str) -> None:
        self._prepared = None
        self._is_playing = False
        self._forget_orders()
        self.stopped.emit(reason)
        self.changed.emit()

    def _forget_orders(self) -> None:
        """Want nothing any more of what was asked for; an answer on its way is not listened to."""
        self._answer = None
        self._going_to = None
        self._singles = 0
        self._drop_parts()

    def _drop_parts(self) -> None:
        self._parts_wanted = 0
        if self._parts is not None:
            self._parts = None
            self.changed.emit()

    # Answers

    def _burst_is_there(self, value: object) -> None:
        assert isinstance(value, Burst)
        begin = time.monotonic()
        self._add(value, self._play)
        QTimer.singleShot(0, self, partial(self._has_shown, begin))

    def _has_shown(self, begin: float) -> None:
        """Take note of how long it took until everything was painted and there was nothing more to do."""
        self._showing = time.monotonic() - begin

    def _single_is_there(self, value: object) -> None:
        assert isinstance(value, Burst)
        self._singles -= 1
        self._add(value, next(self._plays))

    def _parts_are_there(self, value: object) -> None:
        assert isinstance(value, Burst)
        wanted, self._parts_wanted = self._parts_wanted, 0
        self._parts = _Parts(value)
        self._take_parts(wanted)

    def _take_parts(self, wanted: int) -> None:
        """Show some more parts; of an update that fails, those before the one that does."""
        assert self._parts is not None
        made = self._parts.burst.unfinished
        assert made is not None
        last = len(PARTS) if made.next_part is None else PARTS.index(made.next_part)
        taken = self._parts.taken + wanted
        self._parts.taken = min(taken, last)
        if taken > last or self._parts.taken == len(PARTS):
            self._finish_parts()
        else:
            self.changed.emit()

    def _finish_parts(self) -> None:
        assert self._parts is not None
        burst, self._parts = self._parts.burst, None
        self._add(burst, next(self._plays))
        self.changed.emit()

    def _add(self, burst: Burst, play: int) -> None:
        """Take over what a burst led to; the bursts of one play are one step."""
        run = self._run
        assert run is not None
        why = burst.reason if burst.trouble is None else str(burst.trouble)
        if why is not None:
            self._is_playing, self._singles = False, 0
        if burst.states:
            if run.state.update < run.history.last.update:
                run.history.go_on_from(run.state)
            run.history.add(burst.records, burst.states, self._settings)
            run.state = burst.states[-1]
            self._go_on()  # the process works on while the window takes over what it has done
            self._write(run, f"Train to update {run.state.update:,}", play)
        if why is not None:
            self.stopped.emit(why)
            self.changed.emit()

    def _look_for(self, run: _Run, update: int) -> None:
        excerpt = run.history.excerpt(update)
        if excerpt.start.update == excerpt.update:
            self._going_to = None
            self._show(excerpt.start, f"Go to update {excerpt.update:,}", _SCRUB)
            return
        self._going_to = None
        self._ask(run, self._state_is_there, bursts.replayed, run.key, excerpt)
        if self._answer is None:  # the process has to be prepared first
            self._going_to = update

    def _state_is_there(self, value: object) -> None:
        assert isinstance(value, TrainingState)
        if self._going_to is None:
            self._show(value, f"Go to update {value.update:,}", _SCRUB)

    # The document

    def _show(self, state: TrainingState, label: str, play: int) -> None:
        """Let the training stand at a state, and the document have its weights."""
        assert self._run is not None
        self._run.state = state
        self._write(self._run, label, play)

    def _write(self, run: _Run, label: str, play: int) -> None:
        """Give the document the weights of the state, as part of the same step as before if that was of the same play."""
        weights = run.state.weights
        edit = Edit(label, lambda document: run.vector.document(weights, document))
        self._is_writing = True
        try:
            if self._step is None or self._step.play != play:
                self._session.apply(edit)
            else:
                self._session.amend(edit, self._step.document)
        finally:
            self._is_writing = False
        self._step = _Step(play, self._session.document)
        self.progressed.emit()

    def _follow(self, document: Document) -> None:
        """Take note of a change that does not come from here."""
        run, scene = self._run, self._session.history.scene
        if self._is_writing:
            return
        self._check_plan(scene, document)
        if run is None:
            return
        if run.scene != scene or not self._is_still_the_same(run, document):
            self._end_run()
            self.changed.emit()
            return
        weights = run.vector.of(document)
        if equal(weights, run.state.weights):
            return
        self.pause()
        self._forget_orders()
        self._step = None
        known = run.history.state_with(weights)
        if known is None:
            if run.state.update < run.history.last.update:
                run.history.go_on_from(run.state)
            run.history.put(with_weights(run.state, document, run.vector))
            known = run.history.last
        run.state = known
        self.progressed.emit()

    def _check_plan(self, scene: int, document: Document) -> None:
        """Go back to the document's own sequences if it does not fit the others any more."""
        plan = self._plans.get(scene)
        if plan is not None and plan.data is not None:
            try:
                plan.data.training.put_into(document)
            except DocumentError:
                del self._plans[scene]
                self.changed.emit()

    def _is_still_the_same(self, run: _Run, document: Document) -> bool:
        """Return whether a document can go on with the training: same network, same data."""
        if not run.vector.fits(document) or document.window != run.document.window:
            return False
        has_own = self.plan.data is None
        return not has_own or equal((document.input, document.objective), (run.document.input, run.document.objective))

    def _begin_run(self) -> None:
        if self._run is not None:
            return
        document, data = self._session.document, self.data
        data.training.put_into(document)
        scene = self._session.history.scene
        vector = WeightVector(document)
        state = first_state(document, vector, self._settings)
        self._run = _Run(next(self._keys), scene, document, data, vector, TrainingHistory(state, self._settings), state)

    def _end_run(self) -> None:
        self.pause()
        self._forget_orders()
        self._run = None
        self._step = None
