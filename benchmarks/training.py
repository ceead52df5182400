"""How many updates per second every task's default makes, and PyTorch's eager training of the same network.

    python benchmarks/training.py              every task
    python benchmarks/training.py adding copy  or some of them

Both make whole updates on the same batches: draw the batch from all training sequences, run forward, loss, backward,
clip by norm, take a step, and hand out the loss; in float64, each on one thread. Ours also keeps what the window shows
of every update: the norms of all gradients and weights, and now and then the held-out loss and spectral radii. PyTorch
has nn.RNN, nn.LSTM or nn.GRU, nn.Linear and torch.optim. Their losses and gradients are compared first. Both sides
take turns, so that a machine that slows down slows both.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the program; it is read when NumPy is imported

import numpy as np
import torch
from torch.nn import functional

from rnnviz.core.cells import CELLS
from rnnviz.document.document import Document, Place
from rnnviz.document.tasks import TASKS
from rnnviz.document.tasks._base import Task
from rnnviz.document.training import Trainer

SECONDS, TURN = 4.0, 0.05
MODULES = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
OPTIMISERS = {
    "sgd": torch.optim.SGD,
    "momentum": lambda weights, lr: torch.optim.SGD(weights, lr, momentum=0.9),
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
}


class Ours:
    """A task trained by this program."""

    def __init__(self, task: Task) -> None:
        data = task.data()
        self.trainer = Trainer(task.document(data), data, task.training)
        self.state = self.trainer.start()

    def update(self) -> float:
        """Make an update and return its loss."""
        self.state, record = self.trainer.update(self.state)
        return record.loss


class Theirs:
    """The same network, on the same batches, in PyTorch."""

    def __init__(self, ours: Ours) -> None:
        self.trainer, document, settings = ours.trainer, ours.trainer.document, ours.trainer.settings
        layer, (outputs, units) = document.layers[0], document.readout.weights["W_hy"].shape
        self.module = MODULES[layer.cell](layer.inputs, units, dtype=torch.float64)
        self.readout = torch.nn.Linear(units, outputs, dtype=torch.float64)
        self._copy_weights(document)
        self.weights = [*self.module.parameters(), *self.readout.parameters()]
        self.optimiser = OPTIMISERS[settings.optimiser](self.weights, lr=settings.learning_rate)
        self.number = 0
        self._take_over_data()

    def _copy_weights(self, document: Document) -> None:
        layer, readout = document.layers[0], document.readout
        blocks = CELLS[layer.cell].blocks

        def stacked(prefix: str) -> torch.Tensor:
            return torch.from_numpy(np.concatenate([layer.weights[f"{prefix}{block}"] for block in blocks]))

        with torch.no_grad():
            self.module.weight_ih_l0.copy_(stacked("W_x"))
            self.module.weight_hh_l0.copy_(stacked("W_h"))
            self.module.bias_ih_l0.copy_(stacked("b_"))
            self.module.bias_hh_l0.zero_()  # a document begins with the biases inside a reset at zero, too
            self.readout.weight.copy_(torch.from_numpy(readout.weights["W_hy"].copy()))
            self.readout.bias.copy_(torch.from_numpy(readout.weights["b_y"].copy()))

    def _take_over_data(self) -> None:
        """Keep the sequences as (T, B, features), and which steps count."""
        examples = self.trainer.data.training
        objective, lengths = examples.objective, examples.input.lengths
        self.x = torch.from_numpy(np.ascontiguousarray(examples.input.values.swapaxes(0, 1)))
        targets = np.ascontiguousarray(objective.targets.swapaxes(0, 1))
        self.loss = objective.loss
        self.targets = torch.from_numpy(targets.astype(np.int64) if self.loss == "cross_entropy" else targets)
        steps = self.x.shape[0]
        self.last = None
        if objective.steps == "last":
            self.last = torch.tensor(lengths or [steps] * self.x.shape[1]) - 1
        elif objective.steps == "all":
            self.steps = slice(None)
        else:
            self.steps = slice(objective.steps[0] - 1, objective.steps[-1])

    def update(self) -> float:
        """Make an update and return its loss."""
        settings = self.trainer.settings
        self.optimiser.zero_grad()
        loss = self.run()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, settings.clip_at)
        self.optimiser.step()
        self.number += 1
        return loss.item()

    def run(self) -> torch.Tensor:
        """Return the loss of the next batch."""
        chosen = torch.from_numpy(self.trainer.batch_rows(self.number).astype(np.int64))
        h, targets = self.module(self.x[:, chosen])[0], self.targets[:, chosen]
        if self.last is None:
            h, targets = h[self.steps], targets[self.steps]
        else:
            at = self.last[chosen], torch.arange(len(chosen))
            h, targets = h[at], targets[at]
        y = self.readout(h)
        if self.loss == "cross_entropy":
            return functional.cross_entropy(y.reshape(-1, y.shape[-1]), targets.reshape(-1))
        kind = functional.mse_loss if self.loss == "half_squared_error" else functional.binary_cross_entropy_with_logits
        total = kind(y, targets, reduction="sum") / (targets.numel() / targets.shape[-1])
        return total / 2 if self.loss == "half_squared_error" else total


def check(ours: Ours, theirs: Theirs) -> None:
    """Compare loss and gradient of the first batch."""
    trainer = ours.trainer
    update = trainer.begin(ours.state)
    for _ in range(3):
        update = trainer.take(update)
    loss = theirs.run()
    loss.backward()
    np.testing.assert_allclose(update.loss, loss.item(), rtol=1e-10)
    names = [name for name in trainer.document.layers[0].weights if name.startswith("W_h")]
    slots = [trainer.vector.slot(Place(0, name)) for name in names]
    gradient = np.concatenate([update.gradient[slot] for slot in slots])
    np.testing.assert_allclose(gradient, theirs.module.weight_hh_l0.grad.numpy().ravel(), rtol=1e-7, atol=1e-12)


def turns(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Let both take turns; return the median time of one of ours in ms, and the median of theirs over ours."""
    repeats = [max(1, round(TURN / _seconds(run, 3) * 3)) for run in (ours, theirs)]
    times, ratios = [], []
    stop = time.perf_counter() + SECONDS
    while time.perf_counter() < stop:
        one, other = (_seconds(run, n) / n for run, n in zip((ours, theirs), repeats, strict=True))
        times.append(1000 * one)
        ratios.append(other / one)
    return median(times), median(ratios)


def _seconds(run: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        run()
    return time.perf_counter() - started


def main() -> None:
    """Print a line for each task."""
    torch.set_num_threads(1)
    print(f"{'task':<16}{'network':<10}{'batch':>6}{'T':>5}{'ours, 1/s':>11}{'torch, 1/s':>12}{'ahead':>8}")
    for key in sys.argv[1:] or list(TASKS):
        task = TASKS[key]
        ours = Ours(task)
        theirs = Theirs(ours)
        check(ours, theirs)
        one, ratio = turns(ours.update, theirs.update)
        network = f"{task.network.cell} {task.network.units}"
        T = ours.trainer.document.timesteps
        rates = f"{1000 / one:>11.0f}{1000 / one / ratio:>12.0f}{ratio:>8.2f}"
        print(f"{key:<16}{network:<10}{task.training.batch:>6}{T:>5}{rates}", flush=True)


if __name__ == "__main__":
    main()
