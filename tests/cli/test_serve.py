"""What ``teni serve`` says before it serves."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

import teni.serve
from teni.cli.serve import read_token
from teni.errors import TeniError

TOKEN = "0123456789abcdef"


def test_a_token_from_a_file(tmp_path: Path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert read_token(None, tmp_path / "token") == TOKEN
    assert read_token(TOKEN, None) == TOKEN
    assert read_token(None, None) is None


@pytest.mark.parametrize("content", ["", "short", f"{TOKEN} {TOKEN}", f"{TOKEN}é"])
def test_a_token_that_is_none(tmp_path: Path, content: str):
    (tmp_path / "token").write_text(content)
    with pytest.raises(TeniError, match=r"the token has \d+ characters; expected at least 16 of ASCII"):
        read_token(None, tmp_path / "token")


def test_a_token_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(TeniError, match=r"nowhere: cannot be read \(No such file or directory\)"):
        read_token(None, tmp_path / "nowhere")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(TeniError, match=r"binary: cannot be read \(not text\)"):
        read_token(None, tmp_path / "binary")
    with pytest.raises(TeniError, match="give one of them"):
        read_token(TOKEN, tmp_path / "binary")


def test_without_the_parts(teni: Callable, spots: Path, monkeypatch: pytest.MonkeyPatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "uvicorn" else found(name))
    ended = teni("serve", spots)
    assert (ended.code, ended.err) == (
        1,
        "Error: teni serve needs parts that are not installed; pip install 'teni[serve]'\n",
    )


@pytest.mark.parametrize(("more", "warns"), [((), True), (("--token", TOKEN), False)])
def test_a_warning_where_everybody_may_ask(
    teni: Callable, spots: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], warns: bool
):
    monkeypatch.setattr(teni_serve(), "serve", lambda service, *_: service.close())
    ended = teni("serve", spots, "--host", "0.0.0.0", "--port", 0, *more)
    assert ended.code == 0
    assert ("Warning: everybody who can reach 0.0.0.0 can use this service" in ended.err) is warns


def teni_serve():
    return teni.serve


def test_no_run(teni: Callable, tmp_path: Path):
    ended = teni("serve", tmp_path / "nowhere")
    assert ended.code == 1
    assert "no such folder; give a folder that teni fit wrote" in ended.err
