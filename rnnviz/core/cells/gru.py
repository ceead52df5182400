"""Gated recurrent unit, reset after the product: n = tanh(a_n + r ⊙ u_n), h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}.

Source: Cho et al. 2014, in the form of cuDNN, PyTorch and Keras (``reset_after=True``); u_n = W_hn h + b_hn.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Products, Rows


class GRUCell(Cell):
    name = "gru"
    blocks = ("r", "z", "n")
    scales = MappingProxyType({0: 0.5, 1: 0.5})
    apart = 1
    recurrent_biases = ("n",)
    candidate_block, keep_block = "n", "z"
    reset_block = "r"
    separate_recurrent_gradient = True

    def forward(self, products: Products, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> None:
        add, multiply, subtract, tanh = np.add, np.multiply, np.subtract, np.tanh
        r, z, n = (gates[:, block] for block in range(3))
        half = np.full(gates[:, :2].shape[1:], 0.5, gates.dtype)
        rows = zip(a[:, :2], gates[:, :2], a[:, 2], u[:, 0], r, z, n, before[0], after[0], products, strict=False)
        for a_rz, rz, a_n, u_n, r_t, z_t, n_t, h_before, h, _ in rows:
            # σ(a) = ½ + ½ tanh(½ a)
            tanh(a_rz, rz)
            multiply(rz, half, rz)
            add(rz, half, rz)
            multiply(r_t, u_n, n_t)
            add(a_n, n_t, a_n)
            tanh(a_n, n_t)
            subtract(h_before, n_t, h)
            multiply(h, z_t, h)
            add(h, n_t, h)

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows) -> Rows:  # noqa: ARG002
        r, z, n = (gates[:, block] for block in range(3))
        of_n = (1 - z) * (1 - n * n)
        of_u = gates * (1 - gates)  # σ′ of r and z
        of_u[:, 0] *= of_n * u[:, 0]
        of_u[:, 1] *= before[0] - n
        of_u[:, 2] = of_n * r
        return of_u, of_n, z.copy()

    def backward(self, arrivals: Products, slopes: Rows, d_after: Rows, d_before: Rows, du: Array, da: Array) -> None:
        add, multiply = np.add, np.multiply
        of_u, of_n, z = slopes
        for slope, z_t, dh_before, du_t, dh in zip(of_u, z, d_before[0], du, arrivals, strict=False):
            du_t[...] = dh  # to copy it into every block first is faster than a product that broadcasts
            multiply(du_t, slope, du_t)
            multiply(dh, z_t, z_t)
            add(dh_before, z_t, dh_before)
        da[:, :2] = du[:, :2]
        multiply(d_after[0], of_n, da[:, 2])


CELL = GRUCell
