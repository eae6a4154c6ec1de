"""Training keeps the best, leaves the frozen alone, and goes on after a kill as if nothing had been."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from teni.errors import TeniError
from teni.training import CURVES, Budget, Phase, TrainingSettings, flips_only, learner, train
from training.nets import ALL, data, network

PHASES = (Phase("head", {"head": 1.0}, 2, 3e-3), Phase("all", ALL, 3, 3e-3, norms="batch"))
SETTINGS = TrainingSettings(batch=8, patience=None)


def weights_after(folder=None, budget=Budget(), on_progress=lambda progress: None):
    net = network()
    trained = train(
        net, data(), PHASES, SETTINGS, seed=5, budget=budget, checkpoints=folder, on_progress=on_progress
    )
    return net.get_weights(), trained


@pytest.fixture(scope="module")
def uninterrupted():
    return weights_after()


def test_it_learns_and_tells_how(uninterrupted):
    _, trained = uninterrupted
    assert trained.curves.columns.tolist() == list(CURVES)
    assert trained.curves["epoch"].tolist() == [1, 2, 3, 4, 5]
    assert trained.curves["phase"].tolist() == ["head"] * 2 + ["all"] * 3
    assert trained.best_error == min([trained.start_error, *trained.curves["validation_error"]])
    assert trained.best_error < trained.start_error
    found = trained.predicted - data().validation_targets
    assert np.sqrt(np.nanmean(found**2)) == pytest.approx(trained.best_error, rel=1e-4)
    # 36 + 4 + 4 and the head's (7 * 9 * 4 + 1) * 6: the batch norm's statistics do not learn
    assert trained.parameters == 44 + 253 * 6


@pytest.mark.parametrize("after", [2, 4])
def test_a_stopped_training_goes_on_to_the_same_numbers(uninterrupted, tmp_path, after):
    def stop(progress):
        if progress.done == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        weights_after(tmp_path, on_progress=stop)
    seen = []
    weights, trained = weights_after(tmp_path, on_progress=lambda progress: seen.append(progress.done))
    assert seen == list(range(after + 1, 6))
    for one, other in zip(uninterrupted[0], weights, strict=True):
        np.testing.assert_array_equal(one, other)
    columns = list(CURVES)
    assert trained.curves[columns].equals(uninterrupted[1].curves[columns])
    assert trained.best_error == uninterrupted[1].best_error


PROGRAM = """
import sys, time
from pathlib import Path
import teni, jax
jax.config.update("jax_compilation_cache_dir", sys.argv[2])
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
from training.test_train import weights_after
weights_after(Path(sys.argv[1]), on_progress=lambda progress: time.sleep(60 if progress.done == 3 else 0))
"""


def test_a_killed_process_loses_no_finished_epoch(uninterrupted, tmp_path, compiled_once):
    tests = Path(__file__).parents[1]
    paths = os.pathsep.join([str(tests), *sys.path])
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(compiled_once)],
        env={**os.environ, "PYTHONPATH": paths},
    )
    try:
        mark = tmp_path / "training.npz"
        done = 0
        while done < 3:
            assert child.poll() is None
            time.sleep(0.1)
            if mark.is_file():
                with np.load(mark) as file:
                    done = str(file["plain"]).count('"list": [{"value": "')  # one row of the curves an epoch
        child.send_signal(signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    seen = []
    weights, _ = weights_after(tmp_path, on_progress=lambda progress: seen.append(progress.done))
    assert seen == [4, 5]
    for one, other in zip(uninterrupted[0], weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_frozen_stays_and_what_is_best_is_kept():
    net = network()
    before = {layer.name: layer.get_weights() for layer in net.layers}
    phase = Phase("wild", {"b1": 1.0, "head": 1.0}, 3, 5.0, "constant")  # a rate that only makes it worse
    trained = train(net, data(), [phase], SETTINGS, seed=0)
    assert trained.best_epoch == 0
    assert trained.best_error == trained.start_error
    assert "was kept" in trained.notes[0]
    assert changed(before, net) == set()
    trained = train(net, data(), [replace(phase, learning_rate=3e-3)], SETTINGS, seed=0)
    assert trained.best_epoch > 0
    assert changed(before, net) == {"b1", "head"}
    gamma, beta, mean, variance = net.get_layer("b1").get_weights()
    assert (mean == before["b1"][2]).all()  # a norm that learns keeps its statistics
    assert (variance == before["b1"][3]).all()
    assert (gamma != before["b1"][0]).any()
    assert (beta != before["b1"][1]).any()
    assert all(layer.trainable for layer in net.layers)


def changed(before, net):
    return {
        layer.name
        for layer in net.layers
        if any((a != b).any() for a, b in zip(before[layer.name], layer.get_weights(), strict=True))
    }


def test_stored_outputs_of_what_is_frozen_train_alike(monkeypatch):
    found = []
    for most in (2**30, 0):
        monkeypatch.setattr(learner, "MOST_STORED", most)
        net = network(dropout=0.0)
        settings = TrainingSettings(batch=8, augment=flips_only())
        trained = train(net, data(), [replace(PHASES[0], epochs=1)], settings, seed=0)
        found.append((net.get_weights(), trained.curves["loss"].to_numpy()))
    for one, other in zip(found[0][0], found[1][0], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-3)


def test_mixed_precision_learns_alike_and_leaves_plain_float32_behind():
    plan = [Phase("all", ALL, 6, 0.01)]
    found = {}
    for precision in ("float32", "mixed"):
        net = network(dropout=0.0)
        settings = TrainingSettings(augment=flips_only(), batch=8, precision=precision)
        found[precision] = train(net, data(), plan, settings, seed=0)
        assert {str(w.dtype) for w in net.get_weights()} == {"float32"}
        assert {layer.compute_dtype for layer in net.layers} == {"float32"}
    exact, mixed = (found[precision].curves["loss"].to_numpy() for precision in ("float32", "mixed"))
    assert not np.array_equal(exact, mixed)  # products were rounded
    np.testing.assert_allclose(mixed, exact, rtol=0.05)  # bfloat16 keeps three digits
    assert mixed[-1] < mixed[0]


def test_patience_ends_a_phase_and_a_budget_shortens_all():
    phase = replace(PHASES[0], epochs=9, learning_rate=5.0)
    trained = train(network(), data(), [phase], replace(SETTINGS, patience=2), seed=0)
    assert len(trained.curves) < 9
    _, trained = weights_after(budget=Budget(epochs=2))
    assert trained.curves["phase"].tolist() == ["head", "all"]
    _, trained = weights_after(budget=Budget(seconds=1e-6))
    assert trained.curves["phase"].tolist() == ["head", "all"]  # an epoch each is the least


def test_a_damaged_checkpoint_is_named(tmp_path):
    (tmp_path / "training.npz").write_bytes(b"PK nonsense")
    with pytest.raises(TeniError, match=r"training.npz: a damaged checkpoint .* delete it"):
        weights_after(tmp_path)


def test_another_training_does_not_go_on_from_it(tmp_path):
    weights_after(tmp_path, Budget(epochs=2))
    net = network()
    trained = train(net, data(), PHASES[:1], SETTINGS, seed=6, checkpoints=tmp_path)
    assert trained.curves["epoch"].tolist() == [1, 2]


def test_a_loss_that_is_no_number_ends_it():
    trained = train(network(), data(), [replace(PHASES[1], epochs=5, learning_rate=1e30)], SETTINGS, seed=0)
    assert len(trained.curves) < 5
    assert "diverged" in trained.notes[0]
    assert np.isfinite(trained.predicted).all()
