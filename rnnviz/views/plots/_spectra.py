"""What is known of the eigenvalues of a layer: of its recurrent matrix, and of the Jacobian of a step."""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import ACTIVATIONS, Array
from rnnviz.core.cells import CELLS
from rnnviz.core.measures.jacobians import step_jacobians
from rnnviz.core.measures.norms import largest_singular_values, norms
from rnnviz.core.measures.spectrum import Eigenvalues, Spectra, spectra
from rnnviz.core.measures.steps import StepNumbers
from rnnviz.core.unroll import LayerWeights
from rnnviz.document.compute import stacked_weights
from rnnviz.document.frame import Frame
from rnnviz.document.runs import layer_steps
from rnnviz.session.background import Question
from rnnviz.session.session import Selection
from rnnviz.views.plots._readings import Reading

EXACT_ROWS = 64  # up to here J is decomposed at every cursor step
MOST_AT_ONCE = 192  # and W at every frame; what is larger is decomposed in the background
_CUBE_MS = 3e-5  # to decompose a matrix, for each rows³
_CUBES_AT_ONCE = 2**14  # rows³ of the Jacobians that are decomposed together, if more than one is: about 1 ms
NO_VALUES: Eigenvalues = np.zeros(0, np.complex128)

_Moment = tuple[Frame, Selection, int]  # what a Jacobian is of


