"""The script in NumPy: forward and backward through time by hand, one sequence at a time."""

from __future__ import annotations

from rnnviz.document.code.numpy_cells import cell_functions, kind, uses_sigmoid
from rnnviz.document.code.parts import (
    Lines,
    Part,
    beginning,
    data,
    has_base64,
    heading,
    is_padded,
    joined,
    network,
    parts,
    printing,
    results,
)
from rnnviz.document.document import Document

_SIGMOID = '''\
def sigmoid(a):
    """Return σ(a) = 1 / (1 + exp(−a)), written so that nothing overflows."""
    return 0.5 + 0.5 * np.tanh(0.5 * a)
'''
_LOG_SOFTMAX = '''\
def log_softmax(s):
    """Return log(exp(s_k) / Σ_j exp(s_j)) for every row, less its largest, lest it overflow."""
    s = s - s.max(axis=1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=1, keepdims=True))
'''
_LOSSES = {
    "half_squared_error": "0.5 * ((y - targets) ** 2).sum(axis=1)",
    "cross_entropy": "-log_y[np.arange(T), targets]",
    "binary_cross_entropy": "(np.logaddexp(0, s) - targets * s).sum(axis=1)  # = log(1 + exp(s)) − ŷ s",
    "sum": "y.sum(axis=1)",
}


def numpy_script(document: Document) -> str:
    """Return the script; it needs nothing but NumPy."""
    described = results(document, batch_axis=document.batch > 1, of="weight and initial state")
    described += [
        f"{f'dc{p.number}':<10} total ∂L/∂c_0 … ∂L/∂c_T, shaped as h{p.number}"
        for p in parts(document)
        if p.layer.cell == "lstm"
    ]
    numbers = [network(document), data(document, batch_axis=False)]
    imports = ["import base64", ""] if has_base64(numbers) else []
    return joined(
        beginning(document, "NumPy", "nothing but NumPy", described),
        [*imports, "import numpy as np"],
        *numbers,
        [heading("A layer, forward and backward through time")],
        *_functions(document),
        *_whole_run(document),
        printing(document),
    )


def _functions(document: Document) -> list[Lines]:
    softmax = document.readout is not None and document.readout.activation == "softmax"
    found = cell_functions(document)
    if softmax:
        found.insert(0, _LOG_SOFTMAX.splitlines())
    if uses_sigmoid(document):
        found.insert(0, _SIGMOID.splitlines())
    return found


def _whole_run(document: Document) -> list[Lines]:
    """Return forward, loss and backward: as they are for one sequence, as a function of each for several."""
    forward, backward = _forward(document), _backward(document)
    if document.batch == 1:
        return [[heading("Forward"), "", *forward], [heading("Backward"), "", *backward]]
    takes = [name for name in ("x", "targets", "counts", "length") if _takes(document, name)]
    several = {"x": "x[b]", "targets": "targets[b]", "counts": "counts[b]", "length": "lengths[b]"}
    kept = [f"{name}{p.number}" for p in parts(document) for name in _states(p)]
    kept += ["y", *(f"d{name}{p.number}" for p in parts(document) for name in _states(p)), "dx"]
    body = ["# Forward", *forward, "", "# Backward", *backward, f"return {', '.join(kept)}, loss, gradients"]
    return [
        [heading("Forward, then backward, sequence by sequence")],
        [
            f"def run({', '.join(takes)}):",
            '    """Return the results of one sequence: its share, by counts, of the mean over the sequences."""',
            *(f"    {line}" if line else "" for line in body),
        ],
        [
            f"runs = [run({', '.join(several[name] for name in takes)}) for b in range(B)]",
            "*arrays, losses, shares = zip(*runs)",
            f"{', '.join(kept)} = map(np.array, arrays)",
            "loss = sum(losses)",
            "gradients = {name: sum(share[name] for share in shares) for name in shares[0]}",
        ],
    ]


def _takes(document: Document, name: str) -> bool:
    if name == "length":
        return is_padded(document)
    return name != "targets" or document.objective.loss != "sum"


def _states(part: Part) -> tuple[str, ...]:
    return ("h", "c") if part.layer.cell == "lstm" else ("h",)


def _known(part: Part) -> str:
    """Return what a layer's forward function returns."""
    n = part.number
    return {"rnn": f"h{n}", "lstm": f"h{n}, c{n}, gates{n}", "gru": f"h{n}, gates{n}"}[part.layer.cell]


