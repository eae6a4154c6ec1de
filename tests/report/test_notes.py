"""Notes in Japanese: every sentence is one that the source says, and what the source says is found."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest

import teni
from fake_run import make_run
from teni.data.overlap import Overlap
from teni.report import build_report
from teni.report.words.notes import SENTENCES, STEPS, note
from teni.task import Keypoints
from teni.transfer.told import notes

SOURCE = Path(teni.__file__).parent
SAYING = ("backbones", "data", "transfer", "training", "fitting", "compare", "cli")
PLACE = re.compile(r"\{\w+\}")


def said() -> str:
    """Every text of the source that may be a note, what is filled in as {}."""
    texts: list[str] = []
    for folder in SAYING:
        for file in (SOURCE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    texts.append(
                        "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)
                    )
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    texts.append(node.value)
    return "\n".join(texts)


def test_every_sentence_is_said_somewhere_and_keeps_what_is_filled_in():
    texts = said()
    assert [each for each in SENTENCES if PLACE.sub("{}", each) not in texts] == []
    for english, japanese in SENTENCES.items():
        assert set(PLACE.findall(japanese)) <= set(PLACE.findall(english))
    assert [name for name in STEPS if name not in ("read", "heads", "save") and name not in texts] == []


def test_notes_as_the_parts_make_them():
    about = {
        "choice": {"anchors": ["a", "b"], "landmarks": 2048, "images": 20000},
        "flip": {"center": None, "validation_rmse_px": {"none": 1.0, "halves": 2.0}},
        "compression": None,
    }
    found = [note(each).ja for each in notes(about, Keypoints(("nose",), 8, 8, (0,)))]
    found += [note(each).ja for each in Overlap(12, 1, 1300).notes()]
    assert found == [
        "正解の少ない特徴点は、正解の多いa, bを手がかりにします。検証では、単独で学ぶより良い結果でした。",
        "鏡像も試しましたが、検証で良くならなかったので使っていません。",
        "20,000枚は一度の分解に収まりません。頭部は全部から学び、画像を個体ごとに引いた2,048枚と比べます。",
        "テスト画像1,300枚のうち12枚は学習画像とほぼ同じで、テスト誤差は良すぎるかもしれません。",
        "1個体が学習とテストの両方にいます。テスト誤差からは、新しい個体をどれだけ予測できるか分かりません。",
    ]


def test_words_of_our_own_that_are_filled_in():
    said = "The head of eyes went astray (its loss is no number any more): lower its learning rates."
    assert note(said).ja == "eyesの頭部：損失が数値でなくなりました。学習率を下げてください。"
    assert note(said.replace(" of eyes", "")).ja.startswith("頭部：")
    said = "1 class has no image in the test part (cat): how well it is recognised is not measured there."
    assert note(said).ja == "1クラス（cat）の画像がテストにないため、そこでは測れません。"


@pytest.mark.parametrize("name", ["a {b} c.csv", "{0}", "%s"])
def test_braces_in_a_name_stay_as_they_are(name: str):
    assert note(f"{name}: points with only x or only y count as not labelled: 3.").ja == (
        f"{name}：xかyの一方しかない点は正解なしとみなします：3点。"
    )


def test_they_stand_on_the_page_in_both_languages_and_escaped():
    run = make_run()
    run.about["notes"] = ["<b>: Mirror images were learned from.", "<i>never heard"]
    page = build_report(run)
    assert '<span lang="ja">&lt;b&gt;：鏡像も学習に使いました。</span>' in page
    assert '<p class="note" lang="en">&lt;i&gt;never heard</p>' in page
    assert '<span lang="ja">特徴の抽出</span>' in page


def test_long_hostile_notes_take_no_time():
    """Each wildcard could be tried at every place, and those behind it at every place behind that: none may be."""
    assert note(": ".join(["x" * 50] * 40)).ja
    assert note(json.dumps(np.zeros(500).tolist())).ja
    assert note(": " * 3000).ja
    for sentence in SENTENCES:
        texts = [each for each in PLACE.split(sentence) if each]
        for said in (
            "".join(f"{text}1 x" * 400 for text in texts),
            "1 x".join(texts * 300),
            "1 " * 5000 + sentence,
        ):
            assert note(said).ja
            assert note(f"{sentence}{said}").ja
