"""Time `teni.load` on a table of Kaggle's size against pandas and NumPy's text parser row by row.

    python benchmarks/read_csv.py [--rounds 5] [--zip] [--out results.json]

Writes 7,049 rows of 96x96 grey values and 30 coordinates (about 230 MB, the same every time) to a temporary
folder, reads them with both readers in turn, every reading in a process of its own, and prints one JSON
object. A reading is timed from the path to the finished arrays, imports left out; its memory is the growth
of the process's peak meanwhile.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

ROWS, SIDE, KEYPOINTS = 7049, 96, 15
Read = Callable[[Path], tuple[NDArray[np.uint8], NDArray[np.float32]]]


def write_table(path: Path, rows: int = ROWS, seed: int = 0) -> None:
    """Write the table: smooth light and noise, so that values have one to three digits as in photographs."""
    random = np.random.default_rng(seed)
    words = [str(value) for value in range(256)]
    names = [f"keypoint_{k}_{axis}" for k in range(KEYPOINTS) for axis in "xy"]
    slope = np.linspace(-80, 80, SIDE)
    with path.open("w", newline="\n") as file:
        file.write(",".join([*names, "Image"]) + "\n")
        for _ in range(rows):
            light = 110 + random.uniform(-1, 1) * slope[:, None] + random.uniform(-1, 1) * slope
            grey = np.clip(light + random.normal(0, 25, (SIDE, SIDE)), 0, 255).astype(np.uint8)
            points = [f"{value:.3f}" for value in random.uniform(0, SIDE, 2 * KEYPOINTS)]
            file.write(",".join(points) + "," + " ".join([words[value] for value in grey.ravel()]) + "\n")


def read_with_pandas(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Read as the competition's tutorials do."""
    import pandas as pd

    table = pd.read_csv(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        images = np.stack([np.fromstring(text, sep=" ") for text in table["Image"]]).astype(np.uint8)
    points = table.drop(columns="Image").to_numpy(np.float32)
    return images.reshape(-1, SIDE, SIDE, 1), points.reshape(-1, KEYPOINTS, 2)


def read_with_teni(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Read with the package."""
    from teni.data import load

    data = load(path)
    if data.targets is None:
        raise ValueError("no targets")
    return data.images, data.targets


READERS: dict[str, Read] = {"pandas": read_with_pandas, "teni": read_with_teni}


def measure(reader: str, path: Path) -> dict[str, float]:
    """Read once in this process; return seconds, processor seconds, growth of peak memory, a checksum."""
    import pandas  # noqa: F401  both processes pay for both imports before the clock starts

    import teni.data  # noqa: F401

    before, start, cpu = _peak_mb(), time.perf_counter(), time.process_time()
    images, points = READERS[reader](path)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    checksum = int(np.dot(images.reshape(len(images), -1).sum(1, np.int64), np.arange(len(images))))
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "peak_growth_mb": _peak_mb() - before,
        "images_mb": images.nbytes / 1e6,
        "checksum": checksum + float(points.sum(dtype=np.float64)),
    }


def compare(path: Path, rounds: int) -> dict[str, object]:
    """Let both readers read in turn, each time in a fresh process."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in READERS}
    for _ in range(rounds):
        for name in READERS:
            command = [sys.executable, __file__, "--measure", name, str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found[name].append(json.loads(done.stdout))
    if len({run["checksum"] for runs in found.values() for run in runs}) != 1:
        raise ValueError("the readers disagree")
    result: dict[str, object] = {"file": path.name, "file_mb": path.stat().st_size / 1e6, "rounds": rounds}
    middle = {
        key: {name: median(run[key] for run in runs) for name, runs in found.items()}
        for key in found["teni"][0]
    }
    for key in ("seconds", "cpu_seconds", "peak_growth_mb"):
        result[key] = middle[key]
    result["ratio"] = middle["seconds"]["pandas"] / middle["seconds"]["teni"]
    result["cpu_ratio"] = middle["cpu_seconds"]["pandas"] / middle["cpu_seconds"]["teni"]
    result["memory_over_images"] = middle["peak_growth_mb"]["teni"] / middle["images_mb"]["teni"]
    return result


def _peak_mb() -> float:
    """Return the most memory this process has held, in MB (Linux; getrusage would count the parent's in)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--zip", action="store_true", help="read a zipped table")
    parser.add_argument("--out", type=Path, help="where to write the JSON, too")
    parser.add_argument("--measure", nargs=2, metavar=("READER", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(measure(options.measure[0], Path(options.measure[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "training.csv")
        write_table(path, options.rows)
        if options.zip:
            packed = path.with_suffix(".zip")
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(path, path.name)
            path.unlink()
            path = packed
        text = json.dumps(compare(path, options.rounds), indent=2)
    print(text)
    if options.out:
        options.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
