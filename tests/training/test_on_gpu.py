"""On an accelerator an epoch is one program: nothing crosses between host and device until it is over."""

from types import MappingProxyType

import jax
import numpy as np
import pytest

from teni.training import Phase, TrainingSettings
from teni.training import learner as learning
from training.nets import ALL, data, network

pytestmark = pytest.mark.gpu
SETTINGS = TrainingSettings(batch=8, patience=None)


def test_nothing_crosses_within_an_epoch(monkeypatch):
    asked = []

    def guarded(step, state, arrays, plan):
        run = compiled(step, state, arrays, plan)

        def inside(*given):
            asked.append([next(iter(leaf.devices())).platform for leaf in jax.tree.leaves(given)])
            with jax.transfer_guard("disallow"):
                found = jax.block_until_ready(run(*given))
            return found

        return inside

    compiled = learning.compile_steps
    monkeypatch.setattr(learning, "compile_steps", guarded)
    phase = Phase("all", MappingProxyType(ALL), 2, 3e-3, norms="batch")
    learner = learning.Learner(network(), phase, data(), SETTINGS, 0)
    _, losses = learner.epoch(learner.start(), 1, np.full(learner.steps, 1e-3, np.float32))
    assert len(losses) == learner.steps > 1
    assert len(asked) == 1  # one program for all steps
    assert "cpu" not in asked[0]