class FoundSpectra:
    """Keeps what has been found, and asks for what is too large to be found at once.

    Attributes:
        matrix: the recurrent matrix of the chosen block.
        values, sigma: its eigenvalues, the largest |λ| first, and σ_max; none until they are known.
        question: what has to be found in the background, or None.
    """

    def __init__(self) -> None:
        self.matrix: Array = np.zeros((1, 1))
        self.values: Eigenvalues = NO_VALUES
        self.sigma: float | None = None
        self.question: Question | None = None
        self._frame: Frame | None = None
        self._selection = Selection()
        self._block = ""
        self._weights: LayerWeights | None = None
        self._known: Array | None = None  # the matrix that the eigenvalues are of
        self._jacobian_values: Eigenvalues = NO_VALUES
        self._jacobian_of: _Moment | None = None
        # of the frame and the selection, by t: scrubbing computes nothing twice
        self._readings: dict[int, list[Reading]] = {}
        self._stretches: dict[int, float] = {}
        self._asked: tuple[Array | None, _Moment | None] = (None, None)

    def show(self, frame: Frame, selection: Selection, block: str) -> None:
        """Look at a layer; the first of its blocks if it has none of that name."""
        self._frame, self._selection = frame, selection
        self._readings, self._stretches = {}, {}
        layer = frame.document.layers[selection.layer]
        blocks = CELLS[layer.cell].blocks
        self._block = block if block in blocks else blocks[0]
        self._weights, self.matrix = stacked_weights(layer), layer.weights[self.matrix_name]
        if self.matrix is self._known:  # other edits leave it the same object, and 128 units cost 5 ms
            return
        if len(self.matrix) <= MOST_AT_ONCE:
            self._take_matrix(self.matrix, spectra(self.matrix, None))
        elif len(self.matrix) != len(self.values):
            self.values, self.sigma, self._known = NO_VALUES, None, None

    @property
    def cell(self) -> str:
        """The key of the layer's cell."""
        assert self._frame is not None
        return self._frame.document.layers[self._selection.layer].cell

    @property
    def matrix_name(self) -> str:
        """The name of the matrix: W_hh, or W_hi of an input gate."""
        return f"W_h{self._block}"

    @property
    def is_gated(self) -> bool:
        """Whether the cell has several recurrent matrices, so that there is no single φ."""
        return len(CELLS[self.cell].blocks) > 1

    @property
    def jacobian_rows(self) -> int:
        """The number of rows of J: of units and, of an LSTM, twice that."""
        assert self._weights is not None
        return sum(len(state) for state in self._weights.initial)

    # What takes longer

    def ask(self, t: int) -> None:
        """Ask for the matrices that are too large for now: W, and J of the step to t; 0 if that is not wanted."""
        moment = self._moment(t) if self._is_step(t) and self.jacobian_rows > EXACT_ROWS else None
        matrix = None if self.matrix is self._known else self.matrix
        moment = None if moment == self._jacobian_of else moment
        if matrix is self._asked[0] and moment == self._asked[1]:
            return
        self._asked, self.question = (matrix, moment), None
        if matrix is not None or moment is not None:
            jacobian = None if moment is None else self._jacobian(t)
            cost_ms = sum(_CUBE_MS * len(each) ** 3 for each in (matrix, jacobian) if each is not None)
            self.question = Question(spectra, (matrix, jacobian), cost_ms)

    def take(self, answer: Spectra) -> None:
        """Keep the answer to the question."""
        matrix, moment = self._asked
        if matrix is not None:
            self._take_matrix(matrix, answer)
        if answer.jacobian is not None:
            self._jacobian_of, self._jacobian_values = moment, answer.jacobian
        self._asked, self.question = (None, None), None

    def _take_matrix(self, matrix: Array, found: Spectra) -> None:
        assert found.matrix is not None
        self._known, self.values, self.sigma = matrix, found.matrix, found.sigma

    # The step to t

    def jacobian_values(self, t: int) -> Eigenvalues:
        """Return the eigenvalues of J of the step to t; none where no step is taken, or until they are known."""
        if not self._is_step(t):
            return NO_VALUES
        moment = self._moment(t)
        if self.jacobian_rows <= EXACT_ROWS and self._jacobian_of != moment:
            found = spectra(None, self._jacobian(t)).jacobian
            assert found is not None
            self._jacobian_of, self._jacobian_values = moment, found
        return self._jacobian_values if self._jacobian_of == moment else NO_VALUES

    def _moment(self, t: int) -> _Moment:
        assert self._frame is not None
        return self._frame, self._selection, t

    def _is_step(self, t: int) -> bool:
        """Return whether a step leads to t: none does to the start, and none to padding."""
        assert self._frame is not None
        return 0 < min(t, self._frame.last_step) <= self._frame.document.input.length(self._selection.sample)

    def _jacobian(self, t: int) -> Array:
        """Return J of the step to t."""
        assert self._frame is not None
        # the cursor follows a shorter sequence a moment later
        jacobian: Array = self._jacobians(np.array([min(t, self._frame.last_step)]))[0]
        return jacobian

    def _jacobians(self, steps: StepNumbers) -> Array:
        """Return J of each of some steps, (n, rows, rows)."""
        assert self._frame is not None
        assert self._weights is not None
        layer, sample = self._selection.layer, self._selection.sample
        return step_jacobians(self._weights, layer_steps(self._frame, layer, sample, self._weights, steps))

    # Numbers

    def readings(self) -> list[Reading]:
        """Return the numbers that do not depend on the cursor."""
        name = self.matrix_name
        radius = float(np.abs(self.values[0])) if len(self.values) else None
        return [
            Reading("spectral radius", "ρ", radius, f"spectral radius ρ = max |λ| of {name}"),
            Reading("σ max of W", "σ W", self.sigma, f"largest singular value of {name}"),
        ]

    def readings_at(self, t: int) -> list[Reading]:
        """Return the numbers of the step to t: about its Jacobian, and the mean slope where there is one φ."""
        if t not in self._readings:
            self._readings[t] = self._found_at(t)
        return self._readings[t]

    def _found_at(self, t: int) -> list[Reading]:
        stretch = Reading("σ max of J at t", "σ J", self._jacobian_norm(t), f"largest singular value of J at t = {t}")
        if self.jacobian_rows > EXACT_ROWS:
            meaning = f"Frobenius norm of J at t = {t}, at least its σ max"
            stretch = Reading("Frobenius of J at t", "‖J‖", stretch.value, meaning)
        return [stretch] if self.is_gated else [stretch, self._mean_slope(t)]

    def _jacobian_norm(self, t: int) -> float | None:
        """Return what is known of ‖J‖ for the step to t, None where no step is taken."""
        if not self._is_step(t):
            return None
        assert self._frame is not None
        t = min(t, self._frame.last_step)
        if t not in self._stretches:
            steps = self._steps_with(t)
            self._stretches.update(zip(steps.tolist(), self._norms(self._jacobians(steps)).tolist(), strict=True))
        return self._stretches[t]

    def _steps_with(self, t: int) -> StepNumbers:
        """Return the step to t alone, which is all that a drag needs, or when the cursor moves with steps around it."""
        assert self._frame is not None
        count = _CUBES_AT_ONCE // self.jacobian_rows**3
        if not self._stretches or count < 2:
            return np.array([t])
        first = (t - 1) // count * count + 1
        return np.arange(first, min(first + count - 1, self._frame.document.input.length(self._selection.sample)) + 1)

    def _norms(self, jacobians: Array) -> Array:
        """Return σ_max of each J, or the Frobenius norm of large ones; nan where an entry is not finite."""
        if self.jacobian_rows <= EXACT_ROWS:
            return largest_singular_values(jacobians)
        finite = np.isfinite(jacobians).all(axis=(1, 2))
        return np.where(finite, norms(jacobians.reshape(len(jacobians), -1)), np.nan)

    def _mean_slope(self, t: int) -> Reading:
        assert self._frame is not None
        activation, slope = self._frame.document.layers[self._selection.layer].activation, None
        if self._is_step(t):
            states = self._frame.layers[self._selection.layer].states["h"][self._selection.sample]
            with np.errstate(all="ignore"):
                slope = float(ACTIVATIONS[activation].slope(states[min(t, self._frame.last_step)]).mean())
        kind = "mean slope" if activation == "linear" else f"mean {activation}′"
        return Reading(f"{kind} at t", "φ′", slope, f"{kind} over the units at t = {t}")
