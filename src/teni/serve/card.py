"""The model card: what a run folder says of its model, without paths, people, or versions of anything."""

import math
from collections.abc import Mapping
from typing import Any

from teni.card import card_markdown, network_name
from teni.paths import base_name
from teni.run import Run
from teni.serve.radius import described
from teni.serve.service import Service
from teni.serve.settings import CONFIDENCE, FORMATS, Limits
from teni.task import Keypoints
from teni.task.record import task_record

# Of metrics.json; the errors of single subjects, who have names, stay in the folder.
_MEASURED = (
    *("rmse_px", "rmse_px_ci95", "nme_percent", "nme_percent_ci95", "pck_05", "pck_10", "per_keypoint"),
    *("accuracy", "accuracy_ci95", "balanced_accuracy", "log_loss", "log_loss_ci95", "calibration_error"),
    *("per_class", "mean_predictor", "images", "labels", "subjects", "subjects_known"),
)


def model_card(service: Service, limits: Limits, proposes: bool) -> dict[str, Any]:
    """Say what the model predicts, from what, how well, and what the service takes.

    Args:
        service: whose model it is.
        limits: what the service takes on.
        proposes: whether it can propose boxes.
    """
    run = service.run
    height, width, channels = service.shape
    return {
        "name": run.path.resolve().name,
        "task": task_record(run.task),
        "image": {"height": height, "width": width, "channels": channels},
        "created": run.about.get("created"),
        "backbone": network_name(run) if run.about.get("backbone") else None,
        "choice": _choice(run),
        "data": _scalars(run.about.get("data", {})),
        "measured": {part: _measured(run, part) for part in ("test", "validation")},
        "radius": _radius(service),
        "limits": {
            "request_mb": limits.request_mb,
            "megapixels": limits.megapixels,
            "images": limits.images,
            "requests_in_flight": limits.in_flight,
            "formats": list(FORMATS),
        },
        "proposes_boxes": proposes,
        "markdown": card_markdown(run),
    }


def _choice(run: Run) -> dict[str, Any]:
    """Say what validation chose; of an ensemble the members alone, each with its own choice."""
    choice = run.about["choice"]
    if members := choice.get("members"):
        return {"members": {base_name(name): _plain(each) for name, each in members.items()}}
    return _plain(_without(choice, "backbone"))


def _radius(service: Service) -> dict[str, Any] | None:
    """Say what the radii are; in pixels of the run's own images."""
    task = service.task
    if not isinstance(task, Keypoints) or service.residuals is None:
        return None
    keypoints = described(service.residuals, task.names)
    radii = service.residuals.radii(CONFIDENCE)
    return {
        "confidence": CONFIDENCE,
        "keypoints": {
            name: {**keypoints[name], "radius_px": None if radius is None else round(radius, 4)}
            for name, radius in zip(task.names, radii, strict=True)
        },
    }


def _measured(run: Run, part: str) -> dict[str, Any] | None:
    block = run.metrics.get(part)
    return {name: _plain(block[name]) for name in _MEASURED if name in block} if block else None


def _without(entries: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if key != name}


def _scalars(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in entries.items() if isinstance(value, int | float)}


def _plain(value: Any) -> Any:
    """Make values plain JSON: no NaN, no text with a path in it."""
    match value:
        case bool() | int() | None:
            return value
        case float():
            return value if math.isfinite(value) else None
        case str():
            return base_name(value)
        case list() | tuple():
            entries: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
            return [_plain(entry) for entry in entries]
        case dict():
            named: dict[str, Any] = value
            return {name: _plain(entry) for name, entry in named.items()}
        case _:
            return None
