"""The plain recurrent cell: h_t = φ(W_xh x_t + W_hh h_{t−1} + b_h).

Source: Elman 1990, Finding structure in time.
"""

from __future__ import annotations

from itertools import starmap

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Products, Rows
from rnnviz.core.workspace import Slots, Steps, in_turn


class ElmanCell(Cell):
    name = "rnn"
    blocks = ("h",)
    candidate_block = "h"
    gate_is_state = True
    slots = ("a", "h")
    scales = (1.0,)

    @staticmethod
    def forward_arrays(slots: Slots) -> Rows:
        return slots.of("a"), slots.of("h")[1:]

    def forward(self, steps: Steps, products: Products) -> None:
        in_turn(products, starmap(self.activation.apply, steps))

    def read(self, slots: Slots, a: Array, u: Array, gates: Array) -> None:  # noqa: ARG002
        a[:, 0] = slots.of("a")[: len(a)]

    def slopes(self, a: Array, u: Array, gates: Array, before: Rows, after: Rows, out: Array) -> None:  # noqa: ARG002
        out[...] = self.activation.slope(gates)

    @staticmethod
    def backward_arrays(d_pulled: Array, slopes: Array, sent: Array) -> Rows:
        return d_pulled[::-1, 0], slopes[::-1, 0], sent[-2::-1, 0]

    def backward(self, steps: Steps, arrivals: Products) -> None:
        in_turn(arrivals, starmap(np.multiply, steps))


CELL = ElmanCell
