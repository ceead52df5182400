"""Which networks can go on by themselves, and what they then make."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.document.presets import built_in
from rnnviz.document.samples import SYMBOLS, Forecast, samples, samples_kind
from rnnviz.document.sampling import roll_out, sample_text
from rnnviz.document.tasks import TASKS

KINDS = {"next-character": "text", "sine": "series", "series": "series"}


@pytest.mark.parametrize("key", TASKS)
def test_only_who_predicts_what_comes_next_goes_on_by_itself(key):
    assert samples_kind(TASKS[key].document()) == KINDS.get(key)


def test_without_targets_there_is_nothing_to_go_on_with():
    assert samples_kind(built_in("exploding")) is None


def test_a_text_is_as_long_as_promised_and_drawn_anew_with_another_seed():
    document = TASKS["next-character"].document()
    made = samples(document, 1.0, 3, 0)
    assert made == sample_text(document, SYMBOLS, 1.0, 3)
    assert len(made) == SYMBOLS
    assert made != samples(document, 1.0, 4, 0)


def test_a_forecast_begins_where_the_sequence_ends():
    document = TASKS["sine"].document()
    made = samples(document, 1.0, 0, 2)
    assert isinstance(made, Forecast)
    assert np.array_equal(made.values, document.input.values[2])
    assert np.array_equal(made.beyond, roll_out(document, len(made.values), 2))


def test_a_forecast_of_a_short_sequence_is_long_enough_to_be_seen():
    document = TASKS["sine"].document()
    data = replace(document.input, lengths=(5, 30, 30, 30))
    made = samples(replace(document, input=data), 1.0, 0, 0)
    assert (len(made.values), len(made.beyond)) == (5, 20)
