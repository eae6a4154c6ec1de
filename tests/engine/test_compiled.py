"""Compiled programs on disk: a second process compiles nothing, and no state of the folder breaks a command."""

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import pytest

from teni.engine import compiled, keep_compiled

SETTINGS = (
    "jax_compilation_cache_dir",
    "jax_persistent_cache_min_compile_time_secs",
    "jax_persistent_cache_min_entry_size_bytes",
)
# Prints how many programs were compiled, how many read, and a number that they worked out.
CHILD = """
import json, sys, warnings
from pathlib import Path
warnings.simplefilter("error")
import jax
from teni.engine import keep_compiled
counts = {"cache_hits": 0, "cache_misses": 0}
def count(event, **_):
    name = event.rsplit("/", 1)[-1]
    if name in counts:
        counts[name] += 1
jax.monitoring.register_event_listener(count)
problem = keep_compiled(Path(sys.argv[1]))
found = float(jax.jit(lambda x: (x * 3).sum())(jax.numpy.arange(4.0)))
print(json.dumps([problem, counts["cache_misses"], counts["cache_hits"], found]))
"""


@pytest.fixture
def nothing_set() -> Iterator[None]:
    before = [getattr(jax.config, name) for name in SETTINGS]
    jax.config.update("jax_compilation_cache_dir", None)
    yield
    for name, value in zip(SETTINGS, before, strict=True):
        jax.config.update(name, value)


def child(folder: Path, **environment: str) -> subprocess.Popen:
    known = {k: v for k, v in os.environ.items() if not k.startswith(("JAX_COMPILATION", "JAX_PERSISTENT"))}
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        env=known | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(process: subprocess.Popen) -> list:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out)


def test_a_second_process_compiles_nothing_and_damage_is_compiled_anew(tmp_path: Path):
    folder = tmp_path / "teni" / "compiled"
    beside = [child(folder), child(folder)]  # two at once
    first = [told(process) for process in beside]
    assert [each[0] for each in first] == [None, None]
    assert all(each[1] + each[2] > 0 for each in first)
    assert max(each[1] for each in first) > 0
    problem, compiled_now, read, found = told(child(folder))
    assert (problem, compiled_now, found) == (None, 0, 18.0)
    assert read > 0
    assert folder.stat().st_mode & 0o777 == folder.parent.stat().st_mode & 0o777 == 0o700
    for entry in folder.iterdir():
        entry.write_bytes(entry.read_bytes()[:40])
    assert told(child(folder))[3] == 18.0  # and no warning


def test_what_the_user_set_stays(tmp_path: Path):
    own = tmp_path / "own"
    assert told(child(tmp_path / "teni" / "compiled", JAX_COMPILATION_CACHE_DIR=str(own)))[0] is None
    assert not (tmp_path / "teni").exists()


def test_the_default_is_in_the_cache_folder_of_the_user(nothing_set, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(compiled.platformdirs, "user_cache_path", lambda name: tmp_path / name)
    assert keep_compiled() is None
    folder = Path(jax.config.jax_compilation_cache_dir)
    assert folder.parent == tmp_path / "teni"
    assert folder.name.startswith("compiled-")
    assert jax.config.jax_persistent_cache_min_compile_time_secs == 0


def refused(folder: Path) -> str:
    problem = keep_compiled(folder)
    assert jax.config.jax_compilation_cache_dir is None
    assert problem is not None
    assert problem.startswith(f"{folder}: compiled programs are not kept there, ")
    return problem


@pytest.mark.parametrize("mode", [0o777, 0o770])
@pytest.mark.parametrize("which", ["folder", "its parent"])
def test_a_folder_that_others_may_write_to(nothing_set, tmp_path: Path, mode: int, which: str):
    folder = tmp_path / "teni" / "compiled"
    folder.mkdir(parents=True)
    wrong = folder if which == "folder" else folder.parent
    wrong.chmod(mode)
    assert f"others may write to {wrong}; remove it, or take that right away (chmod go-w)" in refused(folder)


def test_a_folder_of_another_user(nothing_set, tmp_path: Path, monkeypatch):
    folder = tmp_path / "teni" / "compiled"
    folder.mkdir(parents=True)
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    assert "teni belongs to another user; remove it, or set JAX_COMPILATION_CACHE_DIR" in refused(folder)


def test_a_link(nothing_set, tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "teni").mkdir()
    folder = tmp_path / "teni" / "compiled"
    folder.symlink_to(tmp_path / "elsewhere")
    assert f"{folder} is a link; remove it" in refused(folder)


def test_a_file_in_its_place(nothing_set, tmp_path: Path):
    (tmp_path / "teni").write_text("")
    assert "it cannot be used (" in refused(tmp_path / "teni" / "compiled")


def test_a_disk_that_is_nearly_full(nothing_set, tmp_path: Path, monkeypatch):
    usage = namedtuple("usage", "total used free")(10**9, 10**9 - 1, 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert "the disk is nearly full; free some space" in refused(tmp_path / "teni" / "compiled")


def test_what_was_not_used_for_longest_goes(nothing_set, tmp_path: Path):
    folder = tmp_path / "teni" / "compiled"
    folder.mkdir(parents=True, mode=0o700)
    for age, name in enumerate(("new", "used", "old")):
        (folder / name).write_bytes(bytes(100))
        os.utime(folder / name, (10_000 - 100 * age, 5_000))
    assert keep_compiled(folder, most_bytes=250) is None
    assert {path.name for path in folder.iterdir()} == {"new", "used"}


@pytest.fixture
def commands_of_a_home(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    """Return a function that runs Python where nothing is set and the cache folder is a new one."""

    def run(code: str) -> subprocess.CompletedProcess:
        known = {
            k: v for k, v in os.environ.items() if not k.startswith(("JAX_COMPILATION", "JAX_PERSISTENT"))
        }
        return subprocess.run(
            [sys.executable, "-c", code],
            env=known | {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )

    return run


def test_importing_teni_sets_nothing_up(commands_of_a_home: Callable, tmp_path: Path):
    done = commands_of_a_home(
        "import teni, teni.engine, jax; teni.backbone; print(jax.config.jax_compilation_cache_dir)"
    )
    assert done.stdout.strip() == "None"
    assert not (tmp_path / "teni").exists()
