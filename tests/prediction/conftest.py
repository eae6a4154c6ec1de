"""One real run for all tests of prediction."""

from pathlib import Path

import pytest

from spot_run import save_spot_run


@pytest.fixture(scope="session")
def spots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run folder whose model finds bright spots."""
    return save_spot_run(tmp_path_factory.mktemp("runs") / "spots")
