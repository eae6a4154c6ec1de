"""What goes in and comes out, for the OpenAPI schema."""

from typing import Any

from pydantic import BaseModel, Field

from teni.serve.settings import FORMATS, Limits


class Point(BaseModel):
    """Where a keypoint is, in pixels of the picture that was sent: x to the right, y down."""

    x: float
    y: float
    radius: float | None = Field(
        description="Within it the true point lies with the confidence asked for, as measured on left-out images; "
        "null for a keypoint that was never labelled there."
    )


class KeypointsAnswer(BaseModel):
    """The keypoints of one picture."""

    keypoints: dict[str, Point]


class ClassesAnswer(BaseModel):
    """The probability of each class, for one picture."""

    classes: dict[str, float]


class BoxesAnswer(BaseModel):
    """The faces in one picture, the largest first: x, y, width, height in pixels."""

    boxes: list[list[float]]


class Health(BaseModel):
    """Whether predictions are made: ``ok``, ``starting`` or ``stopping``."""

    status: str


class Problem(BaseModel):
    """Why not, in one sentence."""

    error: str


def takes(limits: Limits, boxes: bool = True) -> dict[str, Any]:
    """Describe the body of a request, with its limits.

    Args:
        limits: what the service takes on.
        boxes: whether boxes may come with the pictures.
    """
    formats = ", ".join(FORMATS)
    said = (
        f"{formats}; at most {limits.images} pictures of {limits.megapixels} megapixels each, "
        f"{limits.request_mb} MB in all."
    )
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
    maybe = {"anyOf": [box, {"type": "null"}]}
    what = "For each picture [x, y, width, height] in its pixels, or null: only this part is looked at."
    file = {"type": "string", "format": "binary"}
    text = {"type": "string", "description": "base64, or a data: URL"}
    form: dict[str, Any] = {
        "files": {
            "type": "array",
            "items": file,
            "minItems": 1,
            "maxItems": limits.images,
            "description": said,
        }
    }
    body: dict[str, Any] = {
        "images": {
            "type": "array",
            "items": text,
            "minItems": 1,
            "maxItems": limits.images,
            "description": said,
        }
    }
    if boxes:
        form["boxes"] = {"type": "string", "description": f"JSON. {what}"}
        body["boxes"] = {"type": "array", "items": maybe, "description": what}
    content = {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": form,
                "required": ["files"],
                "additionalProperties": False,
            }
        },
        "application/json": {
            "schema": {
                "type": "object",
                "properties": body,
                "required": ["images"],
                "additionalProperties": False,
            }
        },
    }
    return {"requestBody": {"required": True, "content": content}}


def problems(limits: Limits) -> dict[int | str, dict[str, Any]]:
    """Describe the ways in which a request is refused.

    Args:
        limits: what the service takes on.
    """
    why = {
        400: "The request is not what it should be.",
        401: "A token is needed.",
        408: f"The request took longer than {limits.seconds:g} s to arrive.",
        413: f"More than {limits.request_mb} MB, {limits.images} pictures, or {limits.megapixels} megapixels.",
        415: "Neither multipart/form-data nor application/json.",
        422: f"Not a picture ({', '.join(FORMATS)}), a damaged one, or a box beside it.",
        503: f"More than {limits.in_flight} requests at a time; Retry-After says when to try again.",
    }
    return {status: {"model": Problem, "description": text} for status, text in why.items()}
