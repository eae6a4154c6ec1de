"""What must be done to a picture before an exported model sees it, and to its answer after, in plain values."""

from typing import Any

from teni.prediction import flip_center
from teni.run import Run, class_columns
from teni.task import Classes, Keypoints
from teni.task.image_size import PAPER


def preprocessing(run: Run, file: str, precision: str) -> dict[str, Any]:
    """Spell out size, channels, colour and what to do with other sizes.

    Args:
        run: what is exported.
        file: name of the model's file.
        precision: of its weights.

    Returns:
        The content of ``preprocessing.json``.
    """
    task, channels = run.task, int(run.examples.images.shape[-1])
    told: dict[str, Any] = {
        "model": file,
        "precision": precision,
        "input": {
            "name": "image",
            "type": "uint8",
            "shape": ["any number of images", task.height, task.width, channels],
            "values": "0 to 255 as they are in the picture: scaling is part of the model",
        },
        "height": task.height,
        "width": task.width,
        "channels": channels,
        "mode": "L" if channels == 1 else "RGB",
        "colour": "grey, 0.299 red + 0.587 green + 0.114 blue" if channels == 1 else "red, green, blue",
        "orientation": "turned as the EXIF data say",
        "transparent": "laid on white",
    }
    match task:
        case Keypoints():
            center = flip_center(run)
            return told | {
                "other_sizes": {
                    "how": "stretch",
                    "resampling": "bicubic",
                    "back": "x and y times the picture's width and height over those of the model",
                },
                "output": {"shape": ["as many", len(task.names), 2], "unit": "pixels, x right, y down"},
                "first_pixel_center": 0.0 if center == "integers" else 0.5,
                "names": list(task.names),
                "columns": [f"{name}_{axis}" for name in task.names for axis in "xy"],
            }
        case Classes():
            return told | {
                "other_sizes": {"how": task.resize, "resampling": "bicubic", "bars": PAPER},
                "output": {"shape": ["as many", len(task.names)], "unit": "probability of each class"},
                "names": list(task.names),
                "columns": [*class_columns(task.names), "class"],
            }
