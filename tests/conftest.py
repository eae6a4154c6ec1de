"""What all tests share: the option that points to the real data, and the skips that name their reason."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

import teni  # noqa: F401  names Keras's backend, before any test imports Keras

# Tests compile hundreds of tiny programs and run each once or twice: optimising them takes longer than they run.
# XLA reads this when it first computes.
QUICK_TO_COMPILE = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {QUICK_TO_COMPILE}".strip()

settings.register_profile("teni", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("teni")


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled programs on disk: many tests, and the processes that they start, compile the same ones.

    A folder for each of the processes that run tests side by side: none reads what another is just writing.
    """
    cache = getattr(config, "cache", None)  # there is none under -p no:cacheprovider
    if cache is not None:
        folder = cache.mkdir(f"jax-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(folder)
        os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0.05"
        os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--real-data", type=Path, help="folder with faces/ and weights/ (see docs/testing.md)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--real-data") is None:
        skip = pytest.mark.skip(reason="needs real faces and weights: pytest --real-data DIR")
        for item in items:
            if item.get_closest_marker("real"):
                item.add_marker(skip)
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if marked and not _has_gpu():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="needs a GPU that JAX can use"))


def _has_gpu() -> bool:
    import jax

    return jax.default_backend() != "cpu"


@pytest.fixture(scope="session")
def real_data(request: pytest.FixtureRequest) -> Path:
    """Return the folder of the real data, ``faces/`` and ``weights/`` below it."""
    return request.config.getoption("--real-data")
