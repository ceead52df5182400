"""The tests of processes and threads begin without what earlier tests have left behind."""

import gc

import pytest


@pytest.fixture(autouse=True)
def _tidy():
    """Delete widgets that only wait for it here, in the thread of the GUI: a worker's thread must not do it."""
    gc.collect()
    gc.freeze()  # or the next test would look through all that is still there again, for a fifth of a second
