"""How much quicker the same fit is the second time, with compiled programs and features kept on disk.

    python benchmarks/second_start.py --real-data DIR [--rounds 3] [--precision half] [-- MORE OPTIONS OF fit]

DIR holds faces/ (training.zip, training_subjects.csv, test.zip, IdLookupTable.csv, test_solution.csv) and weights/
(MobileNet's ImageNet weights). Each round begins with an empty cache folder and no store, in processes of their own:
`teni fit` without a store, `teni fit --features` that fills one (what the first has compiled gone again), and the
same once more. Printed are wall seconds, the steps of each fit, errors, and the ratio of the first start to the last.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = [sys.executable, "-c", "from teni.cli import main; main()"]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--real-data", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--precision", choices=("half", "single"), default="half")
    parser.add_argument("more", nargs="*", help="further options of teni fit")
    return parser.parse_args()


def fit(asked: argparse.Namespace, place: Path, name: str, store: Path | None) -> dict:
    """Run one fit in a process of its own, and tell how long it took and what came of it."""
    faces, weights = asked.real_data / "faces", next((asked.real_data / "weights").glob("mobilenet*.h5"))
    out = place / name
    words = [
        "fit", faces / "training.zip", "--subjects", faces / "training_subjects.csv",
        "--backbone", "mobilenet", "--weights", weights, "--test", faces / "test.zip",
        "--lookup", faces / "IdLookupTable.csv", "--solution", faces / "test_solution.csv",
        "--out", out, *asked.more, *([] if store is None else ["--features", store]),
    ]  # fmt: skip
    known = {k: v for k, v in os.environ.items() if not k.startswith(("JAX_COMPILATION", "JAX_PERSISTENT"))}
    start = time.perf_counter()
    subprocess.run(
        [*PROGRAM, *map(str, words)],
        env=known | {"XDG_CACHE_HOME": str(place / "cache")},
        capture_output=True,
        check=True,
    )
    seconds = time.perf_counter() - start
    about = json.loads((out / "run.json").read_text(encoding="utf-8"))
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    return {
        "seconds": round(seconds, 2),
        "steps": {step: round(spent, 2) for step, spent in about["cost"]["steps"].items()},
        "test_rmse_px": round(metrics["test"]["rmse_px"], 5),
        "validation_rmse_px": round(metrics["validation"]["rmse_px"], 5),
        "features": about.get("features"),
    }


def size_mb(folder: Path) -> float:
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6, 1)


def one_round(asked: argparse.Namespace) -> dict:
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        store = place / "store"
        store.mkdir()
        told = {"format": "teni features", "version": 1, "precision": asked.precision}
        (store / "features.json").write_text(json.dumps(told), encoding="utf-8")
        first = fit(asked, place, "first", None)
        shutil.rmtree(place / "cache")
        filling = fit(asked, place, "filling", store)
        second = fit(asked, place, "second", store)
        sizes = {"compiled_mb": size_mb(place / "cache"), "store_mb": size_mb(store)}
    return {"first": first, "first_filling_a_store": filling, "second": second, **sizes}


def main() -> None:
    asked = parse()
    rounds = [one_round(asked) for _ in range(asked.rounds)]
    medians = {
        name: statistics.median(each[name]["seconds"] for each in rounds)
        for name in ("first", "first_filling_a_store", "second")
    }
    print(
        json.dumps(
            {
                "precision": asked.precision,
                "median_seconds": medians,
                "ratio": round(medians["first"] / medians["second"], 2),
                "asked": 3.0,
                "cores": os.cpu_count(),
                "rounds": rounds,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
