"""What the scripts of all frameworks share: how they begin, the numbers, which steps count, what is printed."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import numpy as np

from rnnviz.core.cells import CELLS
from rnnviz.core.objectives import LOSSES
from rnnviz.document.code.comments import WIDTH, comment, harmless, names
from rnnviz.document.code.literals import array_literal, indented
from rnnviz.document.document import Document, Layer, Window
from rnnviz.document.values import Array

Lines = list[str]

_EXPLAINED = {
    "rnn": ["h_t = φ(W_xh x_t + W_hh h_{t−1} + b_h)"],
    "lstm": [
        "a_k = W_xk x_t + W_hk h_{t−1} + b_k for each of the blocks k = i, f, g, o",
        "i = σ(a_i), f = σ(a_f), g = tanh(a_g), o = σ(a_o)",
        "c_t = f ⊙ c_{t−1} + i ⊙ g and h_t = o ⊙ tanh(c_t)",
    ],
    "gru": [
        "r = σ(W_xr x_t + W_hr h_{t−1} + b_r), z = σ(W_xz x_t + W_hz h_{t−1} + b_z)",
        "n = tanh(W_xn x_t + b_n + r ⊙ (W_hn h_{t−1} + b_hn))",
        "h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}",
    ],
}
_LOSSES = {
    "half_squared_error": "ℓ_t = ½ Σ_k (y_{t,k} − ŷ_{t,k})², half the squared error",
    "cross_entropy": "ℓ_t = −log y_{t,k} for the target class k: the cross entropy, in nats",
    "binary_cross_entropy": "ℓ_t = −Σ_k ŷ_{t,k} log y_{t,k} + (1 − ŷ_{t,k}) log(1 − y_{t,k}): the binary cross entropy",
    "sum": "ℓ_t = Σ_k y_{t,k}: what the outputs themselves listen to",
}
_READOUTS = {
    "linear": "y_t = W_hy h_t + b_y",
    "sigmoid": "y_t = σ(s_t) with s_t = W_hy h_t + b_y",
    "softmax": "y_t = softmax(s_t) with s_t = W_hy h_t + b_y",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A layer as a script names it.

    Attributes:
        number: nothing where there is only one layer, else 1, 2, … as text.
        layer: its cell and weights.
    """

    number: str
    layer: Layer

    @property
    def blocks(self) -> str:
        """The names of the cell's blocks, one letter each, in PyTorch's order."""
        return "".join(CELLS[self.layer.cell].blocks)

    @property
    def prefix(self) -> str:
        """How the names of its gradients begin."""
        return f"layer{self.number}." if self.number else ""


def parts(document: Document) -> list[Part]:
    """Return the layers from the input up."""
    several = len(document.layers) > 1
    return [Part(str(n) if several else "", layer) for n, layer in enumerate(document.layers, start=1)]


def cutting_window(document: Document) -> Window | None:
    """Return the window if it cuts anything."""
    window = document.window
    return window if window is not None and window.length < document.timesteps else None


def is_padded(document: Document) -> bool:
    """Return whether a sequence is shorter than the array."""
    return document.input.lengths is not None


def joined(*sections: Lines) -> str:
    """Return sections of lines as one text: a blank line between two of them, two around functions and classes."""
    text, was_code = "", False
    for section in sections:
        body = "\n".join(section)
        is_code = body.startswith(("def ", "class "))
        gap = "" if not text else "\n\n" if is_code or was_code else "\n"
        text, was_code = f"{text}{gap}{body}\n", is_code
    return text


def has_base64(sections: list[Lines]) -> bool:
    """Return whether arrays are written as base64."""
    return any("base64.b64decode(" in line for section in sections for line in section)


def heading(words: str) -> str:
    """Return a comment that begins a part of the script."""
    return f"# {words} ".ljust(WIDTH - 1, "-")


def beginning(document: Document, framework: str, needs: str, results: Lines) -> Lines:
    """Return the docstring, what is said of the scene, and nothing that the user has written in the first lines."""
    lines = [
        f'"""A recurrent network in {framework}: its states, its loss, and its gradients back through time.',
        "",
        *textwrap.wrap(f"Made by rnnviz; it needs {needs}. After a run its results are in these variables:", WIDTH),
        "",
        *(f"    {line}" for line in results),
        '"""',
    ]
    said = [*comment(document.title), *comment(document.notes)]
    single = ["# The scene is computed in float32, this script in float64."] if document.precision == "float32" else []
    return [*lines, *([""] if said or single else []), *said, *single]


def results(document: Document, *, batch_axis: bool, of: str = "weight") -> Lines:
    """Return what the docstring says of the results: names, meaning, shapes, and ``of`` what there are gradients."""
    B, T = document.batch, document.timesteps  # noqa: N806
    axes = f"{B}, " if batch_axis else ""
    rows = [
        *((f"h{p.number}", f"hidden states h_0 … h_T, ({axes}{T + 1}, {p.layer.units})") for p in parts(document)),
        ("y", f"outputs y_1 … y_T, ({axes}{T}, {document.outputs})"),
        ("loss", "the loss L, a number"),
        ("gradients", f"∂L/∂w for every {of} w: arrays of its shape, under its name"),
        *((f"dh{p.number}", f"total ∂L/∂h_0 … ∂L/∂h_T, shaped as h{p.number}") for p in parts(document)),
        ("dx", f"∂L/∂x_1 … ∂L/∂x_T, ({axes}{T}, {document.input.values.shape[2]})"),
    ]
    return [f"{name:<10} {meaning}" for name, meaning in rows]


