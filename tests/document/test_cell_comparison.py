"""The same task for every cell: as many parameters, the same batches, loss and reach of the gradient."""

from dataclasses import replace

import numpy as np

from rnnviz.core.cells import CELLS
from rnnviz.document.cell_comparison import CellResult, compare_cells, long_memory, reach_of
from rnnviz.document.compute import compute
from rnnviz.document.presets import built_in


def results(comparison):
    yielded = list(compare_cells(comparison))
    return [value for value in yielded if isinstance(value, CellResult)], [v for v in yielded if isinstance(v, int)]


def test_where_memory_decides_gates_learn_and_the_plain_cell_guesses():
    comparison = long_memory()
    found, progress = results(comparison)
    by_cell = {result.cell: result for result in found}
    assert set(by_cell) == set(CELLS)
    sizes = [result.parameters for result in found]
    assert max(sizes) < 1.1 * min(sizes)
    guessing = np.log(4)
    assert by_cell["rnn"].held_out[-1] > 0.8 * guessing
    assert by_cell["lstm"].held_out[-1] < 0.2 * guessing
    assert by_cell["gru"].held_out[-1] < 0.2 * guessing
    assert by_cell["rnn"].reach_after.reach.verdict == "vanishing"
    assert by_cell["lstm"].reach_after.reach.verdict == "kept"
    assert progress == sorted(progress)
    assert progress[-1] == 3 * comparison.updates


def test_what_it_tells_belongs_together():
    comparison = replace(long_memory(), updates=30)
    found, _ = results(comparison)
    for result in found:
        assert (len(result.loss), result.measured.tolist()) == (30, [0, 15, 30])
        assert result.before.layers[0].cell == result.after.layers[0].cell == result.cell
        assert result.before.layers != result.after.layers
        assert result.reach_after.norms.shape == (61,)
        np.testing.assert_array_equal(result.reach_before.norms, reach_of(result.before).norms)


def test_an_overflow_ends_one_cell_and_not_the_others():
    comparison = long_memory()
    wild = replace(comparison.settings, optimiser="sgd", learning_rate=1e308, clipping="none")
    found, _ = results(replace(comparison, settings=wild, updates=5))
    assert len(found) == 3
    assert all(result.trouble is not None and "not a finite number" in result.trouble for result in found)


def test_reach_counts_the_cell_state_of_an_lstm():
    document = built_in("lstm-memory")
    frame = compute(document)
    both = np.sqrt(sum((frame.layers[0].state_gradients[name][0] ** 2).sum(axis=1) for name in ("h", "c")))
    np.testing.assert_allclose(reach_of(document).norms, both, rtol=1e-13)


def test_reach_looks_back_from_every_sequences_own_end():
    document = built_in("batch")
    shortest = min(document.input.lengths)
    assert reach_of(document).norms.shape == (shortest + 1,)
    assert reach_of(document).norms[-1] > 0
