"""Long short-term memory: c_t = f ⊙ c_{t−1} + i ⊙ g, h_t = o ⊙ tanh c_t.

Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Products, Rows


class LSTMCell(Cell):
    name = "lstm"
    blocks = ("i", "f", "g", "o")
    scales = MappingProxyType({0: 0.5, 1: 0.5, 3: 0.5})
    states = ("h", "c")
    candidate_block, keep_block, forget_block = "g", "f", "f"

    def forward(self, products: Products, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> None:  # noqa: ARG002
        add, multiply, tanh = np.add, np.multiply, np.tanh
        i, f, g, o = (gates[:, block] for block in range(4))
        # σ(a) = ½ + ½ tanh(½ a) and tanh(a) = 0 + 1 tanh(1 a): one tanh serves all gates
        n, G, H, *batch = gates.shape
        flat = (G * H, *batch)
        scale, offset = np.full(flat, 0.5, gates.dtype), np.full(flat, 0.5, gates.dtype)
        scale[2 * H : 3 * H], offset[2 * H : 3 * H] = 1, 0
        rows = zip(gates.reshape(n, *flat), i, f, g, o, before[1], *after, products, strict=False)
        for gates_t, i_t, f_t, g_t, o_t, c_before, h, c, a_t in rows:
            tanh(a_t, gates_t)
            multiply(gates_t, scale, gates_t)
            add(gates_t, offset, gates_t)
            multiply(i_t, g_t, h)
            multiply(f_t, c_before, c)
            add(c, h, c)
            tanh(c, h)
            multiply(h, o_t, h)

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:  # noqa: ARG002
        i, f, g, o = (gates[:, block] for block in range(4))
        tanh_c = np.tanh(after[1])
        of_c = gates * (1 - gates)  # σ′ of i, f and o
        o_of_h = tanh_c * of_c[:, 3]
        of_c[:, 0] *= g
        of_c[:, 1] *= before[1]
        of_c[:, 2] = i * (1 - g * g)
        of_c[:, 3] = f
        return o * (1 - tanh_c * tanh_c), o_of_h, of_c

    def backward(self, arrivals: Products, slopes: Rows, d_after: Rows, d_before: Rows, du: Array, da: Array) -> None:  # noqa: ARG002
        add, multiply = np.add, np.multiply
        rows = zip(*slopes, d_after[1], d_before[1], du, du[:, 3], arrivals, strict=False)
        for c_of_h, o_of_h, of_c, dc, dc_before, du_t, du_o, dh in rows:
            multiply(dh, c_of_h, c_of_h)
            add(dc, c_of_h, dc)
            # c feeds i, f, g and the next c; what it hands to that one waits in the place of o
            du_t[...] = dc  # to copy it into every block first is faster than a product that broadcasts
            multiply(du_t, of_c, du_t)
            add(dc_before, du_o, dc_before)
            multiply(dh, o_of_h, du_o)


CELL = LSTMCell
