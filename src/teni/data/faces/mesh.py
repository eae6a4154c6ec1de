"""The meshes of one picture: head, ears, neck and shoulders, hanging hair; their way into the picture."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from teni.data.faces.arrays import Array
from teni.data.faces.hairline import hair_rise
from teni.data.faces.head import Shape, front_depth, heights, relief, slices
from teni.data.faces.scene import Pose

SIZE = 96
HEAD, EAR, NECK, LOCKS = 0, 1, 2, 3

# What the crops of real face tables keep in their middle: a point between the eyes and the tip of the nose.
_ANCHOR = np.array([0.0, 22.0, 74.0], np.float32)
_NAPE = np.array([0.0, 78.0, -12.0], np.float32)

_NECK = np.array(
    [
        [55.0, 50.0, 30.0, -62.0],
        [100.0, 52.0, 30.0, -62.0],
        [128.0, 56.0, 33.0, -66.0],
        [146.0, 72.0, 40.0, -72.0],
        [160.0, 108.0, 50.0, -78.0],
        [178.0, 152.0, 62.0, -84.0],
        [205.0, 182.0, 74.0, -88.0],
        [300.0, 200.0, 84.0, -90.0],
    ]
)


@dataclass(frozen=True)
class Mesh:
    """Vertices ``(V, 3)`` in the head's mm, normals ``(V, 3)``, and what the painter needs, ``(V, 4)``.

    The four surface columns are x and y of the smooth surface in mm, the azimuth in radians, and the part.
    """

    vertices: Array
    normals: Array
    surface: Array
    triangles: NDArray[np.int32]


@dataclass(frozen=True)
class View:
    """How the head's millimetres become the picture's pixels."""

    rotation: Array
    scale: float
    shift: Array
    distance: float

    def turn(self, points: Array) -> Array:
        """Turn points ``(…, 3)`` of the head into the camera's axes, the anchor at the origin."""
        return (points - _ANCHOR) @ self.rotation.T

    def project(self, points: Array) -> Array:
        """Give the pixels (x, y) and the depth in mm of points ``(…, 3)`` of the head."""
        return self.picture(self.turn(points))

    def picture(self, turned: Array) -> Array:
        """Give the pixels (x, y) and the depth in mm of points ``(…, 3)`` in the camera's axes."""
        near = self.scale * self.distance / (self.distance - turned[..., 2:])
        return np.concatenate([turned[..., :2] * near + self.shift, turned[..., 2:]], -1).astype(np.float32)


def rotation(yaw: float, pitch: float, roll: float) -> Array:
    """Give the ``(3, 3)`` rotation of the head: first pitch, then yaw, then roll, in radians.

    Args:
        yaw: > 0 turns the nose to the right of the image.
        pitch: > 0 turns it down.
        roll: > 0 turns the head clockwise.
    """
    (a, b, c), (d, e, f) = np.cos([yaw, pitch, roll]), np.sin([yaw, pitch, roll])
    turn = np.array([[a, 0, d], [0, 1, 0], [-d, 0, a]])
    nod = np.array([[1, 0, 0], [0, b, e], [0, -e, b]])
    lean = np.array([[c, -f, 0], [f, c, 0], [0, 0, 1]])
    return (lean @ turn @ nod).astype(np.float32)


def view_of(pose: Pose) -> View:
    """Give the view of a pose, in pixels of the 96-pixel picture."""
    shift = np.array([SIZE / 2 + pose.shift_x, SIZE / 2 + pose.shift_y], np.float32)
    return View(rotation(pose.yaw, pose.pitch, pose.roll), pose.scale, shift, pose.distance)


def build_mesh(shape: Shape, pose: Pose) -> Mesh:
    """Build all meshes of a picture as one.

    Args:
        shape: the head.
        pose: tells how far neck and shoulders follow the head.
    """
    hair = shape.subject.hair
    ear = _ear(shape)
    parts = [_head(shape), ear, _mirrored(ear), _neck(shape, pose)]
    if hair.length > -20 and hair.thickness > 0:
        parts.append(_locks(shape))
    starts = np.cumsum([0] + [len(p.vertices) for p in parts[:-1]])
    return Mesh(
        np.concatenate([p.vertices for p in parts]),
        np.concatenate([p.normals for p in parts]),
        np.concatenate([p.surface for p in parts]),
        np.concatenate([p.triangles + s for p, s in zip(parts, starts, strict=True)]).astype(np.int32),
    )


