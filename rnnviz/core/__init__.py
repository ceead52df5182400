"""The mathematics: pure functions and frozen values on NumPy arrays, and nothing else.

Notation, used here and nowhere else in the program:

==========  ==================================================================================
``T N H``   time steps, input features, hidden units of one layer
``B G K``   sequences in the batch, blocks of a cell (1 RNN, 3 GRU, 4 LSTM), outputs
``x h c``   input, hidden state, cell state; ``h[0]`` is the initial state, ``x[t - 1]`` drives it on
``W U b``   input weights (G*H, N), recurrent weights (G*H, H), bias (G*H,)
``a u``     the two parts of a pre-activation: ``a = W x + b`` and ``u = U h``
``d<name>`` the derivative of the loss with respect to ``<name>``
==========  ==================================================================================

Arrays are time-major with the batch last, ``(T, K)`` for one sequence and ``(T, K, B)`` for several, so that
every row of a loop is contiguous. All functions also take complex arrays: their derivatives are tested
with the complex step.
"""

import numpy as np

# glibc gives large blocks back to the system when they are freed, and touching such memory anew costs more than
# the arithmetic on it. Freeing one block of nearly 32 MB, which is never touched, makes it keep those up to that size.
np.empty(31 << 20, np.uint8)
