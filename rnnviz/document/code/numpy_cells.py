"""The functions of a NumPy script that run a layer forward and backward through time, equation by equation.

Templates: ``$before`` is the index of the state that a step starts from, ``$end`` the last step.
"""

from __future__ import annotations

from string import Template

from rnnviz.document.code.parts import Lines, cutting_window, is_padded
from rnnviz.document.document import Document, Layer

_RNN = '''
def ${kind}_forward(x, ${length}w):
    """Return h_0 … h_T, one row each: h_t = $phi(a_t) with a_t = W_xh x_t + W_hh h_{t−1} + b_h."""
    W_xh, W_hh, b_h = w["W_xh"], w["W_hh"], w["b_h"]
    h = np.zeros((len(x) + 1, len(b_h)))
    h[0] = w["h_0"]
    for t in range(1, $end + 1):
${start}        a = W_xh @ x[t - 1] + W_hh @ h[$before] + b_h  # x[t - 1] is x_t
        h[t] = $apply
${held_h}    return h


def ${kind}_backward(x, ${length}h, direct, w):
    """Carry the gradient back; direct_t is the part of ∂L/∂h_t that comes from above.

    ∂L/∂h_t = direct_t + W_hhᵀ δ_{t+1}     what h_t does now, and what it does through h_{t+1}
    δ_t = ∂L/∂a_t = ∂L/∂h_t ⊙ $slope
    ∂L/∂W_hh = Σ_t δ_t h_{t−1}ᵀ,  ∂L/∂W_xh = Σ_t δ_t x_tᵀ,  ∂L/∂b_h = Σ_t δ_t,  ∂L/∂x_t = W_xhᵀ δ_t
    """
    dh, dx = direct.copy(), np.zeros_like(x)
    d = {name: np.zeros_like(weight) for name, weight in w.items()}
    for t in range($end, 0, -1):
${start}        delta = $delta
        d["W_xh"] += np.outer(delta, x[t - 1])
        d["W_hh"] += np.outer(delta, h[$before])
        d["b_h"] += delta
        dx[t - 1] = w["W_xh"].T @ delta
${border}        ${inset}dh[$before] += w["W_hh"].T @ delta
    d["h_0"] = dh[0]
    return dh, dx, d
'''

_LSTM = '''
def lstm_forward(x, ${length}w):
    """Return h_0 … h_T, c_0 … c_T, and the gates of step t in their row t (row 0 is unused)."""
    h, c, i, f, g, o = np.zeros((6, len(x) + 1, len(w["h_0"])))
    h[0], c[0] = w["h_0"], w["c_0"]
    for t in range(1, $end + 1):
        x_t = x[t - 1]
${start}        i[t] = sigmoid(w["W_xi"] @ x_t + w["W_hi"] @ h[$before] + w["b_i"])  # how much is written
        f[t] = sigmoid(w["W_xf"] @ x_t + w["W_hf"] @ h[$before] + w["b_f"])  # how much is kept
        g[t] = np.tanh(w["W_xg"] @ x_t + w["W_hg"] @ h[$before] + w["b_g"])  # what is written
        o[t] = sigmoid(w["W_xo"] @ x_t + w["W_ho"] @ h[$before] + w["b_o"])  # how much is shown
        c[t] = f[t] * c[$before] + i[t] * g[t]
        h[t] = o[t] * np.tanh(c[t])
${held_h}${held_c}    return h, c, (i, f, g, o)


def lstm_backward(x, ${length}h, c, gates, direct, w):
    """Carry the gradient back; direct_t is the part of ∂L/∂h_t that comes from above.

    ∂L/∂h_t = direct_t + Σ_k W_hkᵀ δ_{k,t+1}     through the blocks k = i, f, g, o
    ∂L/∂c_t = ∂L/∂h_t ⊙ o_t ⊙ (1 − tanh² c_t) + f_{t+1} ⊙ ∂L/∂c_{t+1}     past all matrices
    δ_k = ∂L/∂a_k, with σ′ = σ (1 − σ) and tanh′ = 1 − tanh²
    ∂L/∂W_hk = Σ_t δ_{k,t} h_{t−1}ᵀ,  ∂L/∂W_xk = Σ_t δ_{k,t} x_tᵀ,  ∂L/∂b_k = Σ_t δ_{k,t}
    """
    i, f, g, o = gates
    dh, dc, dx = direct.copy(), np.zeros_like(c), np.zeros_like(x)
    d = {name: np.zeros_like(weight) for name, weight in w.items()}
    for t in range($end, 0, -1):
${start}        tanh_c = np.tanh(c[t])
        dc[t] += dh[t] * o[t] * (1 - tanh_c**2)
        delta = {
            "i": dc[t] * g[t] * i[t] * (1 - i[t]),
            "f": dc[t] * c[$before] * f[t] * (1 - f[t]),
            "g": dc[t] * i[t] * (1 - g[t] ** 2),
            "o": dh[t] * tanh_c * o[t] * (1 - o[t]),
        }
        for k in "ifgo":
            d["W_x" + k] += np.outer(delta[k], x[t - 1])
            d["W_h" + k] += np.outer(delta[k], h[$before])
            d["b_" + k] += delta[k]
            dx[t - 1] += w["W_x" + k].T @ delta[k]
${border}        ${inset}dh[$before] += sum(w["W_h" + k].T @ delta[k] for k in "ifgo")
        ${inset}dc[$before] += f[t] * dc[t]
    d["h_0"], d["c_0"] = dh[0], dc[0]
    return dh, dc, dx, d
'''

