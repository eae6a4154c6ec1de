"""Compiled programs are kept on disk, so that the second start of a command compiles nothing.

JAX can keep the size of its cache in bounds itself, but then every program that is written lists all others under a
lock, a cache that may only be read is not read, and a process killed between two of its files leaves a cache that
takes nothing more. So the folder is tidied here, once a start, and JAX just reads and writes.
"""

import hashlib
import os
import platform
import shutil
import stat
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import jax
import platformdirs

# A command compiles some hundred programs, 20 to 60 MB; what was not used for longest goes first.
MOST_BYTES = 1_000_000_000
# With less room than this on the disk a program would be cut short, and stay so.
FEWEST_FREE_BYTES = 200_000_000


def keep_compiled(folder: Path | None = None, most_bytes: int = MOST_BYTES) -> str | None:
    """Have JAX read compiled programs from a folder of the user's, and write new ones there.

    Nothing is done where a cache was set up already, in ``JAX_COMPILATION_CACHE_DIR`` or by ``jax.config``. What the
    folder holds is run, so it must belong to the user alone; it is made with mode 0700.

    Args:
        folder: where to keep them; by default ``teni/compiled-MACHINE`` in the user's cache folder.
        most_bytes: how much of it stays from earlier starts; what was not used for longest is removed.

    Returns:
        Why programs are not kept, in one sentence; None where they are.

    >>> import tempfile
    >>> before = jax.config.jax_compilation_cache_dir
    >>> jax.config.update("jax_compilation_cache_dir", None)
    >>> keep_compiled(Path(tempfile.mkdtemp()) / "compiled")
    >>> jax.config.update("jax_compilation_cache_dir", before)
    """
    settings: Any = jax.config
    if settings.jax_compilation_cache_dir is not None:
        return None
    folder = folder or platformdirs.user_cache_path("teni") / f"compiled-{_machine()}"
    problem = _make_private(folder)
    if problem is not None:
        return f"{folder}: compiled programs are not kept there, {problem}"
    _tidy(folder, most_bytes)
    # JAX warns of each program that it cannot read or write; it is compiled then, which is all there is to say.
    warnings.filterwarnings("ignore", "Error (reading|writing) persistent compilation cache", UserWarning)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    jax.config.update("jax_compilation_cache_dir", str(folder))
    return None


def _make_private(folder: Path) -> str | None:
    """Make the folder, or say what is wrong with the one that is there."""
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        for each in (folder.parent, folder):  # who may rename the one may swap the other
            found = each.lstat()
            if not stat.S_ISDIR(found.st_mode):
                return f"{each} is a link; remove it"
            if hasattr(os, "getuid") and found.st_uid != os.getuid():
                return f"{each} belongs to another user; remove it, or set JAX_COMPILATION_CACHE_DIR"
            if os.name == "posix" and found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return f"others may write to {each}; remove it, or take that right away (chmod go-w)"
        if shutil.disk_usage(folder).free < FEWEST_FREE_BYTES:
            return "the disk is nearly full; free some space"
    except OSError as error:
        return f"it cannot be used ({error.strerror}); set JAX_COMPILATION_CACHE_DIR to another place"
    return None


def _machine() -> str:
    """Name the kind of processor: a program for one may have instructions that another does not know."""
    known = f"{platform.machine()} {platform.processor()}"
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        known += next((line for line in lines if line.lower().startswith(("flags", "features"))), "")
    return hashlib.sha256(known.encode()).hexdigest()[:12]


def _tidy(folder: Path, most_bytes: int) -> None:
    """Remove what was not used for longest; another process may do the same meanwhile."""
    with suppress(OSError):
        entries = [
            (max(s.st_atime, s.st_mtime), s.st_size, e) for e in os.scandir(folder) for s in [e.stat()]
        ]
        size = sum(entry[1] for entry in entries)
        for _, bytes_, entry in sorted(entries, key=lambda each: each[0]):
            if size <= most_bytes:
                return
            Path(entry.path).unlink(missing_ok=True)
            size -= bytes_
