"""One picture of one person: mesh, paint, light, what is worn, what is in the way, camera."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.data.faces.arrays import Array
from teni.data.faces.backdrop import draw_backdrop
from teni.data.faces.develop import develop
from teni.data.faces.fragments import Fragments, fragments_of
from teni.data.faces.head import shape_of
from teni.data.faces.keypoints import front_positions
from teni.data.faces.mesh import HEAD, SIZE, build_mesh, keypoint_positions, view_of
from teni.data.faces.occlusion import occlude
from teni.data.faces.paint_skin import paint
from teni.data.faces.scene import Scene
from teni.data.faces.shade import shade
from teni.data.faces.subject import Subject
from teni.data.faces.wearing import draw_glasses

DRAWING = 120
PER_PIXEL = DRAWING / SIZE


@dataclass(frozen=True)
class Rendered:
    """A picture ``uint8 (96, 96)``, its keypoints ``(15, 2)`` in pixels, and what the drawing shows.

    ``surface`` is ``(120, 120, 2)``: millimetres on the head seen from the front, NaN where there is no head;
    the head under an occluder or under glasses counts as seen. It is None unless it was asked for.
    """

    image: NDArray[np.uint8]
    keypoints: Array
    surface: Array | None


def render(subject: Subject, scene: Scene, *, with_surface: bool = False) -> Rendered:
    """Draw a person in a scene.

    Args:
        subject: who.
        scene: how; its seed draws background and noise, everything else is given.
        with_surface: tell what the pixels of the drawing show.
    """
    rng = np.random.default_rng(scene.seed)
    shape, view = shape_of(subject, scene.expression), view_of(scene.pose)
    found = fragments_of(build_mesh(shape, scene.pose), view, DRAWING, PER_PIXEL)
    pixels_per_mm = view.scale * PER_PIXEL
    albedo, gloss = paint(found, shape, scene, 1.1 / pixels_per_mm)
    light = shade(found, albedo, gloss, scene.light, DRAWING, pixels_per_mm)
    picture = draw_backdrop(scene.backdrop, DRAWING, rng).ravel()
    picture[found.pixels] = np.sqrt(light)
    depth = np.full(DRAWING * DRAWING, -1e4, np.float32)
    depth[found.pixels] = found.depth
    square = (DRAWING, DRAWING)
    gleam = float(rng.uniform(-1, 1))
    picture = draw_glasses(picture.reshape(square), depth.reshape(square), shape, view, PER_PIXEL, gleam)
    picture = occlude(picture, scene.occluder, PER_PIXEL)
    points = view.project(keypoint_positions(shape, front_positions(shape, scene.expression)))
    image = develop(picture, scene.camera, SIZE, rng)
    return Rendered(image, points[:, :2], _surface(found) if with_surface else None)


def _surface(found: Fragments) -> Array:
    surface = np.full((DRAWING * DRAWING, 2), np.nan, np.float32)
    head = found.part == HEAD
    surface[found.pixels[head]] = np.stack([found.x[head], found.y[head]], 1)
    return surface.reshape(DRAWING, DRAWING, 2)
