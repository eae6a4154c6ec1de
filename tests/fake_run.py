"""A small run that looks like a real one: drawn faces, a curve over lambda per tap, fifteen keypoints."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFilter

from teni.run import Run, choose_examples, predictions_table
from teni.task import Keypoints, evaluate

POINTS = {
    "left_eye_center": (66, 38), "right_eye_center": (30, 38),
    "left_eye_inner_corner": (59, 39), "left_eye_outer_corner": (73, 39),
    "right_eye_inner_corner": (37, 39), "right_eye_outer_corner": (23, 39),
    "left_eyebrow_inner_end": (56, 29), "left_eyebrow_outer_end": (80, 30),
    "right_eyebrow_inner_end": (40, 29), "right_eyebrow_outer_end": (16, 30),
    "nose_tip": (48, 57), "mouth_left_corner": (63, 74), "mouth_right_corner": (33, 74),
    "mouth_center_top_lip": (48, 71), "mouth_center_bottom_lip": (48, 80),
}  # fmt: skip
NAMES = tuple(POINTS)
MEAN = np.array(list(POINTS.values()), np.float64)
FLIP = (1, 0, 4, 5, 2, 3, 8, 9, 6, 7, 10, 12, 11, 13, 14)
TAPS = ("conv_pw_1", "conv_pw_3", "conv_pw_5", "conv_pw_7", "conv_pw_9", "conv_pw_11")
AT_BEST = (2.35, 1.86, 1.66, 1.71, 2.05, 2.62)  # a middle layer wins
LAMBDAS = np.logspace(-6, 1, 15)
VERSIONS = {"python": "3.11.7", "keras": "3.15.1", "backend": "jax", "jax": "0.10.0", "numpy": "2.4.6"}


def draw_face(points: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw a face around its keypoints, ``uint8 (96, 96, 1)``."""
    skin, hair = int(random.integers(130, 215)), int(random.integers(20, 90))
    picture = Image.new("L", (96, 96), int(random.integers(40, 120)))
    pen = ImageDraw.Draw(picture)
    center = points.mean(0)
    pen.ellipse((center[0] - 42, center[1] - 52, center[0] + 42, center[1] + 46), fill=hair)
    pen.ellipse((center[0] - 37, center[1] - 38, center[0] + 37, center[1] + 44), fill=skin)
    for x, y in points[:2]:
        pen.ellipse((x - 7, y - 4, x + 7, y + 4), fill=235)
        pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=30)
    for inner, outer in ((6, 7), (8, 9)):
        pen.line((*points[inner], *points[outer]), fill=hair, width=3)
    pen.line((points[10][0] - 2, points[10][1] - 14, *points[10]), fill=skin - 35, width=2)
    pen.ellipse((*points[10] - (6, 3), *points[10] + (6, 3)), fill=skin - 25)
    pen.polygon([tuple(points[i]) for i in (11, 13, 12, 14)], fill=max(skin - 70, 0))
    noisy = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.8)), float) + random.normal(0, 6, (96, 96))
    return noisy.clip(0, 255).astype(np.uint8)[..., None]


