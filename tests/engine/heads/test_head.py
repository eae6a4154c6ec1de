"""Compiled epochs, on features and on inner products, against plain NumPy and against Keras."""

import jax
import keras
import numpy as np
import pytest

from teni.engine.heads import JaxHead, choose_form, share
from teni.training.heads import HeadData, MlpSettings
from teni.training.heads.batches import draw_pass
from teni.training.heads.numpy_head import NumpyHead
from teni.training.heads.settings import first_weights

SETTINGS = MlpSettings((12, 9), (0.5, 0.25), learning_rates=(0.05, 0.01), epochs=6, batch=8)
START = np.array([0.1, -0.1, 0.0, 0.2], np.float32)


def problem(kind="squares", dtype=np.float32, rows=45, features=30, seed=0):
    """Rows with gaps of which some are left aside, so that the last step of an epoch is not full."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(rows + 5, features)).astype(dtype), rng.normal(size=(11, features)).astype(dtype)
    mine, theirs = np.arange(rows) + 3, np.arange(10)

    def labels(z):
        if kind == "squares":
            known = (rng.random((len(z), 4)) < 0.8).astype(dtype)
            return np.tanh(z[:, :4] + z[:, 4:8] * z[:, 8:12]).astype(dtype), known
        known = np.repeat(rng.random((len(z), 1)) < 0.8, 3, axis=1).astype(dtype)
        return np.eye(3, dtype=dtype)[np.argmax(z[:, :3], axis=1)], known

    (targets, known), (others, others_known) = labels(x[mine]), labels(y[theirs])
    return x, y, HeadData(mine, targets, known, theirs, others, others_known, kind)


def heads(x, y, data, settings=SETTINGS):
    first = [
        w.astype(x.dtype) for w in first_weights(settings, x.shape[1], START[: data.targets.shape[1]], 0)
    ]
    asked = (data, first, settings.momentum, settings.dropout)
    plain, gram = (JaxHead(share(x, y, form), *asked) for form in ("plain", "gram"))
    return {"numpy": NumpyHead(x, y, *asked), "plain": plain, "gram": gram}


def train(head, data, settings=SETTINGS, epochs=4):
    state, losses, outputs = head.start(), [], None
    for epoch in range(epochs):
        drawn = draw_pass(settings, len(data.rows), 0, epoch)
        rate = settings.learning_rate(epoch)
        state, found, outputs = head.epoch(state, drawn.rows, drawn.counts, drawn.kept, rate)
        losses.append(found)
    return np.concatenate(losses), outputs, head.weights(state)


@pytest.mark.parametrize("kind", ["squares", "cross-entropy"])
def test_all_forms_take_the_very_same_steps_in_64_bits(kind):
    x, y, data = problem(kind, np.float64)
    with jax.enable_x64():
        found = {name: train(head, data) for name, head in heads(x, y, data).items()}
    losses, outputs, weights = found["numpy"]
    assert np.abs(weights[-1] - START[: len(weights[-1])]).max() > 1e-3
    for name in ("plain", "gram"):
        np.testing.assert_allclose(found[name][0], losses, rtol=0, atol=1e-9)
        np.testing.assert_allclose(found[name][1], outputs, rtol=0, atol=1e-9)
        for ours, theirs in zip(found[name][2], weights, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", ["squares", "cross-entropy"])
def test_all_forms_agree_in_32_bits(kind):
    x, y, data = problem(kind)
    found = {name: train(head, data) for name, head in heads(x, y, data).items()}
    for name in ("plain", "gram"):
        np.testing.assert_allclose(found[name][0], found["numpy"][0], rtol=0, atol=1e-4)
        for ours, theirs in zip(found[name][2], found["numpy"][2], strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)


def test_an_epoch_of_more_steps_than_a_scale_survives():
    settings = MlpSettings((3,), (0.0,), learning_rates=(0.01, 0.01), momentum=0.5, epochs=3, batch=1)
    x, y, data = problem(dtype=np.float64, rows=90)  # 0.5 ** 90 is 8e-28
    with jax.enable_x64():
        found = {name: train(head, data, settings, 3) for name, head in heads(x, y, data, settings).items()}
    for ours, theirs in zip(found["gram"][2], found["numpy"][2], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


def test_it_is_what_keras_does():
    settings = MlpSettings((12, 9), (0.0, 0.0), learning_rates=(0.05, 0.01), epochs=3, batch=9)
    x, y, data = problem(rows=45)
    data = HeadData(data.rows, data.targets, np.ones_like(data.known), *_validation(data))
    first = first_weights(settings, x.shape[1], START, 0)
    layers = [keras.layers.Dense(12, "relu"), keras.layers.Dense(9, "relu"), keras.layers.Dense(4)]
    model = keras.Sequential([keras.Input((x.shape[1],)), *layers])
    model.set_weights(first)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), "mse")
    for epoch in range(3):
        model.optimizer.learning_rate.assign(settings.learning_rate(epoch))
        order = draw_pass(settings, 45, 0, epoch).rows.ravel()
        model.fit(x[data.rows][order], data.targets[order], batch_size=9, shuffle=False, verbose=0)
    for name, head in heads(x, y, data, settings).items():
        for ours, theirs in zip(train(head, data, settings, 3)[2], model.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-5, err_msg=name)


def _validation(data):
    return data.validation_rows, data.validation_targets, data.validation_known


def test_an_old_state_stays_as_it_was_and_comes_back_from_arrays():
    x, y, data = problem()
    for head in heads(x, y, data).values():
        drawn = draw_pass(SETTINGS, len(data.rows), 0, 0)
        asked = (drawn.rows, drawn.counts, drawn.kept, 0.05)
        start = head.start()
        once, losses, outputs = head.epoch(start, *asked)
        kept = [np.array(a) for a in head.arrays(once)]
        again = head.epoch(head.from_arrays(head.arrays(start)), *asked)
        np.testing.assert_array_equal(losses, again[1])
        head.epoch(once, *asked)
        for now, then in zip(head.arrays(once), kept, strict=True):
            np.testing.assert_array_equal(now, then)
        np.testing.assert_array_equal(outputs, again[2])


def test_the_form_goes_by_the_shape():
    assert choose_form(3_424, 15_488) == "gram"
    assert choose_form(5_000, 2_500) == "gram"
    assert choose_form(5_001, 2_500) == "plain"
    assert choose_form(40_000, 100_000) == "plain"  # 6.4 GB of inner products
