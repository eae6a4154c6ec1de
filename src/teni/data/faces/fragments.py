"""What the picture shows at each of its pixels before it is painted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.data.faces.arrays import Array
from teni.data.faces.mesh import Mesh, View
from teni.data.faces.raster import interpolate, visible_triangles


@dataclass(frozen=True)
class Fragments:
    """The P pixels that show a surface, in the order of their flat pixel number.

    ``x`` and ``y`` are mm on the smooth head seen from the front (for an ear: -1 to 1), ``normal`` points in
    the camera's axes, ``depth`` is mm towards the camera.
    """

    pixels: NDArray[np.intp]
    x: Array
    y: Array
    azimuth: Array
    part: NDArray[np.int8]
    normal: Array
    depth: Array


def fragments_of(mesh: Mesh, view: View, size: int, per_pixel: float) -> Fragments:
    """Draw a mesh.

    Args:
        mesh: all that is to be seen.
        view: where it stands in the 96-pixel picture.
        size: height and width of the drawing.
        per_pixel: pixels of the drawing per pixel of the 96-pixel picture.
    """
    points = view.picture(view.turn(mesh.vertices))
    points[:, :2] *= per_pixel
    shown = visible_triangles(points, mesh.triangles, size)
    values = np.concatenate([mesh.surface, mesh.normals @ view.rotation.T, points[:, 2:]], 1)
    pixels, columns = interpolate(points, mesh.triangles, values.astype(np.float32), shown, size)
    normal = columns[4:7]
    normal = normal / np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2 + 1e-6)
    return Fragments(
        pixels, columns[0], columns[1], columns[2], np.rint(columns[3]).astype(np.int8), normal, columns[7]
    )
