"""What nobody should send: each a clear sentence, none a fault of the service."""

import base64
import io
import json
import struct
import zlib

import httpx2
import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from served import Open, encoded, files, spotted
from teni.serve import Limits, Settings

GOOD = encoded(spotted())
JPEG = encoded(np.dstack([spotted()] * 3), "JPEG")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """Make a PNG of a few kilobytes that says it has many pixels, and begins to have them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(min(height, 1000))) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def scans(many: int) -> bytes:
    """Put many more scans into a progressive JPEG."""
    made = encoded(np.dstack([spotted()] * 3), "JPEG", progressive=True)
    at = made.rindex(b"\xff\xda")
    return made[:at] + made[at:-2] * many + made[-2:]


def animated() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("L", (8, 8), shade) for shade in (0, 255)]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    return file.getvalue()


def said(answer: httpx2.Response) -> str:
    """Return the sentence of a refusal, and make sure that it is one."""
    assert list(answer.json()) == ["error"]
    sentence = answer.json()["error"]
    assert "\n" not in sentence
    assert "object at 0x" not in sentence
    assert answer.headers["content-type"] == "application/json"
    return sentence


@pytest.mark.parametrize(
    ("picture", "status", "sentence"),
    [
        (b"", 400, "picture 1: an empty file; expected a picture"),
        (b"hello", 422, "picture 1: not a picture that can be read; expected one of PNG, JPEG, BMP, WEBP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "not a picture that can be read"),
        (encoded(spotted(), "GIF"), 422, "not a picture that can be read"),
        (encoded(spotted(), "TIFF"), 422, "not a picture that can be read"),
        (b"%PDF-1.7\n" + GOOD, 422, "not a picture that can be read"),
        (b"PK\x03\x04" + GOOD, 422, "not a picture that can be read"),
        (GOOD[: len(GOOD) // 2], 422, "picture 1: a damaged picture"),
        (JPEG[: len(JPEG) // 2], 422, "picture 1: a damaged picture"),
        (GOOD[:20], 422, "picture 1: "),
        (
            bomb(5001, 5000),
            413,
            "picture 1: 5,001x5,000 pixels, over the limit of 24 megapixels; make it smaller",
        ),
        (
            bomb(30_000, 10_000),
            413,
            "picture 1: too many pixels, over the limit of 24 megapixels; make it smaller",
        ),
        (scans(200), 422, "picture 1: a JPEG of more than 100 scans; save it anew"),
        (animated(), 422, "picture 1: holds several pictures; expected one"),
    ],
)
def test_pictures_that_are_none(client: TestClient, picture: bytes, status: int, sentence: str):
    answer = client.post("/predict", files=files(picture))
    assert answer.status_code == status
    assert sentence in said(answer)


def test_the_third_picture_is_named(client: TestClient):
    answer = client.post("/predict", files=files(GOOD, GOOD, b"no"))
    assert said(answer).startswith("picture 3: not a picture")


def test_a_picture_with_something_behind_it_is_a_picture(client: TestClient):
    polyglot = GOOD + b"PK\x03\x04<script>alert(1)</script>%PDF-1.7"
    assert (
        client.post("/predict", files=files(polyglot)).json()
        == client.post("/predict", files=files(GOOD)).json()
    )


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\a.png",
        "a\x00b.png",
        "n" * 2000,
        "\u202egnp.exe",
        "",
        "a;b=c.png",
    ],
)
def test_names_of_files_mean_nothing(client: TestClient, name: str):
    answer = client.post("/predict", files=[("files", (name, GOOD, "text/html"))])
    assert answer.status_code in (200, 400)  # a header of 2,000 characters, or a zero in it, may be refused
    if answer.status_code == 200:
        assert answer.json() == client.post("/predict", files=files(GOOD)).json()


@pytest.mark.parametrize(
    ("kind", "body", "status", "sentence"),
    [
        ("text/plain", b"x", 415, "expected multipart/form-data with the field files, or application/json"),
        ("image/png", GOOD, 415, "expected multipart/form-data"),
        ("application/x-www-form-urlencoded", b"files=x", 415, "expected multipart/form-data"),
        ("", b"x", 415, "expected multipart/form-data"),
        ("multipart/form-data", b"x", 400, "multipart/form-data without a boundary"),
        ("multipart/form-data; boundary=b", b"", 400, "the form ends before its last boundary"),
        ("multipart/form-data; boundary=b", b"nothing", 400, "the form is damaged"),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\n\r\nhi\r\n--b--\r\n",
            400,
            "a part of the form has no name",
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\nhi',
            400,
            "the form ends before its last boundary; send it again",
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nhi\r\n--b--\r\n',
            400,
            "a field that is not known; expected files, and boxes",
        ),
        ("multipart/form-data; boundary=" + "b" * 9000, b"x", 400, "the form is damaged"),
        ("multipart/form-data; boundary=b", b"--b--\r\n", 400, "no picture in the request"),
        ("application/json", b"", 400, "the request: not JSON that can be read"),
        ("application/json", b"\xff\xfe", 400, "the request: not JSON that can be read"),
        ("application/json", b"[" * 500, 400, "the request: not JSON that can be read"),
        ("application/json", b"[" * 100_000, 413, "far more values than 32 pictures with boxes need; send"),
        ("application/json", b'{"images": [' + b"0," * 999 + b"0]}", 413, "far more values than 32 pictures"),
        (
            "application/json",
            b'{"images": 1' + b"0" * 5000 + b"}",
            400,
            "the request: not JSON that can be read",
        ),
        ("application/json", b'{"images": [NaN]}', 400, "the request: NaN is not a number"),
        ("application/json", b"[]", 400, 'expected a JSON object such as {"images"'),
        ("application/json", b'{"images": "x"}', 400, 'expected a JSON object such as {"images"'),
        ("application/json", b'{"images": []}', 400, "no picture in the request"),
        ("application/json", b'{"images": [1]}', 400, "images: picture 1 is not a text"),
        ("application/json", b'{"images": ["%%%"]}', 400, "images: picture 1 is not base64"),
        ("application/json", '{"images": ["é"]}'.encode(), 400, "images: picture 1 is not base64"),
        ("application/json", b'{"images": ["\\ud800"]}', 400, "images: picture 1 is not base64"),
        (
            "application/json",
            b'{"images": ["AA=="], "x": 1}',
            400,
            "a field that is not known; expected images",
        ),
    ],
)
def test_bodies_that_are_none(client: TestClient, kind: str, body: bytes, status: int, sentence: str):
    answer = client.post("/predict", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert sentence in said(answer)


@pytest.mark.parametrize(
    ("boxes", "status", "sentence"),
    [
        ("[[NaN, 0, 5, 5]]", 400, "boxes: NaN is not a number; expected finite numbers"),
        ("[[0, 0, Infinity, 5]]", 400, "boxes: Infinity is not a number"),
        ("[[0, 0, 1e999, 5]]", 400, "boxes: box 1 has a number out of range in it; expected four numbers"),
        ("[[0, 0, true, 5]]", 400, "boxes: box 1 has true in it"),
        ('[["0", 0, 5, 5]]', 400, "boxes: box 1 has a text in it"),
        ("[[0, 0, 5]]", 400, "boxes: box 1 is a list of 3; expected [x, y, width, height] in pixels"),
        ('[{"x": 1}]', 400, "boxes: box 1 is an object"),
        ("[[0, 0, 0, 5]]", 400, "boxes: box 1 is 0 wide and 5 high; expected more than 0"),
        ("[[0, 0, 5, -5]]", 400, "boxes: box 1 is 5 wide and -5 high"),
        ("[null, null]", 400, "boxes: 2 for 1 pictures; expected one a picture, or null"),
        ("7", 400, "boxes: the number 7; expected a list"),
        ("{}", 400, "boxes: an object; expected a list"),
        ("nonsense", 400, "boxes: not JSON that can be read"),
        ("[" * 50_000, 400, "boxes: not JSON that can be read"),
        ("[" + "1," * 60_000 + "1]", 400, "boxes: far more text than boxes need"),
        ("[[200, 0, 5, 5]]", 422, "picture 1: its box is beside the picture of 200x160 pixels"),
        ("[[-9, -9, 5, 5]]", 422, "picture 1: its box is beside the picture of 200x160 pixels"),
    ],
)
def test_boxes_that_are_none(client: TestClient, boxes: str, status: int, sentence: str):
    answer = client.post("/predict", files=files(GOOD), data={"boxes": boxes})
    assert answer.status_code == status
    assert sentence in said(answer)


def test_too_many_pictures(client: TestClient):
    for answer in (
        client.post("/predict", files=files(*[GOOD] * 33)),
        client.post("/predict", files=files(*[GOOD] * 40)),
        client.post("/predict", json={"images": [base64.b64encode(GOOD).decode()] * 33}),
    ):
        assert answer.status_code == 413
        assert said(answer) == "more than 32 pictures in one request; send fewer at a time"


def test_too_many_bytes_however_they_come(opened: Open):
    small = opened(Settings(limits=Limits(request_mb=1)))
    headers = {"Content-Type": "application/json"}

    def endless():
        for _ in range(30):
            yield bytes(100_000)

    declared = small.post("/predict", content=bytes(1_000_001), headers=headers)
    streamed = small.post("/predict", content=endless(), headers=headers)
    for answer in (declared, streamed):
        assert answer.status_code == 413
        assert said(answer) == "the request is larger than 1 MB; send smaller pictures, or fewer at a time"
    assert small.post("/predict", content=bytes(1_000_000), headers=headers).status_code == 400  # just within
    assert "teni_held_bytes 0.0" in small.get("/metrics").text


def test_too_many_pixels_by_another_limit(opened: Open):
    small = opened(Settings(limits=Limits(megapixels=1)))
    answer = small.post("/predict", files=files(encoded(np.zeros((1001, 1000), np.uint8))))
    assert said(answer) == "picture 1: 1,000x1,001 pixels, over the limit of 1 megapixels; make it smaller"
    assert small.post("/predict", files=files(encoded(np.zeros((1000, 1000), np.uint8)))).status_code == 200


def test_the_service_lives_on(client: TestClient):
    assert client.post("/predict", files=files(GOOD)).status_code == 200
    assert 'status="5' not in client.get("/metrics").text


def test_json_with_everything_is_still_read(client: TestClient):
    body = json.dumps({"images": [base64.b64encode(JPEG).decode()], "boxes": None})
    answer = client.post(
        "/predict", content=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    assert answer.status_code == 200
