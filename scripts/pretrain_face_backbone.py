"""Pretrain the face backbone that ships with teni, on the embedded faces of the look ``source`` alone.

    pip install "keras==3.12.*" "torch>=2.6,<3" && python scripts/pretrain_face_backbone.py

(Keras 3.12 is the oldest that teni supports; what newer ones save it does not read.)

The network learns, from heavily distorted faces, what the renderer knows of each pixel: which point of the
head it shows, where the keypoints are, how the head is turned. Linear read-outs of a middle layer are trained
along, since it is on such layers that closed-form heads will be put. Only the trunk is saved, as a Keras
model; its input is grey, x / 127.5 - 1. PyTorch trains it in bfloat16; docs/faces.md says how the file that
ships was made.
"""

import argparse
import os
import time
from itertools import islice
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("KERAS_BACKEND", "torch")

import numpy as np
import torch
from distortions import distort
from face_network import WithReadouts, copy_to_keras, keras_trunk
from torch.nn import functional

from teni.data.faces import KEYPOINT_NAMES
from teni.data.faces.render import render
from teni.data.faces.synthetic import scenes
from teni.task import flip_permutation

FACE_FILE = Path(__file__).parents[1] / "src/teni/backbones/face_backbone.keras"
CELLS = 24
KEYPOINTS = len(KEYPOINT_NAMES)
MIRROR = np.array(flip_permutation(KEYPOINT_NAMES))


class Drawn(NamedTuple):
    """Faces with all that the renderer knows of them."""

    images: np.ndarray  # uint8 (N, 96, 96)
    points: np.ndarray  # float32 (N, 15, 2), pixels
    angles: np.ndarray  # float32 (N, 3), radians: yaw, pitch, roll
    surfaces: np.ndarray  # float16 (N, 48, 48, 2), mm on the head seen from the front, NaN beside it


def draw(count: int, seed: int) -> Drawn:
    images = np.empty((count, 96, 96), np.uint8)
    points = np.empty((count, KEYPOINTS, 2), np.float32)
    angles = np.empty((count, 3), np.float32)
    surfaces = np.empty((count, 48, 48, 2), np.float16)
    for row, (subject, scene) in enumerate(islice(scenes("source", seed), count)):
        found = render(subject, scene, with_surface=True)
        images[row], points[row] = found.image, found.keypoints
        angles[row] = scene.pose.yaw, scene.pose.pitch, scene.pose.roll
        cells = ((np.arange(48) + 0.5) * len(found.surface) / 48).astype(int)
        surfaces[row] = found.surface[cells[:, None], cells]
    return Drawn(images, points, angles, surfaces)


