"""Light on the head: a lamp, a sky, cast shadows, and the lamp's gleam."""

import numpy as np

from teni.data.faces.arrays import Array
from teni.data.faces.fragments import Fragments
from teni.data.faces.scene import Light


def shade(
    found: Fragments, albedo: Array, gloss: Array, light: Light, size: int, pixels_per_mm: float
) -> Array:
    """Give the light that reaches the camera from every fragment, linear, about 0 to 1.

    Args:
        found: the fragments with their normals.
        albedo: ``(P,)`` as the eye sees it (its square is linear).
        gloss: ``(P,)`` from 0.
        light: lamp and sky.
        size: height and width of the drawing.
        pixels_per_mm: of the drawing.
    """
    to_lamp = np.array([light.x, light.y, light.z], np.float32)
    to_lamp /= np.linalg.norm(to_lamp)
    nx, ny, nz = found.normal
    facing = nx * to_lamp[0] + ny * to_lamp[1] + nz * to_lamp[2]
    wrap = 0.6 - 0.45 * light.hardness
    diffuse = np.clip((facing + wrap) / (1 + wrap), 0, 1)
    sky = light.ambient * (0.72 - 0.33 * ny + 0.25 * nz)
    middle = to_lamp + np.array([0, 0, 1], np.float32)
    middle /= np.linalg.norm(middle)
    gleam = np.clip(nx * middle[0] + ny * middle[1] + nz * middle[2], 0, 1) ** 18
    shadow = 1 - _cast(found, to_lamp, size, pixels_per_mm) * (0.2 + 0.7 * light.hardness)
    lamp = light.strength * shadow
    return np.square(albedo) * (sky + lamp * diffuse) + 0.16 * gloss * gleam * lamp


def _cast(found: Fragments, to_lamp: Array, size: int, pixels_per_mm: float) -> Array:
    """Give from 0 to 1 how much of the lamp is hidden, by walking towards it over the drawing's depths."""
    depth = np.full(size * size, -1e4, np.float32)
    depth[found.pixels] = found.depth
    column, row = (found.pixels % size).astype(np.float32), (found.pixels // size).astype(np.float32)
    hidden = np.zeros(len(found.pixels), np.float32)
    # Start off the surface, so that its own facets cast no shadow.
    for reach in (6.0, 10.0, 15.0, 21.0, 29.0, 40.0):
        x = np.clip(column + to_lamp[0] * reach * pixels_per_mm, 0, size - 1).astype(np.int32)
        y = np.clip(row + to_lamp[1] * reach * pixels_per_mm, 0, size - 1).astype(np.int32)
        above = depth[y * size + x] - found.depth - to_lamp[2] * reach
        hidden = np.maximum(hidden, np.clip((above - 0.8) * 0.35, 0, 1) * (above < 40))
    return hidden
