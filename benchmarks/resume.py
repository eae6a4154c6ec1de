"""Kill a training at random moments, go on each time, and compare with one that was left alone.

    python benchmarks/resume.py [--kills 10] [--strategy two-phase] [--epochs 24] [--seed 0] [DATA --subjects CSV ...]

Without DATA, drawn faces are written to a folder of its own. Each kill is SIGKILL to the whole process, a random time
after it has finished an epoch; one that is done before its time is up ends the series. What follows the options is
handed to `teni fit`.
Prints JSON: when it was killed, and the largest difference in loss curves and predictions.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

TENI = [sys.executable, "-c", "from teni.cli import main; main()"]


def write_faces(folder: Path, count: int) -> list[str]:
    """Write drawn faces in Kaggle's layout; returns how `teni fit` is told of them."""
    from teni.data.faces import synthetic_faces

    faces = synthetic_faces(count, look="target", seed=3)
    columns = [f"{name}_{axis}" for name in faces.task.names for axis in "xy"]
    table = pd.DataFrame(faces.targets.reshape(count, -1), columns=columns)
    table["Image"] = [" ".join(map(str, image.ravel())) for image in faces.images]
    table.to_csv(folder / "training.csv", index=False)
    pd.DataFrame({"Subject": faces.subjects}).to_csv(folder / "subjects.csv", index=False)
    return [str(folder / "training.csv"), "--subjects", str(folder / "subjects.csv")]


def command(data: list[str], given: argparse.Namespace, out: Path) -> list[str]:
    chosen = ["--strategy", given.strategy, "--epochs", str(given.epochs), "--seed", str(given.seed)]
    return [*TENI, "fit", *data, *chosen, "--out", str(out)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", nargs="*")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--strategy", default="two-phase")
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, default=4.0, help="seconds after an epoch before a kill")
    parser.add_argument("--images", type=int, default=240, help="drawn faces, without DATA")
    given, handed_on = parser.parse_known_args()
    moments = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = [*given.data, *handed_on] if given.data else write_faces(folder, given.images)
        started = time.monotonic()
        subprocess.run(command(data, given, folder / "whole"), check=True, capture_output=True)
        whole_seconds = time.monotonic() - started
        killed: list[float] = []
        out = folder / "killed"
        while True:
            resume = ["--resume"] if killed else []
            with subprocess.Popen(
                [*command(data, given, out), *resume],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            ) as process:
                if len(killed) == given.kills:
                    told = process.communicate()[1]
                    if process.returncode:
                        raise SystemExit(told)
                    break
                wait = moments.uniform(0.0, given.longest)
                if not seen_alive(process, out) or not running_after(process, wait):
                    told = process.communicate()[1]
                    if process.returncode:
                        raise SystemExit(told)
                    break
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                killed.append(round(wait, 2))
        result = {"seconds_whole": round(whole_seconds, 1), "killed_after_seconds": killed}
        print(json.dumps(result | differences(folder / "whole", out), indent=2))


def seen_alive(process: subprocess.Popen[str], out: Path) -> bool:
    """Wait until a training has compiled and begun to write state in this process; False where it ended before."""
    state, begun = out.with_name(f"{out.name}.training"), time.time()
    while process.poll() is None:
        if any(path.stat().st_mtime > begun for path in state.rglob("*") if path.is_file()):
            return True
        time.sleep(0.05)
    return False


def running_after(process: subprocess.Popen[str], seconds: float) -> bool:
    """Wait, and tell whether the process still runs."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def differences(one: Path, other: Path) -> dict[str, float | bool]:
    """Compare curves and predictions of two runs."""
    found: dict[str, float | bool] = {}
    for file in ("curves.csv", "predictions.csv"):
        first, second = pd.read_csv(one / file), pd.read_csv(other / file)
        numbers = [name for name in first.columns if pd.api.types.is_numeric_dtype(first[name])]
        gap = np.abs(first[numbers].to_numpy(float) - second[numbers].to_numpy(float))
        found[f"{file}: same shape"] = first.shape == second.shape
        found[f"{file}: largest difference"] = float(np.nanmax(gap)) if gap.size else 0.0
    return found


if __name__ == "__main__":
    main()
