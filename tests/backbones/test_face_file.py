"""The pretrained face backbone in the package: small, loadable, and worth having."""

import json
import zipfile

import numpy as np
import pytest

from teni.backbones import backbone, cut, tap_shape
from teni.backbones.load import FACE_FILE
from teni.data.dataset import Dataset
from teni.data.faces import synthetic_faces

TAP = "block8_relu"


def test_it_is_small_and_readable_by_the_oldest_keras_supported() -> None:
    assert FACE_FILE.stat().st_size <= 3_000_000
    with zipfile.ZipFile(FACE_FILE) as archive:
        assert json.loads(archive.read("metadata.json"))["keras_version"].startswith("3.12.")


def test_its_taps_at_two_sizes() -> None:
    assert [tap_shape(backbone("face"), f"block{n}_relu") for n in (2, 4, 8, 11)] == [
        (48, 48, 32),
        (24, 24, 64),
        (12, 12, 128),
        (6, 6, 192),
    ]
    assert tap_shape(backbone("face", size=(144, 144)), TAP) == (18, 18, 128)


def rmse_of_ridge(features: list[np.ndarray], train: Dataset, test: Dataset) -> float:
    """Ridge in its dual form, written out: no code of the package beyond the features."""
    assert train.targets is not None
    assert test.targets is not None
    mean, place = features[0].mean(0), train.targets.reshape(len(train), -1).mean(0)
    rows, asked = features[0] - mean, features[1] - mean
    gram = rows @ rows.T
    gram += 0.1 * np.trace(gram) / len(gram) * np.eye(len(gram))
    found = asked @ rows.T @ np.linalg.solve(gram, train.targets.reshape(len(train), -1) - place) + place
    return float(np.sqrt(np.square(found - test.targets.reshape(len(test), -1)).mean()))


@pytest.mark.slow
def test_it_halves_the_error_on_target_faces_that_it_has_never_seen() -> None:
    train, test = (synthetic_faces(count, look="target", seed=seed) for count, seed in ((200, 31), (100, 32)))
    assert train.targets is not None
    assert test.targets is not None
    mean_face = float(np.sqrt(np.square(test.targets - train.targets.mean(0)).mean()))

    def error(weights: str | None) -> float:
        body = cut(backbone("face", weights=weights), [TAP])
        features = [
            np.asarray(body.predict(faces.images / np.float32(127.5) - 1, verbose=0)).reshape(len(faces), -1)
            for faces in (train, test)
        ]
        return rmse_of_ridge(features, train, test)

    pretrained = error(None)
    assert pretrained < 0.5 * mean_face
    assert pretrained < 0.6 * error("random")