def keypoint_positions(shape: Shape, front: Array) -> Array:
    """Lift points seen from the front (``(K, 2)``, mm) onto the face: ``(K, 3)``."""
    depth = front_depth(shape, front[:, 0], front[:, 1])
    return np.concatenate([front, depth[:, None]], 1).astype(np.float32)


def _grid(vertices: Array, surface: Array, outward: float = 1.0) -> Mesh:
    """Make a mesh of a grid of vertices ``(R, C, 3)``; ``outward`` -1 turns its faces round."""
    rows, columns = vertices.shape[:2]
    across = np.empty_like(vertices)
    along = np.empty_like(vertices)
    across[:, 1:-1] = vertices[:, 2:] - vertices[:, :-2]
    across[:, 0], across[:, -1] = vertices[:, 1] - vertices[:, 0], vertices[:, -1] - vertices[:, -2]
    along[1:-1] = vertices[2:] - vertices[:-2]
    along[0], along[-1] = vertices[1] - vertices[0], vertices[-1] - vertices[-2]
    (ax, ay, az), (bx, by, bz) = np.moveaxis(across, -1, 0), np.moveaxis(along, -1, 0)
    normal = np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], -1)
    normal /= np.sqrt(np.square(normal).sum(-1, keepdims=True) + 1e-6) * outward
    triangles = _grid_triangles(rows, columns, outward > 0)
    return Mesh(vertices.reshape(-1, 3), normal.reshape(-1, 3), surface.reshape(-1, 4), triangles)


@cache
def _grid_triangles(rows: int, columns: int, outward: bool) -> NDArray[np.int32]:
    number = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    a, b = number[:-1, :-1].ravel(), number[:-1, 1:].ravel()
    c, d = number[1:, :-1].ravel(), number[1:, 1:].ravel()
    pairs = ((a, c, b), (b, c, d)) if outward else ((a, b, c), (b, d, c))
    return np.concatenate([np.stack(p, 1) for p in pairs])


def _azimuths() -> Array:
    half = np.concatenate([np.linspace(3, 36, 12), np.linspace(41, 81, 9), [88, 98, 114, 135, 157, 180]])
    return np.radians(np.concatenate([-half[::-1], [0], half])).astype(np.float32)


def _mean_rows() -> Array:
    return np.concatenate(
        [
            [-124, -121, -116],
            np.arange(-109, -40, 8),
            np.arange(-38, 104, 3.9),
            [104.5, 107, 109.5, 111.5, 113, 113.5],
        ]
    ).astype(np.float32)


def _head(shape: Shape) -> Mesh:
    azimuth = _azimuths()[None, :]
    y = heights(shape, _mean_rows())[:, None]
    half, front, back, axis = slices(shape, y)
    x = half * np.sin(azimuth)
    cosine = np.cos(azimuth)
    z = axis + np.where(cosine > 0, front - axis, axis - back) * cosine
    y = np.broadcast_to(y, x.shape)
    z = z + np.where(cosine > 0, relief(shape, x, y), 0)
    surface = np.stack([x, y, np.broadcast_to(azimuth, x.shape), np.full_like(x, HEAD)], -1)
    rise = hair_rise(shape.subject.hair, np.broadcast_to(azimuth, x.shape), y)
    out = np.stack([x, np.minimum(y + 20, 0), z + 5], -1)
    out /= np.linalg.norm(out, axis=-1, keepdims=True) + 1e-6
    vertices = np.stack([x, y, z], -1) + rise[..., None] * out
    return _grid(vertices.astype(np.float32), surface.astype(np.float32))


