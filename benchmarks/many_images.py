"""The memory and the time of a closed-form fit on many more images than memory or a decomposition hold.

    python benchmarks/many_images.py [--images 100000] [--backbone NAME] [--keep DIR] [MORE OPTIONS OF fit]

Faces are drawn once and varied (moved, turned, scaled, lit, noisy), each copy of a person counting for another
person, and written as a table in Kaggle's layout. `teni fit` then runs in a process of its own; twenty times a second
its anonymous memory is read, which is what it cannot do without (pages of files are given back when others need
them). To prove a bound, run this in a control group, e.g. `systemd-run --scope -p MemoryMax=2G python ...`.
Prints JSON: seconds and peaks of the fit, its errors, and the size of the table.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

TENI = [sys.executable, "-c", "from teni.cli import main; main()"]
WORDS = np.array([str(value).encode() for value in range(256)], dtype=object)


def write_table(folder: Path, count: int, drawn: int, seed: int) -> tuple[Path, Path]:
    """Write faces and their subjects, row by row; returns the two files."""
    from teni.data.faces import synthetic_faces

    faces = synthetic_faces(min(drawn, count), look="target", seed=seed)
    rng = np.random.default_rng(seed)
    table, people = folder / "training.csv", folder / "subjects.csv"
    columns = [f"{name}_{axis}" for name in faces.task.names for axis in "xy"]
    with table.open("wb") as file, people.open("w") as who:
        file.write(",".join([*columns, "Image"]).encode() + b"\n")
        who.write("Subject\n")
        for row in range(count):
            copy, one = divmod(row, len(faces))
            image, points = vary(faces.images[one, :, :, 0], faces.targets[one], rng, copy > 0)
            numbers = ",".join(f"{value:.2f}" for value in points.ravel())
            file.write(numbers.encode() + b"," + b" ".join(WORDS[image.ravel()]) + b"\n")
            who.write(f"{faces.subjects[one]}-{copy}\n")
    return table, people


def vary(
    image: np.ndarray, points: np.ndarray, rng: np.random.Generator, changed: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Move, turn, scale and light a face, its points with it."""
    if not changed:
        return image, points
    angle, scale = np.deg2rad(rng.uniform(-10, 10)), rng.uniform(0.88, 1.1)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle, moved = np.array([48.0, 48.0]), rng.uniform(-4, 4, 2)
    found = (points - middle) @ turn.T + middle + moved
    back = np.linalg.inv(turn)
    start = middle - back @ (middle + moved)
    rows = (back[0, 0], back[0, 1], start[0], back[1, 0], back[1, 1], start[1])
    edge = tuple(int(x) for x in (np.median(image),))
    drawn = Image.fromarray(image).transform(
        (96, 96), Image.Transform.AFFINE, rows, Image.Resampling.BILINEAR, fillcolor=edge[0]
    )
    lit = np.asarray(drawn, np.float32) * rng.uniform(0.7, 1.2) + rng.uniform(-20, 20)
    noisy = np.clip(lit + rng.normal(0, rng.uniform(0, 6), lit.shape), 0, 255)
    return noisy.astype(np.uint8), found.astype(np.float32)


def memory_mb(pid: int) -> dict[str, float]:
    """Read how much memory a process holds, by kind."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    wanted = ("RssAnon", "VmHWM")
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith(wanted)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--drawn", type=int, default=1500, help="of them drawn anew; the others are varied")
    parser.add_argument("--backbone", default="facial-cnn-6")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder for the table, which is used again if it is there")
    given, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        files = folder / "training.csv", folder / "subjects.csv"
        if not files[1].exists():
            write_table(folder, given.images, given.drawn, given.seed)
        out = Path(temporary) / "run"
        command = ["fit", *files[:1], "--subjects", files[1], "--backbone", given.backbone, "--out", out]
        started, peaks, at = time.perf_counter(), dict[str, float](), dict[str, str]()
        process = subprocess.Popen(
            [*TENI, *map(str, command), *more],
            stderr=(folder / "fit.log").open("w"),
            stdout=subprocess.DEVNULL,
        )
        while process.poll() is None:
            for kind, size in memory_mb(process.pid).items():
                if size > peaks.get(kind, 0.0):
                    peaks[kind] = size
                    at[kind] = f"{time.perf_counter() - started:.0f} s"
            time.sleep(0.05)
        seconds = time.perf_counter() - started
        if process.returncode:
            sys.exit((folder / "fit.log").read_text()[-2000:])
        about, metrics = (json.loads((out / name).read_text()) for name in ("run.json", "metrics.json"))
        print(
            json.dumps(
                {
                    "images": given.images,
                    "table_mb": round(files[0].stat().st_size / 1e6),
                    "seconds": round(seconds, 1),
                    "steps": {step: round(spent, 1) for step, spent in about["cost"]["steps"].items()},
                    "anonymous_mb": round(peaks["RssAnon"]),
                    "peak_with_files_mb": round(peaks["VmHWM"]),
                    "peaks_at": at,
                    "choice": about["choice"],
                    "validation_rmse_px": metrics["validation"]["rmse_px"],
                    "test_rmse_px": metrics["test"]["rmse_px"],
                },
                indent=2,
            )
        )


if __name__ == "__main__":
    main()