_GRU = '''
def gru_forward(x, ${length}w):
    """Return h_0 … h_T, and the gates of step t in their row t (row 0 is unused)."""
    h, r, z, n, u = np.zeros((5, len(x) + 1, len(w["h_0"])))
    h[0] = w["h_0"]
    for t in range(1, $end + 1):
        x_t = x[t - 1]
${start}        r[t] = sigmoid(w["W_xr"] @ x_t + w["W_hr"] @ h[$before] + w["b_r"])  # near 0: n forgets
        z[t] = sigmoid(w["W_xz"] @ x_t + w["W_hz"] @ h[$before] + w["b_z"])  # near 1: h stays
        u[t] = w["W_hn"] @ h[$before] + w["b_hn"]
        n[t] = np.tanh(w["W_xn"] @ x_t + w["b_n"] + r[t] * u[t])  # what is written
        h[t] = (1 - z[t]) * n[t] + z[t] * h[$before]
${held_h}    return h, (r, z, n, u)


def gru_backward(x, ${length}h, gates, direct, w):
    """Carry the gradient back; direct_t is the part of ∂L/∂h_t that comes from above.

    ∂L/∂h_t = direct_t + z ⊙ ∂L/∂h_{t+1} + W_hrᵀ δ_r + W_hzᵀ δ_z + W_hnᵀ (r ⊙ δ_n), all at t + 1
    δ_k = ∂L/∂a_k for the blocks k = r, z, n, with σ′ = σ (1 − σ) and tanh′ = 1 − tanh²
    ∂L/∂W_xk = Σ_t δ_{k,t} x_tᵀ,  ∂L/∂b_k = Σ_t δ_{k,t}
    ∂L/∂W_hk = Σ_t δ_{k,t} h_{t−1}ᵀ, with r ⊙ δ_n for k = n, as r multiplies u = W_hn h_{t−1} + b_hn
    """
    r, z, n, u = gates
    dh, dx = direct.copy(), np.zeros_like(x)
    d = {name: np.zeros_like(weight) for name, weight in w.items()}
    for t in range($end, 0, -1):
${start}        delta_n = dh[t] * (1 - z[t]) * (1 - n[t] ** 2)
        delta = {
            "r": delta_n * u[t] * r[t] * (1 - r[t]),
            "z": dh[t] * (h[$before] - n[t]) * z[t] * (1 - z[t]),
            "n": delta_n,
        }
        recurrent = {**delta, "n": delta_n * r[t]}
        for k in "rzn":
            d["W_x" + k] += np.outer(delta[k], x[t - 1])
            d["W_h" + k] += np.outer(recurrent[k], h[$before])
            d["b_" + k] += delta[k]
            dx[t - 1] += w["W_x" + k].T @ delta[k]
        d["b_hn"] += recurrent["n"]
${border}        ${inset}dh[$before] += z[t] * dh[t] + sum(w["W_h" + k].T @ recurrent[k] for k in "rzn")
    d["h_0"] = dh[0]
    return dh, dx, d
'''

_TEMPLATES = {"rnn": _RNN, "lstm": _LSTM, "gru": _GRU}
_ACTIVATIONS = {  # φ(a) in words and in NumPy, φ′ in terms of h in words, and δ
    "tanh": ("tanh", "np.tanh(a)", "(1 − h_t²), for tanh′ = 1 − tanh²", "dh[t] * (1 - h[t] ** 2)"),
    "relu": ("relu", "np.maximum(a, 0)", "[h_t > 0], for relu′ is 1 or 0", "dh[t] * (h[t] > 0)"),
    "sigmoid": ("σ", "sigmoid(a)", "h_t ⊙ (1 − h_t), for σ′ = σ (1 − σ)", "dh[t] * h[t] * (1 - h[t])"),
    "linear": ("", "a", "1, for nothing bends a_t", "dh[t].copy()"),
}


def kind(layer: Layer) -> str:
    """Return how the functions of a layer are called."""
    return layer.cell if layer.activation == "tanh" else f"{layer.cell}_{layer.activation}"


def uses_sigmoid(document: Document) -> bool:
    """Return whether a script needs σ."""
    readout = "" if document.readout is None else document.readout.activation
    cells = any(layer.cell != "rnn" or layer.activation == "sigmoid" for layer in document.layers)
    return cells or readout == "sigmoid"


def cell_functions(document: Document) -> list[Lines]:
    """Return the functions of every kind of layer that occurs, each kind once."""
    window, padded = cutting_window(document), is_padded(document)
    holes = {"length": "", "end": "len(x)", "held_h": "", "held_c": "", "start": "", "border": "", "inset": ""}
    holes["before"] = "t - 1"
    if padded:
        holes |= {"length": "length, ", "end": "length", "held_c": "    c[length + 1 :] = c[length]\n"}
        holes["held_h"] = "    h[length + 1 :] = h[length]  # in the padding the state is held\n"
    if window is not None and window.stateful:
        border = "        if t == 1 or (t - 1) % WINDOW != 0:  # at a border the gradient stops\n"
        holes |= {"border": border, "inset": "    "}
    if window is not None and not window.stateful:
        start = "        s = 0 if (t - 1) % WINDOW == 0 else t - 1  # every window starts from h_0\n"
        holes |= {"before": "s", "start": start}
    kinds = {kind(layer): layer for layer in document.layers}
    return [function for layer in kinds.values() for function in _filled(layer, holes)]


def _filled(layer: Layer, holes: dict[str, str]) -> list[Lines]:
    phi, apply, slope, delta = _ACTIVATIONS[layer.activation]
    own = {"kind": kind(layer), "phi": phi, "apply": apply, "slope": slope, "delta": delta}
    both = Template(_TEMPLATES[layer.cell]).substitute(holes | own)
    return [function.splitlines() for function in both.strip().split("\n\n\n")]
