"""Long short-term memory: c_t = f ⊙ c_{t−1} + i ⊙ g, h_t = o ⊙ tanh c_t.

Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000.
"""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array, sigmoid
from rnnviz.core.cells._base import Cell, Rows


class LSTMCell(Cell):
    name = "lstm"
    blocks = ("i", "f", "g", "o")
    states = ("h", "c")
    candidate_block, keep_block, forget_block = "g", "f", "f"

    def step(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> None:
        h, c = after
        np.add(a, u, out=a)
        sigmoid(a, gates)
        i, f, g, o = gates
        np.tanh(a[2], out=g)
        np.multiply(i, g, out=h)
        np.multiply(f, before[1], out=c)
        c += h
        np.tanh(c, out=h)
        h *= o

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:  # noqa: ARG002
        i, f, g, o = (gates[:, block] for block in range(4))
        tanh_c = np.tanh(after[1])
        of_c = np.stack([g * i * (1 - i), before[1] * f * (1 - f), i * (1 - g * g)], axis=1)
        return o * (1 - tanh_c * tanh_c), tanh_c * o * (1 - o), of_c, np.ascontiguousarray(f)

    def pullback(self, slopes: Rows, d_after: Rows, da: Array, du: Array, d_before: Rows) -> None:  # noqa: ARG002
        c_of_h, o_of_h, of_c, f = slopes
        dh, dc = d_after
        dc += dh * c_of_h
        np.multiply(dc, of_c, out=da[:3])
        np.multiply(dh, o_of_h, out=da[3])
        d_before[1][...] += dc * f


CELL = LSTMCell
