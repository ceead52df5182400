"""The scenes about cells, layers, batches and windows: what each says to look at is there to be seen."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.core.measures.norms import norms
from rnnviz.document.compute import compute
from rnnviz.document.presets import built_in


def gradient_norms(document, layer=0, sample=0):
    return norms(compute(document).layers[layer].state_gradients["h"][sample])


def test_the_lstm_holds_its_impulse_for_forty_steps():
    c = compute(built_in("lstm-memory")).layers[0].states["c"][0, :, 0]
    assert c[1] == 0.0  # unit 2 hears the impulse first
    assert c[2] > 0.25
    assert c[40] > 0.75 * c[2]


def test_the_gradient_of_the_last_step_arrives_at_the_first():
    arriving = gradient_norms(built_in("lstm-memory"))
    assert arriving[0] > 0.6 * arriving[40]
    assert gradient_norms(built_in("vanishing"))[0] < 1e-6


def test_without_the_forget_bias_nothing_of_it_arrives():
    document = built_in("lstm-memory")
    layer = document.layers[0]
    forgetful = replace(layer, weights={**layer.weights, "b_f": np.zeros(2)})
    assert gradient_norms(replace(document, layers=(forgetful,)))[0] < 1e-9


def test_the_update_gate_takes_the_sine_at_a_pulse_and_holds_it_until_the_next():
    frame = compute(built_in("gru"))
    h, z = frame.layers[0].states["h"][0, 1:, 0], frame.layers[0].gates["z"][0, :, 0]
    sine, pulse = frame.x[0].T
    assert (z[pulse == 1] < 0.01).all()
    assert (z[pulse == 0] > 0.99).all()
    assert h[pulse == 1] == pytest.approx(np.tanh(sine[pulse == 1]), abs=0.01)
    pulses = np.flatnonzero(pulse)
    for start, end in zip(pulses, [*pulses[1:], len(h)], strict=True):
        assert np.ptp(h[start:end]) < 0.1  # a twentieth of what the sine moves through


def test_the_reset_gate_lets_the_other_unit_begin_anew():
    frame = compute(built_in("gru"))
    h, r = frame.layers[0].states["h"][0, :, 1], frame.layers[0].gates["r"][0, :, 1]
    sine, pulse = frame.x[0].T
    assert (r[pulse == 1] < 0.01).all()
    assert (r[pulse == 0] > 0.99).all()
    for t in np.flatnonzero(pulse) + 1:
        assert abs(h[t - 1]) > 0.9
        assert abs(h[t]) < 0.4
        assert h[t + 3] * sine[t - 1] > 0.9 * abs(sine[t - 1])  # it grows where the sine points then


def test_layer_1_gets_a_direct_gradient_at_every_step_though_only_the_last_output_counts():
    document = built_in("stacked")
    assert [layer.cell for layer in document.layers] == ["lstm", "rnn"]
    lower, upper = compute(document).layers
    assert norms(upper.direct[0])[:-1].max() == 0.0
    assert norms(upper.direct[0])[-1] > 0.0
    assert norms(lower.direct[0])[1:].min() > 0.0


def test_the_last_state_says_rising_or_falling_where_the_last_change_does_not():
    document = built_in("many-to-one")
    frame = compute(document)
    assert not document.layers[0].return_sequences
    assert frame.y[0, -1, 0] > 0.9
    assert frame.y[1, -1, 0] < 0.1
    assert frame.x[0, :, 0].sum() > 0 > frame.x[0, -1, 0]
    assert frame.x[1, :, 0].sum() < 0 < frame.x[1, -1, 0]


def test_each_sequence_of_the_batch_has_its_gradient_from_its_own_end():
    document = built_in("batch")
    assert document.input.lengths == (12, 8, 5)
    for sample, length in enumerate(document.input.lengths):
        arriving = gradient_norms(document, sample=sample)
        assert arriving[: length + 1].min() > 0.0
        assert (arriving[length + 1 :] == 0.0).all()


def test_what_stands_in_the_padding_of_the_batch_changes_nothing():
    document = built_in("batch")
    values = document.input.values.copy()
    for sample, length in enumerate(document.input.lengths):
        values[sample, length:] = 7.0
    before, after = compute(document), compute(replace(document, input=replace(document.input, values=values)))
    assert after.loss == before.loss
    for name, gradient in before.layers[0].weight_gradients.items():
        assert np.array_equal(after.layers[0].weight_gradients[name], gradient)


def test_across_a_border_the_state_goes_on_and_the_gradient_does_not():
    document = built_in("truncated")
    whole = replace(document, window=None)
    cut, uncut = compute(document).layers[0], compute(whole).layers[0]
    assert np.array_equal(cut.states["h"], uncut.states["h"])
    total, direct = norms(cut.state_gradients["h"][0]), norms(cut.direct[0])
    borders = [5, 10, 15, 20]
    inside = [t for t in range(1, 20) if t not in borders]
    assert total[borders] == pytest.approx(direct[borders], rel=1e-12)
    assert (total[inside] > 1.5 * direct[inside]).all()
    assert (norms(uncut.state_gradients["h"][0])[borders[:-1]] > 2 * direct[borders[:-1]]).all()
