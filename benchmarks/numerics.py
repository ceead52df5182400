"""How fast the core is, as ratios to PyTorch and to a compiled loop measured in the same run.

    python benchmarks/numerics.py              all of it
    python benchmarks/numerics.py speed        or: growth, memory, batch, single

The task: run a network of one layer on a sequence of 8 features, read it out linearly, half the squared error at
every step, and backpropagate through all of time, with the gradient at every step kept. Peers, each on one thread:

torch  nn.RNN, nn.LSTM or nn.GRU and autograd; it does not give the gradient at every step
cells  nn.RNNCell and so on in a loop, with retain_grad on every h: the way to get them in PyTorch
C      the same recurrences as one would write them in C (numerics.c), as a compiler optimises them for any machine
C*     the same for this machine: vector instructions do up to eight numbers at once, which favours the smallest tasks

All sides take turns, so that a machine that slows down slows all of them, and of each the faster turns count: what
else runs on the machine only ever adds, and small calls suffer most from it. A turn is long enough that what the side
before left in the caches does not matter. Where PyTorch or a C compiler is missing, its column is empty.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import quantiles

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the program; it is read when NumPy is imported

import numpy as np

from rnnviz.core.cells import CELLS, make_cell
from rnnviz.core.network import Backward, Forward, Objective, ReadoutWeights, run_backward, run_forward
from rnnviz.core.objectives import LOSSES, READOUTS
from rnnviz.core.unroll import LayerWeights

SIZES = [(20, 8), (100, 16), (200, 32), (1000, 64), (1000, 128), (10_000, 32)]
FEATURES, OUTPUTS = 8, 4
SECONDS, ROUNDS, TURN = 4.0, 8, 0.02

Run = Callable[[], object]


class Task:
    """One network with its data, in any float type; the same numbers for all sides."""

    def __init__(self, cell: str, T: int, H: int, dtype: str = "float64", sequences: int = 1) -> None:
        random, G = np.random.default_rng(0), len(CELLS[cell].blocks)
        batch = (sequences,) if sequences > 1 else ()

        def numbers(*shape: int) -> np.ndarray:
            return (random.normal(size=shape) / np.sqrt(shape[-1])).astype(dtype)

        self.cell, self.T, self.H, self.dtype, self.sequences = cell, T, H, dtype, sequences
        recurrent_b = None
        if CELLS[cell].recurrent_biases:
            recurrent_b = np.zeros(G * H, dtype)
            recurrent_b[-H:] = numbers(H)
        initial = tuple(np.zeros(H, dtype) for _ in CELLS[cell].states)
        self.layer = LayerWeights(
            make_cell(cell), numbers(G * H, FEATURES), numbers(G * H, H), numbers(G * H), recurrent_b, initial
        )
        self.readout = ReadoutWeights(READOUTS["linear"], numbers(OUTPUTS, H), numbers(OUTPUTS))
        self.x = random.normal(size=(T, FEATURES, *batch)).astype(dtype)
        targets = random.normal(size=(T, OUTPUTS, *batch)).astype(dtype)
        self.objective = Objective(LOSSES["half_squared_error"], np.ones(T, dtype), targets)

    def run(self) -> tuple[Forward, Backward]:
        """Do it with the core."""
        forward = run_forward((self.layer,), self.readout, self.objective, self.x)
        return forward, run_backward((self.layer,), self.readout, self.objective, forward)


# ---------------------------------------------------------------------------------------------------------- peers


def torch_run(task: Task) -> Run | None:
    """Return the task as PyTorch's own layer does it; its results are compared with ours first."""
    torch = _torch()
    if torch is None:
        return None
    module, readout = _torch_modules(task, per_step=False)
    x, targets = (torch.from_numpy(_torch_order(a)) for a in (task.x, task.objective.targets))

    def run() -> object:
        module.zero_grad()
        readout.zero_grad()
        loss = ((readout(module(x)[0]) - targets) ** 2).sum() / (2 * task.sequences)
        loss.backward()
        return loss.item(), module.weight_hh_l0.grad

    return _agreeing(task, run)


