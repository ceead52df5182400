"""Long short-term memory: c_t = f ⊙ c_{t−1} + i ⊙ g, h_t = o ⊙ tanh c_t.

Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000.
"""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Products, Rows
from rnnviz.core.workspace import Slots, Steps


class LSTMCell(Cell):
    name = "lstm"
    blocks = ("i", "f", "g", "o")
    states = ("h", "c")
    candidate_block, keep_block, forget_block = "g", "f", "f"
    # σ(a) = ½ + ½ tanh(½ a) and tanh(a) = 0 + 1 tanh(1 a): one tanh serves all gates
    scales = (0.5, 0.5, 1.0, 0.5)
    slots = ("a_i", "a_f", "a_g", "a_o", "fc", "ig", "c", "i", "f", "g", "o", "h")
    past = ("c",)
    slope_blocks = 6
    pulled = ("c", "c", "c", "c", "h")

    @staticmethod
    def forward_arrays(slots: Slots) -> Rows:
        flat, gates = slots.flat, slots.flat("i", "o")
        scale = np.repeat(np.array(LSTMCell.scales, gates.dtype), gates.shape[1] // len(LSTMCell.scales))
        of_gates = slots.of("i", "o"), gates, *(np.broadcast_to(row, gates.shape) for row in (scale, 1 - scale))
        of_c = flat("c", "i"), flat("f", "g"), flat("fc", "ig"), flat("fc"), flat("ig"), flat("c")[1:]
        return *of_gates, *of_c, flat("o"), flat("h")[1:]

    def forward(self, steps: Steps, products: Products) -> None:
        add, multiply, tanh = np.add, np.multiply, np.tanh
        for a, (shaped, gates, scale, offset, c_i, f_g, fc_ig, fc, ig, c, o, h) in zip(products, steps, strict=False):
            tanh(a, shaped)
            multiply(gates, scale, gates)
            add(gates, offset, gates)
            multiply(c_i, f_g, fc_ig)
            add(fc, ig, c)
            tanh(c, h)
            multiply(h, o, h)

    def read(self, slots: Slots, a: Array, u: Array, gates: Array) -> None:  # noqa: ARG002
        n = len(a)
        a[...] = slots.of("a_i", "a_o")[:n].reshape(a.shape)
        a *= 2
        a[:, 2] = slots.of("a_g")[:n]
        gates[...] = slots.of("i", "o")[:n].reshape(a.shape)

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows, out: Array) -> None:  # noqa: ARG002
        # To copy every block to a place of its own first is faster than to multiply where they stand.
        i, f, g, o = (gates[:, block].copy() for block in range(4))
        tanh_c = np.tanh(after[1])
        out[:, 0] = f
        out[:, 1] = i * (1 - i) * g
        out[:, 2] = f * (1 - f) * before[1]
        out[:, 3] = i * (1 - g * g)
        out[:, 4] = o * (1 - o) * tanh_c
        out[:, 5] = o * (1 - tanh_c * tanh_c)

    @staticmethod
    def backward_arrays(d_pulled: Array, slopes: Array, sent: Array) -> Rows:
        d_pulled, slopes, dc_sent = d_pulled[::-1], slopes[::-1], sent[:0:-1, 0]
        return slopes[:, 5], dc_sent, d_pulled[:, 0], d_pulled[:, 1:4], d_pulled, slopes[:, :5], sent[-2::-1]

    def backward(self, steps: Steps, arrivals: Products) -> None:
        add, multiply = np.add, np.multiply
        for dh, (c_of_h, dc_sent, dc, others, d_pulled, slope, sent) in zip(arrivals, steps, strict=False):
            multiply(dh, c_of_h, dc)
            add(dc_sent, dc, dc)
            others[...] = dc  # to copy it for every block first is faster than a product that broadcasts
            multiply(d_pulled, slope, sent)


CELL = LSTMCell
