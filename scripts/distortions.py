"""What befalls a face on its way into the pretraining: another crop, light, camera, and things in the way."""

from functools import cache

import numpy as np


def distort(images: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Distort faces, each in its own way.

    Args:
        images: ``uint8 (N, 96, 96)``.
        rng: draws.

    Returns:
        The distorted faces ``float32 (N, 96, 96)``, 0 to 255, and the frames ``(N, 2, 3)``: the pixel at
        (x, y) of the outcome shows what was at ``frame @ (x, y, 1)``.
    """
    frames = _frames(len(images), rng)
    pictures = _resample(images, frames) / 255
    pictures = _light(pictures, rng)
    pictures = _hide(pictures, rng)
    return _camera(pictures, rng), frames


def _frames(count: int, rng: np.random.Generator) -> np.ndarray:
    angle = rng.normal(0, 0.16, count)
    size = np.exp(rng.normal(0, 0.11, (count, 2)) * [0.35, 0.35] + rng.normal(0, 0.11, (count, 1)))
    mirror = np.where(rng.random(count) < 0.5, -1.0, 1.0)
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cosine, -sine], -1), np.stack([sine, cosine], -1)], 1)
    turn = turn * size[:, None, :]
    turn[:, :, 0] *= mirror[:, None]
    shift = 48 + rng.normal(0, 4, (count, 2)) - turn @ np.array([48.0, 48.0])
    return np.concatenate([turn, shift[:, :, None]], -1)


def _resample(images: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Sample bilinearly; the border's pixels go on beyond it."""
    count = len(images)
    middle = (np.arange(96) + 0.5).astype(np.float32)
    frames = frames.astype(np.float32)
    where = [
        frames[:, i, 0, None, None] * middle
        + frames[:, i, 1, None, None] * middle[:, None]
        + frames[:, i, 2, None, None]
        for i in (0, 1)
    ]
    x, y = (np.clip(w - 0.5, 0, 94.999) for w in where)
    column, row = x.astype(np.int32), y.astype(np.int32)
    right, down = x - column, y - row
    flat = images.ravel()
    start = (np.arange(count, dtype=np.int32) * 96 * 96)[:, None, None] + row * 96 + column
    upper = flat[start] * (1 - right) + flat[start + 1] * right
    lower = flat[start + 96] * (1 - right) + flat[start + 97] * right
    return upper * (1 - down) + lower * down


def _light(pictures: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change gain, gamma and contrast, and let the light fall off across the picture or behind an edge."""
    count = len(pictures)

    def each(values: np.ndarray) -> np.ndarray:
        return values.astype(np.float32)[:, None, None]

    side = np.linspace(-1, 1, 96, dtype=np.float32)
    slope = each(rng.normal(0, 0.3, count)) * side + each(rng.normal(0, 0.25, count)) * side[:, None]
    wave = each(rng.normal(0, 0.25, count)) * np.sin(
        each(rng.normal(0, 2.5, count)) * side
        + each(rng.normal(0, 2.5, count)) * side[:, None]
        + each(rng.uniform(0, 6, count))
    )
    edge = (
        each(rng.normal(0, 1, count)) * side
        + each(rng.normal(0, 1, count)) * side[:, None]
        - each(rng.normal(0, 0.6, count))
    )
    shadow = each((rng.random(count) < 0.25) * rng.uniform(0.2, 0.75, count))
    pictures = pictures * np.exp(slope + wave) * (1 - shadow / (1 + np.exp(np.clip(-edge * 14, -30, 30))))
    pictures = np.clip(pictures * each(np.exp(rng.normal(0, 0.22, count))), 1e-3, 1.3)
    pictures = pictures ** each(np.exp(rng.normal(0, 0.4, count)))
    mean = pictures.mean((1, 2), keepdims=True)
    pictures = (
        mean
        + (pictures - mean) * each(np.exp(rng.normal(-0.05, 0.35, count)))
        + each(rng.normal(0, 0.08, count))
    )
    return np.clip(pictures, 0, 1)


def _hide(pictures: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Put up to two patches in the way of half of the faces."""
    side = np.arange(96, dtype=np.float32)
    for picture in pictures:
        for _ in range(rng.integers(0, 3) if rng.random() < 0.5 else 0):
            x, y, turn = rng.uniform(10, 86), rng.uniform(10, 90), rng.uniform(0, np.pi)
            wide, tall = rng.uniform(4, 22), rng.uniform(2, 14)
            u = (side - x) * np.cos(turn) + (side[:, None] - y) * np.sin(turn)
            v = (side[:, None] - y) * np.cos(turn) - (side - x) * np.sin(turn)
            power = rng.choice([2.0, 6.0])
            inside = (np.abs(u / wide) ** power + np.abs(v / tall) ** power) < 1
            stripes = 0.1 * np.sin(u * rng.uniform(0.1, 1.5) + v * rng.uniform(0, 1))
            picture[inside] = np.clip(
                rng.random() + stripes[inside] + rng.normal(0, 0.1) * u[inside] / wide, 0, 1
            )
    return pictures


def _camera(pictures: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blur or sharpen, add noise, round to whole grey values."""
    kind = rng.choice(len(_BLURS) + 1, len(pictures), p=[0.3, 0.2, 0.15, 0.1, 0.25])
    for number, sigma in enumerate(_BLURS):
        chosen = kind == number + 1
        lens = _lens(sigma)
        pictures[chosen] = lens @ pictures[chosen] @ lens.T
    sharpened = rng.random(len(pictures)) < 0.25
    lens = _lens(1.4)
    amount = rng.uniform(0.2, 1.0, (int(sharpened.sum()), 1, 1)).astype(np.float32)
    pictures[sharpened] += amount * (pictures[sharpened] - lens @ pictures[sharpened] @ lens.T)
    grain = rng.standard_normal(pictures.shape, dtype=np.float32)
    pictures += grain * rng.gamma(1.0, 0.018, (len(pictures), 1, 1)).astype(np.float32)
    return np.clip(np.rint(pictures * 255), 0, 255).astype(np.float32)


_BLURS = (0.6, 0.9, 1.3, 1.9)


@cache
def _lens(sigma: float) -> np.ndarray:
    away = np.arange(96)[:, None] - np.arange(96)
    # Denormal numbers would slow the product down tenfold.
    weight = np.where(np.abs(away) < 5 * sigma, np.exp(-0.5 * np.square(away / sigma)), 0)
    return (weight / weight.sum(1, keepdims=True)).astype(np.float32)
