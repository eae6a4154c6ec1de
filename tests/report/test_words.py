import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import get_args

import pandas as pd
import pytest

from compared_run import ADVICE
from fake_run import make_run
from teni.report import words as package
from teni.report.sections.headline import headline
from teni.report.tried import Candidate, candidates
from teni.report.words import (
    Text,
    advice,
    choice,
    ladder,
    learning,
    notes,
    ran,
    reliability,
    several,
    spoken_of,
)
from teni.weights.load_report import Action

FACES = spoken_of(make_run().task)


def tried(*errors: tuple[str, float]) -> list[Candidate]:
    return [Candidate("taps", "96x96", tap, "linear", (0.1, 1.0), (px, px + 1), None) for tap, px in errors]


def chosen(taps: list[str], *errors: tuple[str, float]) -> tuple[str, str]:
    title, text = choice.choice({"taps": taps}, tried(*errors), FACES)
    return title.en, text.en


def texts() -> Iterator[tuple[str, Text]]:
    for module in iter_modules(package.__path__):
        for name, value in vars(import_module(f"{package.__name__}.{module.name}")).items():
            held = (
                value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
            )
            for each in held:
                if isinstance(each, Text):
                    yield f"{module.name}.{name}", each


def test_every_text_is_there_in_both_languages():
    found = list(texts())
    assert len(found) > 150
    for name, text in found:
        assert bool(text.en) == bool(text.ja), name
        assert text.en.count("{") == text.ja.count("{"), name


def test_a_text_stands_in_the_page_twice_and_is_escaped():
    assert str(Text("<b>", "あ").__html__()) == '<span lang="en">&lt;b&gt;</span><span lang="ja">あ</span>'
    assert str(Text("a", "a").__html__()) == "a"


def test_the_headline_rests_on_the_test_and_else_on_validation():
    run = make_run()
    block = {"rmse_px": 1.5, "rmse_px_ci95": [1.4, 1.6], "mean_predictor": {"rmse_px": 3.75}}
    run.metrics.update(test=block, validation={"rmse_px": 9.0})
    head = headline(run, FACES)
    assert (head.number, head.under.en, head.between.en) == (
        "1.50",
        "test RMSE",
        ", 95% interval 1.40 to 1.60",
    )
    assert "2.5 times closer than always predicting the mean face" in head.lead.en
    assert [(bar["name"].en, bar["share"]) for bar in head.bars] == [
        ("this model", 40),
        ("the mean face", 100),
    ]
    run.metrics.update(test=None, validation=block)
    assert headline(run, FACES).under.ja == "交差検証のRMSE"
    run.metrics.update(test={"rmse_px": 2.0})
    alone = headline(run, FACES)
    assert (len(alone.bars), alone.lead.en, alone.between.en) == (1, "", "")


def test_a_model_worse_than_the_mean_face_is_called_that_and_fills_the_bar_itself():
    run = make_run()
    run.metrics["test"] = {"rmse_px": 4.0, "mean_predictor": {"rmse_px": 2.0}}
    head = headline(run, FACES)
    assert [bar["share"] for bar in head.bars] == [100, 50]
    assert "no closer than always predicting the mean face" in head.lead.en
    assert "ありません" in head.lead.ja


def test_why_a_middle_layer_was_chosen():
    title, text = chosen(["b"], ("a", 2.4), ("b", 1.6), ("c", 2.6))
    assert title == "A middle layer won: b"
    assert text.startswith(
        "Validation compared 3 candidates at 2 strengths of lambda. Taken alone, the shallowest tap, a, "
        "comes to 2.40 px and the deepest, c, to 2.60 px; b to 1.60 px. Early layers see edges"
    )


def test_no_fairy_tale_when_the_first_or_the_last_layer_won():
    for won in "ac":
        title, text = chosen([won], ("a", 1.4), ("b", 1.6), ("c", 1.3))
        assert title == f"Chosen: {won}"
        assert "edges" not in text


def test_several_taps_and_a_single_candidate():
    title, _ = chosen(["b", "c"], ("a", 2.4), ("b", 1.6), ("c", 1.7), ("d", 2.6), ("b+c", 1.5))
    assert title == "Middle layers won: b + c"
    title, text = chosen(["a"], ("a", 1.4))
    assert title == "Chosen: a"
    assert "compared 1 candidate at 2 strengths" in text


def test_the_flip_in_words():
    errors = {"halves": 1.6, "integers": 1.73}
    assert choice.flip({"center": "integers", "validation_rmse_px": errors}, FACES).en == (
        "Mirrored copies take x to width − 1 − x (pixel centres at integers): 1.73 px against 1.60 px "
        "the other way."
    )
    assert choice.flip({"center": "halves"}, FACES).en.endswith("(pixel centres at halves).")
    assert not choice.flip(None, FACES)
    assert choice.flip({"center": None, "validation_rmse_px": {"halves": 1.6}}, FACES).en == (
        "No mirrored copies were learned from."
    )


def test_the_sizes_of_all_taps_are_named():
    run = make_run()
    views = [{"tap": "conv_pw_5", "size": [96, 96]}, {"tap": "conv_pw_9", "size": [144, 192]}]
    run.about["choice"] |= {"taps": ["conv_pw_5", "conv_pw_9"], "views": views}
    assert "at 96×96 and 192×144 pixels" in headline(run, FACES).story[0].en


def test_what_more_subjects_would_bring():
    # error = 8 / sqrt(subjects): twice as many bring 0.4 * (1 - 1 / sqrt 2) = 0.117 px
    said = learning.learning([{"subjects": n, "rmse_px": 8 / n**0.5} for n in (25, 100, 400)], FACES)
    assert said is not None
    assert said[0].en == "Twice the subjects would bring about 0.12 px"
    assert said[1].en.startswith("With 25 subjects the error is 1.60 px, with 400 it is 0.40 px. ")