def _ear(shape: Shape) -> Mesh:
    rings = np.array([0.02, 0.3, 0.55, 0.75, 0.88, 1.0], np.float32)[:, None]
    rises = np.array([2.0, 2.0, 5.0, 8.5, 8.0, 3.0], np.float32)[:, None]
    angle = np.linspace(0, 2 * np.pi, 17, dtype=np.float32)[None, :]
    u, v = rings * np.cos(angle), rings * np.sin(angle)
    root = np.array([0.0, 7.0, -9.0], np.float32)
    root[0] = float(slices(shape, np.array([7.0], np.float32))[0][0]) - 1.0
    # u runs backwards; the upper half is wider than the lobe.
    back = 16.0 * (1 - 0.22 * np.maximum(v, 0)) * (u + 0.9)
    flare = 0.55
    x = root[0] + back * np.sin(flare) + rises * 0.8
    z = root[2] - back * np.cos(flare) + rises * 0.45
    vertices = np.stack([x, root[1] + 31 * v, z], -1)
    surface = np.stack([u, v, np.full_like(u, 1.6), np.full_like(u, EAR)], -1)
    return _grid(vertices.astype(np.float32), surface.astype(np.float32), -1.0)


def _mirrored(mesh: Mesh) -> Mesh:
    other = np.array([-1, 1, 1], np.float32)
    surface = mesh.surface * np.array([1, 1, -1, 1], np.float32)
    return Mesh(mesh.vertices * other, mesh.normals * other, surface, mesh.triangles[:, ::-1])


def _neck(shape: Shape, pose: Pose) -> Mesh:
    azimuth = np.radians(np.linspace(-180, 180, 33)).astype(np.float32)[None, :]
    y = np.concatenate([np.arange(58, 150, 9), np.arange(150, 215, 7), [240, 300]]).astype(np.float32)[
        :, None
    ]
    half, front, back = (np.interp(y, _NECK[:, 0], _NECK[:, i]).astype(np.float32) for i in (1, 2, 3))
    half = half * (0.4 + 0.6 * shape.subject.skull.jaw) * shape.subject.skull.width
    x, cosine = half * np.sin(azimuth), np.cos(azimuth)
    z = -14 + np.where(cosine > 0, front + 14, -14 - back) * cosine
    y = np.broadcast_to(y, x.shape)
    vertices = np.stack([x, y, z], -1).astype(np.float32)
    # The body follows the head a little: undo most of the head's turn around the nape.
    head, body = (rotation(k * pose.yaw, k * pose.pitch, k * pose.roll) for k in (1.0, 0.3))
    vertices = (vertices - _NAPE) @ (head.T @ body).T + _NAPE
    surface = np.stack([x, y, np.broadcast_to(azimuth, x.shape), np.full_like(x, NECK)], -1)
    return _grid(vertices.astype(np.float32), surface.astype(np.float32))


def _locks(shape: Shape) -> Mesh:
    hair = shape.subject.hair
    start = np.radians(66.0)
    azimuth = np.linspace(start, 2 * np.pi - start, 23, dtype=np.float32)[None, :]
    share = np.linspace(0, 1, 10, dtype=np.float32)[:, None]
    uneven = 7 * np.sin(7.3 * azimuth) + 5 * np.sin(17 * azimuth + 1)
    y = -62 + share * (hair.length + 62 + uneven)
    half, front, _, _ = slices(shape, np.array([-45.0], np.float32))
    swing = hair.thickness * (0.9 + 0.35 * np.sin(3.0 * share * np.pi) * hair.curl) + 7 * share
    wave = hair.curl * 3.0 * np.sin(azimuth * 11 + y * 0.09)
    radius = half[0] + swing + wave
    x = radius * np.sin(azimuth)
    z = -12 + (front[0] + 4 + 0.6 * hair.thickness + wave) * np.cos(azimuth)
    signed = np.where(azimuth > np.pi, azimuth - 2 * np.pi, azimuth) * np.ones_like(x)
    surface = np.stack([x, y, signed, np.full_like(x, LOCKS)], -1)
    vertices = np.stack([x, y * np.ones_like(x), z], -1)
    sheet = _grid(vertices.astype(np.float32), surface.astype(np.float32))
    # Both sides are to be seen: from the front one looks at the inside of what hangs behind the neck.
    both = np.concatenate([sheet.triangles, sheet.triangles[:, ::-1]])
    return Mesh(sheet.vertices, sheet.normals, sheet.surface, both)