def cells_run(task: Task) -> Run | None:
    """Return the task as a loop of PyTorch's cells does it, with every dL/dh kept."""
    torch = _torch()
    if torch is None:
        return None
    module, readout = _torch_modules(task, per_step=True)
    x, targets = (torch.from_numpy(_torch_order(a)) for a in (task.x, task.objective.targets))

    def run() -> object:
        module.zero_grad()
        readout.zero_grad()
        state, kept = None, []
        for x_t in x:
            state = module(x_t, state)
            h = state[0] if task.cell == "lstm" else state
            h.retain_grad()
            kept.append(h)
        loss = ((readout(torch.stack(kept)) - targets) ** 2).sum() / (2 * task.sequences)
        loss.backward()
        return loss.item(), module.weight_hh.grad

    return _agreeing(task, run)


def c_run(task: Task, *, for_this_machine: bool = False) -> Run | None:
    """Return the task as compiled C does it, which works in place on buffers that it is given once."""
    library = _library("-O3", "-march=native") if for_this_machine else _library("-O2")
    if library is None or task.sequences > 1 or task.dtype != "float64":
        return None
    layer, T, H, K, G = task.layer, task.T, task.H, OUTPUTS, len(CELLS[task.cell].blocks)
    transposed = [np.ascontiguousarray(matrix.T) for matrix in (layer.W, layer.U, task.readout.W)]
    bn = np.zeros(H) if layer.recurrent_b is None else np.ascontiguousarray(layer.recurrent_b[-H:])
    given = [task.x, transposed[0], transposed[1], layer.W, layer.U, layer.b, bn]
    given += [task.readout.W, transposed[2], task.readout.b, task.objective.targets]
    shapes = [
        (T, G, H),
        (T, G, H),
        (T + 1, H),
        (T + 1, H),
        (T, H),
        (T, K),
        (T + 1, H),
        (T + 1, H),
        (T, G, H),
        (T, G, H),
    ]
    kept = [np.zeros(shape) for shape in shapes]
    sums = [np.zeros_like(a) for a in (layer.W, layer.U, layer.b, bn, task.readout.W, task.readout.b)]
    arrays = [*given, *kept, *sums, np.zeros_like(task.x)]
    block = (ctypes.c_ssize_t * (4 + len(arrays)))(T, FEATURES, H, K, *(array.ctypes.data for array in arrays))
    function = library[task.cell]
    function.restype = ctypes.c_double

    def run() -> object:
        for array in sums:
            array[...] = 0
        return function(block), sums[1]

    run.arrays = arrays  # type: ignore[attr-defined] - they must outlive the addresses
    return _agreeing(task, run)


def _agreeing(task: Task, run: Run) -> Run:
    forward, backward = task.run()
    loss, dU = run()  # type: ignore[misc]
    tolerance, found, expected = 1e-9 if task.dtype == "float64" else 1e-3, np.asarray(dU), backward.layers[0].U
    np.testing.assert_allclose(loss, forward.loss, rtol=tolerance)
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * np.abs(expected).max())
    return run


def _torch():  # type: ignore[no-untyped-def]
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    return torch


def _torch_order(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.moveaxis(array, -1, 1)) if array.ndim == 3 else array  # noqa: PLR2004


def _torch_modules(task: Task, *, per_step: bool):  # type: ignore[no-untyped-def]
    import torch

    name, dtype = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}[task.cell], getattr(torch, task.dtype)
    module = getattr(torch.nn, f"{name}Cell" if per_step else name)(FEATURES, task.H, dtype=dtype)
    readout = torch.nn.Linear(task.H, OUTPUTS, dtype=dtype)
    layer, zeros = task.layer, np.zeros_like(task.layer.b)
    values = [layer.W, layer.U, layer.b, zeros if layer.recurrent_b is None else layer.recurrent_b]
    with torch.no_grad():
        pairs = zip(
            [*module.parameters(), *readout.parameters()], [*values, task.readout.W, task.readout.b], strict=True
        )
        for parameter, value in pairs:
            parameter.copy_(torch.from_numpy(value))
    return module, readout


@cache
def _library(*optimisation: str) -> ctypes.CDLL | None:
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory(prefix="numerics-") as folder:
        target, source = Path(folder) / "numerics.so", Path(__file__).with_suffix(".c")
        subprocess.run([compiler, *optimisation, "-shared", "-fPIC", "-o", target, source, "-lm"], check=True)
        return ctypes.CDLL(str(target))


# ------------------------------------------------------------------------------------------------------- measuring


