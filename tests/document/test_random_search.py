"""Learning without a gradient: it only gets better, repeats itself, and is worse than learning with one."""

import numpy as np
from trainings import SETTINGS, small_trainer, trained

from rnnviz.document.compute import compute
from rnnviz.document.presets import built_in
from rnnviz.document.random_search import random_search
from rnnviz.document.training_data import own_data
from rnnviz.document.weight_vector import WeightVector


def searched(trainer, evaluations):
    return list(random_search(trainer.document, trainer.data, trainer.settings, evaluations))


def test_the_best_loss_never_rises_and_begins_where_training_begins():
    trainer = small_trainer("sine")
    losses = [loss for loss, _ in searched(trainer, 60)]
    assert len(losses) == 60
    assert losses == sorted(losses, reverse=True)
    assert losses[0] == trained(trainer, 1)[1][0].loss
    assert losses[-1] < losses[0]


def test_the_weights_have_the_loss():
    document = built_in("many-to-one")
    *_, (loss, weights) = random_search(document, own_data(document), SETTINGS, 20)
    np.testing.assert_allclose(compute(WeightVector(document).document(weights, document)).loss, loss, rtol=1e-14)


def test_the_same_seed_finds_the_same():
    one, other = searched(small_trainer(), 30), searched(small_trainer(), 30)
    assert [loss for loss, _ in one] == [loss for loss, _ in other]


def test_locked_weights_stay():
    def lock(document):
        place = next(document.places())
        return document.with_locks(place, np.ones(document.weight(place).shape, bool))

    trainer = small_trainer(change=lock)
    slot = trainer.vector.slot(next(trainer.document.places()))
    _, weights = searched(trainer, 40)[-1]
    np.testing.assert_array_equal(weights[slot], trainer.start().weights[slot])
    assert not np.array_equal(weights, trainer.start().weights)


def test_a_gradient_is_worth_something():
    trainer = small_trainer()
    best = searched(trainer, 150)[-1][0]
    assert trainer.held_out_loss(trained(trainer, 150)[0][-1]) < 0.5 * best
