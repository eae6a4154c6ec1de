"""The routes: the same predictions as ``teni predict``, whatever picture and however it is sent."""

import base64
import io
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from starlette.testclient import TestClient

from served import SPOTS, Open, encoded, files, spotted
from spot_run import NAMES
from teni.serve import Limits, Settings
from teni.serve.app import READ_AT_ONCE
from teni.serve.upload import Upload, read_upload

COMMAND = [sys.executable, "-c", "from teni.cli import main; main()"]


def places(answer: dict) -> np.ndarray:
    return np.array([[answer["keypoints"][name][axis] for axis in "xy"] for name in NAMES])


def pictures() -> dict[str, bytes]:
    """Make pictures of every kind that is treated in a way of its own."""
    random = np.random.default_rng(0)
    grey = spotted()
    colours = np.stack([grey, grey // 2, 255 - grey], -1)
    turned = Image.Exif()
    turned[0x0112] = 6  # turn by a quarter to the right
    alpha = np.dstack([colours, random.integers(0, 256, grey.shape, np.uint8)])
    return {
        "grey.png": encoded(grey),
        "colours.png": encoded(colours),
        "photo.jpg": encoded(colours, "JPEG", quality=80),
        "turned.jpg": encoded(colours, "JPEG", exif=turned),
        "alpha.png": encoded(alpha),
        "deep.png": encoded(grey.astype(np.uint16) * 257),
        "small.bmp": encoded(spotted(SPOTS / 5, 32, 40), "BMP"),
        "model_size.png": encoded(spotted(np.array([[70.0, 30], [20, 50]]), 96, 96)),
        "web.webp": encoded(colours, "WEBP", quality=70),
        "palette.png": encoded(np.asarray(Image.fromarray(colours).quantize(16).convert("RGB"))),
    }


def test_agrees_with_the_command(client: TestClient, spots: Path, tmp_path: Path):
    made = pictures()
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    done = subprocess.run([*COMMAND, "predict", spots, tmp_path], capture_output=True, check=True)
    table = pd.read_csv(io.BytesIO(done.stdout)).set_index("id")
    answer = client.post("/predict", files=[("files", (name, made[name])) for name in table.index])
    assert answer.status_code == 200
    expected = table.to_numpy().reshape(-1, 2, 2)
    found = np.stack([places(each) for each in answer.json()])
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-4)  # both are rounded to 4 decimals


def test_one_picture_in_its_own_pixels(client: TestClient):
    (answer,) = client.post("/predict", files=files(encoded(spotted()))).json()
    np.testing.assert_allclose(places(answer), SPOTS, atol=0.05)
    assert list(answer["keypoints"]) == list(NAMES)


def test_many_pictures_in_order(client: TestClient):
    many = [SPOTS + np.array([i, -i]) for i in range(21)]  # more than one batch
    answer = client.post("/predict", files=files(*[encoded(spotted(points)) for points in many]))
    np.testing.assert_allclose([places(each) for each in answer.json()], many, atol=0.08)


def test_json_gives_the_same_as_a_form(client: TestClient):
    picture = encoded(spotted())
    form = client.post("/predict", files=files(picture, picture), data={"boxes": "[[0, 0, 200, 150], null]"})
    text = base64.b64encode(picture).decode()
    body = {"images": [text, f"data:image/png;base64,{text}"], "boxes": [[0, 0, 200, 150], None]}
    assert client.post("/predict", json=body).json() == form.json()


def test_a_box_is_a_picture_of_its_own_moved_back(client: TestClient):
    image = spotted()
    whole = client.post(
        "/predict", files=files(encoded(image)), data={"boxes": json.dumps([[19.5, 10.2, 150, 130.1]])}
    )
    part = client.post("/predict", files=files(encoded(image[10:141, 19:170])))
    np.testing.assert_allclose(
        places(whole.json()[0]), places(part.json()[0]) + np.array([19, 10]), atol=2e-4
    )
    radii = [[answer.json()[0]["keypoints"][name]["radius"] for name in NAMES] for answer in (whole, part)]
    assert radii[0] == radii[1]


def test_a_box_that_reaches_over_the_edge_is_cut(client: TestClient):
    picture = encoded(spotted())
    over = client.post("/predict", files=files(picture), data={"boxes": "[[-50, -20, 400, 300]]"})
    assert over.json() == client.post("/predict", files=files(picture)).json()


def test_the_radius_grows_with_confidence_and_with_the_picture(client: TestClient):
    def radii(confidence: float, size: int) -> np.ndarray:
        picture = encoded(np.asarray(Image.fromarray(spotted()).resize((size, size))))
        answer = client.post(f"/predict?confidence={confidence}", files=files(picture))
        return np.array([answer.json()[0]["keypoints"][name]["radius"] for name in NAMES])

    assert (radii(0.2, 96) < radii(0.7, 96)).all()
    np.testing.assert_allclose(radii(0.7, 192), 2 * radii(0.7, 96), atol=2e-4)


@pytest.mark.parametrize("said", ["0", "1", "nan", "much", "-0.5", "", "1e999"])
def test_a_confidence_that_is_none(client: TestClient, said: str):
    answer = client.post(f"/predict?confidence={said}", files=files(encoded(spotted())))
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "confidence: expected a number between 0 and 1, such as 0.95"},
    )