def targets(drawn: Drawn, rows: np.ndarray, frames: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Say what is to be read from distorted faces, whose pixels came from ``frames @ (x, y, 1)``."""
    mirrored = np.linalg.det(frames[:, :, :2]) < 0
    back = np.linalg.inv(frames[:, :, :2])
    points = np.einsum("nij,nkj->nki", back, drawn.points[rows] - frames[:, None, :, 2])
    points[mirrored] = points[mirrored][:, MIRROR]
    angles = drawn.angles[rows].copy()
    angles[:, 2] = np.arctan2(back[:, 1, 0], back[:, 0, 0] * np.where(mirrored, -1, 1)) * np.where(
        mirrored, -1, 1
    )
    angles[:, 2] += np.where(mirrored, -1, 1) * drawn.angles[rows, 2]
    angles[mirrored, 0] *= -1
    middle = (np.stack(np.meshgrid(np.arange(CELLS), np.arange(CELLS)), -1) + 0.5) * (96 / CELLS)
    came_from = np.einsum("nij,rcj->nrci", frames[:, :, :2], middle) + frames[:, None, None, :, 2]
    column, row = np.moveaxis(np.clip(np.floor(came_from / 2), 0, 47).astype(int), -1, 0)
    surface = drawn.surfaces[rows][np.arange(len(rows))[:, None, None], row, column].astype(np.float32)
    inside = ((came_from >= 0) & (came_from < 96)).all(-1)
    head = np.isfinite(surface[..., 0]) & inside
    surface = np.where(head[..., None], surface, 0)
    surface[mirrored, ..., 0] *= -1
    away = np.square(middle[None, None] - points[:, :, None, None]).sum(-1) / 4.6**2
    heat = np.moveaxis(np.exp(-0.5 * away), 1, -1)
    dense = np.concatenate([head[..., None], surface / [60.0, 70.0], heat], -1)
    turned = np.concatenate([((points - 48) / 48).reshape(len(rows), -1), angles], 1)
    return torch.from_numpy(dense.transpose(0, 3, 1, 2).astype(np.float32)), torch.from_numpy(
        turned.astype(np.float32)
    )


def loss_of(
    model: WithReadouts, images: torch.Tensor, dense: torch.Tensor, turned: torch.Tensor
) -> torch.Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found_dense, found_place, found_turned = (out.float() for out in model(images))
    head = dense[:, :1]
    cover = functional.binary_cross_entropy_with_logits(found_dense[:, :1], head)
    surface = (torch.abs(found_dense[:, 1:3] - dense[:, 1:3]) * head).sum() / (head.sum() + 1)
    spots = functional.binary_cross_entropy_with_logits(found_dense[:, 3:], dense[:, 3:])
    place = functional.l1_loss(found_place, turned[:, :-3])
    return cover + 2 * surface + 12 * spots + 8 * place + 4 * functional.l1_loss(found_turned, turned)


def train(model: WithReadouts, drawn: Drawn, settings: argparse.Namespace) -> None:
    steps = len(drawn.images) // settings.batch
    optimizer = torch.optim.AdamW(model.parameters(), settings.rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.rate, total_steps=steps * settings.epochs, pct_start=0.1
    )
    started = time.monotonic()
    for epoch in range(settings.epochs):
        order = np.random.default_rng([settings.seed, epoch]).permutation(len(drawn.images))
        total = 0.0
        for step in range(steps):
            rows = order[step * settings.batch : (step + 1) * settings.batch]
            pictures, frames = distort(
                drawn.images[rows], np.random.default_rng([settings.seed, epoch, step])
            )
            images = torch.from_numpy(pictures[:, None] / np.float32(127.5) - 1)
            loss = loss_of(model, images.to(memory_format=torch.channels_last), *targets(drawn, rows, frames))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / steps:.3f}, {time.monotonic() - started:.0f} s", flush=True)


def save(model: WithReadouts, path: Path) -> None:
    model.eval()
    keras_model = keras_trunk()
    copy_to_keras(model.trunk, keras_model)
    picture = np.random.default_rng(0).uniform(-1, 1, (2, 96, 96, 1)).astype(np.float32)
    with torch.no_grad():
        expected = (
            model.trunk(torch.from_numpy(picture.transpose(0, 3, 1, 2)))[1].numpy().transpose(0, 2, 3, 1)
        )
    found = np.asarray(keras_model.predict(picture, verbose=0))
    if not np.allclose(found, expected, atol=1e-3):
        raise SystemExit(
            f"the Keras model differs from the trained one by {np.abs(found - expected).max():.4f}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    keras_model.save(path)
    print(f"{path}: {keras_model.count_params()} weights, {path.stat().st_size / 1e6:.2f} MB")


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Pretrain the face backbone on the embedded faces (look source)."
    )
    parser.add_argument("--count", type=int, default=12_000, help="faces drawn")
    parser.add_argument("--epochs", type=int, default=18)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument(
        "--rate", type=float, default=2e-3, help="highest learning rate of a one-cycle schedule"
    )
    parser.add_argument("--seed", type=int, default=20_260)
    parser.add_argument("--out", type=Path, default=FACE_FILE)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    settings = arguments(argv)
    torch.manual_seed(settings.seed)
    started = time.monotonic()
    drawn = draw(settings.count, settings.seed)
    print(f"drew {settings.count} faces in {time.monotonic() - started:.0f} s", flush=True)
    model = WithReadouts(KEYPOINTS).to(memory_format=torch.channels_last)
    train(model, drawn, settings)
    save(model, settings.out)


if __name__ == "__main__":
    main()
