"""What holds for every edit: it is named, changes nothing in place, and can be undone to the last bit."""

import inspect
from dataclasses import replace
from typing import get_type_hints

import numpy as np
import pytest

from rnnviz.core.eigenbasis import eigenbasis
from rnnviz.document import (
    edits,
    eigen_edit,
    input_edits,
    network_edits,
    sources,
    step_edits,
    target_edits,
    weight_edits,
)
from rnnviz.document.block import Block
from rnnviz.document.document import READOUT, Document, Input, Objective, Place, Window
from rnnviz.document.edits import Edit
from rnnviz.document.generators import GENERATORS
from rnnviz.document.initialisation import Initialisation
from rnnviz.document.presets import built_in
from rnnviz.document.scenes import scene_text
from rnnviz.document.series import parse_series
from rnnviz.session.session import Session

MAKERS = {
    name: function
    for module in (
        edits,
        network_edits,
        weight_edits,
        eigen_edit,
        sources,
        step_edits,
        target_edits,
        input_edits,
    )
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if not name.startswith("_") and get_type_hints(function).get("return") is Edit
}

W_hh = Place(0, "W_hh")
ALL = Block.whole((2, 2))

# One of each that changes the golden network. An edit that is missing here fails a test.
EXAMPLES = {
    "set_weight": edits.set_weight(Place(0, "W_hh"), np.eye(2)),
    "set_entry": edits.set_entry(Place(READOUT, "b_y"), (0,), 1 / 3),
    "set_entries": edits.set_entries(Place(0, "h_0"), {0: 0.5, 1: -0.25}),
    "paste_block": edits.paste_block(Place(0, "W_xh"), (0, 0), np.array([[2.0], [3.0]])),
    "fill_block": weight_edits.fill_block(W_hh, ALL, 0.25),
    "scale_block": weight_edits.scale_block(W_hh, ALL, 2.0),
    "negate_block": weight_edits.negate_block(W_hh, ALL),
    "shuffle_block": weight_edits.shuffle_block(W_hh, ALL, seed=3),
    "randomise_block": weight_edits.randomise_block(W_hh, ALL, seed=1, size=0.5),
    "initialise_array": weight_edits.initialise_array(W_hh, "orthogonal", seed=1),
    "set_spectral_radius": weight_edits.set_spectral_radius(W_hh, 0.7),
    "apply_structure": weight_edits.apply_structure(W_hh, "orthogonal"),
    "set_rotation": weight_edits.set_rotation(W_hh, 30.0),
    "lock_block": weight_edits.lock_block(W_hh, ALL, locked=True),
    "move_eigenvalue": eigen_edit.move_eigenvalue(W_hh, eigenbasis(built_in("golden").weight(W_hh)), 0, 0.5 + 0.1j),
    "set_input_values": edits.set_input_values({(0, 1, 0): 0.7}),
    "set_loss_steps": edits.set_loss_steps("last"),
    "set_title": edits.set_title("Another name"),
    "set_activation": network_edits.set_activation(0, "relu"),
    "set_cell": network_edits.set_cell(0, "lstm"),
    "set_units": network_edits.set_units(0, 3),
    "add_layer": network_edits.add_layer(0),
    "remove_layer": network_edits.remove_layer(0),
    "set_return_sequences": network_edits.set_return_sequences(0, returns=False),
    "set_readout": network_edits.set_readout("sigmoid"),
    "set_window": network_edits.set_window(Window(2, stateful=True)),
    "set_precision": network_edits.set_precision("float32"),
    "initialise": network_edits.initialise(Initialisation(seed=3)),
    "replace_document": edits.replace_document(built_in("vanishing"), "Replace"),
    "feed": edits.feed(Input(("a", "b"), np.ones((1, 3, 2))), Objective("sum"), "Feed ones"),
    "series_edit": sources.series_edit(
        parse_series("1\n2\n4\n"), name="rain.csv", normalisation="z-score", next_value_target=True
    ),
    "text_edit": sources.text_edit("abba"),
    "curve_edit": sources.curve_edit(None),
    "generated_edit": sources.generated_edit(GENERATORS["adding"], {"steps": 5}, 2),
    "insert_steps": step_edits.insert_steps(2),
    "delete_steps": step_edits.delete_steps(range(2, 4)),
    "duplicate_steps": step_edits.duplicate_steps(range(1, 2)),
    "move_steps": step_edits.move_steps(range(1, 2), 1),
    "reverse_steps": step_edits.reverse_steps(),
    "shuffle_steps": step_edits.shuffle_steps(3),
    "reorder_input": step_edits.reorder_input(0, np.array([3, 0, 1, 2]), "Turn the input"),
    "add_sequence": step_edits.add_sequence(),
    "duplicate_sequence": step_edits.duplicate_sequence(0),
    "remove_sequence": step_edits.remove_sequence(0),
    "set_length": step_edits.set_length(0, 3),
    "set_targets": target_edits.set_targets({(0, 1, 0): 0.7}),
    "add_targets": target_edits.add_targets(),
    "remove_targets": target_edits.remove_targets(),
    "count_steps": target_edits.count_steps(range(1, 3), counts=False),
    "paste_steps": input_edits.paste_steps(0, 4, 0, np.ones((2, 2))),
    "normalise": input_edits.normalise("z-score"),
    "set_symbol": input_edits.set_symbol(0, 1, "b"),
    "set_alphabet": input_edits.set_alphabet(("b", "c", "a")),
}


