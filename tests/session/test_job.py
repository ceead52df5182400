"""Long jobs: their values arrive in order, their failures by name, and they can be ended at any moment."""

import multiprocessing
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from jobs import array_of, counting, dying, failing, process_ids, refusing, summed, without_end
from PySide6.QtCore import QObject

from rnnviz.document.checking import check_gradients
from rnnviz.document.presets import built_in
from rnnviz.session.job import Job
from rnnviz.session.session import Session
from rnnviz.session.worker import shared_folder

LIMIT_MS = 20_000  # the first answer waits for the process to start


# Watching them


class Watch(QObject):
    """Keeps what a job says, in the order in which it says it."""

    def __init__(self, job):
        super().__init__()
        self.said = []
        job.progressed.connect(self._progressed)
        job.finished.connect(self._finished)
        job.failed.connect(self._failed)

    def _progressed(self, value):
        self.said.append(("progressed", value))

    def _finished(self, value):
        self.said.append(("finished", value))

    def _failed(self, words):
        self.said.append(("failed", words))

    @property
    def last(self):
        return self.said[-1][0] if self.said else None


@pytest.fixture(scope="module")
def job(qapp):  # noqa: ARG001  # signals need an application
    """One job for all tests, as its process is kept: starting that takes longest."""
    job = Job()
    yield job
    job.close()
    assert multiprocessing.active_children() == []


@pytest.fixture
def watch(job):
    watch = Watch(job)
    yield watch
    job.cancel()
    watch.deleteLater()


@pytest.fixture
def run(job, watch, qtbot):
    """Return a function that runs a job to its end and returns what it said."""

    def run(function, *arguments):
        watch.said.clear()
        job.start(function, *arguments)
        qtbot.waitUntil(lambda: watch.last in ("finished", "failed"), timeout=LIMIT_MS)
        return list(watch.said)

    return run


def folders():
    """Return the folders that worker processes share with us."""
    folder = shared_folder()
    return set() if folder is None else set(Path(folder).glob(f"rnnviz-{os.getpid()}-*"))


# Values


def test_values_arrive_in_order_and_what_is_returned_is_last(run):
    expected = [("progressed", number) for number in range(200)]
    assert run(counting, 200) == [*expected, ("finished", 200)]


def test_a_job_that_yields_nothing_finishes(run):
    assert run(counting, 0) == [("finished", 0)]


def test_a_document_travels_there_and_back_as_it_is(run):
    document = built_in("default")
    (_, locked), (_, sums), (_, back) = run(summed, document)
    assert locked == [False] * len(locked)
    assert sums == [document.weight(place).sum() for place in document.places()]
    assert back == document


def test_a_document_whose_arrays_were_mapped_travels_again(run):
    (*_, (_, once)) = run(summed, built_in("default"))
    (*_, (_, twice)) = run(summed, once)
    assert twice == built_in("default")


def test_a_large_array_arrives_whole(run):
    (_, array), _ = run(array_of, 3_000_000)
    np.testing.assert_array_equal(array, np.arange(3_000_000))


def test_the_gradient_check_runs_as_a_job(run):
    document = built_in("golden")
    *said, end = run(check_gradients, document, 2)
    assert end == ("finished", None)
    assert [value for _, value in said] == list(check_gradients(document, 2))


def test_starting_does_not_wait(job, watch):
    job.start(counting, 3)
    assert job.is_running
    assert watch.said == []


def test_a_function_that_no_other_process_knows_is_refused_and_nothing_runs(job):
    with pytest.raises((AttributeError, TypeError, ValueError)):
        job.start(lambda: iter(()))
    assert not job.is_running


# Failures


def test_a_refusal_is_told_in_its_own_words(run):
    assert run(refusing) == [
        ("progressed", 1),
        ("failed", "layers: a network needs at least one recurrent layer"),
    ]


def test_another_failure_is_named(run, job):
    assert run(failing) == [("progressed", 1), ("failed", "KeyError: 'W_hh'")]
    assert not job.is_running


def test_a_process_that_dies_fails_the_job_and_the_next_gets_another(run):
    assert run(dying) == [("progressed", 1), ("failed", "the process that did the work ended unexpectedly; try again")]
    assert run(counting, 1)[-1] == ("finished", 1)


def test_a_process_that_dies_while_idle_is_not_a_failure(run, watch, qtbot):
    ((_, process_id), _) = run(process_ids)
    watch.said.clear()
    os.kill(process_id, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    qtbot.waitUntil(lambda: multiprocessing.active_children() == [], timeout=LIMIT_MS)
    assert run(counting, 1) == [("progressed", 0), ("finished", 1)]


# Reuse


def test_the_process_is_kept_for_the_next_job(run, job):
    ((_, first), _), ((_, second), _) = run(process_ids), run(process_ids)
    assert first == second != os.getpid()
    assert not job.is_running


def test_the_process_is_kept_after_a_failure(run):
    ((_, first), _) = run(process_ids)
    run(refusing)
    assert run(process_ids)[0] == ("progressed", first)


def test_nothing_is_started_before_the_first_job(qapp):  # noqa: ARG001
    before = multiprocessing.active_children()
    job = Job()
    job.cancel()
    job.close()
    assert multiprocessing.active_children() == before


# Ending


def wait_for_first(job, watch, qtbot):
    job.start(without_end)
    qtbot.waitUntil(lambda: len(watch.said) > 0, timeout=LIMIT_MS)


def test_a_cancelled_job_says_nothing_more_and_leaves_no_process(job, watch, qtbot):
    wait_for_first(job, watch, qtbot)
    job.cancel()
    assert not job.is_running
    assert multiprocessing.active_children() == []
    watch.said.clear()
    job.start(counting, 2)
    qtbot.waitUntil(lambda: watch.last == "finished", timeout=LIMIT_MS)
    assert watch.said == [("progressed", 0), ("progressed", 1), ("finished", 2)]


def test_a_job_can_be_cancelled_before_its_process_has_started(job, watch, qtbot):
    job.close()
    job.start(counting, 1)
    job.cancel()
    job.start(counting, 2)
    qtbot.waitUntil(lambda: watch.last == "finished", timeout=LIMIT_MS)
    assert watch.said == [("progressed", 0), ("progressed", 1), ("finished", 2)]


def test_starting_another_job_cancels_the_one_before(job, watch, qtbot):
    wait_for_first(job, watch, qtbot)
    watch.said.clear()
    job.start(counting, 2)
    qtbot.waitUntil(lambda: watch.last == "finished", timeout=LIMIT_MS)
    assert watch.said == [("progressed", 0), ("progressed", 1), ("finished", 2)]


def test_cancelling_what_does_not_run_keeps_the_process(run, job):
    run(counting, 1)
    job.cancel()
    assert len(multiprocessing.active_children()) == 1


def test_closing_while_it_runs_leaves_nothing(job, watch, qtbot):
    job.close()
    before = folders()
    wait_for_first(job, watch, qtbot)
    made = folders() - before  # tests beside this one may make some too
    job.close()
    job.close()
    assert multiprocessing.active_children() == []
    assert made - folders()


def test_a_job_ends_with_its_session(qtbot):
    before = set(multiprocessing.active_children())
    session = Session(built_in("golden"))
    job = Job(session)
    watch = Watch(job)
    wait_for_first(job, watch, qtbot)
    session.close()
    assert not job.is_running
    assert set(multiprocessing.active_children()) == before
