"""The script in Keras 3, on whichever backend is active."""

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

_PRECISION = """\
keras.config.set_floatx("float64")
# A table of its own says that Keras makes float32 of it all the same, on JAX and PyTorch.
getattr(dtypes, "BIT64_TO_BIT32_DTYPE", {})["float64"] = "float64"
if keras.backend.backend() == "jax":
    import jax

    jax.config.update("jax_enable_x64", True)
"""
_LOAD = '''\
def load(layer, w, blocks):
    """Give a layer these weights: Keras stacks the blocks, and multiplies from the right."""
    kernel = np.concatenate([w["W_x" + k] for k in blocks]).T
    recurrent_kernel = np.concatenate([w["W_h" + k] for k in blocks]).T
    bias = np.concatenate([w["b_" + k] for k in blocks])
${recurrent_bias}    layer.build((None, None, len(kernel)))
    layer.set_weights([kernel, recurrent_kernel, bias])
    return layer
'''
_RECURRENT_BIAS = """\
    if "b_hn" in w:  # a second row of biases, of which one has to stand apart: r multiplies it
        bias = np.stack([bias, np.zeros_like(bias)])
        bias[1, -len(w["b_hn"]) :] = w["b_hn"]
"""
_UNROLL = '''\
def unroll(layer, x, w, nudges):
    """Return h_0 … h_T; each has a nudge, which is 0, added to it, for ∂L/∂nudge_t is ∂L/∂h_t."""
    h = [w["h_0"] + nudges[:, 0]]
    for t in range(1, T + 1):
${window}        after, _ = layer.cell(x[:, t - 1], [${before}])
        h.append(${held_h} + nudges[:, t])
    return ops.stack(h, axis=1)
'''
_UNROLL_LSTM = '''\
def unroll_lstm(layer, x, w, nudges):
    """Return h_0 … h_T; each has a nudge, which is 0, added to it, for ∂L/∂nudge_t is ∂L/∂h_t."""
    h = [w["h_0"] + nudges[:, 0]]
    c = [w["c_0"] + ops.zeros_like(nudges[:, 0])]
    for t in range(1, T + 1):
${window_lstm}        after, (_, after_c) = layer.cell(x[:, t - 1], [${before}, ${before_c}])
        h.append(${held_h} + nudges[:, t])
        c.append(${held_c})
    return ops.stack(h, axis=1)
'''
_GRADIENTS = '''\
def loss_and_gradients(variables, inputs):
    """Return what network returns, and ∂L/∂ each variable and input, in the backend's own way."""
    values = [variable.value for variable in variables]
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        with tensorflow.GradientTape() as tape:
            tape.watch(inputs)
            loss, results = network(*inputs)
        found = tape.gradient(loss, [*values, *inputs])
    elif keras.backend.backend() == "jax":

        def stateless(values, inputs):
            with keras.StatelessScope(state_mapping=list(zip(variables, values))):
                return network(*inputs)

        both = jax.value_and_grad(stateless, argnums=(0, 1), has_aux=True)
        (loss, results), (of_values, of_inputs) = both(values, inputs)
        found = [*of_values, *of_inputs]
    else:
        import torch

        inputs = [tensor.requires_grad_() for tensor in inputs]
        loss, results = network(*inputs)
        found = torch.autograd.grad(loss, [*values, *inputs])
    loss = ops.convert_to_numpy(loss)
    return float(loss), map(ops.convert_to_numpy, results), map(ops.convert_to_numpy, found)
'''
_BY_BLOCK = '''\
def by_block(prefix, blocks, kernel, recurrent_kernel, bias):
    """Return the gradients of a layer under the names of the weights, behind a prefix."""
    parts = {"W_x": kernel.T, "W_h": recurrent_kernel.T, "b_": ${bias}}
    gradients = {}
    for part, stacked in parts.items():
        for k, gradient in zip(blocks, np.split(stacked, len(blocks))):
            gradients[prefix + part + k] = gradient
${recurrent_bias}    return gradients
'''
_BY_BLOCK_GRU = """\
    if blocks == "zrn":
        gradients[prefix + "b_hn"] = np.split(bias[1], 3)[2]
"""
_LOSSES = {
    "half_squared_error": "0.5 * ops.sum((y - targets) ** 2, axis=-1)",
    "cross_entropy": "keras.losses.sparse_categorical_crossentropy(targets, s, from_logits=True)",
    "binary_cross_entropy": "ops.sum(ops.logaddexp(s, ops.zeros_like(s)) - targets * s, axis=-1)",
    "sum": "ops.sum(y, axis=-1)",
}
_WORDS = Words(
    after="after",
    after_c="after_c",
    held="ops.where(real[:, t - 1 : t], {}, {})",
    stopped="ops.stop_gradient({})",
    dense="dense",
    recurrent_bias=_RECURRENT_BIAS,
    readouts={"sigmoid": "ops.sigmoid(s)", "softmax": "ops.softmax(s)"},
)
_LAYERS = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def keras_script(document: Document) -> str:
    """Return the script; it needs Keras 3, one of its backends, and NumPy."""
    numbers = [network(document), data(document, batch_axis=True)]
    imports = ["import base64", ""] if has_base64(numbers) else []
    imports += ["import keras", "import numpy as np", "from keras import ops"]
    imports += ["from keras.src.backend.common import dtypes", ""]
    needs = "Keras 3 with TensorFlow, JAX or PyTorch, and NumPy"
    return joined(
        beginning(document, "Keras", needs, results(document, batch_axis=True)),
        [*imports, *_PRECISION.splitlines()],
        *numbers,
        [heading("Keras' layers with these weights, and running them")],
        *_functions(document),
        [heading("The layers"), "", *_layers(document)],
        [heading("Forward")],
        _network(document),
        [heading("Backward")],
        _GRADIENTS.splitlines(),
        _by_block(document).splitlines(),
        _run(document),
        printing(document),
    )


