"""What this machine can do: a large product for arithmetic, a large copy for traffic. Everything else is less."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

# Multiplications a side, numbers copied: enough to keep the device busy for milliseconds.
SIDES = {"cpu": 3072, "gpu": 8192}
COPIED = {"cpu": 64 * 2**20, "gpu": 2**30}


def measure_machine(rounds: int = 5) -> dict[str, float]:
    """Return billions of operations and gigabytes a second, float32, on all cores or the GPU; the best of rounds.

    XLA runs the product, as it runs what is measured, with the precision that it takes by default there; bytes read
    and bytes written both count.
    """
    import jax
    import jax.numpy as jnp

    kind = "cpu" if jax.default_backend() == "cpu" else "gpu"
    side, copied = SIDES[kind], COPIED[kind]
    matrix, product = jnp.ones((side, side), jnp.float32), jax.jit(lambda x: x @ x)
    if kind == "cpu":  # into memory that is there: XLA would ask for more each time
        source, target = np.ones(copied, np.float32), np.empty(copied, np.float32)
        copying = _quickest(lambda x: np.copyto(target, x), source, rounds)
    else:
        copying = _quickest(jax.jit(jnp.negative), jnp.ones(copied, jnp.float32), rounds)
    return {
        "gflops": 2 * side**3 / _quickest(product, matrix, rounds) / 1e9,
        "gb_per_s": 2 * 4 * copied / copying / 1e9,
    }


def device() -> str:
    """Name what JAX computes on."""
    import jax

    return str(jax.devices()[0].device_kind)


def _quickest(work: Callable[[Any], Any], x: Any, rounds: int) -> float:
    import jax

    jax.block_until_ready(work(x))
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        jax.block_until_ready(work(x))
        best = min(best, time.perf_counter() - start)
    return best
