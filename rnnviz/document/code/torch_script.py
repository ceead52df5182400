"""The script in PyTorch: its own layers, one step at a time, so that autograd keeps the gradient of every state."""

from __future__ import annotations

from string import Template

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
from rnnviz.document.code.stepping import (
    Words,
    layer_name,
    output_lines,
    step_holes,
    unrolling_function,
    unrolling_functions,
)
from rnnviz.document.document import Document

_LOAD = '''\
def load(module, w, blocks):
    """Give a layer these weights: PyTorch stacks the blocks, and adds two biases; one is enough."""
    values = {
        "weight_ih_l0": np.concatenate([w["W_x" + k] for k in blocks]),
        "weight_hh_l0": np.concatenate([w["W_h" + k] for k in blocks]),
        "bias_ih_l0": np.concatenate([w["b_" + k] for k in blocks]),
        "bias_hh_l0": np.zeros(len(blocks) * len(w["h_0"])),
    }
${recurrent_bias}    module.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
    return module
'''
_RECURRENT_BIAS = """\
    if "b_hn" in w:  # the only bias that has to stand apart: r multiplies it
        values["bias_hh_l0"][-len(w["b_hn"]) :] = w["b_hn"]
"""
_MODULE = '''\
class ${name}(nn.Module):
    """One step of h_t = ${phi}(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh), which nn.RNN lacks."""

    def __init__(self, inputs, units):
        super().__init__()
        self.weight_ih_l0 = nn.Parameter(torch.empty(units, inputs))
        self.weight_hh_l0 = nn.Parameter(torch.empty(units, units))
        self.bias_ih_l0 = nn.Parameter(torch.empty(units))
        self.bias_hh_l0 = nn.Parameter(torch.empty(units))

    def forward(self, x, h):
        a = functional.linear(x[:, 0], self.weight_ih_l0, self.bias_ih_l0)
        a = a + functional.linear(h[0], self.weight_hh_l0, self.bias_hh_l0)
        h = ${apply}
        return h[:, None], h[None]
'''
_UNROLL = '''\
def unroll(module, x, w):
    """Return h_0 … h_T, each a tensor (sequences, units) of which autograd keeps ∂L/∂h_t."""
    h = [torch.tensor(w["h_0"]).repeat(len(x), 1).requires_grad_()]
    for t in range(1, T + 1):
${window}        output, _ = module(x[:, t - 1 : t], ${before}[None])
        h.append(${held_h})
    for h_t in h:
        h_t.retain_grad()
    return h
'''
_UNROLL_LSTM = '''\
def unroll_lstm(module, x, w):
    """Return h_0 … h_T, each a tensor (sequences, units) of which autograd keeps ∂L/∂h_t."""
    h, c = ([torch.tensor(w[name]).repeat(len(x), 1).requires_grad_()] for name in ("h_0", "c_0"))
    for t in range(1, T + 1):
${window_lstm}        output, (_, after) = module(x[:, t - 1 : t], (${before}[None], ${before_c}[None]))
        h.append(${held_h})
        c.append(${held_c})
    for h_t in h:
        h_t.retain_grad()
    return h
'''
_GRADIENTS = '''\
def weight_gradients(module, blocks):
    """Return ∂L/∂w of a layer, block by block."""
    stacked = {"W_x": module.weight_ih_l0, "W_h": module.weight_hh_l0, "b_": module.bias_ih_l0}
    gradients = {}
    for part, weight in stacked.items():
        for k, gradient in zip(blocks, weight.grad.chunk(len(blocks))):
            gradients[part + k] = gradient.numpy()
    return gradients
'''
_GRADIENTS_WITH_BIAS = """\
    if blocks == "rzn":
        gradients["b_hn"] = module.bias_hh_l0.grad.chunk(3)[2].numpy()
    return gradients
"""
_MODULES = {"sigmoid": ("RNNSigmoid", "σ", "torch.sigmoid(a)"), "linear": ("RNNLinear", "", "a")}
_LOSSES = {
    "half_squared_error": "0.5 * ((y - targets) ** 2).sum(dim=-1)",
    "cross_entropy": 'functional.cross_entropy(s.transpose(1, 2), targets, reduction="none")',
    "binary_cross_entropy": 'functional.binary_cross_entropy_with_logits(s, targets, reduction="none").sum(dim=-1)',
    "sum": "y.sum(dim=-1)",
}
_WORDS = Words(
    after="output[:, 0]",
    after_c="after[0]",
    held="torch.where(real[:, t - 1, None], {}, {})",
    stopped="{}.detach()",
    dense="linear",
    recurrent_bias=_RECURRENT_BIAS,
    readouts={"sigmoid": "torch.sigmoid(s)", "softmax": "torch.softmax(s, dim=-1)"},
)


