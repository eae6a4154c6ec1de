"""Programs that several tests and their child processes run are compiled once."""

from collections.abc import Iterator
from pathlib import Path

import jax
import pytest


@pytest.fixture(scope="session", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep compiled programs on disk while the tests of this folder run."""
    names = ("jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs")
    before = [getattr(jax.config, name) for name in names]
    folder = tmp_path_factory.mktemp("compiled")
    for name, value in zip(names, (str(folder), 0.1), strict=True):
        jax.config.update(name, value)
    yield folder
    for name, value in zip(names, before, strict=True):
        jax.config.update(name, value)
