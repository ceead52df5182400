"""What the reference networks are, and how their numbers are kept: shared by the scripts that make them.

Each framework gives a folder of scene files, one for each case, and one file ``references.npz`` beside them whose
arrays are called ``<case>/<name>``, with the names that ``Frame.trace`` uses. Weights and gradients travel as a
dictionary from the names in a scene file to arrays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BATCH, TIMESTEPS, FEATURES, UNITS, OUTPUTS = 2, 4, 2, 3, 2
BLOCKS = {"rnn": ("h",), "lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n")}


@dataclass(frozen=True)
class Case:
    """One network: so many layers of a cell, and what its loss is."""

    cell: str
    activation: str
    layers: int
    loss: str
    steps: str
    reduction: str

    @property
    def name(self) -> str:
        """What its scene file is called."""
        cell = f"rnn-{self.activation}" if self.cell == "rnn" else self.cell
        stack = f"-{self.layers}-layers" if self.layers > 1 else ""
        return f"{cell}{stack}-{self.loss}-{self.steps}-{self.reduction}"


_CELLS = (("rnn", "tanh"), ("rnn", "relu"), ("lstm", "tanh"), ("gru", "tanh"))
_OBJECTIVES = (
    (1, "half_squared_error", "all", "sum"),
    (1, "half_squared_error", "last", "sum"),
    (1, "cross_entropy", "all", "mean"),
    (2, "cross_entropy", "all", "sum"),
    (2, "half_squared_error", "all", "mean"),
)
CASES = tuple(Case(*cell, *objective) for cell in _CELLS for objective in _OBJECTIVES)


def random_input(case: Case, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return x (batch, timesteps, features), and targets: values, or classes as whole numbers."""
    x = rng.normal(size=(BATCH, TIMESTEPS, FEATURES))
    if case.loss == "cross_entropy":
        return x, rng.integers(0, OUTPUTS, size=(BATCH, TIMESTEPS))
    return x, rng.normal(size=(BATCH, TIMESTEPS, OUTPUTS))


@dataclass
class Made:
    """What a framework made of a case.

    Attributes:
        layers: for each layer its weights, under the names of a scene file.
        initial: for each layer its initial states, each (units,).
        readout: W_hy and b_y.
        x, targets: what was fed in and asked for.
        arrays: the numbers to reproduce, under the names of `Frame.trace`.
    """

    layers: list[dict[str, np.ndarray]]
    initial: list[dict[str, np.ndarray]]
    readout: dict[str, np.ndarray]
    x: np.ndarray
    targets: np.ndarray
    arrays: dict[str, np.ndarray]


def scene(case: Case, made: Made, versions: str) -> dict[str, object]:
    """Return the scene file's content."""
    layers = [
        {"cell": case.cell}
        | ({"activation": case.activation} if case.cell == "rnn" else {})
        | {"weights": _lists(weights), "initial_state": _lists(initial)}
        for weights, initial in zip(made.layers, made.initial, strict=True)
    ]
    return {
        "format": "rnnviz-scene",
        "version": 1,
        "title": case.name,
        "notes": f"Random numbers; its reference values were computed by {versions}, in float64.",
        "layers": layers,
        "readout": {
            "activation": "softmax" if case.loss == "cross_entropy" else "linear",
            "weights": _lists(made.readout),
        },
        "input": {"features": [f"x{n}" for n in range(1, FEATURES + 1)], "values": made.x.tolist()},
        "objective": {
            "loss": case.loss,
            "steps": case.steps,
            "reduction": case.reduction,
            "targets": made.targets.tolist(),
        },
    }


def _lists(arrays: dict[str, np.ndarray]) -> dict[str, list]:
    return {name: array.tolist() for name, array in arrays.items()}


def write(folder: Path, versions: str, made: dict[Case, Made]) -> None:
    """Write the scene files and the references of one framework; what was there is replaced."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    arrays = {"versions": np.array(versions)}
    for case, one in made.items():
        text = json.dumps(scene(case, one, versions), indent=1)
        (folder / f"{case.name}.rnnviz.json").write_text(text + "\n", encoding="utf-8")
        arrays |= {f"{case.name}/{name}": array for name, array in one.arrays.items()}
    np.savez_compressed(folder / "references.npz", **arrays)
    print(f"{len(made)} networks, {len(arrays) - 1} arrays, by {versions}")
