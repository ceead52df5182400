"""How a training stands, told to all who show it: together, and not more often than the eye can follow."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.document.trained import Trained, obstacle
from rnnviz.document.training import PARTS, Part, Training, TrainingState, UnfinishedUpdate
from rnnviz.document.training_history import TrainingHistory
from rnnviz.document.values import Array
from rnnviz.document.weight_vector import WeightVector
from rnnviz.session.baseline import Baseline
from rnnviz.session.session import Session
from rnnviz.session.training import TrainingRun
from rnnviz.session.training_plan import Plan

SHOWN_EVERY_MS = 80
_RATE_SECONDS = 2.0  # over which updates per second are counted
_AS_WISHED = ("reached", "done")  # how the reasons of stops begin that were asked for


@dataclass(frozen=True, eq=False)
class LiveTraining:
    """How a training stands.

    Attributes:
        plan: what it is trained on.
        settings, speed: how it goes on, and the most updates per second, or None.
        position: the update whose weights are shown.
        last: the newest update.
        unfinished: the update that is taken part by part, as far as it is; None if there is none.
        part: the part that was taken last, also when that has finished the update; None if none was.
        obstacle: why there can be no training; empty if there can.
        is_playing: whether it goes on by itself.
        is_searching: whether random search goes on beside it.
        rate: updates per second while it plays; 0 if that is not known.
        ended: why it has come to an end by itself; empty if it has not.
    """

    plan: Plan
    settings: Training
    speed: float | None
    position: int
    last: int
    unfinished: UnfinishedUpdate | None
    part: Part | None
    obstacle: str
    is_playing: bool
    is_searching: bool
    rate: float
    ended: str
    _history: TrainingHistory | None
    _newest: TrainingState | None
    _vector: WeightVector | None
    _searched: Array

    @cached_property
    def trained(self) -> Trained | None:
        """The curves as far as they are when this is first asked; None before the first update."""
        if self._history is None or self._vector is None or self.last == self._history.first.update:
            return None
        found = self._searched if len(self._searched) else None
        return Trained(self._history.curves(), self._vector.places, self.settings, searched=found)

    @property
    def has_failed(self) -> bool:
        """Whether it came to an end that nobody has asked for."""
        return bool(self.ended) and not self.ended.startswith(_AS_WISHED)

    def has_curves_of(self, other: LiveTraining) -> bool:
        """Return whether another one has the same curves, clipped at the same line."""
        one, two = ((live._history, live._newest) for live in (self, other))
        same = all(a is b for a, b in zip(one, two, strict=True)) and len(self._searched) == len(other._searched)
        return same and self.settings == other.settings and self.obstacle == other.obstacle


class TrainingWatch(QObject):
    """Watches a session's training, and tells how it stands a dozen times a second at most.

    Signals:
        changed(LiveTraining): it stands otherwise.
    """

    changed = Signal(object)

    def __init__(self, run: TrainingRun, baseline: Baseline, session: Session) -> None:
        """Become a child of the training; what random search finds beside it is told too."""
        super().__init__(run)
        self._run, self._baseline, self._session = run, baseline, session
        self._ended = ""
        self._seen: deque[tuple[float, int]] = deque()
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_EVERY_MS)
        self._timer.timeout.connect(self._tell)
        self._live = self._now(None)
        run.progressed.connect(self._progress)
        run.changed.connect(self._change)
        run.stopped.connect(self._end)
        baseline.progressed.connect(self._wait)
        session.document_changed.connect(self._wait)

    @property
    def live(self) -> LiveTraining:
        """How it stood when that was last told."""
        return self._live

    def show(self, live: LiveTraining) -> None:
        """Tell how the training of another window stands, as long as nothing happens in this one: for its figure."""
        self._live = live
        self.changed.emit(live)

    def _progress(self) -> None:
        now = time.monotonic()
        self._seen.append((now, self._run.last))
        while self._seen[0][0] < now - _RATE_SECONDS:
            self._seen.popleft()
        self._wait()

    def _change(self) -> None:
        if self._run.is_playing and not self._live.is_playing:
            self._ended = ""
            self._seen.clear()
        self._tell()  # at once: a button was pressed

    def _end(self, reason: str) -> None:
        self._ended = reason
        self._wait()

    def _wait(self, *_: object) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _tell(self) -> None:
        self._timer.stop()
        if self._run.position != self._run.last:
            self._ended = ""  # that was said of another update
        self._live = self._now(self._live)
        self.changed.emit(self._live)

    def _now(self, before: LiveTraining | None) -> LiveTraining:
        run, document = self._run, self._session.document
        history = run.history
        return LiveTraining(
            plan=run.plan,
            settings=run.settings,
            speed=run.speed,
            position=run.position,
            last=run.last,
            unfinished=run.unfinished,
            part=self._part(before),
            obstacle=obstacle(document, has_data=run.plan.data is not None),
            is_playing=run.is_playing,
            is_searching=self._baseline.is_searching,
            rate=self._rate() if run.is_playing else 0.0,
            ended=self._ended,
            _history=history,
            _newest=None if history is None else history.last,
            _vector=run.vector,
            _searched=self._baseline.losses,
        )

    def _part(self, before: LiveTraining | None) -> Part | None:
        """Return the part that was taken last: the run forgets an update when it is finished, but it is still seen."""
        run = self._run
        if run.unfinished is not None:
            following = run.unfinished.next_part
            at = len(PARTS) if following is None else PARTS.index(following)
            return PARTS[at - 1] if at else None
        has_finished = before is not None and before.unfinished is not None and run.position == before.position + 1
        is_still_seen = before is not None and before.part is PARTS[-1] and run.position == before.position
        return PARTS[-1] if (has_finished or is_still_seen) and not run.is_playing else None

    def _rate(self) -> float:
        (start, first), (end, last) = (self._seen[0], self._seen[-1]) if self._seen else ((0.0, 0), (0.0, 0))
        return (last - first) / (end - start) if end > start else 0.0
