"""Documents of every kind for hypothesis: all cells, stacks, readouts, losses, windows, texts and numbers."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.initialisers import INITIALISERS
from rnnviz.core.objectives import LOSSES, READOUTS
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
from rnnviz.document.initialisation import LARGEST_SEED, Initialisation
from rnnviz.document.scaling import Scaling

anything_finite = st.floats(allow_nan=False, allow_infinity=False)
moderate = st.floats(-2, 2)
unicode_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@st.composite
def numbers(draw, shape, elements):
    """An array; a large one repeats a few drawn numbers, which is much quicker than to draw them all."""
    if np.prod(shape) <= 64:
        return draw(arrays(np.float64, shape, elements=elements))
    return np.resize(draw(arrays(np.float64, 7, elements=elements)), shape)


@st.composite
def layers(draw, inputs, elements, units=None):
    """A layer that reads so many inputs."""
    cell = draw(st.sampled_from(sorted(CELLS)))
    activation = draw(st.sampled_from(sorted(ACTIVATIONS))) if cell == "rnn" else "tanh"
    units = units or draw(st.integers(1, 3))
    weights = {
        name: draw(numbers(shape, elements))
        for name, shape in weight_shapes(cell, units, inputs).items()
        if len(shape) == 2 or draw(st.booleans())
    }
    initial = {name: draw(numbers((units,), elements)) for name in CELLS[cell].states if draw(st.booleans())}
    return Layer(cell, weights, initial, activation, return_sequences=True)


@st.composite
def scalings(draw, features):
    """Any way in which so many features were normalised."""
    numbers = st.tuples(*[anything_finite] * features)
    kind = draw(st.sampled_from(["z-score", "min-max"]))
    return Scaling(kind, draw(numbers), tuple(scale or 1.0 for scale in draw(numbers)))


@st.composite
def inputs(draw, elements, timesteps):
    """One to three sequences, sometimes said to spell a text."""
    shape = (draw(st.integers(1, 3)), timesteps, draw(st.integers(1, 3)))
    features = tuple(draw(unicode_text) for _ in range(shape[2]))
    values = draw(numbers(shape, elements))
    lengths = draw(st.none() | st.tuples(*[st.integers(1, timesteps)] * shape[0]))
    if draw(st.booleans()):
        return Input(features, values, lengths=lengths, scaling=draw(st.none() | scalings(shape[2])))
    vocabulary = tuple(draw(unicode_text) for _ in range(shape[2]))
    return Input(features, values, draw(unicode_text), vocabulary, draw(st.sampled_from(["char", "word"])), lengths)


@st.composite
def initialisations(draw, elements):
    """Any way to draw weights."""
    recurrent = draw(st.sampled_from(sorted(INITIALISERS)))
    radius = draw(st.none() | st.floats(0, 10)) if recurrent != "zeros" else None
    kind = draw(st.sampled_from(sorted(INITIALISERS)))
    return Initialisation(kind, recurrent, radius, draw(elements), draw(st.integers(0, LARGEST_SEED)))


@st.composite
def objectives(draw, data, outputs, activation, elements):
    """An objective that suits a readout."""
    suitable = sorted(loss.name for loss in LOSSES.values() if loss.readout in (None, activation))
    loss = LOSSES[draw(st.sampled_from(suitable))]
    batch, timesteps = data.values.shape[:2]
    shortest = min(data.lengths or (timesteps,))
    first = st.integers(1, shortest)
    chosen = st.lists(st.integers(1, timesteps), min_size=1, max_size=5, unique=True)
    chosen = st.tuples(first, chosen).map(lambda both: (both[0], *(t for t in both[1] if t != both[0])))
    steps = draw(st.sampled_from(["all", "last"]) | chosen)
    targets = None
    if loss.integer_targets:
        classes = st.integers(0, outputs - 1).map(float)
        targets = draw(numbers((batch, timesteps), classes))
    elif loss.needs_targets or draw(st.booleans()):
        targets = draw(numbers((batch, timesteps, outputs), elements))
    return Objective(loss.name, steps, draw(st.sampled_from(["sum", "mean"])), targets)


@st.composite
def locked(draw, document):
    """The document with some entries of some arrays locked."""
    places = [Place(n, name) for n, layer in enumerate(document.layers) for name in layer.arrays()]
    places += [place for place in document.places() if place.layer == READOUT]
    for place in draw(st.lists(st.sampled_from(places), max_size=3, unique=True)):
        shape = document.weight(place).shape
        pattern = draw(st.lists(st.booleans(), min_size=1, max_size=5))
        document = document.with_locks(place, np.resize(np.array(pattern), shape))
    return document


@st.composite
def documents(draw, elements=anything_finite, large=True, any_precision=False, locks=False):
    """Any document; with ``large``, sometimes one whose arrays are written as base64."""
    size = draw(st.sampled_from(["small", "long", "wide"])) if large else "small"
    timesteps = 400 if size == "long" else draw(st.integers(1, 4))
    data = draw(inputs(elements, timesteps))
    stack, width = [], data.values.shape[2]
    for _ in range(draw(st.integers(1, 3))):
        stack.append(draw(layers(width, elements, units=33 if size == "wide" else None)))
        width = stack[-1].units
    readout, outputs = None, width
    if draw(st.booleans()):
        outputs = draw(st.integers(1, 3))
        weights = {"W_hy": draw(numbers((outputs, width), elements))}
        if draw(st.booleans()):
            weights["b_y"] = draw(numbers((outputs,), elements))
        readout = Readout(draw(st.sampled_from(sorted(READOUTS))), weights)
    activation = "linear" if readout is None else readout.activation
    objective = draw(objectives(data, outputs, activation, elements))
    if isinstance(objective.steps, str):
        last = stack[-1]
        hands_on = draw(st.booleans())
        stack[-1] = Layer(last.cell, last.weights, last.initial_state, last.activation, hands_on)
    window = draw(st.none() | st.builds(Window, st.integers(1, 2**40), st.booleans()))
    title, notes = draw(unicode_text), draw(unicode_text)
    precision = draw(st.sampled_from(["float64", "float64", "float32"])) if any_precision else "float64"
    drawn = draw(initialisations(elements))
    document = Document(tuple(stack), readout, data, objective, window, title, notes, precision, drawn)
    return draw(locked(document)) if locks else document
