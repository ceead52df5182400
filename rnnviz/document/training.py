"""Training: five parts make one update, and the same seed makes the same updates, bit for bit.

Nothing here changes what it is given. A `TrainingState` is a value: from it on the same updates follow, whoever takes
them and when, so that a history can go back to any update and go on from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.clipping import CLIPPINGS, Clipped, clip, segment_norms
from rnnviz.core.measures.norms import spectral_radii
from rnnviz.core.measures.spectrum import recurrent_matrices
from rnnviz.core.network import Backward, Forward, ReadoutWeights, run_backward, run_forward
from rnnviz.core.optimisers import OPTIMISERS, Memory
from rnnviz.core.unroll import WHOLE, LayerWeights, Window
from rnnviz.document.compute import problems_of
from rnnviz.document.document import Document
from rnnviz.document.training_data import Batch, Sequences, TrainingData
from rnnviz.document.values import Array, DocumentError, Value
from rnnviz.document.weight_vector import WeightVector

LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Training(Value):
    """How a network is trained.

    Attributes:
        optimiser: a key of ``core.optimisers.OPTIMISERS``.
        learning_rate: η, above 0.
        batch: how many sequences one update looks at; all of them if there are fewer.
        clipping: one of ``core.clipping.CLIPPINGS``, at ``clip_at``.
        window: after so many steps the gradient is cut while the state goes on (truncated BPTT); None: as the
            document says.
        stop_at_loss: stop when the loss of an update is below this; None: never.
        stop_after: stop after this update; None: never.
        stop_above: the training has diverged when the loss is above this; None: only a number that overflows
            stops it.
        measure_every: at each such update the held-out loss and the spectral radii are measured.
        seed: of the order in which sequences are drawn.
    """

    optimiser: str = "adam"
    learning_rate: float = 0.01
    batch: int = 16
    clipping: str = "norm"
    clip_at: float = 1.0
    window: int | None = None
    stop_at_loss: float | None = None
    stop_after: int | None = None
    stop_above: float | None = 1e6
    measure_every: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        _check_one_of("optimiser", self.optimiser, OPTIMISERS)
        _check_one_of("clipping", self.clipping, CLIPPINGS)
        _check_above_zero("learning rate", self.learning_rate)
        _check_above_zero("clip at", self.clip_at)
        whole = {"batch": self.batch, "window": self.window, "stop after": self.stop_after}
        for what, value in (whole | {"measure every": self.measure_every}).items():
            if value is not None and value < 1:
                raise DocumentError(f"{what}: {value} will not do; use a whole number from 1")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise DocumentError(f"seed: {self.seed} is out of range; use 0 to {LARGEST_SEED}")


def _check_one_of(what: str, name: str, known: Iterable[str]) -> None:
    names = tuple(known)
    if name not in names:
        raise DocumentError(f"{what}: {name!r} is not known; use one of {', '.join(names)}")


def _check_above_zero(what: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        raise DocumentError(f"{what}: {value:g} will not do; use a number above 0")


@dataclass(frozen=True, slots=True, eq=False)
class TrainingState:
    """Where a training stands.

    Attributes:
        update: how many updates were made.
        weights: all that is learned, as `WeightVector` lays it out, (P,), read-only.
        memory: what the optimiser remembers.
    """

    update: int
    weights: Array
    memory: Memory


def first_state(document: Document, vector: WeightVector, settings: Training) -> TrainingState:
    """Return the state before the first update."""
    weights = vector.of(document)
    return TrainingState(0, weights, OPTIMISERS[settings.optimiser].start((weights,)))


def with_weights(state: TrainingState, document: Document, vector: WeightVector) -> TrainingState:
    """Return a state with the weights of a document: they were changed by hand, what is remembered stays."""
    return replace(state, weights=vector.of(document))


class Part(Enum):
    """The five parts of an update, in their order; the value is what a button may say."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    CLIP = "clip"
    UPDATE = "update"


PARTS = tuple(Part)


