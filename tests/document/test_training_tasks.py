"""Every task is learned by its default as it says, and makes the same sequences from the same seed."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.document.compute import compute
from rnnviz.document.scenes import load_scene, save_scene
from rnnviz.document.series import parse_series
from rnnviz.document.tasks import TASKS, task_named
from rnnviz.document.tasks.sentiment import sentences
from rnnviz.document.training import Trainer
from rnnviz.document.values import DocumentError, equal

NAMES = {
    "next-character",
    "sine",
    "series",
    "copy",
    "adding",
    "parity",
    "flip-flop",
    "temporal-order",
    "trend",
    "sentiment",
    "reverse",
}
TABLE = "value\n" + "\n".join(str(n % 7) for n in range(200))


@pytest.fixture(params=TASKS.values(), ids=TASKS)
def task(request):
    return request.param


def test_the_tasks_that_were_promised_are_there():
    assert set(TASKS) >= NAMES
    assert {task.pattern for task in TASKS.values()} == {"many-to-one", "many-to-many", "one-to-many"}


def test_a_default_reaches_its_loss(task):
    data = task.data(seed=task.goal.seed)
    trainer = Trainer(task.document(data, task.goal.seed), data, replace(task.training, measure_every=10**6))
    state = trainer.start()
    assert trainer.held_out_loss(state) > 2 * task.goal.loss, "the task is as good as solved before it begins"
    for _ in range(task.goal.updates):
        state, record = trainer.update(state)
        assert trainer.stop(record) is None
    assert trainer.held_out_loss(state) < task.goal.loss


def test_it_says_what_it_is_for(task):
    assert task.stands_for.startswith("It stands for ")
    assert task.meaning.endswith(".")


def test_the_same_seed_makes_the_same_data_and_network(task):
    assert equal(vars_of(task.data(seed=3)), vars_of(task.data(seed=3)))
    assert task.document(task.data(seed=3), 3) == task.document(task.data(seed=3), 3)


def vars_of(data):
    return data.training.input.values, data.training.objective.targets, data.held_out.input.values


def test_another_seed_makes_another_network(task):
    data = task.data()
    assert task.document(data, 0).layers != task.document(data, 1).layers


def test_its_document_can_be_computed_saved_and_opened_again(task, tmp_path):
    document = task.document()
    frame = compute(document)
    assert frame.problems == ()
    assert document.notes.startswith(task.meaning)
    save_scene(document, tmp_path / "task.rnnviz.json")
    assert load_scene(tmp_path / "task.rnnviz.json") == document


def test_held_out_sequences_are_not_trained_on(task):
    data = task.data()
    trained = {row.tobytes() for row in keys_of(data.training)}
    held_out = [row.tobytes() for row in keys_of(data.held_out)]
    shared = sum(row in trained for row in held_out)
    # of tasks with few different sequences some are drawn twice
    assert shared < len(held_out) or task.key in ("copy", "reverse", "parity")


def keys_of(examples):
    return [
        *np.concatenate(
            [examples.input.values, examples.objective.targets.reshape(*examples.input.values.shape[:2], -1)], axis=2
        )
    ]


def test_its_pattern_is_what_its_data_look_like(task):
    data = task.data().training
    assert (data.objective.steps == "last") == (task.pattern == "many-to-one")
    if task.pattern == "one-to-many":
        assert not data.input.values[:, 1:].any()


def test_sizes_can_be_changed_within_their_limits(task):
    for parameter in task.parameters:
        assert task.data({parameter.key: parameter.low}).training.count > 0
        with pytest.raises(DocumentError, match=parameter.name):
            task.data({parameter.key: parameter.high + 1})


def test_what_a_task_does_not_know_is_refused(task):
    with pytest.raises(DocumentError, match="'wheels'"):
        task.data({"wheels": 4})
    with pytest.raises(DocumentError, match="seed"):
        task.data(seed=-1)


def test_a_source_of_the_wrong_kind_is_refused(task):
    source = parse_series(TABLE) if task.source == "text" else "some text"
    with pytest.raises(DocumentError, match=task.title.partition(" (")[0]):
        task.data(source=source)


def test_a_loaded_text_is_learned_instead():
    task = TASKS["next-character"]
    data = task.data(source="abcabcabc" * 40)
    assert data.training.input.features == ("a", "b", "c")
    document = task.document(data)
    trainer = Trainer(document, data, task.training)
    state = trainer.start()
    for _ in range(60):
        state, _ = trainer.update(state)
    assert trainer.held_out_loss(state) < 0.1


def test_a_text_that_is_too_short_is_refused():
    with pytest.raises(DocumentError, match="shorter pieces"):
        TASKS["next-character"].data(source="hello")


def test_a_loaded_table_is_normalised_and_its_last_part_held_out():
    data = TASKS["series"].data({"steps": 10}, source=parse_series(TABLE))
    assert data.training.input.scaling is not None
    assert (data.training.count, data.held_out.count) == (15, 4)
    everything = np.concatenate([data.training.input.values, data.held_out.input.values]).ravel()
    np.testing.assert_allclose(data.training.input.scaling.undone(everything[:, None])[:8, 0], [2, 3, 4, 5, 6, 0, 1, 2])


def test_targets_of_a_piece_stay_with_their_steps():
    data = TASKS["series"].data()
    for examples in (data.training, data.held_out):
        np.testing.assert_array_equal(examples.input.values[:, 1:], examples.objective.targets[:, :-1])


def test_parity_is_the_number_of_ones_so_far():
    examples = TASKS["parity"].data().training
    ones = np.cumsum(examples.input.values[:, :, 0], axis=1)
    np.testing.assert_array_equal(examples.objective.targets[:, :, 0], ones % 2)


def test_a_flip_flop_holds_the_last_pulse():
    examples = TASKS["flip-flop"].data().training
    for pulses, held in zip(examples.input.values, examples.objective.targets, strict=True):
        for channel in range(pulses.shape[1]):
            last = 0.0
            for pulse, target in zip(pulses[:, channel], held[:, channel], strict=True):
                last = pulse or last
                assert target == last


def test_digits_are_reversed():
    examples = TASKS["reverse"].data({"length": 4}).training
    told = examples.input.values[:, :4, :-1].argmax(axis=2)
    np.testing.assert_array_equal(examples.objective.targets[:, 4:], told[:, ::-1])


def test_temporal_order_asks_for_the_order_of_x_and_y():
    examples = TASKS["temporal-order"].data().training
    for values, target in zip(examples.input.values, examples.objective.targets[:, -1], strict=True):
        told = [symbol for symbol in values.argmax(axis=1) if symbol < 2]
        assert target == 2 * told[0] + told[1]


def test_a_not_turns_a_sentence_over():
    said = dict(sentences())
    assert said["the film was good"]
    assert not said["the film was not good"]
    assert said["i never found the soup dull"]
    assert len(said) == len(sentences())


def test_a_task_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(DocumentError, match="adding"):
        task_named("juggling")
