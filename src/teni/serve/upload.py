"""What a request holds: pictures as bytes, and boxes; from a form or from JSON."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from teni.serve.boxes import Box, read_boxes, read_json
from teni.serve.refused import Refused
from teni.serve.settings import Limits

MAX_BOXES_BYTES = 100_000
VALUES_A_PICTURE = 16  # marks between values of JSON; a picture and its box have seven


@dataclass(frozen=True)
class Upload:
    """The pictures of one request, in order.

    Args:
        pictures: the bytes of each file; what the files were called is not kept.
        boxes: for each the part that counts, or None for all of it.
    """

    pictures: list[bytes]
    boxes: list[Box | None]


def read_upload(body: bytes, content_type: str, limits: Limits) -> Upload:
    """Take a body apart.

    Args:
        body: all of it.
        content_type: the header, with its parameters.
        limits: how many pictures there may be.

    Raises:
        Refused: another type, not what it says, no picture, or too many.
    """
    kind, options = parse_options_header(content_type)
    match kind:
        case b"multipart/form-data":
            pictures, boxes = _from_form(body, options.get(b"boundary", b""), limits)
        case b"application/json":
            pictures, boxes = _from_json(body, limits)
        case _:
            raise Refused(
                415, "expected multipart/form-data with the field files, or application/json with images"
            )
    if not pictures:
        raise Refused(400, "no picture in the request; expected at least one in the field files")
    for i, picture in enumerate(pictures):
        if not picture:
            raise Refused(400, f"picture {i + 1}: an empty file; expected a picture")
    return Upload(pictures, read_boxes(boxes, len(pictures)))


def _from_form(body: bytes, boundary: bytes, limits: Limits) -> tuple[list[bytes], Any]:
    if not boundary:
        raise Refused(400, "multipart/form-data without a boundary; let the client set the Content-Type")
    pictures: list[bytes] = []
    boxes: Any = None
    for name, content in split_form(body, boundary, limits.images + 2):
        if name == b"files":
            pictures.append(content)
            if len(pictures) > limits.images:
                raise _too_many(limits)
        elif name == b"boxes":
            if len(content) > MAX_BOXES_BYTES:
                raise Refused(400, "boxes: far more text than boxes need")
            boxes = read_json(content, "boxes") if content.strip() else None
        else:
            raise Refused(400, "a field that is not known; expected files, and boxes if there are any")
    return pictures, boxes


def split_form(body: bytes, boundary: bytes, most: int) -> list[tuple[bytes, bytes]]:
    """Cut a form into its fields.

    Args:
        body: all of it.
        boundary: what stands between the fields.
        most: of the fields; what comes after these is not read.

    Returns:
        Name and content of each field, in order.

    Raises:
        Refused: damaged, truncated, or a field without a name.

    >>> text = b'--b\\r\\nContent-Disposition: form-data; name="files"; filename="a"\\r\\n\\r\\nhi\\r\\n--b--\\r\\n'
    >>> split_form(text, b"b", 9)
    [(b'files', b'hi')]
    """
    fields: list[tuple[bytes, bytes]] = []
    headers: dict[bytes, bytes] = {}
    field, value, content = bytearray(), bytearray(), bytearray()
    ended = False

    def on_part_begin() -> None:
        headers.clear()
        content.clear()
        if len(fields) >= most:
            raise Refused(413, f"more than {most - 2} pictures in one request; send fewer at a time")

    def on_header_begin() -> None:
        field.clear()
        value.clear()

    def on_header_end() -> None:
        headers[bytes(field).lower()] = bytes(value)

    def on_part_end() -> None:
        kind, options = parse_options_header(headers.get(b"content-disposition", b""))
        name = options.get(b"name")
        if kind != b"form-data" or name is None:
            raise Refused(400, "a part of the form has no name; expected files, and boxes if there are any")
        fields.append((name, bytes(content)))

    def on_end() -> None:
        nonlocal ended
        ended = True

    callbacks: Any = {
        "on_part_begin": on_part_begin,
        "on_part_data": lambda data, start, end: content.extend(memoryview(data)[start:end]),
        "on_part_end": on_part_end,
        "on_header_begin": on_header_begin,
        "on_header_field": lambda data, start, end: field.extend(data[start:end]),
        "on_header_value": lambda data, start, end: value.extend(data[start:end]),
        "on_header_end": on_header_end,
        "on_end": on_end,
    }
    try:
        parser = MultipartParser(boundary, callbacks)
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise Refused(
            400, "the form is damaged; expected multipart/form-data as browsers and curl send it"
        ) from error
    if not ended:
        raise Refused(400, "the form ends before its last boundary; send it again")
    return fields


def _from_json(body: bytes, limits: Limits) -> tuple[list[bytes], Any]:
    # Millions of small values take seconds to read, in which nothing else runs, and many times their size in memory.
    if sum(map(body.count, (b",", b"[", b"{"))) > VALUES_A_PICTURE * (limits.images + 1):
        raise Refused(
            413, f"far more values than {limits.images} pictures with boxes need; send fewer at a time"
        )
    found = read_json(body, "the request")
    if not isinstance(found, dict) or not isinstance(found.get("images"), list):
        raise Refused(
            400, 'expected a JSON object such as {"images": [base64, …], "boxes": [[x, y, width, height], …]}'
        )
    given: dict[str, Any] = found
    if set(given) - {"images", "boxes"}:
        raise Refused(400, "a field that is not known; expected images, and boxes if there are any")
    images: list[Any] = given["images"]
    if len(images) > limits.images:
        raise _too_many(limits)
    return [_decoded(image, i + 1) for i, image in enumerate(images)], given.get("boxes")


def _decoded(image: Any, number: int) -> bytes:
    if not isinstance(image, str):
        raise Refused(400, f"images: picture {number} is not a text; expected the file's bytes in base64")
    head, comma, rest = image.partition(",")
    try:
        return base64.b64decode(rest if comma and head.startswith("data:") else image, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(400, f"images: picture {number} is not base64") from error


def _too_many(limits: Limits) -> Refused:
    return Refused(413, f"more than {limits.images} pictures in one request; send fewer at a time")