def make_run(
    names: Sequence[str] = NAMES, subject: str = "person", seed: int = 0, many: int = 80, parts: bool = True
) -> Run:
    """Make a run; `parts` False leaves out all that a run may lack."""
    random = np.random.default_rng(seed)
    flip = tuple(k if k < len(names) else i for i, k in enumerate(FLIP[: len(names)]))
    task = Keypoints(tuple(names), 96, 96, flip)
    truth = MEAN[None] + random.normal(0, 3.2, (many, 1, 2)) + random.normal(0, 1.2, (many, 15, 2))
    predicted = truth + random.gamma(2, 0.6, (many, 1, 1)) * random.normal(0, 1.1, (many, 15, 2))
    images = np.stack([draw_face(points, random) for points in truth])
    asked = truth.copy()
    asked[random.random((many, 15)) < 0.3] = np.nan
    ids = np.arange(1, many + 1).astype(np.str_)
    people = np.array([f"{subject}_{i // 4:02d}" for i in range(many)])
    truth, predicted, asked = (x[:, : len(names)] for x in (truth, predicted, asked))
    test = evaluate(predicted, asked, task, people, truth.mean(0), seed)
    validation = evaluate(truth + 1.03 * (predicted - truth), asked, task, people, truth.mean(0), seed)
    table = predictions_table("test", ids, people, predicted, asked, task)
    split = pd.DataFrame({"id": ids, "group": people, "part": "test"})
    examples = choose_examples("test", ids, people, images, predicted, asked, task, each=6)
    metrics = {"test": test, "validation": validation, "cost": {"seconds": 41.7, "peak_rss_mb": 2210}}
    if not parts:
        metrics["test"] = None
        return Run(_about(task), metrics, _history(), _curve(1.6).iloc[:0], split, table, examples)
    return Run(_about(task) | _more(), metrics, _history(), _curve(test["rmse_px"]), split, table, examples)


def _about(task: Keypoints) -> dict[str, Any]:
    return {
        "teni": "0.1.0", "kind": "fit", "seed": 0, "versions": VERSIONS,
        "task": {
            "names": task.names, "height": 96, "width": 96, "flip_permutation": task.flip_permutation,
        },
        "choice": {"taps": ["conv_pw_5"], "size": [96, 96], "kernel": "arc-cosine-2", "lambda": 3.2e-3},
        "fingerprints": {name: str(i) * 64 for i, name in enumerate(("data", "split", "test", "weights"))},
    }  # fmt: skip


def _more() -> dict[str, Any]:
    return {
        "command": ["teni", "fit", "training.zip", "--subjects", "people.csv", "--test", "te st.zip"],
        "arguments": {"backbone": "mobilenet", "out": "runs/faces"},
        "created": "2025-06-01T12:00:00+00:00",
        "data": {"rows": 2545, "complete": 959, "subjects": 210, "near_duplicates": 0, "test_rows": 702},
        "backbone": "mobilenet",
        "flip": {"center": "halves", "validation_rmse_px": {"halves": 1.60, "integers": 1.73}},
        "notes": ["12 coordinates lie outside their image; they were kept"],
        "cost": {
            "seconds": 41.7, "peak_rss_mb": 2210,
            "steps": {"read": 1.2, "features": 11.9, "heads": 17.4, "learning curve": 6.2, "save": 5.0},
        },
        "load_report": [
            {"tensor": "conv1/kernel", "shape": [3, 3, 3, 32], "action": "loaded", "why": ""},
            {"tensor": "conv_pw_13/kernel", "shape": [1, 1, 9, 9], "action": "skipped", "why": "not in file"},
        ],
    }  # fmt: skip


def _history() -> pd.DataFrame:
    rows = []
    for tap, best in zip(TAPS, AT_BEST, strict=True):
        for kernel, gain in (("linear", 0.07), ("arc-cosine-2", 0.0)):
            for i, lam in enumerate(LAMBDAS):
                error = (
                    best + gain + 0.04 * (np.log10(lam / LAMBDAS[7])) ** 2 * (1.3 if lam < LAMBDAS[7] else 1)
                )
                chosen = tap == "conv_pw_5" and kernel == "arc-cosine-2" and i == 7
                rows.append(("taps", "96x96", tap, kernel, lam, error, chosen))
    columns = ["stage", "size", "taps", "kernel", "lambda", "rmse_px", "chosen"]
    return pd.DataFrame(rows, columns=columns)


def _curve(last: float) -> pd.DataFrame:
    people = np.array([10, 20, 40, 80, 160, 210])
    error = last + 2.2 * (people**-0.5 - 210**-0.5)
    return pd.DataFrame({
        "subjects": people, "images": people * 12, "rmse_px": error,
        "rmse_px_low": error * 0.94, "rmse_px_high": error * 1.06,
    })  # fmt: skip
