"""Every row against the best of its baselines, in turns: `make bench`.

    python benchmarks/bench.py [--rows WORD ...] [--rounds 5] [--quick | --times N] [--out benchmarks/results.json]

Each side of a row works in a process of its own, on the Keras backend that its name ends with; a backend that is not
installed is left out and named. Rounds go through the sides one after the other, while the other processes wait.
Medians are compared; the machine's own ceilings (a large product, a large copy) are measured in the same run, before
each row. Writes JSON and, beside it, a page: docs/benchmarks.md.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from rows.all import ROWS  # noqa: E402  (the folder of this file is not a package)
from rows.page import write_page  # noqa: E402
from rows.row import Row  # noqa: E402

PACKAGES = ("keras", "jax", "tensorflow", "tensorflow-cpu", "torch", "scikit-learn", "numpy", "pandas")


class Worker:
    """A side of a row in a process of its own."""

    def __init__(self, row: Row, side: str, size: int) -> None:
        command = [sys.executable, str(HERE / "worker.py"), row.name, side, str(size)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._say: Any = self._process.stdin
        self._heard: Any = self._process.stdout
        self.about = self._read()
        self.seconds: list[float] = []

    def time(self) -> None:
        """Have the work done once."""
        print("go", file=self._say, flush=True)
        self.seconds.append(self._read()["seconds"] / self.about["share"])

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _read(self) -> dict[str, Any]:
        line = self._heard.readline()
        if not line:
            raise RuntimeError(f"the process ended with status {self._process.wait()}")
        return json.loads(line)


def available(row: Row) -> tuple[list[str], list[str]]:
    """Return the sides whose backend is installed, and those whose is not."""
    here = [side for side in row.sides if find_spec(row.backend(side)) is not None]
    return here, [side for side in row.sides if side not in here]


def measure(row: Row, rounds: int, size: int) -> dict[str, Any]:
    """Time all sides of a row in turns."""
    from rows.machine import measure_machine

    machine = measure_machine()
    sides, missing = available(row)
    workers = {side: Worker(row, side, size) for side in sides}
    try:
        for _ in range(rounds):
            for worker in workers.values():
                worker.time()
    finally:
        for worker in workers.values():
            worker.close()
    medians = {side: statistics.median(worker.seconds) for side, worker in workers.items()}
    others = {side: seconds for side, seconds in medians.items() if side != "teni"}
    best = min(others, key=lambda side: others[side])
    operations = workers["teni"].about["operations"]
    bound = operations / (machine["gflops"] * 1e9)
    return {
        "row": row.name,
        "ratio": round(medians[best] / medians["teni"], 2),
        "asked": row.asked,
        "against": best,
        "seconds": {side: [float(f"{s:.4g}") for s in worker.seconds] for side, worker in workers.items()},
        "median_seconds": {side: float(f"{seconds:.4g}") for side, seconds in medians.items()},
        "ceiling": round(bound / medians["teni"], 3) if operations else None,
        "machine": {name: round(value, 1) for name, value in machine.items()},
        "not_installed": missing,
        "apart": apart(row, workers),
        "size": size,
        "rounds": rounds,
    }


def apart(row: Row, workers: dict[str, Worker]) -> dict[str, float]:
    """Return how far the others' numbers lie from teni's, and refuse a race between different works."""
    ours = workers["teni"].about["told"]
    found = {
        side: max(
            (abs(a - b) / max(abs(a), 1e-12) for a, b in zip(ours, worker.about["told"], strict=True)),
            default=0.0,
        )
        for side, worker in workers.items()
        if side != "teni" and row.agree is not None
    }
    for side, difference in found.items():
        if difference > row.agree:
            raise RuntimeError(
                f"{row.name}: {side} does other work than teni (numbers differ by {difference:.2g})"
            )
    return {side: float(f"{difference:.2g}") for side, difference in found.items()}


def grow(row: Row, rounds: int, size: int) -> dict[str, float]:
    """Time teni alone on more of the same: seconds by multiple of the size."""
    found: dict[str, float] = {}
    for factor in row.growth:
        worker = Worker(row, "teni", size * factor)
        for _ in range(rounds):
            worker.time()
        worker.close()
        found[str(factor)] = float(f"{statistics.median(worker.seconds):.4g}")
    return found


def about() -> dict[str, Any]:
    """Say what was run on what."""
    from rows.machine import device

    versions: dict[str, str] = {}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return {
        "cores": len(os.sched_getaffinity(0)),
        "device": device(),
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--rows", nargs="*", default=[], help="words in the names of the rows that are wanted"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="an eighth of the size, one round, no growth")
    parser.add_argument(
        "--times", type=int, default=1, help="as many times the size, e.g. for a GPU; no growth"
    )
    parser.add_argument("--out", type=Path, default=HERE / "results.json")
    parser.add_argument("--page", type=Path, default=HERE.parent / "docs" / "benchmarks.md")
    given = parser.parse_args()
    wanted = [row for row in ROWS if not given.rows or any(word in row.name for word in given.rows)]
    rounds = 1 if given.quick else given.rounds
    rows: list[dict[str, Any]] = []
    if given.rows and given.out.exists():  # rows that are not asked for stay as they were
        rows = [
            row
            for row in json.loads(given.out.read_text())["rows"]
            if row["row"] not in {r.name for r in wanted}
        ]
    for row in wanted:
        size = max(row.size // 8, 48) if given.quick else row.size * given.times
        print(f"{row.name} …", flush=True)
        found = measure(row, rounds, size)
        if row.growth and not given.quick and given.times == 1:
            found["growth"] = grow(row, min(rounds, 3), size)
        rows.append(found)
        met = "" if found["ratio"] >= row.asked else "  MISSED"
        print(f"    {found['ratio']}x {found['against']}, asked {row.asked}x{met}", flush=True)
        order = [each.name for each in ROWS]
        rows.sort(key=lambda each: order.index(each["row"]) if each["row"] in order else len(order))
        result = {**about(), "rows": rows}
        partial = given.out.with_suffix(".partial")
        partial.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        partial.replace(given.out)
        write_page(result, given.page)


if __name__ == "__main__":
    main()
