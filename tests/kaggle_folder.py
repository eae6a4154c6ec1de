"""A folder of small files in Kaggle's layout, with a network to tap, as the commands are given it."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from blobs import TASK, blobs

SUBJECTS = 12


def write_kaggle(file: Path, data, *, labels: bool = True) -> Path:
    columns = {}
    if labels:
        for k, name in enumerate(TASK.names):
            columns |= {f"{name}_{axis}": data.targets[:, k, i] for i, axis in enumerate("xy")}
    columns["Image"] = [" ".join(map(str, image.ravel())) for image in data.images]
    # A file of Kaggle's says nothing of width and height: its images are square.
    pd.DataFrame(columns).to_csv(file, index=False)
    return file


def square(data):
    """Add rows below, so that the images are as wide as high."""
    return replace(data, images=np.pad(data.images, ((0, 0), (0, 4), (0, 0), (0, 0)), mode="edge"))


def make_kaggle_folder(place: Path) -> Path:
    """Write training.csv, subjects.csv, test.csv, test_subjects.csv, lookup, solution and a small network."""
    data, test = square(blobs(48, SUBJECTS, gap=0.1)), square(blobs(10, 5, seed=1))
    write_kaggle(place / "training.csv", data)
    pd.DataFrame({"subject": data.subjects}).to_csv(place / "subjects.csv", index=False)
    pd.DataFrame({"subject": test.subjects}).to_csv(place / "test_subjects.csv", index=False)
    test_images = write_kaggle(place / "test.csv", test, labels=False)
    table = pd.read_csv(test_images)
    table.insert(0, "ImageId", np.arange(1, 11))
    table.to_csv(test_images, index=False)
    asked = [(i, name, axis) for i in range(10) for name in TASK.names for axis in "xy"]
    lookup = pd.DataFrame(
        {
            "RowId": np.arange(1, len(asked) + 1),
            "ImageId": [i + 1 for i, _, _ in asked],
            "FeatureName": [f"{name}_{axis}" for _, name, axis in asked],
        }
    )
    lookup.to_csv(place / "IdLookupTable.csv", index=False)
    answers = [test.targets[i, TASK.names.index(name), "xy".index(axis)] for i, name, axis in asked]
    pd.DataFrame({"RowId": lookup["RowId"], "Location": answers}).to_csv(place / "solution.csv", index=False)
    x = keras.Input((20, 20, 1))
    h = keras.layers.Conv2D(8, 3, padding="same", activation="relu", name="conv1")(x)
    h = keras.layers.MaxPooling2D(2, name="pool1")(h)
    h = keras.layers.Conv2D(8, 3, padding="same", activation="relu", name="conv2")(h)
    keras.Model(x, h, name="small").save(place / "small.keras")
    return place
