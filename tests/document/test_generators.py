import numpy as np
import pytest

from rnnviz.document.generators import GENERATORS
from rnnviz.document.values import DocumentError


def made(key, seed=0, **numbers):
    return GENERATORS[key].make(numbers, seed)


def signal(key, **numbers):
    return made(key, **numbers)[0].values[0, :, 0].tolist()


@pytest.mark.parametrize(
    ("key", "numbers", "values"),
    [
        ("impulse", {"steps": 4, "at": 2, "height": 3}, [0, 3, 0, 0]),
        ("step", {"steps": 4, "at": 3}, [0, 0, 1, 1]),
        ("sine", {"steps": 5, "period": 4, "height": 2}, [0, 2, 0, -2, 0]),
        ("sine", {"steps": 2, "period": 4, "phase": 90}, [1, 0]),
        ("square", {"steps": 5, "period": 4}, [1, 1, -1, -1, 1]),
        ("ramp", {"steps": 3, "first": 1, "last": 2}, [1, 1.5, 2]),
        ("alternating", {"steps": 3, "height": 0.5}, [0.5, -0.5, 0.5]),
        ("fibonacci", {"steps": 7}, [1, 1, 2, 3, 5, 8, 13]),
    ],
)
def test_a_signal_is_what_its_name_says(key, numbers, values):
    assert signal(key, **numbers) == values


def test_noise_has_the_deviation_that_is_asked_for():
    values = made("noise", steps=10_000, deviation=2)[0].values
    assert values.mean() == pytest.approx(0, abs=0.1)
    assert values.std() == pytest.approx(2, rel=0.05)


def test_a_random_walk_is_the_running_sum_of_noise():
    noise, walk = (made(key, seed=7, steps=50, deviation=1)[0].values for key in ("noise", "walk"))
    np.testing.assert_allclose(np.cumsum(noise, axis=1), walk)


@pytest.mark.parametrize("generator", [g for g in GENERATORS.values() if g.is_random], ids=lambda g: g.key)
def test_chance_depends_on_the_seed_alone(generator):
    one, same, other = (generator.make({"sequences": 3}, seed) for seed in (5, 5, 6))
    assert one == same
    assert one[0] != other[0]
    assert not np.array_equal(one[0].values[0], one[0].values[1])


@pytest.mark.parametrize("generator", [g for g in GENERATORS.values() if not g.is_random], ids=lambda g: g.key)
def test_without_chance_the_seed_makes_no_difference(generator):
    assert generator.make({}, 1) == generator.make({}, 2)


def test_the_copy_task_asks_for_its_symbols_after_the_go_sign():
    data, objective = made("copy", symbols=3, length=2, delay=3, sequences=20)
    assert data.values.shape == (20, 7, 5)
    assert data.features == ("1", "2", "3", "blank", "go")
    seen = data.values.argmax(axis=2)
    np.testing.assert_array_equal(data.values.sum(axis=2), 1)
    assert (seen[:, :2] < 3).all()
    np.testing.assert_array_equal(seen[:, 2:], np.tile([3, 3, 4, 3, 3], (20, 1)))
    np.testing.assert_array_equal(objective.targets[:, 5:], seen[:, :2])
    np.testing.assert_array_equal(objective.targets[:, :5], 3)
    assert (objective.loss, objective.steps) == ("cross_entropy", (6, 7))


def test_the_adding_task_asks_for_the_sum_of_one_number_from_each_half():
    data, objective = made("adding", steps=11, sequences=40)
    numbers, marks = data.values[:, :, 0], data.values[:, :, 1]
    np.testing.assert_array_equal(marks[:, :5].sum(axis=1), 1)
    np.testing.assert_array_equal(marks[:, 5:].sum(axis=1), 1)
    np.testing.assert_allclose(objective.targets[:, -1, 0], (numbers * marks).sum(axis=1))
    assert (numbers >= 0).all()
    assert (numbers <= 1).all()
    assert (objective.loss, objective.steps) == ("half_squared_error", "last")


@pytest.mark.parametrize(
    ("key", "numbers", "seed", "message"),
    [
        ("sine", {"period": 1}, 0, "period: 1 will not do; choose from 2 to 10000"),
        ("sine", {"period": float("nan")}, 0, "period: nan will not do"),
        ("ramp", {"steps": 2.5}, 0, "steps: 2.5 will not do; choose a whole number from 2"),
        ("impulse", {"at": 41}, 0, "beyond the 40 steps"),
        ("step", {"at": 41}, 0, "beyond the 40 steps"),
        ("ramp", {"slope": 1}, 0, "no number 'slope'"),
        ("noise", {}, -1, "seed: -1 will not do"),
    ],
)
def test_a_number_that_will_not_do_is_refused_by_name(key, numbers, seed, message):
    with pytest.raises(DocumentError, match=message):
        made(key, seed, **numbers)


@pytest.mark.parametrize("generator", GENERATORS.values(), ids=GENERATORS)
def test_every_default_lies_within_its_limits(generator):
    assert generator.make({}, 0)[0].values.size > 0
    for parameter in generator.parameters:
        assert parameter.checked(parameter.default) == parameter.default
