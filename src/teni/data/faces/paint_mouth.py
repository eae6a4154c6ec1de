"""Paint lips, teeth and what is between them; nostrils and the folds around the nose."""

import math

import numpy as np

from teni.data.faces.arrays import Array
from teni.data.faces.head import Shape
from teni.data.faces.texture import bell, noise, soft_step


def lip_lines(shape: Shape, along: Array) -> tuple[Array, Array, Array, Array]:
    """Give the four outlines of the lips in mm below the eyes: top, upper inner, lower inner, bottom.

    Args:
        shape: the head with its mouth.
        along: 0 at the middle, 1 at either corner, any shape.
    """
    mouth, corner = shape.mouth, shape.mouth.corner_y
    u = np.clip(along, 0, 1)
    bow = shape.subject.features.mouth.bow
    peaks = bow * (bell(u - 0.2, 0.1) - math.exp(-2.0))
    top = corner + (mouth.top - corner) * (1 - u**1.6) - peaks * (u > 0) * np.clip(u / 0.12, 0, 1)
    arc = 1 - u * u
    upper = corner + (mouth.upper_inner - corner) * arc
    lower = corner + (mouth.lower_inner - corner) * arc
    bottom = corner + (mouth.bottom - corner) * arc**0.75
    return top, upper, lower, bottom


def paint_mouth(albedo: Array, x: Array, y: Array, shape: Shape, blur: float) -> Array:
    """Return the albedo with the mouth painted on it.

    Args:
        albedo: ``(P,)`` of the skin.
        x: ``(P,)`` mm seen from the front.
        y: ``(P,)`` mm below the eyes.
        shape: the head with its mouth.
        blur: mm over which edges are softened.
    """
    subject = shape.subject
    tone, flesh = subject.features.mouth.tone, subject.skin.tone
    along = np.abs(x) / shape.mouth.half_width
    top, upper, lower, bottom = lip_lines(shape, along)
    opened = shape.mouth.lower_inner - shape.mouth.upper_inner
    inside = along < 1
    lips = soft_step(np.minimum(y - top, bottom - y), blur + 0.5) * inside
    share = np.clip((y - lower) / np.maximum(bottom - lower, 1), 0, 1)
    lower_lip = flesh * tone * (0.85 + 0.20 * bell(share - 0.4, 0.18) * bell(along, 0.4))
    colour = np.where(y < 0.5 * (upper + lower), flesh * tone * 0.76, lower_lip)
    colour = colour * (1 + 0.05 * noise("strands", x * 1.6, y * 3))
    albedo = albedo + (colour - albedo) * lips
    if opened > 1.5:
        hole = soft_step(np.minimum(y - upper, lower - y), blur) * inside
        teeth_end = upper + min(7.5, 0.75 * opened + 0.5) * (1 - 0.35 * along**2)
        gaps = 1 - 0.12 * bell(np.abs((x / 6.5) % 1 - 0.5) - 0.5, 0.06)
        teeth = (0.86 - 0.45 * along**2) * gaps * (1 - 0.35 * np.exp(-np.maximum(y - upper, 0) / 1.2))
        dark = 0.07 + 0.24 * soft_step(y - lower + 0.35 * opened, 4) * min(1.0, opened / 14)
        interior = dark + (teeth - dark) * soft_step(teeth_end - y, blur + 0.4)
        albedo = albedo + (interior - albedo) * hole
    line = bell(y - upper, 0.8 + 0.3 * blur) * (0.55 if opened > 1.5 else 0.8) * (along < 1.02)
    albedo = albedo * (1 - line)
    corner = np.hypot((along - 1.0) * shape.mouth.half_width, y - shape.mouth.corner_y)
    albedo = albedo * (1 - 0.45 * bell(corner, 2.0))
    return albedo * (1 - 0.26 * bell(y - shape.mouth.bottom - 3.0, 2.4) * bell(x, 13))


def paint_nose(albedo: Array, x: Array, y: Array, shape: Shape, blur: float) -> Array:
    """Return the albedo with nostrils, the creases of the wings and the fold down to the mouth.

    Args:
        albedo: ``(P,)`` of the skin.
        x: ``(P,)`` mm seen from the front.
        y: ``(P,)`` mm below the eyes.
        shape: the head.
        blur: mm over which edges are softened.
    """
    nose, side = shape.subject.features.nose, np.abs(x)
    hole = np.hypot((side - 0.5 * nose.wings) / 4.2, (y - nose.tip_y - 6.6 + 0.12 * side) / 2.3)
    albedo = albedo * (1 - 0.66 * soft_step(1 - hole, 0.45 + 0.15 * blur))
    albedo = albedo * (1 - 0.17 * bell(y - nose.tip_y - 9, 2.4) * bell(side, nose.wings * 0.75))
    ring = np.hypot((side - 0.72 * nose.wings) / 7.5, (y - nose.tip_y - 1.5) / 7.5)
    outer = soft_step(side - 0.85 * nose.wings, 3) * soft_step(y - nose.tip_y + 7, 5)
    albedo = albedo * (1 - 0.22 * bell(ring - 1, 0.2) * outer)
    albedo = albedo * (1 + 0.07 * bell(side, 3.2) * soft_step(nose.tip_y + 3 - y, 6) * soft_step(y + 4, 10))
    albedo = albedo * (1 - 0.10 * bell(side, 2.2) * bell(y - 0.5 * (nose.tip_y + 12 + shape.mouth.top), 4))
    start = (nose.wings + 2.5, nose.tip_y - 1)
    run = (shape.mouth.half_width + 7.0 - start[0], shape.mouth.corner_y + 1 - start[1])
    share = np.clip(
        ((side - start[0]) * run[0] + (y - start[1]) * run[1]) / (run[0] ** 2 + run[1] ** 2), 0, 1
    )
    bow = 3.5 * np.sin(np.pi * share)
    away = np.hypot(side - start[0] - share * run[0] - bow, y - start[1] - share * run[1])
    depth = 0.04 + 0.22 * shape.subject.skin.age + 0.18 * max(shape.smile, 0.0)
    return albedo * (1 - depth * bell(away, 1.9) * (1 - 0.5 * share))