def _forward(document: Document) -> Lines:
    lines, fed = [], "x"
    length = "length, " if is_padded(document) else ""
    for part in parts(document):
        lines.append(f"{_known(part)} = {kind(part.layer)}_forward({fed}, {length}layer{part.number})")
        fed = f"h{part.number}[1:]"
    lines += _outputs(document, fed)
    lines.append(f"losses = {_LOSSES[document.objective.loss]}")
    return [*lines, "loss = (counts * losses).sum()"]


def _outputs(document: Document, h: str) -> Lines:
    if document.readout is None:
        return [f"y = {h}  # there is no readout: the states are the outputs"]
    product = f'{h} @ readout["W_hy"].T + readout["b_y"]'
    return {
        "linear": [f"y = {product}"],
        "sigmoid": [f"s = {product}", "y = sigmoid(s)"],
        "softmax": [f"s = {product}", "log_y = log_softmax(s)", "y = np.exp(log_y)"],
    }[document.readout.activation]


def _backward(document: Document) -> Lines:
    lines = _loss_gradient(document)
    top, *lower = reversed(parts(document))
    lines.append(f"direct{top.number} = np.zeros_like(h{top.number})  # nothing listens to h_0")
    if document.readout is None:
        lines.append(f"direct{top.number}[1:] = dy")
    else:
        lines.append(f'direct{top.number}[1:] = {_logits(document)} @ readout["W_hy"]')
    lines += _layer_backward(document, top, is_first=not lower)
    above = top
    for part in lower:
        lines += [
            f"direct{part.number} = np.zeros_like(h{part.number})",
            f"direct{part.number}[1:] = dx{above.number}  # layer {above.number} listens to the states of this one",
            *_layer_backward(document, part, is_first=part.number == "1"),
        ]
        above = part
    return lines + _gradients(document)


def _loss_gradient(document: Document) -> Lines:
    """Return the gradient of the loss with respect to y, or to the logits s."""
    loss = document.objective.loss
    if loss == "cross_entropy":
        return [
            "ds = y.copy()",
            "ds[np.arange(T), targets] -= 1  # ∂ℓ_t/∂s_t = y_t − onehot(target)",
            "ds *= counts[:, None]",
        ]
    if loss == "binary_cross_entropy":
        return ["ds = counts[:, None] * (y - targets)  # ∂ℓ_t/∂s_t = y_t − ŷ_t"]
    dy = "counts[:, None] * (y - targets)  # ∂ℓ_t/∂y_t = y_t − ŷ_t"
    if loss == "sum":
        dy = "counts[:, None] * np.ones_like(y)  # ∂ℓ_t/∂y_t = 1"
    through = {
        "sigmoid": ["ds = dy * y * (1 - y)  # through σ, whose slope is y (1 − y)"],
        "softmax": ["ds = y * (dy - (dy * y).sum(axis=1, keepdims=True))  # through the softmax"],
    }
    return [f"dy = {dy}", *through.get("" if document.readout is None else document.readout.activation, [])]


def _logits(document: Document) -> str:
    is_linear = document.readout is None or document.readout.activation == "linear"
    return "dy" if is_linear else "ds"


def _layer_backward(document: Document, part: Part, *, is_first: bool) -> Lines:
    n = part.number
    made = f"dh{n}, dc{n}" if part.layer.cell == "lstm" else f"dh{n}"
    fed = "x" if is_first else f"h{int(n) - 1}[1:]"
    length = "length, " if is_padded(document) else ""
    arguments = f"{fed}, {length}{_known(part)}, direct{n}, layer{n}"
    return [f"{made}, dx{'' if is_first else n}, d_layer{n} = {kind(part.layer)}_backward({arguments})"]


def _gradients(document: Document) -> Lines:
    entries = []
    for part in parts(document):
        if part.prefix:
            entries.append(f'**{{"{part.prefix}" + name: d for name, d in d_layer{part.number}.items()}},')
        else:
            entries.append("**d_layer,")
    if document.readout is not None:
        ds, h = _logits(document), f"h{parts(document)[-1].number}"
        entries += [f'"W_hy": {ds}.T @ {h}[1:],  # Σ_t ∂L/∂{ds[1]}_t h_tᵀ', f'"b_y": {ds}.sum(axis=0),']
    return ["gradients = {", *(f"    {entry}" for entry in entries), "}"]
