"""Paint the whole head: skin, beard, hair, hat, ears, neck and clothes."""

import numpy as np
from numpy.typing import NDArray

from teni.data.faces.arrays import Array
from teni.data.faces.fragments import Fragments
from teni.data.faces.hairline import hair_cover
from teni.data.faces.head import Shape
from teni.data.faces.mesh import EAR, HEAD, LOCKS, NECK
from teni.data.faces.paint_eyes import paint_brow, paint_eye
from teni.data.faces.paint_mouth import lip_lines, paint_mouth, paint_nose
from teni.data.faces.scene import Scene
from teni.data.faces.subject import Subject
from teni.data.faces.texture import bell, noise, soft_step


def paint(found: Fragments, shape: Shape, scene: Scene, blur: float) -> tuple[Array, Array]:
    """Give the albedo and the gloss of every fragment.

    Args:
        found: the fragments.
        shape: the head.
        scene: the picture.
        blur: mm per pixel of the drawing: edges are softened over it.

    Returns:
        Albedo ``(P,)`` and gloss ``(P,)``: how strongly a surface mirrors the lamp (skin, and hair in bands).
    """
    subject = shape.subject
    albedo = np.full(len(found.x), subject.skin.tone, np.float32)
    gloss = np.full(len(found.x), subject.skin.shine, np.float32)
    parts = (
        (HEAD, lambda f: _head(f, shape, scene, blur)),
        (EAR, lambda f: _ear(f, subject)),
        (NECK, lambda f: _body(f, shape)),
        (LOCKS, lambda f: _locks(f, subject)),
    )
    for part, painter in parts:
        rows = np.flatnonzero(found.part == part)
        if len(rows):
            albedo[rows], gloss[rows] = painter(_take(found, rows))
    return albedo, gloss


def _take(found: Fragments, rows: NDArray[np.intp]) -> Fragments:
    return Fragments(
        found.pixels[rows], found.x[rows], found.y[rows], found.azimuth[rows], found.part[rows],
        found.normal[:, rows], found.depth[rows],
    )  # fmt: skip


def _head(found: Fragments, shape: Shape, scene: Scene, blur: float) -> tuple[Array, Array]:
    subject, x, y = shape.subject, found.x, found.y
    albedo = _skin(x, y, shape, scene)
    front = np.abs(found.azimuth) < 1.5
    features, nose = subject.features, subject.features.nose
    for side in (1, -1):
        eyes = features.eyes
        rows = np.flatnonzero(front & (np.abs(side * x - eyes.apart) < eyes.length + 12) & (np.abs(y) < 26))
        albedo[rows] = paint_eye(albedo[rows], x[rows], y[rows], subject, scene, side, blur)
        low, high = features.brows.inner_x - 4, features.brows.outer_x + 4
        rows = np.flatnonzero(front & (side * x > low) & (side * x < high) & (y < 2) & (y > -52))
        albedo[rows] = paint_brow(albedo[rows], x[rows], y[rows], subject, shape.brow_raise, side, blur)
    rows = np.flatnonzero(front & (np.abs(x) < 45) & (y > -12) & (y < shape.mouth.bottom + 14))
    albedo[rows] = paint_nose(albedo[rows], x[rows], y[rows], shape, blur)
    albedo = _beard(albedo, x, y, shape)
    rows = np.flatnonzero(front & (np.abs(x) < 40) & (y > nose.tip_y + 8) & (y < shape.mouth.bottom + 14))
    albedo[rows] = paint_mouth(albedo[rows], x[rows], y[rows], shape, blur)
    gloss = np.full_like(albedo, subject.skin.shine)
    return _hair(albedo, gloss, found, subject, blur)


def _skin(x: Array, y: Array, shape: Shape, scene: Scene) -> Array:
    skin = shape.subject.skin
    offset = scene.seed % 97
    albedo = np.full(len(x), skin.tone, np.float32)
    side = np.abs(x)
    albedo = albedo * (
        1
        + skin.mottle
        * (0.5 * noise("patches", x * 0.9 + 70, y * 0.9 + 70) + 0.35 * noise("grain", x, y + offset))
    )
    albedo = albedo * (1 - 0.10 * bell(side - 40, 16) * bell(y - 34, 13))
    eyes = shape.subject.features.eyes
    albedo = albedo * (1 - 0.15 * bell(side - eyes.apart + 4, 17) * bell(y + 1, 12))
    albedo = albedo * (1 - 0.13 * bell(side - 14, 6) * bell(y + 4, 9))
    if skin.age > 0.3 or shape.brow_raise > 2:
        lines = np.sin((y - 0.003 * x * x) * 0.62 + 1.5 * noise("clouds", x * 0.6, y * 0.6))
        depth = 0.05 * max(skin.age - 0.3, 0) + 0.012 * max(shape.brow_raise - 1, 0)
        albedo = albedo * (1 - depth * lines * bell(y + 50, 12) * bell(side, 36))
        crow = np.sin(np.arctan2(y, side - eyes.apart - 8) * 9)
        reach = bell(np.hypot(side - eyes.apart - eyes.length - 9, y - 2), 6)
        albedo = albedo * (1 - 0.10 * skin.age * crow * reach)
    return albedo