def network(document: Document) -> Lines:
    """Return the weights: a dictionary for every layer, and one for the readout."""
    lines = [heading("The network")]
    for part in parts(document):
        phi = "" if part.layer.activation == "linear" else part.layer.activation
        lines += ["", *(f"# {line.replace('φ', phi)}" for line in _EXPLAINED[part.layer.cell])]
        states = {f"{state}_0": values for state, values in part.layer.initial_state.items()}
        lines += _dictionary(f"layer{part.number}", {**part.layer.weights, **states})
    if document.readout is not None:
        lines += ["", f"# {_READOUTS[document.readout.activation]}"]
        lines += _dictionary("readout", dict(document.readout.weights))
    return lines


def _dictionary(name: str, arrays: dict[str, Array]) -> Lines:
    lines = [f"{name} = {{"]
    for key, array in arrays.items():
        lines.append(f'    "{key}": {indented(array_literal(array, len(key) + 9), 4)},')
    return [*lines, "}"]


def data(document: Document, *, batch_axis: bool) -> Lines:
    """Return the input, what is asked for, and which steps count."""
    batched = batch_axis or document.batch > 1
    shape = "(sequences, steps, features)" if batched else "(steps, features), x_t is x[t - 1]"
    features = names(document.input.vocabulary or document.input.features)
    lines = [heading("The input"), ""]
    if document.input.text is not None:
        spelled = harmless(document.input.text)
        lines += comment(f"It spells, one-hot: {spelled if len(spelled) <= WIDTH else spelled[:WIDTH] + ' …'}")
    lines.append(f"# {shape}{'; features: ' + features if features else ''}")
    lines.append(_assigned("x", document.input.values, batched))
    lines += ["B, T, _ = x.shape"] if batched else ["T = len(x)"]
    lines += _lengths(document, batched) + _window(document)
    lines += ["", heading("The objective"), "", f"# {_LOSSES[document.objective.loss]}"]
    loss, targets = LOSSES[document.objective.loss], document.objective.targets
    if loss.needs_targets and targets is not None:
        lines.append(_assigned("targets", targets, batched, whole=loss.integer_targets))
    return [*lines, "", *_counts(document, batched)]


def _assigned(name: str, values: Array, batched: bool, *, whole: bool = False) -> str:
    return f"{name} = {array_literal(values if batched else values[0], len(name) + 3, whole=whole)}"


def _lengths(document: Document, batched: bool) -> Lines:
    lengths = document.input.lengths
    if lengths is None:
        return []
    if not batched:
        return [f"length = {lengths[0]}  # the steps after it are padding: there the state is held"]
    written = array_literal(np.array(lengths, float), 10, whole=True)
    return ["# So many steps of each sequence are its own; the rest is padding, where the state is held.",
            f"lengths = {written}"]  # fmt: skip


def _window(document: Document) -> Lines:
    window = cutting_window(document)
    if window is None:
        return []
    state = "the state goes on" if window.stateful else "the state starts again from h_0"
    return [f"# Between two windows of so many steps {state}; the gradient stops.", f"WINDOW = {window.length}"]


def _counts(document: Document, batched: bool) -> Lines:
    """Return the lines that make ``counts``, how much each step's loss counts in L."""
    objective, padded = document.objective, is_padded(document)
    size = "(B, T)" if batched else "T"
    real = "np.arange(T) < lengths[:, None]" if batched else "np.arange(T) < length"
    every = ":, " if batched else ""
    last_only = objective.steps == "last" or not document.layers[-1].return_sequences
    if last_only:
        end = "np.arange(B), lengths - 1" if batched else "length - 1"
        lines = [f"counts = np.zeros({size})", f"counts[{end if padded else every + '-1'}] = 1"]
    elif objective.steps == "all":
        lines = [f"counts = ({real}).astype(float)" if padded else f"counts = np.ones({size})"]
    else:
        steps = array_literal(np.array(objective.steps, float), 12 + len(every), whole=True)
        lines = [f"counts = np.zeros({size})", f"counts[{every}{steps} - 1] = 1  # t counts from 1, Python from 0"]
        lines += [f"counts *= {real}"] if padded else []
    if objective.reduction == "mean" and not last_only:
        lines.append(f"counts /= counts.sum({'axis=1, keepdims=True' if batched else ''})")
    if document.batch > 1:
        lines.append("counts /= B")
    return [*comment(f"L = Σ_t counts_t ℓ_t: {_counts_in_words(document, last_only=last_only)}"), *lines]


def _counts_in_words(document: Document, *, last_only: bool) -> str:
    if not document.layers[-1].return_sequences:
        steps = "only the last state is handed on, so only the last step counts"
    elif last_only:
        steps = "only the last step counts"
    else:
        steps = "every step counts" if document.objective.steps == "all" else "only these steps count"
    mean = "; mean over them" if document.objective.reduction == "mean" and not last_only else ""
    return f"{steps}{mean}{'; mean over the sequences' if document.batch > 1 else ''}"


def printing(document: Document) -> Lines:
    """Return the lines that print all results; in ASCII, for not every terminal knows more."""
    several = len(document.layers) > 1
    lines = [heading("The results"), "", "np.set_printoptions(precision=6, linewidth=100)"]
    for part in parts(document):
        of_layer = f" of layer {part.number}" if several else ""
        lines += [f'print("Hidden states h_t{of_layer}, a row for each t = 0 ... T:")', f"print(h{part.number})"]
    lines += [
        'print("Outputs y_t, a row for each t = 1 ... T:")',
        "print(y)",
        'print(f"Loss L = {loss:.10g}")',
        "for name, gradient in gradients.items():",
        '    print(f"dL/d{name} =")',
        "    print(gradient)",
    ]
    for part in parts(document):
        of_layer = f" of layer {part.number}" if several else ""
        lines += [
            f'print("|dL/dh_t|{of_layer}, for t = 0 ... T:")',
            f"print(np.linalg.norm(dh{part.number}, axis=-1))",
        ]
    return lines
