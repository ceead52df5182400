"""Training as the session sees it: updates are made in a worker process, and the document follows.

The window is never waited for and never waits: a burst of updates takes some 50 ms, what is pressed meanwhile holds
from the next one on, and weights are shown as often as leaves the window free.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.document.document import Document
from rnnviz.document.edits import Edit
from rnnviz.document.initialisation import with_next_seed
from rnnviz.document.network_edits import initialise
from rnnviz.document.training import PARTS, Part, Training, TrainingState, UnfinishedUpdate, with_weights
from rnnviz.document.training_data import TrainingData
from rnnviz.document.training_history import Curves, TrainingHistory
from rnnviz.document.values import Array, DocumentError, equal
from rnnviz.document.weight_vector import WeightVector
from rnnviz.session import bursts
from rnnviz.session.bursts import Burst, Wish
from rnnviz.session.pacer import Pacer
from rnnviz.session.remote_trainer import Answer, RemoteTrainer
from rnnviz.session.session import Session
from rnnviz.session.training_plan import Plan, Run, begin

if TYPE_CHECKING:
    from rnnviz.document.tasks._base import Source, Task

BURST_SECONDS = 0.05
_NO_LIMIT = 1_000_000  # updates in a burst that only its time ends


@dataclass(slots=True)
class _Parts:
    """An update that is taken part by part: the process has made all of them, so many are shown."""

    burst: Burst
    taken: int = 0

    @property
    def made(self) -> UnfinishedUpdate:
        assert self.burst.unfinished is not None
        return self.burst.unfinished

    @property
    def last(self) -> int:
        """How many parts there are; of an update that fails, those before the one that does."""
        return len(PARTS) if self.made.next_part is None else PARTS.index(self.made.next_part)


@dataclass(frozen=True, slots=True)
class _Step:
    """The newest step that was made in the session's history: by which play, and what it led to."""

    play: int
    document: Document


_Question = tuple[Answer, Callable[..., object], *tuple[object, ...]]
_SCRUB = -1  # going through the updates is one step, as a play is


def _learned(state: TrainingState) -> str:
    return f"Train to update {state.update:,}"


