"""Going back to any update, bit for bit, however long the training was and whatever happened on the way."""

from dataclasses import replace

import numpy as np
import pytest
from trainings import SETTINGS, small_trainer, trained

from rnnviz.document import training_history
from rnnviz.document.training import with_weights
from rnnviz.document.training_history import TrainingHistory


def recorded(trainer, updates, most_states=1000, burst=7):
    """Return a history of so many updates, added in bursts as they come from a worker, and all states."""
    states, records = trained(trainer, updates)
    history = TrainingHistory(states[0], trainer.settings, most_states)
    for first in range(0, updates, burst):
        history.add(
            records[first : first + burst], states[1 + first : 1 + min(first + burst, updates)], trainer.settings
        )
    return history, states


def test_every_update_can_be_gone_back_to():
    trainer = small_trainer()
    history, states = recorded(trainer, 20)
    assert history.kept == tuple(range(21))
    for state in states:
        assert history.excerpt(state.update).start.weights.tobytes() == state.weights.tobytes()


def test_a_long_training_keeps_few_states_and_still_knows_every_update():
    trainer = small_trainer()
    history, states = recorded(trainer, 50, most_states=9)
    assert len(history.kept) <= 9
    assert (history.kept[0], history.kept[-1]) == (0, 50)
    for update in (0, 1, 13, 31, 49, 50):
        state = history.excerpt(update).state(small_trainer())
        assert state.update == update
        assert state.weights.tobytes() == states[update].weights.tobytes()
        for group, other in zip(state.memory.averages, states[update].memory.averages, strict=True):
            assert [a.tobytes() for a in group] == [a.tobytes() for a in other]


def test_states_that_are_not_wanted_may_be_left_out():
    trainer = small_trainer()
    states, records = trained(trainer, 40)
    history = TrainingHistory(states[0], SETTINGS, most_states=5)
    history.add(records[:20], states[1:21], SETTINGS)
    stride = history.stride
    assert stride > 1
    kept = [state for state in states[21:41] if history.wants(state.update) or state.update == 40]
    history.add(records[20:], kept, SETTINGS)
    assert history.excerpt(33).state(trainer).weights.tobytes() == states[33].weights.tobytes()


def test_a_kept_state_holds_on_to_nothing_but_itself():
    trainer = small_trainer()
    states, records = trained(trainer, 2)
    block = np.concatenate([state.weights for state in states])
    parts = [
        replace(state, weights=block[n * len(state.weights) :][: len(state.weights)]) for n, state in enumerate(states)
    ]
    history = TrainingHistory(parts[0], SETTINGS)
    history.add(records, parts[1:], SETTINGS)
    assert history.last.weights.base is None
    assert not np.shares_memory(history.last.weights, block)


def test_memory_bounds_how_many_states_are_kept(monkeypatch):
    trainer = small_trainer()
    size = 3 * trainer.start().weights.nbytes
    monkeypatch.setattr(training_history, "MOST_BYTES", 6 * size)
    history, _ = recorded(trainer, 40)
    assert len(history.kept) <= 6


def test_warm_changes_are_made_again_where_they_were():
    trainer = small_trainer()
    states, records = trained(trainer, 6)
    history = TrainingHistory(states[0], SETTINGS, most_states=2)
    history.add(records, states[1:], SETTINGS)
    hot = replace(SETTINGS, optimiser="rmsprop", learning_rate=0.001)
    trainer.use(hot)
    later, more = trained(trainer, 6, states[-1])
    history.add(more, later[1:], hot)
    for update in (3, 6, 7, 11, 12):
        expected = (states + later[1:])[update]
        assert history.excerpt(update).state(small_trainer()).weights.tobytes() == expected.weights.tobytes()


def test_weights_set_by_hand_are_kept():
    trainer = small_trainer()
    states, records = trained(trainer, 5)
    history = TrainingHistory(states[0], SETTINGS, most_states=3)
    history.add(records, states[1:], SETTINGS)
    document = trainer.document_at(states[5])
    place = trainer.vector.places[0]
    by_hand = with_weights(states[5], document.with_weight(place, 2 * document.weight(place)), trainer.vector)
    history.put(by_hand)
    later, more = trained(trainer, 7, by_hand)
    history.add(more, later[1:], SETTINGS)
    assert 5 in history.kept
    assert history.excerpt(5).start is by_hand
    assert history.excerpt(9).state(small_trainer()).weights.tobytes() == later[4].weights.tobytes()


def test_going_on_from_an_earlier_update_forgets_what_came_after():
    trainer = small_trainer()
    history, states = recorded(trainer, 30, most_states=6)
    state = history.excerpt(11).state(trainer)
    history.go_on_from(state)
    assert history.last.update == 11
    curves = history.curves()
    assert curves.updates[-1] == 11
    assert curves.measured[-1] == 10
    later, records = trained(trainer, 3, state)
    history.add(records, later[1:], SETTINGS)
    assert later[-1].weights.tobytes() == states[14].weights.tobytes()
    assert history.excerpt(13).state(trainer).weights.tobytes() == states[13].weights.tobytes()


def test_an_update_beyond_the_last_is_the_last():
    history, states = recorded(small_trainer(), 4)
    assert history.excerpt(99).update == 4
    assert history.excerpt(-3).update == 0
    assert history.excerpt(99).start.weights.tobytes() == states[4].weights.tobytes()


def test_curves_hold_what_was_recorded():
    trainer = small_trainer()
    states, records = trained(trainer, 11)
    history = TrainingHistory(states[0], SETTINGS)
    history.add(records, states[1:], SETTINGS)
    curves = history.curves()
    assert curves.updates.tolist() == list(range(1, 12))
    assert curves.loss.tolist() == [record.loss for record in records]
    assert curves.before.tolist() == [record.before for record in records]
    np.testing.assert_array_equal(curves.norms_before, [record.norms_before for record in records])
    np.testing.assert_array_equal(curves.norms_after, [record.norms_after for record in records])
    np.testing.assert_array_equal(curves.weight_norms, [record.weight_norms for record in records])
    assert curves.measured.tolist() == [5, 10]
    assert curves.held_out.tolist() == [records[4].held_out, records[9].held_out]
    assert curves.radii.shape == (2, 3)


def test_norms_of_several_arrays_are_combined():
    trainer = small_trainer()
    history, _ = recorded(trainer, 3)
    curves = history.curves()
    everything = list(range(len(trainer.vector.places)))
    np.testing.assert_allclose(curves.combined(curves.norms_before, everything), curves.before, rtol=1e-13)


def test_a_new_history_has_empty_curves():
    history = TrainingHistory(small_trainer().start(), SETTINGS)
    curves = history.curves()
    assert (len(curves.updates), len(curves.loss), len(curves.held_out)) == (0, 0, 0)


def test_curves_of_a_long_training_are_thinned_out_and_end_at_its_end(monkeypatch):
    monkeypatch.setattr(training_history, "MOST_ROWS", 16)
    history, _ = recorded(small_trainer(), 61)
    updates = history.curves().updates
    assert len(updates) <= 16
    assert updates[-1] == 61
    assert set(np.diff(updates)[:-1]) == {4}


@pytest.mark.parametrize("update", [3, 17])
def test_a_kept_state_is_found_by_its_weights(update):
    trainer = small_trainer()
    history, states = recorded(trainer, 20)
    assert history.state_with(states[update].weights.copy()).update == update
    assert history.state_with(states[update].weights + 1) is None
