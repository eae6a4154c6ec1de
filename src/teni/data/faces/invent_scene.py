"""Invent a picture of a person: a sitting lends light, camera and place, each picture its moment."""

import numpy as np

from teni.data.faces.look import Look
from teni.data.faces.occlusion import HAND, MICROPHONE, NOTHING
from teni.data.faces.scene import Backdrop, Camera, Expression, Light, Occluder, Pose, Scene
from teni.data.faces.subject import Subject


def invent_scene(
    sitting: np.random.Generator, moment: np.random.Generator, look: Look, subject: Subject
) -> Scene:
    """Draw one picture's scene.

    Args:
        sitting: draws what the pictures of a subject share; the same state for each of them.
        moment: draws what is this picture's own.
        look: how hard it may be.
        subject: who is shown.
    """
    pose = _pose(sitting, moment, look)
    return Scene(
        pose,
        _expression(moment),
        _light(sitting, moment, look),
        _backdrop(sitting, look),
        _occluder(moment, look, subject),
        _camera(sitting, moment, look),
        int(moment.integers(2**31)),
    )


def _pose(sitting: np.random.Generator, moment: np.random.Generator, look: Look) -> Pose:
    spread = np.radians([13.0, 7.5, 6.0]) * look.turn
    angles = sitting.normal(0, 0.6, 3) + moment.standard_t(6, 3) * 0.62
    yaw, pitch, roll = np.clip(angles * spread, -np.radians([62, 26, 26]), np.radians([62, 26, 26]))
    return Pose(
        yaw=float(yaw),
        pitch=float(pitch),
        roll=float(roll),
        scale=float(0.492 * np.exp(moment.normal(0, 0.045) + 0.2 * (1 - np.cos(yaw)))),
        shift_x=float(moment.normal(0, 1.5)),
        shift_y=float(moment.normal(0, 1.6)),
        distance=float(sitting.uniform(650, 1800)),
    )


def _expression(moment: np.random.Generator) -> Expression:
    opening = moment.choice(
        [moment.uniform(0.75, 1.15), moment.uniform(0.35, 0.75), 0.0], p=[0.68, 0.24, 0.08]
    )
    wink = moment.normal(0, 0.04)
    talking = moment.random()
    smile = moment.normal(0.42, 0.45)
    opened = 2.5 * max(smile, 0) if talking < 0.35 else moment.gamma(1.9, 3.6)
    return Expression(
        open_left=float(np.clip(opening + wink, 0, 1.25)),
        open_right=float(np.clip(opening - wink, 0, 1.25)),
        gaze_x=float(np.clip(moment.normal(0, 1.6), -4.5, 4.5)),
        gaze_y=float(np.clip(moment.normal(0, 0.6), -1.5, 1.5)),
        brow_raise=float(moment.normal(0, 1.8)),
        mouth_open=float(min(opened, 22.0)),
        smile=float(np.clip(smile, -0.7, 1.2)),
    )


def _light(sitting: np.random.Generator, moment: np.random.Generator, look: Look) -> Light:
    around = sitting.normal(0, 0.35 + 0.55 * look.hard) + moment.normal(0, 0.12)
    above = sitting.normal(0.55, 0.3) + moment.normal(0, 0.06)
    hardness = np.clip(look.hard + sitting.normal(0, 0.15), 0, 1)
    return Light(
        x=float(np.sin(around) * np.cos(above)),
        y=float(-np.sin(above)),
        z=float(np.cos(around) * np.cos(above)),
        strength=float(sitting.uniform(0.5, 0.85)),
        ambient=float(sitting.uniform(0.18, 0.5) * (1.15 - 0.75 * hardness)),
        hardness=float(hardness),
    )


def _backdrop(sitting: np.random.Generator, look: Look) -> Backdrop:
    return Backdrop(
        tone=float(np.clip(sitting.beta(1.3, 1.7), 0.04, 0.95)),
        contrast=float(sitting.uniform(0.02, 0.16) * (0.6 + 0.7 * look.hard)),
        clutter=int(sitting.poisson(look.clutter)),
    )


def _occluder(moment: np.random.Generator, look: Look, subject: Subject) -> Occluder:
    if moment.random() >= look.hidden:
        return Occluder(NOTHING, 0.0, 0.0, 1.0, 0.0, 0.0)
    kind = int(moment.choice([1, 2, 3, 4], p=[0.35, 0.15, 0.15, 0.35]))
    x, y, angle = moment.normal(48, 12), moment.normal(68, 9), moment.normal(0, 0.35)
    size = moment.uniform(0.85, 1.25)
    if kind == HAND:
        tone, angle = subject.skin.tone * moment.uniform(0.7, 0.95), angle - 0.02 * (x - 48)
    elif kind == MICROPHONE:
        tone, y = moment.uniform(0.1, 0.6), moment.normal(80, 5)
    else:
        tone, y = moment.uniform(0.08, 0.9), (moment.normal(70, 5) if kind == 2 else moment.uniform(15, 85))
        angle = moment.normal(0, 0.12) if kind == 2 else moment.uniform(-1.6, 1.6)
    return Occluder(kind, float(x), float(y), float(size), float(angle), float(tone))


def _camera(sitting: np.random.Generator, moment: np.random.Generator, look: Look) -> Camera:
    rough = look.degraded
    return Camera(
        gain=float(np.exp(sitting.normal(0.02 - 0.08 * rough, 0.05 + 0.17 * rough) + moment.normal(0, 0.03))),
        gamma=float(np.exp(sitting.normal(0.05, 0.14 + 0.16 * rough))),
        contrast=float(sitting.normal(0.1 + 0.3 * rough, 0.15 + 0.2 * rough)),
        blur=float(np.clip(sitting.gamma(2.0, 0.14 + 0.16 * rough), 0, 1.7)),
        noise=float(sitting.uniform(0, 0.004 + 0.022 * rough)),
        halo=float(rough > 0.7) * float(sitting.uniform(0, 0.7)),
        jpeg=float(sitting.uniform(-0.3, 1.2 * rough)),
    )