@dataclass(frozen=True, slots=True, eq=False)
class UnfinishedUpdate:
    """An update on its way: what the parts that were taken have found; None for the others.

    Attributes:
        state: where it began.
        batch: the sequences it looks at.
        forward: the traces and outputs.
        loss: of the batch, with the weights it began with.
        backward: the gradients of everything.
        gradient: dL/dw as one vector, (P,); 0 where locked.
        norms: that of each array of weights, (n,).
        clipped: the gradient, clipped, and the norms before and after.
        after: the state that it leads to.
    """

    state: TrainingState
    batch: Batch
    forward: Forward | None = None
    loss: float | None = None
    backward: Backward | None = None
    gradient: Array | None = None
    norms: Array | None = None
    clipped: Clipped | None = None
    after: TrainingState | None = None

    @property
    def next_part(self) -> Part | None:
        """The part that comes next, or None when all were taken."""
        found = (self.forward, self.loss, self.backward, self.clipped, self.after)
        return next((part for part, value in zip(PARTS, found, strict=True) if value is None), None)

    def before(self, part: Part) -> UnfinishedUpdate:
        """Return the update as it was before a part was taken."""
        taken = PARTS.index(part)
        return replace(
            self,
            forward=self.forward if taken > PARTS.index(Part.FORWARD) else None,
            loss=self.loss if taken > PARTS.index(Part.LOSS) else None,
            backward=self.backward if taken > PARTS.index(Part.BACKWARD) else None,
            gradient=self.gradient if taken > PARTS.index(Part.BACKWARD) else None,
            norms=self.norms if taken > PARTS.index(Part.BACKWARD) else None,
            clipped=self.clipped if taken > PARTS.index(Part.CLIP) else None,
            after=None,
        )


@dataclass(frozen=True, slots=True, eq=False)
class UpdateRecord:
    """What an update did, in numbers. n counts the arrays of weights, in the order of ``WeightVector.places``.

    Attributes:
        update: its number, from 1.
        loss: of its batch, before it.
        held_out: loss of the held-out sequences after it; nan where it was not measured.
        before, after: norm of the whole gradient, before and after clipping.
        norms_before, norms_after: the same for each array of weights, (n,).
        weight_norms: ‖w‖ of each array of weights after it, (n,).
        radii: spectral radius of each block's recurrent matrix after it, layer by layer; nan where not measured.
    """

    update: int
    loss: float
    held_out: float
    before: float
    after: float
    norms_before: Array
    norms_after: Array
    weight_norms: Array
    radii: Array


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a training has come to its end: diverged, reached or done, and in words."""

    kind: Literal["diverged", "reached", "done"]
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an update could not be made: the state before it is kept.

    Attributes:
        update: its number, from 1.
        quantity: what was the first number that is not finite, as in a frame's problems; or the array of weights.
        t: the step at which it was met, or None.
    """

    update: int
    quantity: str
    t: int | None

    def __str__(self) -> str:
        at = "" if self.t is None else f" at t = {self.t}"
        return (
            f"update {self.update}: {self.quantity} is not a finite number{at}; the weights before it are kept. "
            "Use a lower learning rate or clip the gradient"
        )


class TrainingFailedError(ArithmeticError):
    """A number overflowed. ``trouble`` says which."""

    def __init__(self, trouble: Trouble) -> None:
        """Say what happened."""
        super().__init__(str(trouble))
        self.trouble = trouble