# These do more of the same when they are done again.
REPEATED = {
    "add_layer",
    "remove_layer",
    "insert_steps",
    "delete_steps",
    "duplicate_steps",
    "move_steps",
    "reverse_steps",
    "shuffle_steps",
    "reorder_input",
    "add_sequence",
    "duplicate_sequence",
    "remove_sequence",
    "scale_block",
    "negate_block",
    "shuffle_block",
}

# What some of them need in the golden network before they can do anything.
PREPARED = {
    "remove_layer": network_edits.add_layer(0),
    "remove_sequence": step_edits.add_sequence(),
    "add_targets": target_edits.remove_targets(),
    "set_symbol": sources.text_edit("abba"),
    "set_alphabet": sources.text_edit("abba"),
}


def test_every_edit_has_an_example():
    assert set(EXAMPLES) == set(MAKERS)


@pytest.fixture(params=EXAMPLES.values(), ids=EXAMPLES)
def edit(request):
    return request.param


@pytest.fixture
def golden(edit, golden):
    """The golden network, with what the edit needs."""
    needed = next((PREPARED[name] for name in PREPARED if EXAMPLES[name] is edit), None)
    return golden if needed is None else needed.apply(golden)


def copied(document: Document) -> str:
    """Return everything that a document says, to the last bit."""
    return scene_text(document)


def test_it_is_named_in_the_imperative_for_the_menu(edit):
    assert edit.label == edit.label.strip() != ""
    assert edit.label[0].isupper()
    assert not edit.label.endswith(".")


def test_it_changes_the_document_it_returns_and_not_the_one_it_is_given(edit, golden):
    before = copied(golden)
    changed = edit.apply(golden)
    assert changed != golden
    assert copied(golden) == before
    assert copied(changed) != before


def test_it_depends_on_nothing_but_the_document(edit, golden):
    assert edit.apply(golden) == edit.apply(replace(golden))


@pytest.mark.parametrize("edit", [EXAMPLES[name] for name in EXAMPLES if name not in REPEATED])
def test_done_twice_it_is_dropped_the_second_time(edit, golden, qapp):  # noqa: ARG001
    session = Session(golden)
    session.apply(edit)
    session.end_merging()
    session.apply(edit)
    assert session.history.labels[1:] == (edit.label,)


def test_undo_and_redo_are_exact(edit, golden, qapp):  # noqa: ARG001
    session = Session(golden)
    before = copied(golden)
    session.apply(edit)
    after = copied(session.document)
    session.undo()
    assert copied(session.document) == before
    session.redo()
    assert copied(session.document) == after
