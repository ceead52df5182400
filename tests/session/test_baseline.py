"""Random search and the comparison of cells in their own processes: they tell what the functions find."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.document.cell_comparison import CellResult, compare_cells, long_memory
from rnnviz.document.presets import built_in
from rnnviz.document.random_search import random_search
from rnnviz.document.tasks import TASKS
from rnnviz.document.training import Training
from rnnviz.document.values import DocumentError
from rnnviz.session.baseline import Baseline
from rnnviz.session.comparing import CellComparison
from rnnviz.session.session import Session
from rnnviz.session.training import TrainingRun

LIMIT_MS = 30_000  # the first answer waits for the process to start


@pytest.fixture
def training(qapp):  # noqa: ARG001  # signals need an application
    session = Session(built_in("default"))
    training = TrainingRun(session)
    yield training
    session.close()


def test_a_search_tells_the_best_losses_of_random_search(training, qtbot):
    training.use_task(TASKS["trend"])
    baseline = Baseline(training)
    baseline.search(120)
    qtbot.waitUntil(lambda: not baseline.is_searching, timeout=LIMIT_MS)
    expected = [loss for loss, _ in random_search(training.start, training.data, training.settings, 120)]
    assert baseline.losses.tolist() == expected


def test_a_search_begins_where_the_training_began(training, qtbot):
    training.use_task(TASKS["trend"])
    baseline = Baseline(training)
    for _ in range(3):
        training.update_once()
    qtbot.waitUntil(lambda: training.position == 3, timeout=LIMIT_MS)
    baseline.search(2)
    qtbot.waitUntil(lambda: not baseline.is_searching, timeout=LIMIT_MS)
    assert baseline.losses[0] == training.curves.loss[0]


def test_a_search_can_be_cleared(training, qtbot):
    baseline = Baseline(training)
    baseline.search(10**7)
    qtbot.waitUntil(lambda: len(baseline.losses) > 0, timeout=LIMIT_MS)
    baseline.clear()
    assert not baseline.is_searching
    assert len(baseline.losses) == 0


def test_without_targets_there_is_nothing_to_search_for(training):
    training.parent().open_document(built_in("vanishing"))
    with pytest.raises(DocumentError, match="targets"):
        Baseline(training).search(3)


def test_a_comparison_tells_each_cell_as_it_is_done(training, qtbot):
    comparison = replace(long_memory(), updates=30)
    compared, told, parts = CellComparison(training), [], []
    compared.found.connect(told.append)
    compared.progressed.connect(parts.append)
    with qtbot.waitSignal(compared.finished, timeout=LIMIT_MS):
        compared.start(comparison)
    expected = [value for value in compare_cells(comparison) if isinstance(value, CellResult)]
    assert [result.cell for result in told] == [result.cell for result in expected]
    for result, other in zip(compared.results, expected, strict=True):
        np.testing.assert_array_equal(result.loss, other.loss)
        np.testing.assert_array_equal(result.reach_after.norms, other.reach_after.norms)
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


def test_a_comparison_can_be_ended(training, qtbot):
    compared = CellComparison(training)
    compared.start(replace(long_memory(), settings=Training(measure_every=1), updates=10**6))
    qtbot.waitSignal(compared.progressed, timeout=LIMIT_MS).wait()
    compared.cancel()
    assert not compared.is_running
