"""Invent a person: draw every lasting measure at random, so that those which belong together go together."""

import numpy as np

from teni.data.faces.look import Look
from teni.data.faces.subject import Brows, Eyes, Features, Hair, Mouth, Nose, Skin, Skull, Subject, Wear


def invent_subject(rng: np.random.Generator, look: Look, name: str) -> Subject:
    """Draw a person.

    Args:
        rng: draws.
        look: how often glasses and hats occur.
        name: of the person.
    """
    male = float(rng.random() < 0.58)
    age = float(rng.beta(1.3, 1.8))
    tone = float(
        np.clip(
            rng.choice([0.80, 0.73, 0.61, 0.45], p=[0.4, 0.3, 0.17, 0.13]) + rng.normal(0, 0.035), 0.33, 0.87
        )
    )
    skull = Skull(
        width=_about(rng, 0.99 + 0.02 * male, 0.045),
        jaw=_about(rng, 0.96 + 0.07 * male, 0.06),
        cheek=_about(rng, 1.0, 0.035),
        depth=_about(rng, 1.0, 0.03),
        crown=_about(rng, 1.0, 0.04),
        chin_y=float(rng.normal(108 + 7 * male, 4.5)),
        brow_ridge=float(np.clip(rng.normal(0.45 + 0.75 * male, 0.3), 0, 2)),
    )
    hair = _hair(rng, male, age, tone)
    features = Features(_eyes(rng, male), _brows(rng, male, hair), _nose(rng, male), _mouth(rng, male, age))
    return Subject(name, skull, features, hair, _skin(rng, male, age, tone), _wear(rng, look, hair))


def _about(rng: np.random.Generator, mean: float, spread: float) -> float:
    return float(mean * np.exp(np.clip(rng.normal(0, spread), -2.5 * spread, 2.5 * spread)))


def _eyes(rng: np.random.Generator, male: float) -> Eyes:
    return Eyes(
        apart=_about(rng, 31.3, 0.04),
        length=_about(rng, 13.6, 0.06),
        height=_about(rng, 5.3 - 0.5 * male, 0.13),
        tilt=float(rng.normal(0.05, 0.05)),
        iris=float(rng.choice([0.13, 0.24, 0.42], p=[0.5, 0.25, 0.25])),
        lashes=float(np.clip(rng.normal(0.95 - 0.3 * male, 0.12), 0.4, 1)),
        crease=float(np.clip(rng.normal(0.6, 0.25), 0, 1)),
    )


def _brows(rng: np.random.Generator, male: float, hair: Hair) -> Brows:
    return Brows(
        inner_x=_about(rng, 16.5, 0.1),
        outer_x=_about(rng, 54.5, 0.03),
        y=float(rng.normal(-20.5 + 2.0 * male, 2.0)),
        outer_drop=float(rng.normal(2.0, 2.6)),
        arch=float(np.clip(rng.normal(6.5 - 2.5 * male, 2.2), 0, 13)),
        thickness=_about(rng, 5.2 + 2.3 * male, 0.2),
        density=float(np.clip(rng.normal(0.7 if hair.tone < 0.35 else 0.45, 0.15), 0.25, 1)),
    )


def _nose(rng: np.random.Generator, male: float) -> Nose:
    return Nose(
        tip_y=float(rng.normal(37.0 + 2 * male, 2.6)),
        protrusion=_about(rng, 20.5 + 2.5 * male, 0.1),
        bridge=_about(rng, 7.8, 0.14),
        tip=_about(rng, 9.6, 0.12),
        wings=_about(rng, 16.2 + 1.3 * male, 0.1),
        hump=float(rng.normal(0.4, 1.1)),
    )


def _mouth(rng: np.random.Generator, male: float, age: float) -> Mouth:
    thin = 1 - 0.35 * age
    return Mouth(
        y=float(rng.normal(66.5 + 1.5 * male, 2.2)),
        half_width=_about(rng, 24.5 + male, 0.07),
        upper=float(np.clip(rng.normal(7.0 - 1.2 * male, 1.4) * thin, 2.5, 12)),
        lower=float(np.clip(rng.normal(9.4 - 1.0 * male, 1.6) * thin, 4.5, 14)),
        tone=float(np.clip(rng.normal(0.78 + 0.09 * male, 0.09), 0.5, 0.98)),
        bow=float(np.clip(rng.normal(1.0, 0.6), 0, 2.2)),
    )


def _hair(rng: np.random.Generator, male: float, age: float, skin: float) -> Hair:
    grey = age > 0.55 and rng.random() < 0.7
    fair = skin > 0.65
    tones, shares = ([0.09, 0.18, 0.34, 0.55], [0.34, 0.3, 0.2, 0.16]) if fair else ([0.06, 0.12], [0.6, 0.4])
    tone = (
        float(rng.normal(0.66, 0.1)) if grey else float(rng.choice(tones, p=shares) * rng.uniform(0.85, 1.2))
    )
    bald = male > 0 and rng.random() < 0.08 + 0.15 * age
    recede = male * age * rng.uniform(0, 34)
    curl = float(rng.choice([rng.uniform(0, 0.35), rng.uniform(0.6, 1.0)], p=[0.72, 0.28]))
    fringe = rng.random() < (0.3 - 0.2 * male)
    long = rng.random() < (0.72 - 0.66 * male)
    front = -38.0 if fringe else -66.0 + rng.normal(0, 5) - recede
    return Hair(
        tone=float(np.clip(tone, 0.05, 0.9)),
        thickness=0.0 if bald else float(rng.uniform(5, 13) + 9 * curl * rng.random() + 4 * (1 - male)),
        front_y=float(min(front, -30)),
        temple_y=float((-40.0 if fringe else -50.0) + rng.normal(0, 4) - 0.9 * recede),
        length=float(rng.uniform(35, 150)) if long else -40.0,
        curl=curl,
        parting=float(rng.normal(0, 0.8)),
    )


def _skin(rng: np.random.Generator, male: float, age: float, tone: float) -> Skin:
    style = rng.choice(6, p=[0.5, 0.2, 0.1, 0.1, 0.05, 0.05]) if male else 0
    return Skin(
        tone=tone,
        shine=float(rng.uniform(0.1, 0.8)),
        age=age,
        mottle=float(rng.uniform(0.01, 0.05)),
        beard=float(rng.uniform(0.6, 1.0)) if style in (2, 3) else 0.0,
        moustache=float(rng.uniform(0.6, 1.0)) if style in (2, 4, 5) else 0.0,
        stubble=float(rng.uniform(0.3, 1.0)) if style == 1 else 0.25 * male * float(rng.random()),
    )


def _wear(rng: np.random.Generator, look: Look, hair: Hair) -> Wear:
    with_glasses, with_hat = rng.random() < look.glasses, rng.random() < look.hats
    hat = 2 if hair.length > 0 else 1
    return Wear(
        glasses=int(rng.choice([1, 2, 3], p=[0.5, 0.38, 0.12])) if with_glasses else 0,
        glasses_size=_about(rng, 1.0, 0.08),
        glasses_round=float(rng.random()),
        hat=hat if with_hat else 0,
        hat_tone=float(rng.uniform(0.1, 0.9)),
        clothes=float(rng.choice([rng.uniform(0.05, 0.3), rng.uniform(0.3, 0.95)], p=[0.6, 0.4])),
        collar_y=float(rng.uniform(132, 158)),
    )
