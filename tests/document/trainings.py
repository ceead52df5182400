"""Small trainings for the tests."""

from dataclasses import replace

from rnnviz.document.tasks import TASKS
from rnnviz.document.training import Trainer, Training

SETTINGS = Training("adam", 0.02, batch=8, measure_every=5)


def small_trainer(key="parity", settings=SETTINGS, numbers=None, change=None):
    """Return a trainer of a task's default network on its data; ``change`` may change the document first."""
    data = TASKS[key].data(numbers)
    document = TASKS[key].document(data)
    return Trainer(document if change is None else change(document), data, settings)


def trained(trainer, updates, state=None):
    """Return the states from the beginning on, and the records."""
    states, records = [trainer.start() if state is None else state], []
    for _ in range(updates):
        state, record = trainer.update(states[-1])
        states.append(state)
        records.append(record)
    return states, records


def without_stops(settings):
    return replace(settings, stop_above=None)
