"""The second start of a command compiles nothing; help never looks for a cache."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from spot_run import pixels_lit, write_table

# Runs a command and tells on the last line of standard error how many programs were compiled, and how many read.
PROGRAM = """
import json, sys, jax
counts = {"cache_hits": 0, "cache_misses": 0}
def count(event, **_):
    name = event.rsplit("/", 1)[-1]
    if name in counts:
        counts[name] += 1
jax.monitoring.register_event_listener(count)
from teni.cli import main
try:
    main()
finally:
    print(json.dumps(counts), file=sys.stderr)
"""


def start(home: Path, code: str, *words: object) -> subprocess.CompletedProcess:
    known = {k: v for k, v in os.environ.items() if not k.startswith(("JAX_COMPILATION", "JAX_PERSISTENT"))}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        env=known | {"XDG_CACHE_HOME": str(home), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )


def test_a_second_start_compiles_nothing(spots: Path, tmp_path: Path):
    table = write_table(tmp_path / "test.csv", pixels_lit(np.array([[[70, 30], [20, 40]]])))
    first, second = (start(tmp_path / "cache", PROGRAM, "predict", spots, table) for _ in range(2))
    before, after = (json.loads(done.stderr.splitlines()[-1]) for done in (first, second))
    assert before["cache_misses"] > 0
    assert after["cache_misses"] == 0
    assert after["cache_hits"] >= before["cache_misses"]
    assert first.stdout == second.stdout
    (folder,) = (tmp_path / "cache" / "teni").iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_cache_that_cannot_be_made_is_told_and_the_command_goes_on(
    teni: Callable, spots: Path, tmp_path: Path, monkeypatch
):
    table = write_table(tmp_path / "test.csv", pixels_lit(np.array([[[70, 30], [20, 40]]])))
    monkeypatch.setattr("teni.engine.keep_compiled", lambda: "home: compiled programs are not kept there")
    ended = teni("predict", spots, table)
    assert ended.code == 0
    assert "home: compiled programs are not kept there" in ended.err
    assert len(ended.out.splitlines()) == 2


def test_help_makes_no_cache(tmp_path: Path):
    code = (
        "import sys; from teni.cli import main\ntry:\n    main()\nfinally:\n    print('jax' in sys.modules)"
    )
    done = start(tmp_path / "cache", code, "fit", "--help")
    assert done.stdout.splitlines()[-1] == "False"
    assert not (tmp_path / "cache").exists()