def _beard(albedo: Array, x: Array, y: Array, shape: Shape) -> Array:
    skin, mouth = shape.subject.skin, shape.mouth
    if max(skin.beard, skin.moustache, skin.stubble) <= 0:
        return albedo
    side = np.abs(x)
    hairs = 0.7 * noise("grain", x * 1.7, y * 1.1) + 0.4 * noise("patches", x, y)
    cheek = mouth.corner_y - 4 - 0.95 * np.maximum(side - mouth.half_width - 5, 0)
    chin = mouth.bottom + 4
    edge = np.where(
        side < mouth.half_width + 2, np.maximum(cheek, chin - 0.35 * np.maximum(side - 8, 0)), cheek
    )
    jaw = soft_step(y - edge + 2.0 * hairs, 9)
    top = lip_lines(shape, side / mouth.half_width)[0]
    base = shape.subject.features.nose.tip_y + 9
    lip = soft_step(np.minimum(top - y + 1.0, y - base - 0.12 * side + 2), 4) * soft_step(
        mouth.half_width + 3 - side, 6
    )
    down = soft_step(7 - np.abs(side - mouth.half_width - 2), 4) * soft_step(y - mouth.corner_y + 5, 5)
    full = np.maximum(skin.beard * np.maximum(jaw, down * (skin.moustache > 0)), skin.moustache * lip)
    colour = min(shape.subject.hair.tone * 1.05 + 0.03, 0.8) * (1 + 0.3 * hairs)
    albedo = albedo + (colour - albedo) * np.clip(full * (0.95 + 0.25 * hairs), 0, 1)
    return albedo * (1 - 0.28 * skin.stubble * np.maximum(jaw, lip) * (1 + 0.3 * hairs))


def _hair_tone(found: Fragments, subject: Subject) -> Array:
    hair = subject.hair
    around = np.abs(found.azimuth) * 60
    curly = 0.8 * noise("patches", around * 1.2, found.y * 1.4) + 0.5 * noise("grain", around, found.y * 0.8)
    straight = noise("strands", around * 1.5 + 12 * hair.parting, found.y * 0.9) + 0.35 * noise(
        "clouds", around, found.y
    )
    mix = min(max(hair.curl * 1.4 - 0.2, 0.0), 1.0)
    texture = straight + (curly - straight) * mix
    return hair.tone * np.clip(1 + 0.24 * texture, 0.3, 2.2) + 0.012 * np.maximum(texture, 0)


def _hair(
    albedo: Array, gloss: Array, found: Fragments, subject: Subject, blur: float
) -> tuple[Array, Array]:
    hair, y = subject.hair, found.y
    ragged = 2.0 * noise("strands", np.abs(found.azimuth) * 150, y * 0.5)
    cover = hair_cover(hair, found.azimuth, y + ragged, 5 + blur)
    albedo = albedo * (1 - 0.25 * np.asarray(hair_cover(hair, found.azimuth, y - 5, 16)) * (1 - cover))
    albedo = albedo + (_hair_tone(found, subject) - albedo) * cover
    gloss = gloss + (0.25 * (1 - hair.curl) - gloss) * cover
    if subject.wear.hat:
        brim = -46 + 10 * np.cos(found.azimuth * 1.3) * (1 if subject.wear.hat == 1 else -1)
        rib = np.sin(np.abs(found.azimuth) * 40) * (0.12 if subject.wear.hat == 1 else 0.03)
        cloth = subject.wear.hat_tone * (1 + rib + 0.1 * noise("grain", found.azimuth * 50, y))
        on = soft_step(brim - y, 1.5 + blur)
        band = soft_step(brim - 13 - y, 2)
        albedo = albedo * (1 - 0.3 * soft_step(brim + 6 - y, 10))
        albedo = albedo + (cloth * (0.78 + 0.22 * band) - albedo) * on
        gloss = gloss * (1 - on)
    return albedo, gloss


def _locks(found: Fragments, subject: Subject) -> tuple[Array, Array]:
    if subject.wear.hat == 2:
        folds = noise("strands", np.abs(found.azimuth) * 22, found.y * 0.3)
        return subject.wear.hat_tone * (1 + 0.1 * folds), np.zeros_like(found.x)
    return _hair_tone(found, subject), np.full_like(found.x, 0.25 * (1 - subject.hair.curl))


def _ear(found: Fragments, subject: Subject) -> tuple[Array, Array]:
    radius = np.hypot(found.x, found.y)
    tone = subject.skin.tone * (1 - 0.42 * bell(np.hypot(found.x + 0.15, found.y + 0.05), 0.3))
    tone = tone * (1 - 0.3 * bell(radius - 0.72, 0.09) * (found.y < 0.5)) * 0.94
    hidden = subject.hair.length > 25 and subject.hair.thickness > 0
    return (_hair_tone(found, subject) if hidden else tone), np.full_like(found.x, 0.5 * subject.skin.shine)


def _body(found: Fragments, shape: Shape) -> tuple[Array, Array]:
    subject, x, y = shape.subject, found.x, found.y
    wear = subject.wear
    shade = 0.62 + 0.38 * np.clip((y - shape.chin_y + 5) / 45, 0, 1)
    albedo = subject.skin.tone * 0.95 * shade * (1 + 0.03 * noise("patches", x, y))
    albedo = albedo * (1 - 0.15 * bell(np.abs(x) - 20 + 0.12 * (y - 110), 4))
    opening = wear.collar_y + 26 * bell(x, 20)
    cloth = wear.clothes * (1 + 0.08 * noise("clouds", x, y) + 0.05 * noise("grain", x, y))
    if wear.clothes < 0.35:
        shirt = soft_step(wear.collar_y + 16 + 1.5 * np.abs(x) - y - 0 * x, 4)
        cloth = cloth + (0.8 - cloth) * (1 - soft_step(np.abs(x) * 1.6 + wear.collar_y - 24 - y, 4)) * shirt
    on = soft_step(y - opening, 3)
    albedo = albedo * (1 - 0.3 * bell(y - opening + 2, 4))
    return albedo + (cloth - albedo) * on, np.zeros_like(albedo)