class TrainingRun(QObject):
    """Trains the session's network, one training at a time.

    While it plays, the document gets the weights of the newest update as often as the window can follow and still
    be free half of the time; from play to pause is one step that can be undone. Who changes a weight by hand
    meanwhile stops it, and play goes on from there. Undo, and `go_to`, bring back an earlier update: play then goes
    on from that one and forgets those after it. Another network, or other data, is another training.

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
        self._plans: dict[int, Plan] = {}  # by scene
        self._run: Run | None = None
        self._keys, self._plays = count(), count()
        self._is_playing, self._play = False, 0
        self._next_burst = 0.0
        self._rate, self._last_answer = 0.0, 0.0
        self._singles = 0
        self._parts_wanted = 0
        self._parts: _Parts | None = None
        self._going_to: int | None = None
        self._step: _Step | None = None
        self._shown: Array | None = None
        self._is_writing = False
        self._pacer = Pacer(self._write_newest, self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        self._trainer = RemoteTrainer(self)
        self._trainer.idle.connect(self._go_on)
        self._trainer.failed.connect(self._fail)
        session.document_changed.connect(self._follow)
        session.closed.connect(self._close)

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
    def rate(self) -> float:
        """How many updates per second were made lately; 0 while it does not play."""
        return self._rate if self._is_playing else 0.0

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._is_playing

    @property
    def is_busy(self) -> bool:
        """Whether something that was asked for is still to come."""
        return self._is_playing or self._trainer.is_busy or self._pacer.is_waiting

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
    def start(self) -> Document:
        """The network that the training began with: the present one before the first update."""
        return self._session.document if self._run is None else self._run.document

    @property
    def unfinished(self) -> UnfinishedUpdate | None:
        """The update that is being taken part by part, as far as it is; None if there is none."""
        return None if self._parts is None else self._parts.made.before(self.next_part)

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
        self._plans[self._session.history.scene] = Plan(task, data, numbers=dict(numbers or {}), seed=seed)
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
        """Make no more than so many updates per second; None: as many as there can be.

        Raises:
            DocumentError: it is not above 0; nothing has changed.
        """
        if updates_per_second is not None and not updates_per_second > 0:
            raise DocumentError(f"speed: {updates_per_second:g} updates per second will not do; use a number above 0")
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
        self._drop_parts()
        self._is_playing, self._play, self._next_burst = True, next(self._plays), 0.0
        self._rate, self._last_answer = 0.0, time.monotonic()
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
        if self._parts is None:
            self._singles += 1
            self._go_on()
        else:
            self._finish_parts(self._parts)

    def take_part(self) -> None:
        """Take one more of the five parts of an update; raises what `play` does."""
        self.pause()
        self._begin_run()
        if self._parts is None:
            self._parts_wanted += 1
            self._go_on()
        else:
            self._take_parts(self._parts, 1)

    def reset(self) -> None:
        """Return to the weights that the training began with, and forget what it has learned."""
        self.pause()
        if self._run is not None:
            first = self._run.history.first
            self._forget_orders()
            self._run.history = TrainingHistory(first, self._settings)
            self._show(self._run, first, "Reset training", next(self._plays))
            self.changed.emit()

    def new_seed(self) -> None:
        """Draw all weights anew, with the next seed: another training."""
        self._end_run()
        self._session.apply(initialise(with_next_seed(self._session.document.initialisation)))
        self.changed.emit()

    def go_to(self, update: int) -> None:
        """Show the weights after an update, or the nearest there is; of several such wishes the newest wins."""
        if self._run is not None:
            self.pause()
            self._drop_parts()
            self._going_to = self._run.history.excerpt(update).update
            self._go_on()

    def _close(self) -> None:
        self._is_playing = False
        self._forget_orders()
        self._trainer.close()

    # One thing after the other

    def _go_on(self) -> None:
        """Ask the process for what is wanted next, unless it is still at work."""
        run = self._run
        if run is None or self._trainer.is_busy:
            return
        question = self._next_question(run)
        if question is None:
            return
        if self._trainer.is_ready_for(run.key):
            self._trainer.ask(*question)
        else:
            self._trainer.prepare(run.key, run.document, run.data, self._settings)

    def _next_question(self, run: Run) -> _Question | None:
        """Return what is to be asked, and who is to get the answer; None if nothing is wanted, or not yet."""
        if self._going_to is not None:
            excerpt = run.history.excerpt(self._going_to)
            if excerpt.start.update != excerpt.update:
                return self._state_is_there, bursts.replayed, excerpt
            self._state_is_there(excerpt.start)
        elif self._singles:
            wish = Wish(1, 0.0, run.history.stride)
            return self._single_is_there, bursts.burst, self._settings, run.state, wish
        elif self._parts_wanted:
            return self._parts_are_there, bursts.in_parts, self._settings, run.state
        elif self._is_playing:
            wait = self._next_burst - time.monotonic()
            if wait <= 0:
                return self._burst_is_there, bursts.burst, self._settings, run.state, self._wish(run)
            self._timer.start(int(1000 * wait) + 1)
        return None

    def _wish(self, run: Run) -> Wish:
        if self._speed is None:
            return Wish(_NO_LIMIT, BURST_SECONDS, run.history.stride)
        updates = max(1, round(self._speed * BURST_SECONDS))
        self._next_burst = time.monotonic() + updates / self._speed
        return Wish(updates, BURST_SECONDS, run.history.stride)

    def _fail(self, reason: str) -> None:
        self._is_playing = False
        self._forget_orders()
        self.stopped.emit(reason)
        self.changed.emit()

    def _forget_orders(self) -> None:
        """Want nothing any more of what was asked for; an answer on its way is not listened to."""
        self._trainer.forget()
        self._pacer.cancel()
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
        now = time.monotonic()
        self._rate, self._last_answer = len(value.records) / max(now - self._last_answer, 1e-6), now
        self._add(value, self._play)

    def _single_is_there(self, value: object) -> None:
        assert isinstance(value, Burst)
        self._singles -= 1
        self._add(value, next(self._plays))

    def _parts_are_there(self, value: object) -> None:
        assert isinstance(value, Burst)
        wanted, self._parts_wanted = self._parts_wanted, 0
        if wanted:
            self._parts = _Parts(value)
            self._take_parts(self._parts, wanted)

    def _take_parts(self, parts: _Parts, wanted: int) -> None:
        taken = parts.taken + wanted
        parts.taken = min(taken, parts.last)
        if taken > parts.last or parts.taken == len(PARTS):
            self._finish_parts(parts)
        else:
            self.changed.emit()

    def _finish_parts(self, parts: _Parts) -> None:
        self._parts = None
        self._add(parts.burst, next(self._plays))
        self.changed.emit()

    def _add(self, burst: Burst, play: int) -> None:
        """Take over what a burst led to; the bursts of one play are one step."""
        run = self._run
        assert run is not None
        why = burst.trouble or burst.stop
        if why is not None:
            self._is_playing, self._singles = False, 0
        if burst.states:
            if run.state.update < run.history.last.update:
                run.history.go_on_from(run.state)
            run.history.add(burst.records, burst.states, self._settings)
            run.state = run.history.last
            self._go_on()  # the process works on while the window takes over what it has done
            if self._is_playing:
                self._pacer.request()
            else:
                self._pacer.cancel()
                self._write(run, _learned(run.state), play)
        if why is not None:
            self.stopped.emit(str(why))
            self.changed.emit()

    def _state_is_there(self, value: object) -> None:
        assert isinstance(value, TrainingState)
        if self._run is not None and value.update == self._going_to:
            self._going_to = None
            self._show(self._run, value, f"Go to update {value.update:,}", _SCRUB)

    # The document

    def _show(self, run: Run, state: TrainingState, label: str, play: int) -> None:
        """Let the training stand at a state, and the document have its weights."""
        run.state = state
        self._write(run, label, play)

    def _write_newest(self) -> None:
        if self._run is not None:
            self._write(self._run, _learned(self._run.state), self._play)

    def _write(self, run: Run, label: str, play: int) -> None:
        """Give the document the weights of the state: part of the step before, if that was of the same play."""
        self._shown = weights = run.state.weights
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
        if self._is_writing:
            return
        scene, run = self._session.history.scene, self._run
        if scene in self._plans and not self._plans[scene].fits(document):
            del self._plans[scene]  # other sequences are fed in now: they are what is trained on
            self.changed.emit()
        if run is None:
            return
        if run.scene != scene or run.plan is not self.plan or not run.goes_on_with(document):
            self._end_run()
            self.changed.emit()
            return
        weights = run.vector.of(document)
        if not equal(weights, run.state.weights if self._shown is None else self._shown):
            self.pause()
            self._forget_orders()
            self._step = None
            self._take_over(run, document, run.history.state_with(weights))
            self.progressed.emit()

    def _take_over(self, run: Run, document: Document, known: TrainingState | None) -> None:
        """Stand where these weights were learned, if they were; else go on from them, from now on."""
        if known is None:
            if run.state.update < run.history.last.update:
                run.history.go_on_from(run.state)
            run.history.put(with_weights(run.state, document, run.vector))
            known = run.history.last
        run.state = known
        self._shown = known.weights

    def _begin_run(self) -> None:
        if self._run is None:
            session = self._session
            plan = self._plans.setdefault(session.history.scene, Plan())
            self._run = begin(next(self._keys), session.history.scene, plan, session.document, self._settings)

    def _end_run(self) -> None:
        self.pause()
        self._forget_orders()
        self._run = None
        self._step = self._shown = None