def test_health_and_metrics(client: TestClient):
    assert client.get("/health").json() == {"status": "ok"}
    client.post("/predict", files=files(encoded(spotted())))
    client.post("/predict", files=files(b"no picture"))
    text = client.get("/metrics").text
    assert client.get("/metrics").headers["content-type"].startswith("text/plain; version=0.0.4")
    for line in (
        'teni_requests_total{route="/predict",status="200"}',
        'teni_requests_total{route="/predict",status="422"}',
        "teni_requests_in_flight 0.0",
        "teni_held_bytes 0.0",
        "teni_images_waiting 0.0",
        'teni_batch_images_bucket{le="16.0"}',
    ):
        assert line in text


def test_the_schema_tells_the_limits_and_asks_nobody_else(client: TestClient):
    schema = client.get("/openapi.json").json()
    operation = schema["paths"]["/predict"]["post"]
    form = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["properties"]["files"]["maxItems"] == 32
    assert "PNG, JPEG, BMP, WEBP" in form["properties"]["files"]["description"]
    assert "24 megapixels" in form["properties"]["files"]["description"]
    assert operation["responses"]["413"]["description"].startswith("More than 16 MB")
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["items"] == {
        "$ref": "#/components/schemas/KeypointsAnswer"
    }
    assert not any(
        name in json.dumps(schema) for name in NAMES
    )  # no token is asked for it, and a class may be a person
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/predict", 405), ("GET", "/page/no.js", 404)],
)
def test_what_is_not_there(client: TestClient, method: str, path: str, status: int):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


def test_a_wrong_method_is_told_the_right_one(client: TestClient):
    sentence = "this is asked with POST; /openapi.json says what to send"
    assert client.get("/predict").json() == {"error": sentence}


@pytest.mark.parametrize(
    "path", ["/page/../app.py", "/page/..%2fapp.py", "/page/%2e%2e/app.py", "/page//etc/passwd", "/page/"]
)
def test_no_path_leads_out_of_the_page(client: TestClient, path: str):
    assert client.get(path).status_code == 404


def test_the_page_has_no_script_or_style_inside(client: TestClient):
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert page.text.count("<script") == 1
    assert client.get("/page/app.js").headers["content-type"] == "text/javascript; charset=utf-8"


def test_others_are_answered_while_a_large_request_is_taken_apart(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    begun, go_on = threading.Event(), threading.Event()

    def slow(body: bytes, kind: str, limits: Limits) -> Upload:
        begun.set()
        assert go_on.wait(20)
        return read_upload(body, kind, limits)

    monkeypatch.setattr("teni.serve.app.read_upload", slow)
    large = encoded(np.random.default_rng(0).integers(0, 256, (400, 400), np.uint8))
    assert len(large) > READ_AT_ONCE
    with ThreadPoolExecutor(1) as other:
        answer = other.submit(client.post, "/predict", files=files(large))
        assert begun.wait(20)
        assert client.get("/health").status_code == 200
        assert not answer.done()
        go_on.set()
        assert answer.result(20).status_code == 200


def test_a_model_that_gives_no_numbers(opened: Open, tmp_path: Path):
    from spot_run import save_spot_run

    run = save_spot_run(tmp_path / "broken", bias=(float("nan"), 0.0))
    answer = opened(Settings(), run).post("/predict", files=files(encoded(spotted())))
    assert (answer.status_code, answer.json()["error"]) == (
        422,
        "picture 1: the model gives no numbers for it; send another picture",
    )
