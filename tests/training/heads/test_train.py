"""Early stopping, budgets, and training that goes on where it was interrupted."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from teni.training import CURVES, Budget
from teni.training.heads import HeadData, Job, MlpSettings, train, train_heads
from teni.training.heads.checkpoint import FILE, read_kept

SETTINGS = MlpSettings((16, 8), (0.5, 0.0), (0.05, 0.01), epochs=8, patience=8, batch=8)


def rows(seed=0, noise=0.0):
    rng = np.random.default_rng(seed)
    x, y = (rng.normal(size=(n, 20)).astype(np.float32) for n in (40, 12))

    def labels(z):
        return (np.tanh(z[:, :2]) + noise * rng.normal(size=(len(z), 2))).astype(np.float32)

    data = HeadData(
        np.arange(40),
        labels(x),
        np.ones((40, 2), np.float32),
        np.arange(12),
        labels(y),
        np.ones((12, 2), np.float32),
    )
    return x, y, data


def fit(x, y, data, settings=SETTINGS, folder=None, **more):
    def error(outputs):
        return float(np.sqrt(((outputs - data.validation_targets) ** 2).mean()))

    job = Job("one", data, error, folder and folder / "one")
    return train_heads(x, y, [job], settings, seed=5, **more)


def same(one, other):
    for ours, theirs in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert one.curves.equals(other.curves)
    assert one.best == other.best


def test_curves_and_best_weights():
    (found,) = fit(*rows())
    assert tuple(found.curves.columns) == CURVES
    assert found.curves["epoch"].tolist() == list(range(1, 9))
    assert found.curves["learning_rate"].iloc[[0, -1]].tolist() == [0.05, 0.01]
    assert found.curves["loss"].iloc[-1] < found.curves["loss"].iloc[0]
    assert found.best == found.curves["validation_loss"].argmin() + 1
    np.testing.assert_allclose(
        found.curves["validation_error"] ** 2, found.curves["validation_loss"], rtol=1e-5
    )
    _, y, data = rows()
    w = found.weights
    hidden = np.maximum(np.maximum(y @ w[0] + w[1], 0) @ w[2] + w[3], 0)
    error = np.mean((hidden @ w[4] + w[5] - data.validation_targets) ** 2)
    assert error == pytest.approx(found.curves["validation_loss"].min(), rel=1e-4)


def test_it_stops_when_nothing_gets_better():
    settings = replace(SETTINGS, learning_rates=(0.0, 0.0), patience=3)
    (found,) = fit(*rows(), settings)
    assert (len(found.curves), found.best) == (4, 1)


@pytest.mark.parametrize("every", [0.0, 1e9])
def test_going_on_equals_never_having_stopped(tmp_path, monkeypatch, every):
    monkeypatch.setattr(train, "SECONDS_BETWEEN_FILES", every)
    (whole,) = fit(*rows(noise=0.5))
    for epochs in (1, 4, 8):
        (parts,) = fit(*rows(noise=0.5), folder=tmp_path, budget=Budget(epochs=epochs))
        assert len(parts.curves) == epochs
    same(whole, parts)
    (again,) = fit(*rows(noise=0.5), folder=tmp_path)  # nothing is left to train
    same(whole, again)


def test_a_killed_process_leaves_a_state_to_go_on_from(tmp_path, monkeypatch):
    monkeypatch.setattr(train, "SECONDS_BETWEEN_FILES", 0.0)

    def stop(progress):
        if progress.done == 5:
            raise KeyboardInterrupt

    (whole,) = fit(*rows())
    with pytest.raises(KeyboardInterrupt):
        fit(*rows(), folder=tmp_path, on_progress=stop)
    assert (tmp_path / "one" / FILE).is_file()
    (rest,) = fit(*rows(), folder=tmp_path)
    same(whole, rest)


def test_the_state_of_another_fit_is_not_gone_on_from(tmp_path):
    fit(*rows(), folder=tmp_path)
    (other,) = fit(*rows(seed=1), folder=tmp_path)
    same(fit(*rows(seed=1))[0], other)
    (tmp_path / "one" / FILE).write_bytes(b"PK broken")
    assert read_kept(tmp_path / "one", "") is None
    same(fit(*rows())[0], fit(*rows(), folder=tmp_path)[0])


def test_heads_side_by_side_are_those_trained_alone():
    x, y, data = rows()
    some = replace(data, rows=data.rows[::2], targets=data.targets[::2], known=data.known[::2])
    error = lambda out: 0.0  # noqa: E731
    pair = train_heads(x, y, [Job("a", data, error), Job("b", some, error)], SETTINGS, seed=5)
    for found, mine in zip(pair, (data, some), strict=True):
        (alone,) = train_heads(x, y, [Job("a", mine, error)], SETTINGS, seed=5)
        for ours, theirs in zip(found.weights, alone.weights, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_budgets_end_training_and_leave_the_rates_as_planned():
    told = []
    (short,) = fit(*rows(), budget=Budget(epochs=2), on_progress=told.append)
    (whole,) = fit(*rows())
    assert short.curves.equals(whole.curves.iloc[:2])
    assert [(p.done, p.total) for p in told] == [(1, 2), (2, 2)]
    (quick,) = fit(*rows(), budget=Budget(seconds=1e-9))
    assert len(quick.curves) == 1


def test_what_its_time_ended_is_not_trained_on_by_whoever_takes_it_up(tmp_path):
    (quick,) = fit(*rows(), folder=tmp_path, budget=Budget(seconds=1e-9))
    (taken_up,) = fit(*rows(), folder=tmp_path)  # as the winner of a comparison is, without a limit
    same(quick, taken_up)
    assert (quick.earlier, taken_up.earlier) == (0.0, quick.seconds)


def test_the_state_of_another_backend_is_not_gone_on_from(tmp_path, monkeypatch):
    fit(*rows(), folder=tmp_path, budget=Budget(epochs=4))
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    (alone,), (after,) = fit(*rows()), fit(*rows(), folder=tmp_path)
    same(alone, after)


def test_what_goes_astray_is_left_at_once():
    (found,) = fit(*rows(), replace(SETTINGS, learning_rates=(1e30, 1e30)))
    assert len(found.curves) < 8
    assert all(np.isfinite(w).all() for w in found.weights)


def test_other_backends_get_the_same_numbers(monkeypatch):
    (fast,) = fit(*rows())
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    (slow,) = fit(*rows())
    for column in ("loss", "validation_loss"):
        np.testing.assert_allclose(slow.curves[column], fast.curves[column], atol=1e-4)
    for ours, theirs in zip(slow.weights, fast.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_an_interruption_stops_heads_that_run_side_by_side(tmp_path):
    x, y, data = rows()
    settings = replace(SETTINGS, epochs=100_000, patience=100_000)
    jobs = [Job(name, data, lambda _: 0.0, tmp_path / name) for name in ("a", "b", "c")]

    def stop(progress):
        if progress.done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_heads(x, y, jobs, settings, seed=5, on_progress=stop)
