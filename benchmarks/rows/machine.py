"""What this machine can do: a large product for arithmetic, a large copy for traffic. Everything else is less."""

import time

import numpy as np

SIDE, COPIED = 3072, 64 * 2**20


def measure_machine(rounds: int = 5) -> dict[str, float]:
    """Return billions of operations and gigabytes a second, float32, on all cores; the best of some rounds.

    XLA runs the product, as it runs what is measured; bytes read and bytes written both count.
    """
    import jax
    import jax.numpy as jnp

    a = jnp.ones((SIDE, SIDE), jnp.float32)
    product = jax.jit(lambda x: x @ x)
    source, target = np.ones(COPIED, np.float32), np.empty(COPIED, np.float32)
    product(a).block_until_ready()
    best = {"gflops": 0.0, "gb_per_s": 0.0}
    for _ in range(rounds):
        start = time.perf_counter()
        product(a).block_until_ready()
        best["gflops"] = max(best["gflops"], 2 * SIDE**3 / (time.perf_counter() - start) / 1e9)
        start = time.perf_counter()
        np.copyto(target, source)
        best["gb_per_s"] = max(best["gb_per_s"], 2 * source.nbytes / (time.perf_counter() - start) / 1e9)
    return best
