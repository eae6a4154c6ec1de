"""A real run behind the service, asked within this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from served import HERE, Open
from spot_run import save_spot_run
from teni.run import read_run
from teni.serve import Settings, create_app, open_service


@pytest.fixture(scope="session")
def spots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run folder whose model finds bright spots."""
    return save_spot_run(tmp_path_factory.mktemp("runs") / "spots")


@pytest.fixture(scope="session")
def client(spots: Path) -> Iterator[TestClient]:
    """Return a client of a service with settings as they come."""
    with TestClient(create_app(open_service(read_run(spots))), base_url=HERE) as asking:
        yield asking


@pytest.fixture
def opened(spots: Path) -> Iterator[Open]:
    """Return a function that opens a service with other settings."""
    clients: list[TestClient] = []

    def open_with(settings: Settings, run: Path = spots) -> TestClient:
        asking = TestClient(create_app(open_service(read_run(run)), settings), base_url=HERE)
        clients.append(asking.__enter__())
        return asking

    yield open_with
    for each in clients:
        each.__exit__(None, None, None)