def interleaved(runs: list[Run | None], seconds: float = SECONDS) -> tuple[float, list[float]]:
    """Return the milliseconds of the first run, and for each the ratio of its time to the first's.

    They take turns; a side's time is the lower quartile of its turns. What is missing has nan.
    """
    repeats = [max(1, round(TURN / max(_seconds(run, 1), 1e-9))) if run else 0 for run in runs]
    turns: list[list[float]] = [[] for _ in runs]
    stop = time.perf_counter() + seconds
    while time.perf_counter() < stop or len(turns[0]) < ROUNDS:
        for kept, run, times in zip(turns, runs, repeats, strict=True):
            kept.append(_seconds(run, times) / times if run else float("nan"))
    seconds_of = [quantiles(kept)[0] for kept in turns]
    return seconds_of[0] * 1000, [side / seconds_of[0] for side in seconds_of]


def _seconds(run: Run, times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        run()
    return time.perf_counter() - started


def speed() -> None:
    """One sequence: ours, and how many times longer each peer takes."""
    print("one sequence, float64: times longer than ours; and ours against C")
    print(f"{'':<6}{'T':>7}{'H':>5}{'ours, ms':>10}{'torch':>8}{'cells':>8}{'ours/C':>8}{'ours/C*':>9}")
    for cell in CELLS:
        for T, H in SIZES:
            task = Task(cell, T, H)
            peers = [torch_run(task), cells_run(task), c_run(task), c_run(task, for_this_machine=True)]
            ours, (_, torch, cells, c, native) = interleaved([task.run, *peers])
            times = f"{torch:>8.1f}{cells:>8.1f}{1 / c:>8.2f}{1 / native:>9.2f}"
            print(f"{cell:<6}{T:>7}{H:>5}{ours:>10.2f}{times}", flush=True)


def growth() -> None:
    """Cost against T: what a step costs should not depend on how many there are."""
    print("\ncost of a step as the sequence grows, H = 16, µs")
    lengths = [1_000, 3_000, 10_000, 30_000, 100_000]
    print(f"{'T':<6}" + "".join(f"{T:>9}" for T in lengths) + "   last/first")
    for cell in CELLS:
        shortest, ratios = interleaved([Task(cell, T, 16).run for T in lengths], 2 * SECONDS)
        steps = [1000 * shortest * ratio / T for ratio, T in zip(ratios, lengths, strict=True)]
        print(f"{cell:<6}" + "".join(f"{step:>9.2f}" for step in steps) + f"{steps[-1] / steps[0]:>9.2f}", flush=True)


def memory() -> None:
    """Compare the highest memory on the way with what is kept at the end."""
    print("\nmemory at T = 10,000, H = 32, MB")
    for cell in CELLS:
        task = Task(cell, 10_000, 32)
        task.run()
        tracemalloc.start()
        kept = task.run()
        now, peak = (size / 1e6 for size in tracemalloc.get_traced_memory())
        tracemalloc.stop()
        print(f"{cell:<6} kept {now:6.1f}  peak {peak:6.1f}  ratio {peak / now:5.2f}  (aim ≤ 2)", flush=True)
        del kept


def batch() -> None:
    """Several sequences at once."""
    print("\n32 sequences, float64: torch's time over ours")
    for cell in CELLS:
        for T, H in SIZES[1:5]:
            task = Task(cell, T, H, sequences=32)
            ours, (_, torch) = interleaved([task.run, torch_run(task)])
            print(f"{cell:<6}{T:>7}{H:>5}{ours:>10.2f}{torch:>8.1f}", flush=True)


def single() -> None:
    """Single precision, where PyTorch's LSTM is one fused operation that keeps nothing per step."""
    print("\none sequence, float32: torch's time over ours (below 1 torch is faster; without dL/dh at every step)")
    for cell in CELLS:
        for T, H in SIZES[1:]:
            task = Task(cell, T, H, "float32")
            ours, (_, torch, cells) = interleaved([task.run, torch_run(task), cells_run(task)])
            print(f"{cell:<6}{T:>7}{H:>5}{ours:>10.2f}{torch:>8.1f}{cells:>8.1f}", flush=True)


BENCHMARKS = {"speed": speed, "growth": growth, "memory": memory, "batch": batch, "single": single}


def main() -> None:
    """Run the benchmarks named on the command line, or all of them."""
    settings = [name for name in os.environ if name.startswith("OPENBLAS")]
    print(" ".join(f"{name}={os.environ[name]}" for name in sorted(settings)))
    for name in sys.argv[1:] or list(BENCHMARKS):
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
