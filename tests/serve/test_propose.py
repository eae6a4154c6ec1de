"""Proposed boxes: OpenCV's, in the pixels of the picture; and a clear word where it is missing."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from served import Open, encoded, files
from teni.serve import Settings
from teni.serve import app as app_module
from teni.serve.service import DECODERS


class OneFace:
    """Stand in for the detector: one box, a quarter of the picture."""

    def boxes(self, grey: np.ndarray) -> list[list[float]]:
        assert grey.shape == (40, 80, 1)
        return [[20.0, 10.0, 40.0, 20.0]]


def test_without_opencv(opened: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(app_module, "find_proposer", lambda: None)
    client = opened(Settings())
    answer = client.post("/propose", files=files(encoded(np.zeros((40, 80), np.uint8))))
    assert answer.status_code == 404
    assert "OpenCV is not installed; pip install 'teni[propose]'" in answer.json()["error"]
    assert client.get("/card").json()["proposes_boxes"] is False


def test_with_a_detector(opened: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(app_module, "find_proposer", OneFace)
    client = opened(Settings())
    picture = encoded(np.zeros((40, 80, 3), np.uint8), "JPEG")
    assert (
        client.post("/propose", files=files(picture, picture)).json() == [{"boxes": [[20, 10, 40, 20]]}] * 2
    )
    assert client.post("/propose", files=files(b"no")).status_code == 422
    assert client.get("/card").json()["proposes_boxes"] is True


def test_few_pictures_are_decoded_at_a_time(opened: Open, monkeypatch: pytest.MonkeyPatch):
    """Each may need hundreds of megabytes while it is decoded."""
    lock, now, most = threading.Lock(), 0, 0

    class Slow:
        def boxes(self, grey: np.ndarray) -> list[list[float]]:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.02)
            with lock:
                now -= 1
            return []

    monkeypatch.setattr(app_module, "find_proposer", Slow)
    client = opened(Settings())
    picture = files(encoded(np.zeros((40, 80), np.uint8)))
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: client.post("/propose", files=picture), range(8)))
    assert [answer.json() for answer in answers] == [[{"boxes": []}]] * 8
    assert most <= DECODERS


def test_opencv_itself():
    """A drawn face is found where it stands; a blank picture has none."""
    pytest.importorskip("cv2")
    from PIL import Image

    from fake_run import MEAN, draw_face
    from teni.serve.propose import Proposer

    face = Image.fromarray(draw_face(MEAN, np.random.default_rng(0))[..., 0]).resize((400, 400))
    paper = Image.new("L", (1600, 1000), 90)
    paper.paste(face, (900, 300))
    boxes = Proposer().boxes(np.asarray(paper)[..., None])
    assert boxes
    x, y, width, height = boxes[0]
    assert abs(x + width / 2 - 1100) < 60
    assert abs(y + height / 2 - 500) < 80
    assert Proposer().boxes(np.full((100, 100, 1), 90, np.uint8)) == []
