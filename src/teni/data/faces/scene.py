"""What changes from one picture of a person to the next: pose, expression, light, background, camera."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pose:
    """Where the head looks and stands.

    Angles in radians: yaw > 0 turns the nose to the right of the image, pitch > 0 down, roll > 0 clockwise.
    ``scale`` is in pixels of the 96-pixel image per mm, the shifts in pixels, the ``distance`` in mm.
    """

    yaw: float
    pitch: float
    roll: float
    scale: float
    shift_x: float
    shift_y: float
    distance: float


@dataclass(frozen=True)
class Expression:
    """What the face does: lids (0 shut, 1 open), gaze, brows and mouth in mm, smile from -1 to 1."""

    open_left: float
    open_right: float
    gaze_x: float
    gaze_y: float
    brow_raise: float
    mouth_open: float
    smile: float


@dataclass(frozen=True)
class Light:
    """One lamp and a sky: it shines from the right if x > 0, from above if y < 0, from the camera if z > 0.

    ``hardness`` from 0 (an overcast sky) to 1 (a bare bulb) also decides how deep the cast shadows are.
    """

    x: float
    y: float
    z: float
    strength: float
    ambient: float
    hardness: float


@dataclass(frozen=True)
class Backdrop:
    """What is behind the head: its mean grey and its contrast (0 to 1), and how much clutter stands in it."""

    tone: float
    contrast: float
    clutter: int


@dataclass(frozen=True)
class Occluder:
    """What hides a part of the face, and where: 0 nothing, 1 hand, 2 scarf, 3 bar, 4 microphone; pixels."""

    kind: int
    x: float
    y: float
    size: float
    angle: float
    tone: float


@dataclass(frozen=True)
class Camera:
    """What the camera does: gain, gamma, S-shaped contrast, blur (sigma, pixels), noise, halo, JPEG."""

    gain: float
    gamma: float
    contrast: float
    blur: float
    noise: float
    halo: float
    jpeg: float


@dataclass(frozen=True)
class Scene:
    """Everything that belongs to one picture; ``seed`` draws its noise and its textures."""

    pose: Pose
    expression: Expression
    light: Light
    backdrop: Backdrop
    occluder: Occluder
    camera: Camera
    seed: int
