"""Do the ways of attribution keep their word on a real model, and do two that know nothing of each other agree?

    python benchmarks/attribution.py RUN --data FACES [--keypoint left_eye_outer_corner] [--images 8]

For one keypoint of a run, on images that it has not seen:

- `completeness`: by how much the shares of integrated gradients miss the change of the output, at worst, over both
  coordinates and all images (asked: 1%).
- `overlap`: occlusion asks by hiding squares, saliency by gradients. Each map's strongest tenth of the pixels is
  taken, saliency first averaged over occlusion's square; the overlap is the share of the one tenth that lies in the
  other, 0.1 by chance. `overlap_of_others` is the same between maps of different images, moved so that the keypoints
  meet: what a blob around the keypoint would reach without looking.
- `near`: the share of a map within a tenth of the image's width around the keypoint, by method.
"""

import argparse
import json

import teni  # before Keras: chooses its backend where the environment does not

# isort: split
import numpy as np
from scipy.ndimage import shift, uniform_filter

from teni.visualize import open_model, part
from teni.visualize.explain import magnitude, near_share
from teni.visualize.integrated_gradients import completeness, integrated_gradients
from teni.visualize.keypoint_map import keypoint_map
from teni.visualize.occlusion import occlusion
from teni.visualize.outputs import output_scores
from teni.visualize.quick import quick
from teni.visualize.saliency import saliency
from teni.visualize.targets import explained_model

Maps = np.ndarray
SHARE = 0.1


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check attribution on a run of keypoints.")
    parser.add_argument("run")
    parser.add_argument("--data", required=True, help="a Kaggle-style CSV or zip")
    parser.add_argument("--keypoint", default="left_eye_outer_corner")
    parser.add_argument("--images", type=int, default=8, help="evenly spread over the data")
    parser.add_argument("--window", type=int, default=12)
    return parser.parse_args()


def strongest(found: np.ndarray) -> np.ndarray:
    many = int(SHARE * found.size)
    mask = np.zeros(found.size, bool)
    mask[np.argsort(-found.ravel(), kind="stable")[:many]] = True
    return mask.reshape(found.shape)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    a, b = strongest(one), strongest(other)
    return float((a & b).sum() / a.sum())


def main() -> None:
    asked = parse()
    opened = open_model(asked.run)
    piece = part(opened)
    model = quick(explained_model(piece))
    place = piece.names.index(f"{asked.keypoint}_x") // 2
    faces = teni.load(asked.data).images
    images = faces[np.linspace(0, len(faces) - 1, asked.images).astype(int)].astype(np.float32)
    points = output_scores(model)(images)[:, 2 * place : 2 * place + 2]

    hidden = occlusion(model, window=asked.window, stride=asked.window // 3)
    by_hiding = hidden(images, [(2 * place, 2 * place + 1)])[:, 0]
    gradients = magnitude(keypoint_map(saliency(model))(images, np.full(len(images), place)))
    by_gradient = [uniform_filter(each, asked.window) for each in gradients]
    missed = [
        completeness(model, images, columns, integrated_gradients(model)(images, columns))
        for columns in (np.full(len(images), 2 * place + axis) for axis in (0, 1))
    ]
    same = [overlap(a, b) for a, b in zip(by_hiding, by_gradient, strict=True)]
    others = [
        overlap(by_hiding[i], shift(by_gradient[j], (points[i] - points[j])[::-1], order=1))
        for i in range(len(images))
        for j in range(len(images))
        if i != j
    ]
    print(
        json.dumps(
            {
                "run": asked.run,
                "keypoint": asked.keypoint,
                "images": len(images),
                "completeness": round(float(np.max(missed)), 5),
                "overlap": round(float(np.mean(same)), 3),
                "overlap_range": [round(float(f(same)), 3) for f in (np.min, np.max)],
                "overlap_of_others": round(float(np.mean(others)), 3),
                "near": {
                    "occlusion": round(float(np.mean(shares(by_hiding, points))), 3),
                    "saliency": round(float(np.mean(shares(gradients, points))), 3),
                },
            }
        )
    )


def shares(maps: Maps, points: np.ndarray) -> list[float]:
    return [near_share(found, (float(x), float(y))) for found, (x, y) in zip(maps, points, strict=True)]


if __name__ == "__main__":
    main()
