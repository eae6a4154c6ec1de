"""The command line, in this process and in one of its own, and a real run to use it on."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from spot_run import save_spot_run
from teni.cli import main

PROGRAM = [sys.executable, "-c", "from teni.cli import main; main()"]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def spots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run folder whose model finds bright spots."""
    return save_spot_run(tmp_path_factory.mktemp("runs") / "spots")


@pytest.fixture
def teni(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Return a function that runs a command in this process."""

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["teni", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return Ended(end.value.code, captured.out, captured.err)

    return run


@pytest.fixture
def process() -> Callable[..., Ended]:
    """Return a function that runs a command in a process of its own."""

    def run(*words: object) -> Ended:
        done = subprocess.run([*PROGRAM, *map(str, words)], capture_output=True, check=False, timeout=120)
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