@pytest.mark.parametrize("errors", [(1.5, 1.5, 1.5), (1.5, 1.49, 1.49), (1.4, 1.5, 1.6)])
def test_a_flat_curve_promises_nothing(errors: tuple[float, ...]):
    curve = [{"subjects": n, "rmse_px": e} for n, e in zip((25, 50, 100), errors, strict=True)]
    said = learning.learning(curve, FACES)
    assert said is not None
    assert said[0].en == "More images would bring little"


def test_too_short_a_curve_says_nothing():
    assert learning.learning([{"subjects": 5, "rmse_px": 1.0}], FACES) is None


def test_whether_cross_validation_kept_its_word():
    near = reliability.agreement(1.47, 1.5, FACES)[1].en
    far = reliability.agreement(1.0, 1.5, FACES)[1].en
    assert near.startswith("They lie 2% apart. The error that decided")
    assert far.startswith("They lie 33% apart. That is much")
    unclear = reliability.agreement(1.3, 1.5, FACES, ends=[1.2, 1.9])[1]
    assert unclear.en.endswith("what was announced lies within its 95% interval, 1.20 to 1.90.")
    assert "1.20～1.90" in unclear.ja
    assert "That is much" in reliability.agreement(1.1, 1.5, FACES, ends=[1.2, 1.9])[1].en
    assert "too small" in reliability.radius(0.8, 0.9, "test").en
    assert "safe side" in reliability.radius(0.95, 0.9, "validation").en


def test_what_became_of_tensors_is_told_in_both_languages():
    told = ran.weights([(action, 2) for action in get_args(Action)])
    assert told.en.startswith("Pretrained weights: 2 loaded, 2 transposed, 2 kernel-flipped")
    assert not re.search(r"[a-z]", told.ja)


def test_log_loss_has_its_japanese_name():
    assert ladder.error_axis("log loss").ja == "誤差（対数損失）、95%区間"
    assert "対数損失" in ladder.caption("log loss").ja
    compressed = (
        "The kernel head was compressed to 5 components; that moved the validation log loss by +0.000."
    )
    assert (
        notes.note(compressed).ja == "カーネルの頭部を5成分に圧縮しました。検証の対数損失の変化は+0.000です。"
    )


def test_where_nobody_named_subjects_none_are_counted():
    assert "the same 80 images. Differences" in several.why(80, None).en
    assert "80 images of 38 subjects" in several.why(80, 38).en


def test_layers_that_ridge_chose_for_support_vector_machines():
    ridge = tried(("shallow", 3.0), ("deep", 4.0))
    machines = Candidate("cost", "96x96", "shallow", "svm", (0.1, 1.0, 10.0), (2.5, 2.6, 2.7), None)
    text = choice.choice({"taps": ["shallow"], "kernel": "svm"}, [*ridge, machines], FACES)[1].en
    assert text.startswith(
        "Validation compared 2 candidates at 2 strengths of lambda. They were compared by ridge regression; "
        "then support vector machines were tried with 3 costs of errors."
    )


def test_the_story_of_a_run_with_and_without_a_test():
    whole, bare = (headline(make_run(parts=parts), FACES).story for parts in (True, False))
    assert "went through mobilenet at 96×96 pixels" in whole[0].en
    assert "15 keypoints by kernel ridge regression with the two-layer arc-cosine kernel" in whole[0].en
    said = "The error is measured on 80 images of 20 subjects, never seen in fitting or choosing."
    assert whole[1].en == said
    assert bare[1].en.startswith("There was no test set. The error is cross-validated over 80 images of 20 ")


def test_the_quadrant_in_plain_words_with_its_numbers():
    few, alike, use = advice.evidence(ADVICE)
    assert "Twice the 40 subjects would lower the error by about 12% (8% to 20%" in few.en
    assert "the data are few" in few.en
    assert "The best tap is early (error 1.5); the deepest, late, has 1.60 times its error" in alike.en
    assert "not like this task" in alike.en
    assert "lower the error of random ones by 30%" in use.en
    assert "hardly" in advice.evidence(ADVICE | {"useful": False})[2].en
    assert advice.verdict(ADVICE, ["kernel", "mlp"]).en == (
        "The ladder agrees: of single strategies kernel was best, which is recommended here. "
        "A number lies near its border: compare before you believe it."
    )
    assert "is number 2" in advice.verdict(ADVICE, ["mlp", "ridge"]).en
    assert "cannot tell" in advice.verdict(ADVICE | {"sure": True}, ["mlp"]).en


def test_candidates_from_the_history():
    frame = pd.DataFrame(
        [
            ("taps", "96x96", "a", "linear", 1.0, 2.0, False),
            ("taps", "96x96", "a", "linear", 0.1, 1.5, True),
            ("taps", "96x96", "b", "linear", 1.0, float("nan"), False),
            ("sum", "96x96", "a+b", "linear", 1.0, float("inf"), False),
            ("sum", "96x96", "a+b", "linear", 0.1, 1.4, False),
        ],
        columns=["stage", "size", "taps", "kernel", "lambda", "rmse_px", "chosen"],
    )
    a, both = candidates(frame)
    assert (a.lambdas, a.errors, a.chosen, a.best, a.single) == ((0.1, 1.0), (1.5, 2.0), 0, 0, True)
    assert (both.taps, both.errors, both.chosen, both.single) == ("a+b", (1.4,), None, False)
    assert candidates(frame.iloc[:0]) == []
