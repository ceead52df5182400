"""Run the generated scripts of a framework and compare with the program: by hand, where the framework is installed.

``PYTHONPATH=.:tests/document python tests/references/run_scripts.py torch`` or ``… keras``, from the top of the
checkout; ``KERAS_BACKEND`` says on what Keras runs. It goes through all built-in scenes and random documents of every
kind, prints by how much each differs at most, relative to 1 + the size of the number, and ends with exit code 1 if that
is 1e-10 or more.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from script_results import differences, run_script

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.objectives import LOSSES, READOUTS
from rnnviz.document.code import FRAMEWORKS, script
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, Window, weight_shapes
from rnnviz.document.presets import SCENES, built_in

RANDOM_DOCUMENTS = 80
TOLERANCE = 1e-10


def random_document(seed: int) -> Document:
    """Return a document whose every choice is random: cells, depth, readout, loss, steps, lengths, window."""
    rng = np.random.default_rng(seed)

    def one_of(choices):
        return choices[rng.integers(len(choices))]

    batch, timesteps, width = (int(n) for n in rng.integers(1, [4, 8, 4]))
    lengths = one_of([None, tuple(int(n) for n in rng.integers(1, timesteps + 1, size=batch))])
    data = Input(tuple(f"x{n}" for n in range(width)), rng.normal(size=(batch, timesteps, width)), lengths=lengths)
    hands_on = bool(rng.integers(4))
    steps = one_of(["all", "last", _some_steps(rng, lengths, timesteps)]) if hands_on else "last"
    layers, depth = [], int(rng.integers(1, 4))
    for number in range(depth):
        units = int(rng.integers(1, 5))
        layers.append(_layer(rng, (width, units), hands_on=hands_on or number + 1 < depth))
        width = units
    readout, activation = None, "linear"
    if rng.integers(5):
        activation, outputs = one_of(sorted(READOUTS)), int(rng.integers(1, 4))
        weights = {"W_hy": rng.normal(size=(outputs, width)), "b_y": rng.normal(size=outputs)}
        readout, width = Readout(activation, weights), outputs
    loss = LOSSES[one_of(sorted(loss.name for loss in LOSSES.values() if loss.readout in (None, activation)))]
    targets = rng.normal(size=(batch, timesteps, width))
    if loss.integer_targets:
        targets = rng.integers(0, width, size=(batch, timesteps)).astype(float)
    window = one_of([None, Window(int(rng.integers(1, 5)), bool(rng.integers(2)))])
    objective = Objective(loss.name, steps, one_of(["sum", "mean"]), targets if loss.needs_targets else None)
    return Document(tuple(layers), readout, data, objective, window, f"Random document {seed}")


def _some_steps(rng, lengths, timesteps):
    """Return some steps, one of which every sequence has."""
    others = rng.permutation(timesteps)[: rng.integers(timesteps + 1)] + 1
    return tuple({int(rng.integers(1, min(lengths or (timesteps,)) + 1)), *(int(t) for t in others)})


def _layer(rng, sizes, *, hands_on):
    inputs, units = sizes
    cell = sorted(CELLS)[rng.integers(len(CELLS))]
    activation = sorted(ACTIVATIONS)[rng.integers(len(ACTIVATIONS))] if cell == "rnn" else "tanh"
    weights = {name: 0.6 * rng.normal(size=shape) for name, shape in weight_shapes(cell, units, inputs).items()}
    initial = {state: rng.normal(size=units) for state in CELLS[cell].states}
    return Layer(cell, weights, initial, activation, hands_on)


def main(framework: str) -> int:
    """Compare all; return the exit code."""
    documents = {name: built_in(name) for name in SCENES}
    documents |= {f"random {seed}": random_document(seed) for seed in range(RANDOM_DOCUMENTS)}
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, document in documents.items():
            variables, _ = run_script(script(document, framework), Path(folder))
            found = differences(document, variables)
            result = max(found, key=lambda key: (np.isnan(found[key]), found[key]))
            print(f"{name:<20} {found[result]:.1e} in {result}", flush=True)
            worst = np.maximum(worst, found[result])
    print(f"{FRAMEWORKS[framework][0]}: {len(documents)} documents, at most {worst:.1e}")
    return 0 if worst < TOLERANCE else 1


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message="You are using a softmax")  # over one output: what the document says
    if len(sys.argv) != 2 or sys.argv[1] not in FRAMEWORKS:
        raise SystemExit(__doc__)
    raise SystemExit(main(sys.argv[1]))
