"""Train facial-cnn-6 for keypoints in a few minutes, to have a network to look into.

    python scripts/train_facial_cnn.py training.zip runs/facial-cnn-6 \\
        [--keypoints CSV] [--subjects CSV] [--minutes 4] [--seed 0]

Not the tutorials' own recipe, which takes hours: Adam, mirror images, the weights that were best on the people kept
aside. What comes out is a run folder like any other.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from teni import load
from teni.backbones import Preprocessing, backbone
from teni.cli.output import progress_printer
from teni.data import split
from teni.fitting import fit, save_run
from teni.report import build_report
from teni.transfer import Scratch


def main() -> None:
    parser = argparse.ArgumentParser(description="Train facial-cnn-6 for keypoints in a few minutes.")
    parser.add_argument("data", help="a Kaggle-style CSV or zip")
    parser.add_argument("out", type=Path, help="the run folder to write")
    parser.add_argument("--keypoints", help="a CSV of the same rows with coordinates to take instead")
    parser.add_argument("--subjects", help="a CSV of the same rows with the person on each")
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    faces = load(asked.data, keypoints=asked.keypoints, subjects=asked.subjects)
    parts = split(faces, test=0.1, validation=0.1, seed=asked.seed)
    height, width = faces.images.shape[1:3]
    network = backbone("facial-cnn-6", weights="random", size=(height, width), seed=asked.seed)
    # Values around zero: on values from 0 to 1 such a network stays with the mean face for many epochs.
    network = replace(network, preprocessing=Preprocessing(1, (1 / 64,), (-2.0,)))
    strategy = Scratch(seconds=60 * asked.minutes)
    with progress_printer() as on_progress:
        model, run = fit(faces, parts, network, strategy, seed=asked.seed, on_progress=on_progress)
    print(save_run(asked.out, model, run, report=build_report).path)


if __name__ == "__main__":
    main()
