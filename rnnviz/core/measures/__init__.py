"""Numbers that say what a network does with its state and its gradient, each with its definition.

One file for each idea. All look at one sequence, time-major without a batch: `Trace` and `LayerGradients` as
`unroll` and `backpropagate` return them for x (T, N). A step t is counted from 1, a state from 0 (the initial
one), so step t leads from state t − 1 to state t. The states of a layer taken together are (S*H,): h, then for
an LSTM c. What overflows is left as inf or nan, without a warning.

Where a sequence is cut into windows, every product of Jacobians stops where `backpropagate` stops: a stateful
border cuts it (the derivative is the truncated one), a stateless one leads back to the initial state.
"""
