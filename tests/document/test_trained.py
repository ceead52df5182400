"""The curves of a training as a value: what belongs to which layer and block, and what cannot be trained."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.document.document import READOUT, Document, Input, Layer, Objective, Place, Readout, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.document.tasks import TASKS
from rnnviz.document.trained import block_of, group_norms, obstacle, trained
from rnnviz.document.training import Training
from rnnviz.document.values import DocumentError


def stack():
    """Return an LSTM below a GRU that has a target at every step."""
    rng, layers, width = np.random.default_rng(0), [], 2
    for cell in ("lstm", "gru"):
        shapes = weight_shapes(cell, 3, width)
        layers.append(Layer(cell, {name: 0.3 * rng.normal(size=shape) for name, shape in shapes.items()}))
        width = 3
    readout = Readout("linear", {"W_hy": rng.normal(size=(1, 3)), "b_y": np.zeros(1)})
    objective = Objective("half_squared_error", targets=np.ones((1, 6, 1)))
    return Document(tuple(layers), readout, Input(("a", "b"), rng.normal(size=(1, 6, 2))), objective)


def all_locked(document):
    places = [Place(number, name) for number, layer in enumerate(document.layers) for name in layer.weights]
    for place in (*places, Place(READOUT, "W_hy"), Place(READOUT, "b_y")):
        document = document.with_locks(place, np.ones_like(document.weight(place), dtype=bool))
    return document


def test_the_curves_have_a_row_for_every_update_and_say_what_their_columns_are():
    found = trained(stack(), Training(measure_every=5), 12)
    assert found.last == 12
    assert found.curves.updates.tolist() == list(range(1, 13))
    assert found.curves.norms_before.shape == (12, len(found.places))
    assert found.curves.measured.tolist() == [5, 10]
    assert found.curves.radii.shape == (2, len(found.blocks))
    assert found.blocks == (*((0, block) for block in "ifgo"), *((1, block) for block in "rzn"))


def test_the_norms_of_layers_and_of_blocks_add_up_to_that_of_the_whole_gradient():
    found = trained(stack(), Training(), 4)
    for by_block in (False, True):
        parts = [group_norms(found.curves.norms_before, columns) for _, columns in found.groups(by_block=by_block)]
        assert np.sqrt(np.sum(np.square(parts), axis=0)) == pytest.approx(found.curves.before)
    assert [name for name, _ in found.groups(by_block=False)] == ["layer 1", "layer 2", "readout"]
    blocks = [name for name, _ in found.groups(by_block=True)]
    assert blocks == [*(f"{block}, layer 1" for block in "ifgo"), *(f"{block}, layer 2" for block in "rzn"), "readout"]


def test_a_network_of_one_layer_needs_no_numbers():
    found = trained(built_in("golden"), Training(), 1)
    assert [name for name, _ in found.groups(by_block=False)] == ["recurrent layer", "readout"]
    assert [name for name, _ in found.groups(by_block=True)] == ["h", "readout"]


@pytest.mark.parametrize(("name", "block"), [("W_xh", "h"), ("b_h", "h"), ("W_hn", "n"), ("b_hn", "n"), ("b_f", "f")])
def test_the_block_of_an_array_of_weights(name, block):
    assert block_of(Place(0, name)) == block


def test_norms_too_large_to_be_squared_are_put_together():
    norms = np.array([[3e200, 4e200], [0.0, 0.0]])
    assert group_norms(norms, (0, 1)) == pytest.approx([5e200, 0.0])


def test_a_task_is_trained_on_its_own_data_and_has_held_out_losses():
    task = TASKS["parity"]
    found = trained(task.document(), task.training, 20, "parity")
    assert np.isfinite(found.curves.held_out).all()
    again = trained(task.document(), task.training, 20, "parity")
    assert np.array_equal(found.curves.loss, again.curves.loss)


def test_random_search_is_there_on_request_and_never_rises():
    found = trained(built_in("default"), Training(), 5, "", 30)
    assert found.searched.shape == (30,)
    assert (np.diff(found.searched) <= 0).all()
    assert trained(built_in("default"), Training(), 5).searched is None


def test_a_stop_ends_it_with_the_reason():
    found = trained(built_in("default"), Training(stop_at_loss=1.0), 50)
    assert found.last == 1
    assert found.ended.startswith("reached")


def test_what_overflows_at_once_has_no_curves_but_a_reason():
    document = built_in("default")
    layer = document.layers[0]
    layer = replace(layer, activation="linear", weights={**layer.weights, "W_hh": 1e20 * np.eye(6)})
    found = trained(replace(document, layers=(layer,)), Training(), 10)
    assert found.last == 0
    assert "is not a finite number" in found.ended


def test_a_sum_of_outputs_and_locked_weights_are_obstacles():
    assert "no minimum" in obstacle(built_in("exploding"))
    with pytest.raises(DocumentError, match="no minimum"):
        trained(built_in("exploding"), Training(), 3)
    assert "locked" in obstacle(all_locked(built_in("default")))
    assert obstacle(built_in("default")) == ""
    assert obstacle(built_in("exploding"), has_data=True) == ""
