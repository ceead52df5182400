"""Updates: their five parts, their gradients, locks, windows, stops, overflow, and that the same seed repeats them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from strategies import documents, moderate
from trainings import SETTINGS, small_trainer, trained

from rnnviz.core.optimisers import OPTIMISERS
from rnnviz.document.compute import compute
from rnnviz.document.document import READOUT, Place, Window
from rnnviz.document.edits import set_weight
from rnnviz.document.network_edits import add_layer, set_cell, set_precision
from rnnviz.document.presets import SCENES, built_in
from rnnviz.document.training import PARTS, Part, Trainer, Training, TrainingFailedError
from rnnviz.document.training_data import own_data
from rnnviz.document.values import DocumentError
from rnnviz.document.weight_vector import WeightVector

TRAINABLE = [name for name in SCENES if built_in(name).objective.targets is not None]
U, V = Place(0, "W_hn"), Place(READOUT, "W_hy")


def own_trainer(document, settings=SETTINGS):
    return Trainer(document, own_data(document), settings)


def bits(state):
    return state.weights.tobytes()


# ---- what an update is


def test_the_five_parts_are_taken_one_by_one_and_are_the_update():
    trainer = small_trainer()
    state = trainer.start()
    update, seen = trainer.begin(state), []
    while (part := update.next_part) is not None:
        seen.append(part)
        update = trainer.take(update)
        assert update.before(part).next_part is part
    assert tuple(seen) == PARTS
    after, record = trainer.update(state)
    assert bits(update.after) == bits(after)
    assert trainer.record(update).loss == record.loss
    assert trainer.take(update) is update


def test_each_part_adds_what_it_finds_and_nothing_else():
    trainer = small_trainer()
    update = trainer.begin(trainer.start())
    for part, found in zip(PARTS, ("forward", "loss", "gradient", "clipped", "after"), strict=True):
        assert update.next_part is part
        assert getattr(update, found) is None
        update = trainer.take(update)
        assert getattr(update, found) is not None
    assert update.before(Part.BACKWARD).gradient is None
    assert update.before(Part.BACKWARD).loss == update.loss


@pytest.mark.parametrize("name", TRAINABLE)
def test_loss_and_gradient_are_those_that_the_window_shows(name):
    document = built_in(name)
    trainer, frame = own_trainer(document), compute(document)
    update = trainer.begin(trainer.start())
    for _ in range(3):
        update = trainer.take(update)
    assert update.loss == frame.loss
    for place in trainer.vector.places:
        shown = frame.readout_gradients if place.layer == READOUT else frame.layers[place.layer].weight_gradients
        np.testing.assert_array_equal(update.gradient[trainer.vector.slot(place)], shown[place.name].ravel())


def test_a_record_says_how_long_gradients_and_weights_are():
    trainer = small_trainer(settings=replace(SETTINGS, clipping="norm", clip_at=0.01))
    state = trainer.start()
    after, record = trainer.update(state)
    update = trainer.take_all(trainer.begin(state))
    for number, place in enumerate(trainer.vector.places):
        slot = trainer.vector.slot(place)
        np.testing.assert_allclose(record.norms_before[number], np.linalg.norm(update.gradient[slot]), rtol=1e-13)
        np.testing.assert_allclose(
            record.norms_after[number], np.linalg.norm(update.clipped.gradient[slot]), rtol=1e-12
        )
        np.testing.assert_allclose(record.weight_norms[number], np.linalg.norm(after.weights[slot]), rtol=1e-13)
    np.testing.assert_allclose(record.before, np.linalg.norm(record.norms_before), rtol=1e-13)
    np.testing.assert_allclose(record.after, 0.01, rtol=1e-4)


def test_cut_number_by_number_the_norms_are_those_of_what_is_left():
    trainer = small_trainer(settings=replace(SETTINGS, clipping="value", clip_at=1e-3))
    update = trainer.take_all(trainer.begin(trainer.start()))
    assert np.abs(update.clipped.gradient).max() == 1e-3
    record = trainer.record(update)
    np.testing.assert_allclose(record.after, np.linalg.norm(update.clipped.gradient), rtol=1e-13)
    np.testing.assert_allclose(np.linalg.norm(record.norms_after), record.after, rtol=1e-13)


def test_held_out_loss_and_spectral_radii_are_measured_at_every_fifth_update():
    trainer = small_trainer()
    states, records = trained(trainer, 10)
    measured = [record.update for record in records if np.isfinite(record.held_out)]
    assert measured == [5, 10]
    assert records[4].held_out == trainer.held_out_loss(states[5])
    assert np.isnan(records[3].radii).all()
    matrix = trainer.document_at(states[5]).weight(U)
    np.testing.assert_allclose(records[4].radii[2], np.abs(np.linalg.eigvals(matrix)).max(), rtol=1e-12)


def test_the_document_after_training_computes_to_the_training_loss():
    document = built_in("many-to-one")
    trainer = own_trainer(document, replace(SETTINGS, batch=100))
    states, _ = trained(trainer, 5)
    shown = trainer.document_at(states[-1])
    assert compute(shown).loss == trainer.training_loss(states[-1])
    assert shown.input is document.input


def test_training_makes_the_loss_smaller():
    trainer = small_trainer()
    states, records = trained(trainer, 150)
    assert trainer.held_out_loss(states[-1]) < 0.2 * records[0].loss


def test_nothing_given_is_changed():
    trainer = small_trainer()
    state = trainer.start()
    before = bits(state)
    trainer.update(state)
    assert bits(state) == before
    assert not state.weights.flags.writeable


# ---- determinism


@pytest.mark.parametrize("key", ["parity", "sentiment", "next-character"])
def test_the_same_seed_gives_the_same_losses_bit_for_bit(key):
    (one, first), (other, second) = trained(small_trainer(key), 12), trained(small_trainer(key), 12)
    assert [record.loss for record in first] == [record.loss for record in second]
    assert bits(one[-1]) == bits(other[-1])


def test_another_seed_draws_other_batches():
    one = trained(small_trainer(), 2)[1]
    other = trained(small_trainer(settings=replace(SETTINGS, seed=1)), 2)[1]
    assert one[0].loss != other[0].loss


def test_from_any_state_the_same_updates_follow():
    trainer = small_trainer()
    states, _ = trained(trainer, 12)
    again, _ = trained(small_trainer(), 5, states[7])
    assert bits(again[-1]) == bits(states[12])


def test_a_warm_change_holds_from_the_next_update_on():
    trainer = small_trainer(settings=replace(SETTINGS, optimiser="sgd", clipping="none"))
    state, _ = trainer.update(trainer.start())
    small, _ = trainer.update(state)
    trainer.use(replace(trainer.settings, learning_rate=0.04))
    large, _ = trainer.update(state)
    np.testing.assert_allclose(large.weights - state.weights, 2 * (small.weights - state.weights), atol=1e-15)


@pytest.mark.parametrize("to", [name for name in OPTIMISERS if name != "momentum"])
def test_another_optimiser_starts_without_memories(to):
    trainer = small_trainer(settings=replace(SETTINGS, optimiser="momentum"))
    state = trained(trainer, 3)[0][-1]
    trainer.use(replace(trainer.settings, optimiser=to))
    after, _ = trainer.update(state)
    assert (after.memory.optimiser, after.memory.updates) == (to, 1)


# ---- what stays as it is


def test_locked_weights_stay_and_the_others_learn():
    def lock(document):
        mask = np.zeros((16, 16), bool)
        mask[2] = True
        return document.with_locks(U, mask).with_locks(V, np.ones((1, 16), bool))

    trainer = small_trainer(change=lock)
    states, records = trained(trainer, 8)
    before, after = trainer.document, trainer.document_at(states[-1])
    np.testing.assert_array_equal(after.weight(U)[2], before.weight(U)[2])
    assert (after.weight(U)[3] != before.weight(U)[3]).all()
    assert after.weight(V).tobytes() == before.weight(V).tobytes()
    assert records[0].norms_before[trainer.vector.places.index(V)] == 0.0


def test_initial_states_and_titles_stay():
    document = built_in("default").with_weight(Place(0, "h_0"), np.full(6, 0.25))
    trainer = own_trainer(document)
    after = trainer.document_at(trained(trainer, 3)[0][-1])
    assert after.layers[0].initial_state == document.layers[0].initial_state
    assert (after.title, after.objective) == (document.title, document.objective)


def test_a_gru_has_no_more_biases_than_the_document_knows():
    trainer = small_trainer()
    learned = sum(trainer.document.weight(place).size for place in trainer.document.places())
    assert (
        sum(trainer.vector.slot(place).stop - trainer.vector.slot(place).start for place in trainer.vector.places)
        == learned
    )
    states, _ = trained(trainer, 5)
    named = np.zeros(trainer.vector.size, bool)
    for place in trainer.vector.places:
        named[trainer.vector.slot(place)] = True
    assert not states[-1].weights[~named].any()


def test_a_network_without_a_readout_is_trained_as_well():
    document = built_in("golden")
    document = replace(document, readout=None, objective=replace(document.objective, targets=np.zeros((1, 4, 2))))
    _, records = trained(own_trainer(document), 40)
    assert records[-1].loss < records[0].loss


def test_every_cell_every_layer_and_single_precision_are_trained():
    document = built_in("default")
    for edit in (set_cell(0, "lstm"), add_layer(0), set_cell(1, "gru"), set_precision("float32")):
        document = edit.apply(document)
    trainer = own_trainer(document)
    states, records = trained(trainer, 30)
    assert records[-1].loss < records[0].loss
    assert states[-1].weights.dtype == np.float64
    assert len(records[0].radii) == 0 + 7


# ---- truncated backpropagation


def test_a_window_cuts_the_gradient_as_the_documents_own_window_does():
    free = built_in("default")
    cut_by_document = replace(free, window=Window(5, stateful=True))
    own = own_trainer(cut_by_document).update(own_trainer(free).start())[1]
    asked = own_trainer(free, replace(SETTINGS, window=5))
    cut = asked.update(asked.start())[1]
    full = own_trainer(free).update(own_trainer(free).start())[1]
    np.testing.assert_array_equal(cut.norms_before, own.norms_before)
    assert (cut.loss, cut.before) == (full.loss, own.before)
    assert cut.before != full.before


def test_a_stateless_window_of_the_document_is_kept():
    document = replace(built_in("default"), window=Window(5, stateful=False))
    trainer = own_trainer(document)
    assert trainer.update(trainer.start())[1].loss == compute(document).loss


# ---- stops


def test_it_stops_below_a_loss_after_some_updates_or_above_a_loss():
    trainer = small_trainer(settings=replace(SETTINGS, stop_after=3))
    _, records = trained(trainer, 3)
    assert [trainer.stop(record) is not None for record in records] == [False, False, True]
    trainer.use(replace(SETTINGS, stop_at_loss=records[0].loss + 1))
    assert "reached" in str(trainer.stop(records[0]))
    trainer.use(replace(SETTINGS, stop_above=0.01))
    assert "diverged" in str(trainer.stop(records[0]))
    trainer.use(SETTINGS)
    assert trainer.stop(records[0]) is None


# ---- overflow


def exploding(scale):
    document = built_in("default")
    place = Place(0, "W_hh")
    document = replace(document, layers=(replace(document.layers[0], activation="linear"),))
    return set_weight(place, scale * np.eye(6)).apply(document)


def test_an_overflow_going_forward_is_named_and_the_state_stays():
    trainer = own_trainer(exploding(1e30))
    state = trainer.start()
    with pytest.raises(TrainingFailedError) as failure:
        trainer.update(state)
    trouble = failure.value.trouble
    assert (trouble.update, trouble.quantity) == (1, "h")
    assert 1 <= trouble.t <= 40
    assert "lower learning rate" in str(trouble)
    assert bits(state) == bits(trainer.start())


def test_a_loss_that_overflows_is_told_from_a_state_that_does():
    trainer = own_trainer(exploding(1e4))
    with pytest.raises(TrainingFailedError) as failure:
        trainer.update(trainer.start())
    assert failure.value.trouble.quantity in ("y", "the loss")


def test_a_gradient_that_overflows_is_named_with_its_step():
    document = built_in("default")
    document = set_weight(Place(0, "W_hh"), np.zeros((6, 6))).apply(document)
    document = set_weight(V, np.full((1, 6), 1e150)).apply(document)
    document = set_weight(Place(0, "W_xh"), np.zeros((6, 2))).apply(document)
    document = set_weight(Place(0, "b_h"), np.zeros(6)).apply(document)  # so h = 0, and y is b_y
    document = replace(document, objective=replace(document.objective, targets=np.full((1, 40, 1), 1e150)))
    trainer = own_trainer(document, replace(SETTINGS, stop_above=None))
    trainer.take_all(trainer.begin(trainer.start()))  # 1e150 · 1e150 is still a number
    document = set_weight(V, np.full((1, 6), 1e160)).apply(document)
    trainer = own_trainer(document, replace(SETTINGS, stop_above=None))
    update = trainer.take(trainer.take(trainer.begin(trainer.start())))
    assert np.isfinite(update.loss)
    with pytest.raises(TrainingFailedError) as failure:
        trainer.take(update)
    assert (failure.value.trouble.quantity, failure.value.trouble.t) == ("∂L/∂h", 40)


def test_weights_that_overflow_are_named_and_the_update_before_is_kept():
    document = built_in("default")
    document = replace(document, objective=replace(document.objective, targets=np.full((1, 40, 1), 1e3)))
    trainer = own_trainer(document, replace(SETTINGS, optimiser="sgd", learning_rate=1e308, clipping="none"))
    state = trainer.start()
    with pytest.raises(TrainingFailedError, match=r"update 1: [Wb]_\w+ is not a finite number"):
        trainer.update(state)


def test_what_an_optimiser_remembers_may_overflow_as_well():
    document = set_weight(V, np.full((1, 6), 1e10)).apply(built_in("default"))
    document = replace(document, objective=replace(document.objective, targets=np.full((1, 40, 1), 1e150)))
    trainer = own_trainer(document, replace(SETTINGS, optimiser="rmsprop", clipping="none", stop_above=None))
    with pytest.raises(TrainingFailedError) as failure:
        trainer.update(trainer.start())
    assert failure.value.trouble.quantity == "s of RMSProp for W_xh"


def test_training_survives_a_learning_rate_that_is_far_too_high():
    trainer = small_trainer("sine", replace(SETTINGS, optimiser="sgd", learning_rate=1e150, clipping="none"))
    states, trouble = [trainer.start()], None
    try:
        for _ in range(100):
            states.append(trainer.update(states[-1])[0])
    except TrainingFailedError as error:
        trouble = error.trouble
    assert trouble is not None
    assert trouble.update == len(states)
    assert np.isfinite(states[-1].weights).all()


# ---- settings


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"optimiser": "newton"}, "optimiser: 'newton' is not known; use one of sgd"),
        ({"clipping": "hard"}, "clipping"),
        ({"learning_rate": 0.0}, "learning rate: 0 will not do"),
        ({"learning_rate": float("nan")}, "learning rate"),
        ({"clip_at": -1.0}, "clip at"),
        ({"batch": 0}, "batch: 0"),
        ({"window": 0}, "window: 0"),
        ({"stop_after": 0}, "stop after"),
        ({"measure_every": 0}, "measure every"),
        ({"seed": -1}, "seed"),
    ],
)
def test_settings_that_will_not_do_are_refused(change, words):
    with pytest.raises(DocumentError, match=words):
        replace(Training(), **change)


def test_a_network_that_does_not_fit_the_data_is_refused():
    data = small_trainer("sine").data
    with pytest.raises(DocumentError, match="features"):
        Trainer(built_in("default"), data, SETTINGS)


def test_a_scene_without_targets_cannot_be_trained():
    with pytest.raises(DocumentError, match="targets"):
        own_data(built_in("vanishing"))


# ---- any document


@given(documents(elements=moderate, large=False, any_precision=True, locks=True))
def test_any_document_with_targets_is_trained_by_the_gradient_that_its_frame_shows(document):
    if document.objective.targets is None:
        return
    trainer, frame = own_trainer(document), compute(document)
    state = trainer.start()
    assert trainer.vector.document(state.weights, document) is document
    try:
        update = trainer.take_all(trainer.begin(state))
    except TrainingFailedError:
        assert not np.isfinite(frame.loss) or frame.problems or document.precision == "float32"
        return
    assert update.loss == frame.loss
    after = trainer.document_at(update.after)
    for place in document.places():
        shown = frame.readout_gradients if place.layer == READOUT else frame.layers[place.layer].weight_gradients
        locked = document.locked(place)
        free = np.ones(document.weight(place).shape, bool) if locked is None else ~locked
        gradient = update.gradient[trainer.vector.slot(place)].reshape(free.shape)
        np.testing.assert_array_equal(gradient, np.where(free, shown[place.name], 0.0))
        np.testing.assert_array_equal(after.weight(place)[~free], document.weight(place)[~free])


# ---- the vector of weights


@pytest.mark.parametrize("name", ["default", "gru", "stacked", "lstm-memory"])
def test_weights_go_into_the_vector_and_back(name):
    document = built_in(name)
    vector = WeightVector(document)
    assert vector.document(vector.of(document), document) is document
    changed = vector.document(vector.of(document) + 1.0, document)
    for place in document.places():
        np.testing.assert_array_equal(changed.weight(place), document.weight(place) + 1.0)


def test_columns_of_a_layer_and_of_a_block():
    vector = WeightVector(set_cell(0, "gru").apply(built_in("default")))
    names = [vector.places[column].name for column in vector.columns(0, "n")]
    assert names == ["W_xn", "W_hn", "b_n", "b_hn"]
    assert [vector.places[column].name for column in vector.columns(READOUT)] == ["W_hy", "b_y"]
    assert len(vector.columns(0)) == 10


def test_a_layout_fits_other_weights_and_inputs_but_no_other_network():
    document = built_in("default")
    vector = WeightVector(document)
    assert vector.fits(set_weight(Place(0, "b_h"), np.ones(6)).apply(document))
    assert not vector.fits(set_cell(0, "lstm").apply(document))
    assert not vector.fits(document.with_locks(Place(0, "b_h"), np.ones(6, bool)))
    assert not vector.fits(add_layer(0).apply(document))