class Trainer:
    """Makes updates of one network on some data.

    Attributes:
        document: the network as the training began; what is locked in it stays.
        data: what it is trained on.
        settings: how.
        vector: which number of the weights is which.
    """

    def __init__(self, document: Document, data: TrainingData, settings: Training) -> None:
        """Make everything ready; DocumentError if the network does not fit the data."""
        self.document = document
        self.data = data
        self.vector = WeightVector(document)
        self._training = Sequences(document, data.training)
        self._held_out = None if data.held_out is None else Sequences(document, data.held_out)
        self._dtype = np.dtype(document.precision)
        self.use(settings)

    def use(self, settings: Training) -> None:
        """Go on with other settings: a warm change. What another optimiser has remembered is forgotten."""
        self.settings = settings
        self._optimiser = OPTIMISERS[settings.optimiser]
        window = self.document.window
        if settings.window is not None:
            self._window = Window(settings.window, stateful=True)
        else:
            self._window = WHOLE if window is None else Window(window.length, window.stateful)

    def start(self) -> TrainingState:
        """Return the state before the first update."""
        return first_state(self.document, self.vector, self.settings)

    def document_at(self, state: TrainingState, document: Document | None = None) -> Document:
        """Return a document, the one that the training began with if none is given, with the weights of a state."""
        return self.vector.document(state.weights, document or self.document)

    # One update

    def update(self, state: TrainingState) -> tuple[TrainingState, UpdateRecord]:
        """Make one update: return the state after it, and what it did.

        Raises:
            TrainingFailedError: a number is not finite; the state that was given is the last good one.
        """
        finished = self.take_all(self.begin(state))
        assert finished.after is not None
        return finished.after, self.record(finished)

    def step(self, state: TrainingState) -> TrainingState:
        """Make one update and measure nothing; raises what `update` does."""
        finished = self.take_all(self.begin(state))
        assert finished.after is not None
        return finished.after

    def take_all(self, update: UnfinishedUpdate) -> UnfinishedUpdate:
        """Return the update with all parts done that are left; raises what `take` does."""
        while update.next_part is not None:
            update = self.take(update)
        return update

    def begin(self, state: TrainingState) -> UnfinishedUpdate:
        """Return the next update before any of its parts: its batch is drawn."""
        settings = self.settings
        batch = self._training.batch(settings.batch, settings.seed, state.update)
        return UnfinishedUpdate(state, batch)

    def batch_rows(self, update: int) -> NDArray[np.intp]:
        """Return which training sequences update ``update + 1`` looks at, by their numbers from 0."""
        return self._training.rows(self.settings.batch, self.settings.seed, update)

    def take(self, update: UnfinishedUpdate) -> UnfinishedUpdate:
        """Return the update with one more part of it done; a finished one comes back as it is.

        Raises:
            TrainingFailedError: a number is not finite.
        """
        part = update.next_part
        return update if part is None else _TAKE[part](self, update)

    def _forward(self, update: UnfinishedUpdate) -> UnfinishedUpdate:
        return replace(update, forward=self._run(update.state, update.batch))

    def _loss(self, update: UnfinishedUpdate) -> UnfinishedUpdate:
        assert update.forward is not None
        loss = float(update.forward.loss.real)
        if not np.isfinite(loss):
            raise TrainingFailedError(self._trouble(update, None))
        return replace(update, loss=loss)

    def _backward(self, update: UnfinishedUpdate) -> UnfinishedUpdate:
        assert update.forward is not None
        layers, readout = self._network(update.state)
        backward = run_backward(layers, readout, update.batch.objective, update.forward)
        gradient = self.vector.gradient(backward)
        norms = segment_norms(gradient, self.vector.starts)
        if not np.isfinite(norms).all():
            raise TrainingFailedError(self._trouble(update, backward))
        return replace(update, backward=backward, gradient=gradient, norms=norms)

    def _clip(self, update: UnfinishedUpdate) -> UnfinishedUpdate:
        assert update.gradient is not None
        settings = self.settings
        return replace(update, clipped=clip(update.gradient, settings.clipping, settings.clip_at))

    def _update(self, update: UnfinishedUpdate) -> UnfinishedUpdate:
        assert update.clipped is not None
        state, settings = update.state, self.settings
        memory = state.memory
        if memory.optimiser != self._optimiser.name:
            memory = self._optimiser.start((state.weights,))
        (weights,), memory = self._optimiser.update(
            (state.weights,), (update.clipped.gradient,), memory, settings.learning_rate
        )
        weights = self.vector.moved(state.weights, weights)
        self._check_finite(state.update + 1, weights, memory)
        return replace(update, after=TrainingState(state.update + 1, weights, memory))

    def _check_finite(self, update: int, weights: Array, memory: Memory) -> None:
        if not np.isfinite(weights).all():
            raise TrainingFailedError(Trouble(update, self.vector.name_of(weights), None))
        for name, average in zip(self._optimiser.averages, memory.averages[0], strict=True):
            if not np.isfinite(average).all():
                whose = f"{name} of {self._optimiser.title} for {self.vector.name_of(average)}"
                raise TrainingFailedError(Trouble(update, whose, None))

    # What an update did

    def record(self, update: UnfinishedUpdate) -> UpdateRecord:
        """Return what a finished update did."""
        after, clipped, loss, norms = update.after, update.clipped, update.loss, update.norms
        assert after is not None
        assert clipped is not None
        assert loss is not None
        assert norms is not None
        starts = self.vector.starts
        is_measured = after.update % self.settings.measure_every == 0
        return UpdateRecord(
            update=after.update,
            loss=loss,
            held_out=self.held_out_loss(after) if is_measured else np.nan,
            before=clipped.before,
            after=clipped.after,
            norms_before=norms,
            norms_after=segment_norms(clipped.gradient, starts) if clipped.scale is None else norms * clipped.scale,
            weight_norms=segment_norms(after.weights, starts),
            radii=self.spectral_radii(after) if is_measured else np.full(self.vector.blocks, np.nan),
        )

    def held_out_loss(self, state: TrainingState) -> float:
        """Return the loss of all held-out sequences; nan if there are none."""
        return np.nan if self._held_out is None else self.batch_loss(state, self._held_out.all)

    def training_loss(self, state: TrainingState) -> float:
        """Return the loss of all training sequences."""
        return self.batch_loss(state, self._training.all)

    def spectral_radii(self, state: TrainingState) -> Array:
        """Return max |λ| of the recurrent matrix of each block, layer by layer."""
        layers, _ = self.vector.parts(state.weights)
        return np.concatenate([spectral_radii(recurrent_matrices(layer)) for layer in layers])

    def stop(self, record: UpdateRecord) -> Stop | None:
        """Return why the training is to stop after an update; None if it is to go on."""
        settings, at = self.settings, f"the loss is {record.loss:.3g} at update {record.update:,}"
        if settings.stop_above is not None and record.loss > settings.stop_above:
            remedy = "use a lower learning rate or clip the gradient"
            return Stop("diverged", f"{at}, above {settings.stop_above:g}; {remedy}")
        if settings.stop_at_loss is not None and record.loss < settings.stop_at_loss:
            return Stop("reached", f"{at}, below {settings.stop_at_loss:g}")
        if settings.stop_after is not None and record.update >= settings.stop_after:
            return Stop("done", f"{record.update:,} updates were made")
        return None

    def batch_loss(self, state: TrainingState, batch: Batch) -> float:
        """Return the loss of some sequences, inf or nan where a number overflows."""
        return float(self._run(state, batch).loss.real)

    def _network(self, state: TrainingState) -> tuple[tuple[LayerWeights, ...], ReadoutWeights]:
        with np.errstate(all="ignore"):  # what is too large for single precision is inf
            return self.vector.parts(state.weights.astype(self._dtype, copy=False))

    def _run(self, state: TrainingState, batch: Batch) -> Forward:
        layers, readout = self._network(state)
        return run_forward(layers, readout, batch.objective, batch.x, self._window, batch.lengths)

    def _trouble(self, update: UnfinishedUpdate, backward: Backward | None) -> Trouble:
        """Return which number was the first that is not finite."""
        assert update.forward is not None
        number = update.state.update + 1
        problems = problems_of(self.document, update.forward, backward)
        if problems:
            return Trouble(number, problems[0].quantity, problems[0].t)
        quantity = "the loss" if backward is None else f"∂L/∂{self.vector.name_of(self.vector.gradient(backward))}"
        return Trouble(number, quantity, None)


_TAKE = {
    Part.FORWARD: Trainer._forward,
    Part.LOSS: Trainer._loss,
    Part.BACKWARD: Trainer._backward,
    Part.CLIP: Trainer._clip,
    Part.UPDATE: Trainer._update,
}
