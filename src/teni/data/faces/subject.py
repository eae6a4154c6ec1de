"""Who a face belongs to: every measure that stays the same from one picture of a person to the next."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Skull:
    """Shape of the head: factors of the mean head (1 = mean), and the chin's height below the eyes in mm."""

    width: float
    jaw: float
    cheek: float
    depth: float
    crown: float
    chin_y: float
    brow_ridge: float


@dataclass(frozen=True)
class Eyes:
    """Both eyes, in mm: half the distance of their centres, half their length, half their height when open.

    ``tilt`` is the slope of the axis (positive: the outer corner is higher), ``iris`` its albedo, ``lashes``
    and ``crease`` how dark the rim of the lid and the fold above it are, from 0 to 1.
    """

    apart: float
    length: float
    height: float
    tilt: float
    iris: float
    lashes: float
    crease: float


@dataclass(frozen=True)
class Brows:
    """Both eyebrows, in mm: inner and outer end, the height of the line, its arch and its thickness."""

    inner_x: float
    outer_x: float
    y: float
    outer_drop: float
    arch: float
    thickness: float
    density: float


@dataclass(frozen=True)
class Nose:
    """The nose, in mm: height of its tip below the eyes, protrusion, half widths of bridge, tip and wings."""

    tip_y: float
    protrusion: float
    bridge: float
    tip: float
    wings: float
    hump: float


@dataclass(frozen=True)
class Mouth:
    """The closed mouth, in mm: its line below the eyes, half width, heights of the lips; their tone."""

    y: float
    half_width: float
    upper: float
    lower: float
    tone: float
    bow: float


@dataclass(frozen=True)
class Hair:
    """Hair: albedo, thickness over the skull, hairline, end of the locks (mm below the eyes), curl, parting.

    ``front_y`` is the hairline above the forehead in mm (more negative: higher), ``temple_y`` at the temples.
    """

    tone: float
    thickness: float
    front_y: float
    temple_y: float
    length: float
    curl: float
    parting: float


@dataclass(frozen=True)
class Skin:
    """Skin: albedo, shine, folds of age, mottling; how dense beard, moustache and stubble are (0 to 1)."""

    tone: float
    shine: float
    age: float
    mottle: float
    beard: float
    moustache: float
    stubble: float


@dataclass(frozen=True)
class Wear:
    """What is worn in every picture: glasses (1 thin, 2 thick, 3 dark), hat (1 knitted, 2 scarf), clothes."""

    glasses: int
    glasses_size: float
    glasses_round: float
    hat: int
    hat_tone: float
    clothes: float
    collar_y: float


@dataclass(frozen=True)
class Features:
    """What a face has in its middle."""

    eyes: Eyes
    brows: Brows
    nose: Nose
    mouth: Mouth


@dataclass(frozen=True)
class Subject:
    """One invented person."""

    name: str
    skull: Skull
    features: Features
    hair: Hair
    skin: Skin
    wear: Wear