def _functions(document: Document) -> list[Lines]:
    templates = [_LOAD, *unrolling_functions(document, _UNROLL, _UNROLL_LSTM)]
    return [Template(text).substitute(step_holes(document, _WORDS)).splitlines() for text in templates]


def _by_block(document: Document) -> str:
    cells = {layer.cell for layer in document.layers}
    if "gru" not in cells:
        return Template(_BY_BLOCK).substitute(bias="bias", recurrent_bias="")
    bias = "np.atleast_2d(bias)[0]" if cells - {"gru"} else "bias[0]"
    return Template(_BY_BLOCK).substitute(bias=bias, recurrent_bias=_BY_BLOCK_GRU)


def _blocks(part: Part) -> str:
    """Return the blocks in Keras' order."""
    return "zrn" if part.layer.cell == "gru" else part.blocks


def _layers(document: Document) -> Lines:
    lines = []
    for part in parts(document):
        activation = f', activation="{part.layer.activation}"' if part.layer.cell == "rnn" else ""
        made = f"keras.layers.{_LAYERS[part.layer.cell]}({part.layer.units}{activation})"
        lines.append(f'{layer_name(part)} = load({made}, layer{part.number}, "{_blocks(part)}")')
    if document.readout is not None:
        outputs, units = document.readout.weights["W_hy"].shape
        lines.append(f"dense = keras.layers.Dense({outputs})")
        lines.append(f"dense.build((None, None, {units}))")
        lines.append('dense.set_weights([readout["W_hy"].T, readout["b_y"]])')
    return lines


def _network(document: Document) -> Lines:
    nudges = ", ".join(f"nudges{part.number}" for part in parts(document))
    lines, fed = [], "x"
    for part in parts(document):
        n = part.number
        lines.append(f"h{n} = {unrolling_function(part)}({layer_name(part)}, {fed}, layer{n}, nudges{n})")
        fed = f"h{n}[:, 1:]"
    lines += output_lines(document, _WORDS)
    states = ", ".join(f"h{part.number}" for part in parts(document))
    lines += [f"losses = {_LOSSES[document.objective.loss]}", f"return ops.sum(counts * losses), ({states}, y)"]
    return [
        f"def network(x, {nudges}):",
        '    """Return the loss, and the states and outputs."""',
        *(f"    {line}" for line in lines),
    ]


def _run(document: Document) -> Lines:
    layers = parts(document)
    constants = [f"layer{p.number} = {{name: ops.convert_to_tensor(w) for name, w in layer{p.number}.items()}}"
                 for p in layers]  # fmt: skip
    constants += ["counts = ops.convert_to_tensor(counts)"]
    if document.objective.loss != "sum":
        constants.append("targets = ops.convert_to_tensor(targets)")
    if is_padded(document):
        constants.append("real = ops.convert_to_tensor(np.arange(T) < lengths[:, None])  # false in the padding")
    nudges = [f'    ops.zeros((B, T + 1, {p.layer.units}), dtype="float64"),' for p in layers]
    variables = [layer_name(p) for p in layers]
    found = [", ".join(f"{name}{p.number}" for name in ("d_kernel", "d_recurrent", "d_bias")) for p in layers]
    if document.readout is not None:
        variables.append("dense")
        found.append("d_dense, d_b_y")
    found.append(", ".join(["dx", *(f"dh{p.number}" for p in layers)]))
    states = ", ".join(f"h{p.number}" for p in layers)
    lines = [
        *constants,
        f"layers = [{', '.join(variables)}]",
        "variables = [variable for each in layers for variable in each.trainable_variables]",
        "inputs = [",
        "    ops.convert_to_tensor(x),",
        *nudges,
        "]",
        f"loss, ({states}, y), found = loss_and_gradients(variables, inputs)",
        "(",
        *(f"    {names}," for names in found),
        ") = found",
        "gradients = {",
    ]
    for p in layers:
        n = p.number
        lines.append(f'    **by_block("{p.prefix}", "{_blocks(p)}", d_kernel{n}, d_recurrent{n}, d_bias{n}),')
    if document.readout is not None:
        lines += ['    "W_hy": d_dense.T,', '    "b_y": d_b_y,']
    return [*lines, "}"]
