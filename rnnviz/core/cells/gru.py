"""Gated recurrent unit, reset after the product: n = tanh(a_n + r ⊙ u_n), h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}.

Source: Cho et al. 2014, in the form of cuDNN, PyTorch and Keras (``reset_after=True``); u_n = W_hn h + b_hn.
"""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Products, Rows
from rnnviz.core.workspace import Slots, Steps


class GRUCell(Cell):
    name = "gru"
    blocks = ("r", "z", "n")
    apart = 1
    recurrent_biases = ("n",)
    candidate_block, keep_block = "n", "z"
    reset_block = "r"
    past = ("h",)
    # σ(a) = ½ + ½ tanh(½ a): R and Z are 2 r − 1 and 2 z − 1; u is ½ u_n
    scales = (0.5, 0.5, 0.5)
    slots = ("r", "z", "u", "x", "Ru", "n", "difference", "R", "Z", "N", "h")
    slope_blocks = 5

    @staticmethod
    def forward_arrays(slots: Slots) -> Rows:
        flat, stacked = slots.flat, slots.stacked
        into_n = flat("R"), flat("u"), flat("Ru"), stacked("u", "Ru"), flat("n")
        into_h = flat("N"), flat("h"), flat("difference"), flat("Z"), stacked("difference", "h"), flat("h")[1:]
        return flat("r", "z"), flat("R", "Z"), *into_n, *into_h

    def forward(self, steps: Steps, products: Products) -> None:
        multiply, subtract, tanh = np.multiply, np.subtract, np.tanh
        dtype = steps[0][0].dtype
        into_n, into_h = np.ones(3, dtype).dot, np.array([0.5, 0, 0, 0.5, 0.5], dtype).dot
        rows = zip(products, steps, strict=False)
        for _, (a, RZ, R, u, Ru, of_n, a_n, n, h_before, difference, Z, of_h, h) in rows:
            tanh(a, RZ)
            # a_n = x + ½ u_n + ½ R u_n: a sum is one product
            multiply(R, u, Ru)
            into_n(of_n, a_n)
            tanh(a_n, n)
            # h = ½ (Z (h − n) + n + h), with the old h on the right
            subtract(h_before, n, difference)
            multiply(difference, Z, difference)
            into_h(of_h, h)

    def read(self, slots: Slots, a: Array, u: Array, gates: Array) -> None:
        n = len(a)
        a[...] = slots.of("r", "u")[:n].reshape(a.shape)
        a *= 2
        u[:, 0], a[:, 2] = a[:, 2], slots.of("n")[:n]
        gates[...] = slots.of("R", "N")[:n].reshape(a.shape)
        gates *= 0.5
        gates += 0.5
        gates[:, 2] = slots.of("N")[:n]

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows, out: Array) -> None:  # noqa: ARG002
        # To copy every block to a place of its own first is faster than to multiply where they stand.
        r, z, n = (gates[:, block].copy() for block in range(3))
        of_n = (1 - z) * (1 - n * n)
        out[:, 0] = z
        out[:, 1] = r * (1 - r) * of_n * u[:, 0]
        out[:, 2] = z * (1 - z) * (before[0] - n)
        out[:, 3] = of_n * r
        out[:, 4] = of_n

    @staticmethod
    def backward_arrays(d_pulled: Array, slopes: Array, sent: Array) -> Rows:  # noqa: ARG004
        return slopes[::-1, :4], sent[-2::-1]

    def backward(self, steps: Steps, arrivals: Products) -> None:
        multiply = np.multiply
        for dh, (slope, sent) in zip(arrivals, steps, strict=False):
            sent[...] = dh  # to copy it into every block first is faster than a product that broadcasts
            multiply(sent, slope, sent)

    def input_gradient(self, slopes: Array, dh: Array, du: Array, da: Array) -> None:
        da[:, :2] = du[:, :2]
        np.multiply(dh, slopes[:, 4], da[:, 2])


CELL = GRUCell
