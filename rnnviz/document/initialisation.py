"""How a document's weights were first drawn, and drawing them again: the same values every time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rnnviz.core.cells import CELLS
from rnnviz.core.initialisers import INITIALISERS, with_spectral_radius
from rnnviz.document.values import Array, DocumentError, Value

LARGEST_SEED = 2**32 - 1
READOUT_STREAM = 2**32 - 1  # the readout's random numbers do not change when a layer is added


@dataclass(frozen=True, slots=True, eq=False)
class Initialisation(Value):
    """Where weights come from that nobody has set.

    Attributes:
        input: a key of ``core.initialisers.INITIALISERS``, for what feeds a layer and for the readout.
        recurrent: the same for the matrices from the hidden state to itself.
        spectral_radius: what those are scaled to, or None to leave them as drawn.
        forget_bias: the bias of an LSTM's forget gate; every other bias is 0, or uniform with "uniform".
        seed: of the random numbers; each array has a stream of its own, named by its layer and its name.
    """

    input: str = "glorot"
    recurrent: str = "orthogonal"
    spectral_radius: float | None = None
    forget_bias: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for what, name in (("input", self.input), ("recurrent", self.recurrent)):
            if name not in INITIALISERS:
                raise DocumentError(
                    f"initialisation.{what}: {name!r} is not known; use one of {', '.join(INITIALISERS)}"
                )
        if not 0 <= self.seed <= LARGEST_SEED:
            raise DocumentError(f"initialisation.seed: {self.seed} is out of range; use 0 to {LARGEST_SEED}")
        if not np.isfinite(self.forget_bias):
            raise DocumentError("initialisation.forget_bias: give a finite number")
        if self.spectral_radius is not None:
            if not (np.isfinite(self.spectral_radius) and self.spectral_radius >= 0):
                raise DocumentError("initialisation.spectral_radius: give a number of at least 0")
            if self.recurrent == "zeros":
                raise DocumentError(
                    "initialisation.spectral_radius: a matrix of zeros cannot be scaled; choose another initialiser"
                )


def initial_weights(
    initialisation: Initialisation, stream: int, cell: str, shapes: dict[str, tuple[int, ...]]
) -> dict[str, Array]:
    """Return first values for a layer's arrays, or the readout's, by name.

    Args:
        initialisation: how.
        stream: the layer's number, or ``READOUT_STREAM``.
        cell: the cell's name; it says which blocks forget.
        shapes: the arrays wanted, as from ``weight_shapes``.
    """
    return {name: _drawn(initialisation, stream, cell, name, shape) for name, shape in shapes.items()}


def _drawn(initialisation: Initialisation, stream: int, cell: str, name: str, shape: tuple[int, ...]) -> Array:
    generator = np.random.default_rng([initialisation.seed, stream, *name.encode()])
    if len(shape) == 1:
        return _drawn_bias(initialisation, generator, cell, name, shape[0])
    is_recurrent = name.startswith("W_h") and name != "W_hy"
    kind = initialisation.recurrent if is_recurrent else initialisation.input
    matrix = INITIALISERS[kind].draw(generator, *shape)
    if is_recurrent and initialisation.spectral_radius is not None:
        matrix = with_spectral_radius(matrix, initialisation.spectral_radius)
    return matrix


def _drawn_bias(
    initialisation: Initialisation, generator: np.random.Generator, cell: str, name: str, units: int
) -> Array:
    if cell in CELLS and name == f"b_{CELLS[cell].forget_block}":
        return np.full(units, initialisation.forget_bias)
    if initialisation.input == "uniform":
        return INITIALISERS["uniform"].draw(generator, units, 1)[:, 0]
    return np.zeros(units)


def with_next_seed(initialisation: Initialisation) -> Initialisation:
    """Return the same ways to draw, with other random numbers."""
    return replace(initialisation, seed=(initialisation.seed + 1) % (LARGEST_SEED + 1))
