"""Long short-term memory: c_t = f ⊙ c_{t−1} + i ⊙ g, h_t = o ⊙ tanh c_t.

Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000.
"""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Rows


class LSTMCell(Cell):
    name = "lstm"
    blocks = ("i", "f", "g", "o")
    states = ("h", "c")
    candidate_block, keep_block, forget_block = "g", "f", "f"

    def step_arrays(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:  # noqa: ARG002
        i, f, g, o = (gates[:, block] for block in range(4))
        # σ(a) = ½ + ½ tanh(½ a) and tanh(a) = 0 + 1 tanh(1 a): one tanh serves all gates
        scale, offset = np.full_like(a[0], 0.5), np.full_like(a[0], 0.5)
        scale[2], offset[2] = 1, 0
        return a, gates, *(np.broadcast_to(row, a.shape) for row in (scale, offset)), i, f, g, o, before[1], *after

    def step(self, rows: Rows) -> None:
        a, gates, scale, offset, i, f, g, o, c_before, h, c = rows
        np.multiply(a, scale, gates)
        np.tanh(gates, gates)
        np.multiply(gates, scale, gates)
        np.add(gates, offset, gates)
        np.multiply(i, g, h)
        np.multiply(f, c_before, c)
        np.add(c, h, c)
        np.tanh(c, h)
        np.multiply(h, o, h)

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

    def pullback_arrays(self, slopes: Rows, d_after: Rows, d_before: Rows, du: Array) -> Rows:
        return *slopes, *d_after, d_before[1], du, du[:, 3]

    def pullback(self, rows: Rows) -> None:
        c_of_h, o_of_h, of_c, dh, dc, dc_before, du, du_o = rows
        np.multiply(dh, c_of_h, c_of_h)
        np.add(dc, c_of_h, dc)
        # c feeds i, f, g and the next c; what it hands to that one waits in the place of o
        du[...] = dc  # to copy it into every block first is faster than a product that broadcasts
        np.multiply(du, of_c, du)
        np.add(dc_before, du_o, dc_before)
        np.multiply(dh, o_of_h, du_o)


CELL = LSTMCell
