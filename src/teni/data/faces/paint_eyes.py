"""Paint eyes and eyebrows: albedo on the smooth face, in its millimetres."""

import math

import numpy as np

from teni.data.faces.arrays import Array
from teni.data.faces.lids import brow_line, lid_heights
from teni.data.faces.scene import Scene
from teni.data.faces.subject import Subject
from teni.data.faces.texture import bell, noise, soft_step

IRIS = 6.1


def paint_eye(
    albedo: Array, x: Array, y: Array, subject: Subject, scene: Scene, side: int, blur: float
) -> Array:
    """Return the albedo with one eye painted on it.

    Args:
        albedo: ``(P,)`` of the skin.
        x: ``(P,)`` mm seen from the front.
        y: ``(P,)`` mm below the eyes.
        subject: whose eye.
        scene: opening, gaze, and the lamp that shines back from it.
        side: 1 the subject's left, -1 the right.
        blur: mm over which edges are softened.
    """
    eyes, face = subject.features.eyes, scene.expression
    opening = face.open_left if side > 0 else face.open_right
    along = (side * x - eyes.apart) / eyes.length
    v = y + math.tan(eyes.tilt) * along * eyes.length
    inner = np.clip(along, -1, 1)
    upper, lower = lid_heights(eyes, opening, inner)
    fold, _ = lid_heights(eyes, 0.55 + 0.45 * opening, inner)
    beyond = np.maximum(np.abs(along) - 1, 0)
    within = soft_step(np.minimum(v - upper, lower - v), blur) * (beyond == 0)
    reach = np.exp(-((beyond * 9) ** 2))
    # The lid's fold, the hollow above it, and the bag below.
    albedo = albedo * (1 - 0.45 * eyes.crease * bell(v - fold + 4.2, 1.5) * np.exp(-((along * 0.85) ** 4)))
    albedo = albedo * (1 - 0.16 * bell(v - fold + 2, 6) * bell(along + 0.1, 1.0))
    bag = lower + 5.5 + 1.5 * (1 - inner**2)
    albedo = albedo * (1 - (0.07 + 0.22 * subject.skin.age) * bell(v - bag, 1.8) * bell(along + 0.15, 0.6))
    radius = np.hypot(side * x - eyes.apart - side * face.gaze_x, v - face.gaze_y + 0.4)
    white = (0.92 - 0.16 * inner**2) * (1 - 0.4 * np.exp(-np.maximum(v - upper, 0) / 2.4))
    iris = eyes.iris * (0.75 + 0.5 * np.clip(radius / IRIS, 0, 1)) * (1 - 0.5 * bell(radius - IRIS, 0.9))
    iris = iris * (1 - 0.45 * np.exp(-np.maximum(v - upper, 0) / 2.2))
    ball = white + (iris - white) * soft_step(IRIS - radius, blur)
    ball = ball * (1 - 0.96 * soft_step(2.6 - radius, blur))
    gleam = np.hypot(
        x - side * eyes.apart - face.gaze_x - math.copysign(2.0, scene.light.x), v - face.gaze_y + 2.4
    )
    ball = np.maximum(ball, 0.95 * soft_step(1.35 - gleam, blur))
    # The tear corner is flesh.
    ball = ball + (0.5 - ball) * soft_step(-0.86 - along, 0.16) * 0.7
    albedo = albedo + (ball - albedo) * within
    thick = 0.75 + 0.4 * inner + 0.25 * blur
    rim = bell(v - upper + 0.3, 1.0) if opening > 0.25 else bell(v - upper, 0.9)
    dark = eyes.lashes * np.exp(-np.square((v - upper + 0.2) / thick) * 0.6) * reach
    albedo = albedo * (1 - 0.82 * np.maximum(dark, 0.45 * rim * reach))
    return albedo * (1 - 0.30 * bell(v - lower - 0.4, 0.9) * reach * (0.5 + 0.5 * eyes.lashes))


def paint_brow(
    albedo: Array, x: Array, y: Array, subject: Subject, brow_raise: float, side: int, blur: float
) -> Array:
    """Return the albedo with one eyebrow painted on it.

    Args:
        albedo: ``(P,)`` of the skin.
        x: ``(P,)`` mm seen from the front.
        y: ``(P,)`` mm below the eyes.
        subject: whose brow.
        brow_raise: mm.
        side: 1 the subject's left, -1 the right.
        blur: mm over which edges are softened.
    """
    brows, tone = subject.features.brows, subject.skin.tone
    along = (side * x - brows.inner_x) / (brows.outer_x - brows.inner_x)
    offset = y - brow_line(brows, along) + brow_raise
    inner = np.clip(along, 0, 1)
    half = brows.thickness * 0.5 * (0.75 + 0.75 * inner - 1.1 * inner**2)
    ends = soft_step(along + 0.01, 0.09) * soft_step(1.01 - along, 0.06)
    mask = soft_step(half - np.abs(offset), 1.6 + blur) * ends
    hairs = noise("strands", x * side * 2.2 + offset * (1.5 - 2.2 * inner), offset * 2 + 40)
    cover = np.clip(mask * (brows.density + 0.22 * hairs), 0, 1)
    colour = min(0.75 * subject.hair.tone + 0.02, 0.62 * tone)
    return albedo + (colour - albedo) * cover