def torch_script(document: Document) -> str:
    """Return the script; it needs PyTorch and NumPy."""
    numbers = [network(document), data(document, batch_axis=True)]
    imports = ["import base64", ""] if has_base64(numbers) else []
    imports += ["import numpy as np", "import torch", "from torch import nn"]
    rest = [
        *_functions(document),
        [heading("The layers"), "", *_layers(document)],
        [heading("Forward"), "", *_forward(document)],
        [heading("Backward"), "", *_backward(document)],
    ]
    if any("functional." in line for section in rest for line in section):
        imports.append("from torch.nn import functional")
    return joined(
        beginning(document, "PyTorch", "PyTorch and NumPy", results(document, batch_axis=True)),
        [*imports, "", "torch.set_default_dtype(torch.float64)"],
        *numbers,
        [heading("PyTorch's layers with these weights, and running them")],
        *rest,
        printing(document),
    )


def _functions(document: Document) -> list[Lines]:
    cells = {layer.cell for layer in document.layers}
    activations = {layer.activation for layer in document.layers if layer.activation in _MODULES}
    holes = step_holes(document, _WORDS)
    templates = [_LOAD, *unrolling_functions(document, _UNROLL, _UNROLL_LSTM)]
    found = [
        Template(_MODULE).substitute(dict(zip(("name", "phi", "apply"), _MODULES[activation], strict=True)))
        for activation in sorted(activations)
    ]
    found += [Template(text).substitute(holes) for text in templates]
    gradients = (
        _GRADIENTS if "gru" not in cells else _GRADIENTS.removesuffix("    return gradients\n") + _GRADIENTS_WITH_BIAS
    )
    found.append(gradients)
    return [text.splitlines() for text in found]


def _layers(document: Document) -> Lines:
    lines = [
        f'{layer_name(part)} = load({_module(part)}, layer{part.number}, "{part.blocks}")' for part in parts(document)
    ]
    if document.readout is not None:
        outputs, units = document.readout.weights["W_hy"].shape
        lines.append(f"linear = nn.Linear({units}, {outputs})")
        lines += [
            "linear.load_state_dict({",
            '    "weight": torch.tensor(readout["W_hy"]),',
            '    "bias": torch.tensor(readout["b_y"]),',
            "})",
        ]
    return lines


def _module(part: Part) -> str:
    layer = part.layer
    sizes = f"{layer.inputs}, {layer.units}"
    if layer.activation in _MODULES:
        return f"{_MODULES[layer.activation][0]}({sizes})"
    activation = f', nonlinearity="{layer.activation}"' if layer.cell == "rnn" else ""
    return f"nn.{layer.cell.upper()}({sizes}{activation}, batch_first=True)"


def _forward(document: Document) -> Lines:
    lines = ["x = torch.tensor(x, requires_grad=True)", "counts = torch.tensor(counts)"]
    if document.objective.loss != "sum":
        lines.append("targets = torch.tensor(targets)")
    if is_padded(document):
        lines.append("real = torch.tensor(np.arange(T) < lengths[:, None])  # false in the padding")
    fed = "x"
    for part in parts(document):
        n = part.number
        lines.append(f"states{n} = {unrolling_function(part)}({layer_name(part)}, {fed}, layer{n})")
        lines.append(f"h{n} = torch.stack(states{n}, dim=1)")
        fed = f"h{n}[:, 1:]"
    lines += output_lines(document, _WORDS)
    return [*lines, f"losses = {_LOSSES[document.objective.loss]}", "loss = (counts * losses).sum()"]


def _backward(document: Document) -> Lines:
    lines = ["loss.backward()", "gradients = {"]
    for part in parts(document):
        found = f'weight_gradients({layer_name(part)}, "{part.blocks}")'
        if part.prefix:
            found = f'{{"{part.prefix}" + name: d for name, d in {found}.items()}}'
        lines.append(f"    **{found},")
    if document.readout is not None:
        lines += ['    "W_hy": linear.weight.grad.numpy(),', '    "b_y": linear.bias.grad.numpy(),']
    lines.append("}")
    for part in parts(document):
        lines.append(f"dh{part.number} = torch.stack([h_t.grad for h_t in states{part.number}], dim=1).numpy()")
    taken = [*(f"h{part.number}" for part in parts(document)), "y", "loss"]
    return [*lines, "dx = x.grad.numpy()", *(f"{name} = {name}.detach().numpy()" for name in taken)]
