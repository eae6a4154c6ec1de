"""What a command tells: its result on standard output, everything else on standard error."""

import json
import os
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from teni.errors import TeniError
from teni.files import explained
from teni.progress import OnProgress, Progress

INTERRUPTED = 130  # the exit status that a shell gives for Ctrl-C
EVERY_SECONDS = 5.0  # between two plain lines about one step
MOST_DONE = 4  # bars of steps that are done and still stand on a terminal


def result(text: str) -> None:
    """Write text to standard output, UTF-8 whatever the terminal is set to, with a line end.

    Args:
        text: the result; nothing else ever goes to standard output.

    Raises:
        TeniError: standard output is a file on a full disk.
    """
    content = text if text.endswith("\n") else f"{text}\n"
    try:
        sys.stdout.buffer.write(content.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except OSError as error:
        _forget_the_rest()
        if isinstance(error, BrokenPipeError):
            raise  # nobody is reading any more: typer ends the command without a word
        with explained(Path("standard output")):
            raise error


def result_json(content: Mapping[str, Any]) -> None:
    """Write a result to standard output as one JSON object on one line.

    Args:
        content: plain values, NumPy's numbers and arrays, and paths; NaN is not JSON and is an error.
    """
    result(json.dumps(content, ensure_ascii=False, allow_nan=False, default=_plain))


def say(text: str) -> None:
    """Tell people something on standard error, one line or several.

    Args:
        text: what to tell; control characters, e.g. from the name of a file, are shown and not obeyed.
    """
    print(printable(text), file=sys.stderr, flush=True)


def say_error(error: TeniError) -> None:
    """Tell on standard error what went wrong, as one sentence.

    Args:
        error: a failure that is explained.
    """
    say(f"Error: {' '.join(str(error).splitlines())}")


def printable(text: str) -> str:
    r"""Write control characters as what they are called, so that no file name can steer a terminal.

    >>> printable("faces\x1b[2J.csv\nnext line")
    'faces\\x1b[2J.csv\nnext line'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def check_output_file(path: Path | None, overwrite: bool) -> None:
    """Refuse now, before the work, a file that could not be written at its end.

    Args:
        path: the file to write; None is standard output. A device or pipe may exist.
        overwrite: whether a file that stands there may be replaced.

    Raises:
        TeniError: it exists and may not be replaced, is a folder, or its folder does not exist.

    >>> check_output_file(Path("no/such/folder/points.csv"), False)
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: no/such/folder/points.csv: the folder no/such/folder does not exist; make it or ...
    """
    if path is None:
        return
    if path.is_dir():
        raise TeniError(f"{path}: is a folder; give the name of a file to write")
    if path.is_file() and not overwrite:
        raise TeniError(f"{path}: exists already; give another name or replace it with --overwrite")
    if not path.parent.is_dir():
        raise TeniError(f"{path}: the folder {path.parent} does not exist; make it or give another one")


@contextmanager
def progress_printer() -> Generator[OnProgress]:
    """Give a function that shows how far each step is: a bar on a terminal, plain lines elsewhere.

    Yields:
        What every function with an ``on_progress`` argument takes.
    """
    if not sys.stderr.isatty():
        yield plain_lines(say, time.monotonic)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), redirect_stdout=False) as bars:
        tasks: dict[str, Any] = {}

        def ended(task: Any) -> bool:
            return any(each.id == task and each.finished for each in bars.tasks)

        def show(progress: Progress) -> None:
            if progress.step not in tasks:
                done = [step for step, task in tasks.items() if ended(task)]
                for step in done[
                    : max(len(done) - MOST_DONE, 0)
                ]:  # a ladder has more steps than a terminal lines
                    bars.remove_task(tasks.pop(step))
                tasks[progress.step] = bars.add_task(printable(progress.step), total=progress.total)
            bars.update(tasks[progress.step], completed=progress.done, total=progress.total)

        yield show


def plain_lines(tell: Callable[[str], None], clock: Callable[[], float]) -> OnProgress:
    """Make progress into lines: one when a step is done, and one every few seconds before.

    Args:
        tell: takes a line.
        clock: the time in seconds.

    >>> show = plain_lines(print, lambda: 0.0)
    >>> for done in range(1, 4):
    ...     show(Progress("features", done, 3))
    features: 3 of 3
    """
    started: dict[str, float] = {}
    told: dict[str, float] = {}

    def show(progress: Progress) -> None:
        now = clock()
        begin = started.setdefault(progress.step, now)
        done = progress.done >= progress.total
        if not done and now - told.setdefault(progress.step, begin) < EVERY_SECONDS:
            return
        told[progress.step] = now
        seconds = round(now - begin)
        after = f" ({seconds} s)" if seconds else ""
        tell(f"{progress.step}: {progress.done:,} of {progress.total:,}{after}")
        if done:
            del started[progress.step], told[progress.step]

    return show


def _forget_the_rest() -> None:
    """Point standard output to nowhere, or Python would try what failed again when it ends, and complain."""
    with suppress(OSError, ValueError):  # in tests it is not always a real file
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):  # NumPy's, which is not imported for the sake of a type
        return value.tolist()  # pyright: ignore
    raise TypeError(f"{type(value).__name__} has no place in JSON")
