"""What is linked with what, held against what the numbers of a network really depend on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents, moderate

from rnnviz.core.cells import CELLS
from rnnviz.document.compute import compute
from rnnviz.document.document import (
    READOUT,
    Document,
    Input,
    Layer,
    Objective,
    Place,
    Readout,
    Window,
    weight_shapes,
)
from rnnviz.document.links import (
    Cells,
    Eigenvalue,
    Feature,
    Gate,
    Output,
    Spot,
    Step,
    Unit,
    Weight,
    block_of,
    covers,
    exists,
    gate_of,
    linked,
    named,
)


def network(cells, units=3, length=5, readout="linear"):
    """Return a dense network that starts from a state that is not 0."""
    rng = np.random.default_rng(units + length)
    layers, width = [], 2
    for cell in cells:
        weights = {name: 0.5 * rng.normal(size=shape) for name, shape in weight_shapes(cell, units, width).items()}
        initial = {state: rng.normal(size=units) for state in CELLS[cell].states}
        layers.append(Layer(cell, weights, initial))
        width = units
    last = Readout(readout, {"W_hy": rng.normal(size=(2, units)), "b_y": np.zeros(2)}) if readout else None
    return Document(tuple(layers), last, Input(("a", "b"), rng.normal(size=(1, length, 2))), Objective())


def nudged(document, place, row, column):
    array = document.weight(place).copy()
    array[(row,) if array.ndim == 1 else (row, column)] += 0.25
    return document.with_weight(place, array)


def entries(document):
    for place in document.places():
        rows, columns = (*document.weight(place).shape, 1)[:2]
        for row in range(rows):
            for column in range(columns):
                yield Weight(place, row, column)


def units(document):
    return [Unit(layer, unit) for layer, made in enumerate(document.layers) for unit in range(made.units)]


def depends(document, thing, on, sample=0):
    return meets(linked(document, thing, sample).depends_on, on)


def affects(document, thing, other, sample=0):
    return meets(linked(document, thing, sample).dependents, other)


def meets(patterns, thing):
    return any(covers(pattern, thing) for pattern in patterns)


every_cell = pytest.mark.parametrize("cells", [["rnn"], ["lstm"], ["gru"], ["rnn", "lstm", "gru"]], ids="-".join)


# What the numbers say


@every_cell
def test_a_changed_weight_moves_first_the_unit_or_output_that_it_leads_to(cells):
    document = network(cells)
    before = compute(document)
    for weight in entries(document):
        after = compute(nudged(document, weight.place, weight.row, weight.column))
        linked_units = [unit for unit in units(document) if affects(document, weight, unit)]
        if weight.place.layer == READOUT:
            moved = np.flatnonzero((before.y != after.y).any(axis=(0, 1)))
            assert [Output(k) for k in moved] == [Output(k) for k in range(2) if affects(document, weight, Output(k))]
            continue
        layer = weight.place.layer
        first = before.layers[layer].states["h"][0, 1] != after.layers[layer].states["h"][0, 1]
        assert [Unit(layer, unit) for unit in np.flatnonzero(first)] == linked_units


@every_cell
def test_a_changed_weight_moves_the_gates_of_its_block_and_what_those_reset(cells):
    document = network(cells)
    before = compute(document)
    for weight in entries(document):
        if weight.place.layer == READOUT or document.layers[weight.place.layer].cell == "rnn":
            continue
        after = compute(nudged(document, weight.place, weight.row, weight.column))
        layer = weight.place.layer
        moved = {
            (block, int(unit))
            for block, gates in before.layers[layer].gates.items()
            for unit in np.flatnonzero(gates[0, 0] != after.layers[layer].gates[block][0, 0])
        }
        gates = {(block, unit) for block in CELLS[document.layers[layer].cell].blocks for unit in range(3)}
        at_once = {(b, j) for b, j in gates if affects(document, weight, Gate(layer, j, b))}
        for block, unit in gates:
            gate = Gate(layer, unit, block)
            assert depends(document, gate, weight) == ((block, unit) in at_once)
            through_another = any(depends(document, gate, Gate(layer, j, b)) for b, j in at_once)
            assert ((block, unit) in moved) == ((block, unit) in at_once or through_another)


@every_cell
def test_an_initial_state_moves_the_units_that_depend_on_it(cells):
    document = network(cells)
    before = compute(document)
    for layer, made in enumerate(document.layers):
        for state in CELLS[made.cell].states:
            weight = Weight(Place(layer, f"{state}_0"), 1, 0)
            after = compute(nudged(document, weight.place, 1, 0))
            moved = np.flatnonzero(before.layers[layer].states[state][0, 0] != after.layers[layer].states[state][0, 0])
            assert [Unit(layer, unit, 0) for unit in moved] == [
                unit for unit in (Unit(layer, j, 0) for j in range(3)) if affects(document, weight, unit)
            ]


@every_cell
def test_an_input_moves_first_the_units_of_its_step(cells):
    document = network(cells)
    before, values = compute(document), document.input.values.copy()
    values[0, 2, 1] += 0.5
    after = compute(replace(document, input=replace(document.input, values=values)))
    changed = [
        Unit(layer, unit, t)
        for layer in range(len(cells))
        for unit in range(3)
        for t in range(6)
        if before.layers[layer].states["h"][0, t, unit] != after.layers[layer].states["h"][0, t, unit]
    ]
    assert min(unit.t for unit in changed) == 3
    at_once = [unit for unit in units(document) if affects(document, Feature(1, 3), replace(unit, t=3))]
    assert at_once == [unit for unit in units(document) if unit.layer == 0]


@pytest.mark.parametrize("stateful", [True, False])
def test_a_window_that_starts_again_is_linked_with_the_initial_state(stateful):
    document = replace(network(["rnn"], length=6), window=Window(2, stateful))
    before, after = compute(document), compute(nudged(document, Place(0, "h_0"), 0, 0))
    moved = (before.layers[0].states["h"][0] != after.layers[0].states["h"][0]).any(axis=1)
    assert moved.all()  # through the state that is carried, or at each start
    for t in range(1, 7):
        starts_again = not stateful and t in (3, 5)
        assert depends(document, Unit(0, 1, t), Unit(0, 0, t - 1)) == (t == 1 or not starts_again)
        assert depends(document, Unit(0, 1, t), Unit(0, 0, 0)) == (t == 1 or starts_again)
        assert affects(document, Unit(0, 0, 0), Unit(0, 1, t)) == (t == 1 or starts_again)


# The rules


def test_a_unit_depends_on_its_rows_and_feeds_its_columns():
    document = network(["rnn", "rnn"])
    links = linked(document, Unit(0, 2, 3))
    assert links.depends_on == {
        Weight(Place(0, "W_xh"), 2),
        Weight(Place(0, "W_hh"), 2),
        Weight(Place(0, "b_h"), 2),
        Unit(0, None, 2),
        Feature(None, 3),
    }
    assert links.dependents == {
        Weight(Place(0, "W_hh"), None, 2),
        Weight(Place(1, "W_xh"), None, 2),
        Unit(0, None, 4),
        Unit(1, None, 3),
    }


def test_a_gate_depends_on_the_rows_of_its_block_alone():
    document = network(["gru"])
    rows = {each.place.name for each in linked(document, Gate(0, 1, "n", 2)).depends_on if isinstance(each, Weight)}
    assert rows == {"W_xn", "W_hn", "b_n", "b_hn"}
    assert linked(document, Gate(0, 1, "n", 2)).dependents == {Unit(0, 1, 2)}


def test_without_a_readout_the_output_is_the_last_unit():
    document = network(["rnn"], readout=None)
    assert linked(document, Output(1, 2)).depends_on == {Unit(0, 1, 2)}
    assert Output(1, 2) in linked(document, Unit(0, 1, 2)).dependents


def test_a_step_reads_its_input_and_the_states_before():
    links = linked(network(["rnn", "gru"]), Step(3))
    assert links.depends_on == {Feature(None, 3), Unit(0, None, 2), Unit(1, None, 2)}
    assert links.dependents == {Unit(0, None, 3), Unit(1, None, 3), Output(None, 3)}


def test_links_end_where_the_sequence_does():
    document = network(["rnn"], length=5)
    padded = replace(document, input=replace(document.input, lengths=(3,)))
    assert affects(document, Unit(0, 0, 3), Unit(0, 1, 4))
    assert not affects(padded, Unit(0, 0, 3), Unit(0, 1, 4))
    assert affects(padded, Unit(0, 0, 3), Output(0, 3))
    for focus in (Unit(0, 0, 4), Feature(0, 4), Step(4), Output(0, 4)):
        links = linked(padded, focus)
        assert links.depends_on | links.dependents == set()


def test_only_the_last_output_depends_on_a_layer_that_hands_on_its_last_state():
    document = network(["rnn"])
    document = replace(document, layers=(replace(document.layers[0], return_sequences=False),))
    assert not depends(document, Output(0, 3), Unit(0, 0, 3))
    assert depends(document, Output(0, 5), Unit(0, 0, 5))


# Both ways


@settings(max_examples=25)
@given(documents(moderate, large=False), st.data())
def test_a_weight_is_a_source_of_exactly_the_units_that_are_its_effects(document, data):
    sample = data.draw(st.integers(0, document.batch - 1))
    of_units = {unit: linked(document, unit, sample) for unit in units(document)}
    for weight in entries(document):
        links = linked(document, weight, sample)
        for unit, of_unit in of_units.items():
            assert meets(of_unit.depends_on, weight) == meets(links.dependents, unit)
            assert meets(links.depends_on, unit) == meets(of_unit.dependents, weight)


@settings(max_examples=25)
@given(documents(moderate, large=False), st.data())
def test_units_and_steps_are_linked_both_ways(document, data):
    sample = data.draw(st.integers(0, document.batch - 1))
    times = range(document.timesteps + 1)
    things = [
        *(replace(unit, t=t) for unit in units(document) for t in times),
        *(Output(k, t) for k in range(document.outputs) for t in times[1:]),
        *(Feature(k, t) for k in range(len(document.input.features)) for t in times[1:]),
    ]
    drawn = data.draw(st.lists(st.sampled_from(things), min_size=2, max_size=12, unique=True))
    links = {thing: linked(document, thing, sample) for thing in drawn}
    for one in drawn:
        for other in drawn:
            assert meets(links[one].depends_on, other) == meets(links[other].dependents, one)


@settings(max_examples=25)
@given(documents(moderate, large=False), st.data())
def test_everything_that_is_linked_exists(document, data):
    t = data.draw(st.integers(0, document.timesteps))
    focuses = [*entries(document), *units(document), Step(t), *(replace(unit, t=t) for unit in units(document))]
    for focus in focuses:
        assert exists(document, focus)
        links = linked(document, focus)
        assert all(exists(document, thing) for thing in links.depends_on | links.dependents)


def test_what_a_document_does_not_have_does_not_exist():
    document = network(["lstm"])
    for missing in (
        *(Unit(1, 0), Unit(0, 3), Unit(0, 0, 6), Unit(-1, 0), Gate(0, 0, "r"), Gate(0, 3, "f"), Gate(0, 0, "f", 0)),
        *(Weight(Place(0, "W_hh"), 0, 0), Weight(Place(0, "W_hf"), 3, 0), Weight(Place(0, "b_f"), 0, 1)),
        *(Weight(Place(1, "W_hf"), 0, 0), Feature(2), Feature(0, 0), Output(2), Output(0, 6), Step(6), Step(-1)),
    ):
        assert not exists(document, missing)
    assert not exists(network(["rnn"]), Gate(0, 0, "h"))


# What views ask


def test_views_are_told_what_to_light_up():
    links = linked(network(["rnn"]), Weight(Place(0, "W_hh"), 0, 2))
    assert links.cells(Place(0, "W_hh")) == (Cells("focus", 0, 2),)
    assert set(links.units(0)) == {Spot("source", 2, None), Spot("effect", 0, None)}
    assert named(links.units(0)) == {0, 2}
    assert links.units(1) == links.features() == links.outputs() == ()


def test_the_focus_comes_last_so_that_it_is_painted_on_top():
    links = linked(network(["gru"]), Unit(0, 1, 2))
    assert links.units(0)[-1] == Spot("focus", 1, 2)
    assert len(set(links.units(0))) == len(links.units(0))


@pytest.mark.parametrize(
    ("thing", "role"),
    [
        (Unit(0, 1, 2), "focus"),
        (Unit(0, 1), "focus"),
        (Unit(0, 0, 1), "source"),
        (Unit(0, 0, 3), "effect"),
        (Unit(0, 0, 2), None),
        (Weight(Place(0, "W_hh"), 1, 0), "source"),
        (Weight(Place(0, "W_hh"), 0, 1), "effect"),
        (Weight(Place(0, "W_hh"), 0, 0), None),
        (Step(2), None),
    ],
)
def test_a_thing_has_a_role(thing, role):
    assert linked(network(["rnn"]), Unit(0, 1, 2)).role(thing) == role


@pytest.mark.parametrize("cell", CELLS)
def test_every_weight_belongs_to_a_block(cell):
    for name in weight_shapes(cell, 2, 2):
        assert block_of(cell, name) in CELLS[cell].blocks


def test_a_gate_lights_up_in_its_own_block_alone():
    links = linked(network(["lstm"]), Gate(0, 1, "f", 2))
    assert links.gates(0, "f") == (Spot("focus", 1, 2),)
    assert [links.gates(0, block) for block in "igo"] == [(), (), ()]
    assert links.gates(1, "f") == ()


def test_a_whole_gate_is_a_spot_without_number_and_step():
    assert linked(network(["gru"]), Gate(0, None, "z")).gates(0, "z") == (Spot("focus", None, None),)


def test_the_reset_gate_is_seen_in_the_candidate():
    document = network(["gru"])
    assert linked(document, Gate(0, 1, "r", 2)).gates(0, "n") == (Spot("effect", 1, 2),)
    assert linked(document, Gate(0, 1, "n", 2)).gates(0, "r") == (Spot("source", 1, 2),)


def test_a_unit_lights_up_its_gates_and_those_of_the_next_step():
    assert linked(network(["lstm"]), Unit(0, 1, 2)).gates(0, "o") == (Spot("source", 1, 2), Spot("effect", None, 3))


def test_a_heading_is_lit_with_its_gate_or_its_whole_matrix():
    document = network(["lstm"])
    places = [Place(0, name) for name in document.layers[0].weights]
    of_forget = {place for place in places if gate_of(document, place) == "f"}
    assert {place.name for place in of_forget} == {"W_xf", "W_hf", "b_f"}
    for focus, role in ((Gate(0, None, "f"), "focus"), (Weight(Place(0, "W_xf"), 1, 0), "effect")):
        links = linked(document, focus)
        assert {place for place in places if links.heading(document, place) == role} == of_forget
        assert {links.heading(document, place) for place in places} == {None, role}
    links = linked(document, Weight(Place(0, "h_0")))
    assert links.heading(document, Place(0, "h_0")) == "focus"
    assert links.heading(document, Place(0, "c_0")) is None


def test_what_every_unit_has_lights_up_no_heading():
    document = network(["lstm"])
    links = linked(document, Unit(0, 1, 2))
    assert {links.heading(document, place) for place in document.places()} == {None}


def test_plain_cells_have_no_gates():
    document = network(["rnn"])
    assert {gate_of(document, place) for place in document.places()} == {None}
    assert not exists(document, Gate(0, None, "h"))


def test_an_eigenvalue_depends_on_all_of_its_matrix_and_on_nothing_else():
    document, place = network(["gru"]), Place(0, "W_hz")
    links = linked(document, Eigenvalue(place, 1))
    assert (links.depends_on, links.dependents) == (frozenset({Weight(place)}), frozenset())
    assert Eigenvalue(place) in linked(document, Weight(place, 0, 2)).dependents
    assert linked(document, Weight(place, 0, 2)).role(Eigenvalue(place, 2)) == "effect"
    assert linked(document, Weight(Place(0, "W_hn"), 0, 2)).role(Eigenvalue(place, 2)) is None


@pytest.mark.parametrize("place", [Place(0, "W_xh"), Place(READOUT, "W_hy"), Place(0, "b_h"), Place(3, "W_hh")])
def test_only_recurrent_matrices_have_eigenvalues(place):
    document = network(["rnn"])
    assert not exists(document, Eigenvalue(place))
    assert exists(document, Eigenvalue(Place(0, "W_hh"), 2))
    assert not exists(document, Eigenvalue(Place(0, "W_hh"), 3))
