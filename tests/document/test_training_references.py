"""Ten whole updates are those of PyTorch: forward, loss, backward, clipping and Adam together.

The references were made by tests/references/make_training.py.
"""

from pathlib import Path

import numpy as np
import pytest
from trainings import trained

from rnnviz.document.document import Document, Input, Layer, Objective, Readout
from rnnviz.document.training import Trainer, Training
from rnnviz.document.training_data import own_data

TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def references():
    with np.load(Path(__file__).parents[1] / "references" / "training.npz") as arrays:
        return dict(arrays)


@pytest.fixture(params=["rnn", "lstm", "gru"])
def reference(request, references):
    """Return the cell and its arrays."""
    prefix = f"{request.param}/"
    return request.param, {n.removeprefix(prefix): a for n, a in references.items() if n.startswith(prefix)}


def weights_of(arrays, when):
    return {name.removeprefix(when): array for name, array in arrays.items() if name.startswith(when)}


def test_ten_updates_are_those_of_pytorch(reference):
    cell, arrays = reference
    before = weights_of(arrays, "before.")
    readout = {name: before.pop(name) for name in ("W_hy", "b_y")}
    document = Document(
        (Layer(cell, before),),
        Readout("linear", readout),
        Input(("x1", "x2"), arrays["x"]),
        Objective("half_squared_error", "all", "mean", arrays["targets"]),
    )
    trainer = Trainer(document, own_data(document), Training("adam", 0.05, clipping="norm", clip_at=0.05))
    states, records = trained(trainer, 10)
    np.testing.assert_allclose([record.loss for record in records], arrays["losses"], rtol=TOLERANCE)
    np.testing.assert_allclose([record.before for record in records], arrays["norms"], rtol=TOLERANCE)
    assert (arrays["norms"] > 0.05).any(), "the gradient is never clipped"
    after, expected = trainer.document_at(states[-1]), weights_of(arrays, "after.")
    for place in document.places():
        np.testing.assert_allclose(after.weight(place), expected.pop(place.name), rtol=TOLERANCE, atol=TOLERANCE)
    assert not expected
