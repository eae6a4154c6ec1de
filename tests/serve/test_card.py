"""The model card of the service: what may be shown, and nothing else."""

import json
from pathlib import Path

from starlette.testclient import TestClient

from spot_run import NAMES, save_spot_run
from teni.run import read_run
from teni.serve import Limits, open_service
from teni.serve.card import model_card


def test_what_it_says(client: TestClient):
    card = client.get("/card").json()
    assert card["name"] == "spots"
    assert card["task"]["names"] == list(NAMES)
    assert card["image"] == {"height": 96, "width": 96, "channels": 1}
    assert card["measured"]["test"]["rmse_px"] > 0
    assert card["radius"]["confidence"] == 0.95
    assert card["radius"]["keypoints"]["left_spot"]["part"] == "test"
    assert card["radius"]["keypoints"]["left_spot"]["radius_px"] > 0
    assert card["limits"]["formats"] == ["PNG", "JPEG", "BMP", "WEBP"]
    assert isinstance(card["proposes_boxes"], bool)
    assert card["markdown"].startswith("---\n")


def test_no_paths_and_no_people(tmp_path: Path):
    folder = save_spot_run(tmp_path / "spots")
    about = json.loads((folder / "run.json").read_text())
    about.update(backbone="/home/ada/networks/mine.keras", command=["teni", "fit", "/home/ada/faces.csv"])
    about["notes"] = ["/home/ada/faces.csv: 3 rows were left out"]
    members = {
        "net kernel": {"weight": 0.5, "taps": ["a"]},
        "/home/ada/b.h5 mlp": {"weight": 0.5, "taps": ["b"]},
    }
    about["choice"]["members"] = members
    (folder / "run.json").write_text(json.dumps(about))
    service = open_service(read_run(folder))
    text = json.dumps(model_card(service, Limits(), False))
    service.close()
    for secret in ("/home", "person_0", str(tmp_path)):
        assert secret not in text
    assert '"backbone": "mine.keras"' in text
    assert list(json.loads(text)["choice"]) == ["members"]
    assert list(json.loads(text)["choice"]["members"]) == ["net kernel", "b.h5 mlp"]
