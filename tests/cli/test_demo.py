"""``teni demo --write-data``: the drawn faces as files to practise on."""

import json
import shlex
from pathlib import Path

import pytest

from teni.cli import demo as demo_module
from teni.data import load


def test_the_faces_in_kaggles_layout(teni, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(demo_module, "LEARNED", 4)
    monkeypatch.setattr(demo_module, "TESTED", 3)
    out = tmp_path / "to practise"
    ended = teni("demo", "--write-data", out)
    assert ended.code == 0
    command = shlex.split(ended.out.splitlines()[1])
    assert command[:3] == ["teni", "fit", str(out / "training.csv")]
    assert command[-4:] == ["--backbone", "face", "--out", "runs/practice"]
    learned = load(out / "training.csv", subjects=out / "subjects.csv")
    tested = load(out / "test.csv", subjects=out / "test_subjects.csv")
    assert (len(learned), len(tested), len(learned.task.names)) == (4, 3, 15)
    assert not set(learned.subjects.tolist()) & set(tested.subjects.tolist())
    ended = teni("demo", "--write-data", out)
    assert (ended.code, "exists already" in ended.err) == (1, True)
    ended = teni("demo", "--write-data", out, "--overwrite", "--json")
    assert json.loads(ended.out) == {"data": str(out)}
