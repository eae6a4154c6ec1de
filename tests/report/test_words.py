import pandas as pd
import pytest

from fake_run import make_run
from teni.report import words
from teni.report.tried import Candidate, candidates


def tried(*errors: tuple[str, float]) -> list[Candidate]:
    return [Candidate("taps", "96x96", tap, "linear", (0.1, 1.0), (px, px + 1), None) for tap, px in errors]


def choice(taps: list[str], *errors: tuple[str, float]) -> dict[str, str]:
    return words.choice({"taps": taps}, tried(*errors))


def test_the_headline_rests_on_the_test_and_else_on_validation():
    block = {"rmse_px": 1.5, "rmse_px_ci95": [1.4, 1.6], "mean_predictor": {"rmse_px": 3.75}}
    test = words.headline({"test": block, "validation": {"rmse_px": 9.0}})
    assert (test["part"], test["times"], test["interval"]) == ("test", 2.5, [1.4, 1.6])
    assert [bar["name"] for bar in test["bars"]] == ["this model", "the mean face"]
    assert [bar["share"] for bar in test["bars"]] == [40, 100]
    assert words.headline({"test": None, "validation": block})["part"] == "validation"
    alone = words.headline({"test": {"rmse_px": 2.0}})
    assert (alone["times"], len(alone["bars"]), alone["interval"]) == (None, 1, None)


def test_a_model_worse_than_the_mean_face_fills_the_bar_itself():
    bars = words.headline({"test": {"rmse_px": 4.0, "mean_predictor": {"rmse_px": 2.0}}})["bars"]
    assert [bar["share"] for bar in bars] == [100, 50]


def test_why_a_middle_layer_was_chosen():
    said = choice(["b"], ("a", 2.4), ("b", 1.6), ("c", 2.6))
    assert said["title"] == "A middle layer won: b"
    assert said["text"].startswith(
        "Validation compared 3 candidates at 2 strengths of lambda. Taken alone, the shallowest tap, a, "
        "comes to 2.40 px and the deepest, c, to 2.60 px; b to 1.60 px. Early layers see edges"
    )


def test_no_fairy_tale_when_the_first_or_the_last_layer_won():
    for won in "ac":
        said = choice([won], ("a", 1.4), ("b", 1.6), ("c", 1.3))
        assert said["title"] == f"Chosen: {won}"
        assert "edges" not in said["text"]


def test_several_taps_and_a_single_candidate():
    assert choice(["b", "c"], ("a", 2.4), ("b", 1.6), ("c", 1.7), ("d", 2.6), ("b+c", 1.5))["title"] == (
        "Middle layers won: b + c"
    )
    one = choice(["a"], ("a", 1.4))
    assert one["title"] == "Chosen: a"
    assert "compared 1 candidate at 2 strengths" in one["text"]


def test_the_flip_in_words():
    errors = {"halves": 1.6, "integers": 1.73}
    assert words.flip({"center": "integers", "validation_rmse_px": errors}) == (
        "Mirrored copies take x to width − 1 − x (pixel centres at integers): 1.73 px against 1.60 px "
        "the other way."
    )
    assert words.flip({"center": "halves"}).endswith("(pixel centres at halves).")
    assert words.flip(None) == ""
    assert words.flip({"center": None, "validation_rmse_px": {"halves": 1.6}}) == (
        "No mirrored copies were learned from."
    )


def test_the_sizes_of_all_taps_are_named():
    run = make_run()
    views = [{"tap": "conv_pw_5", "size": [96, 96]}, {"tap": "conv_pw_9", "size": [144, 192]}]
    run.about["choice"] |= {"taps": ["conv_pw_5", "conv_pw_9"], "views": views}
    assert "at 96×96 and 192×144 pixels" in words.story(run)[0]


def test_what_more_subjects_would_bring():
    # error = 8 / sqrt(subjects): twice as many bring 0.4 * (1 - 1 / sqrt 2) = 0.117 px
    curve = [{"subjects": n, "rmse_px": 8 / n**0.5} for n in (25, 100, 400)]
    said = words.learning(curve)
    assert said is not None
    assert said["title"] == "Twice the subjects would bring about 0.12 px"
    assert said["text"].startswith("With 25 subjects the error is 1.60 px, with 400 it is 0.40 px. ")


@pytest.mark.parametrize("errors", [(1.5, 1.5, 1.5), (1.5, 1.49, 1.49), (1.4, 1.5, 1.6)])
def test_a_flat_curve_promises_nothing(errors: tuple[float, ...]):
    said = words.learning([{"subjects": n, "rmse_px": e} for n, e in zip((25, 50, 100), errors, strict=True)])
    assert said is not None
    assert said["title"] == "More images would bring little"


def test_too_short_a_curve_says_nothing():
    assert words.learning([{"subjects": 5, "rmse_px": 1.0}]) is None


def test_whether_cross_validation_kept_its_word():
    near = words.agreement({"validation": {"rmse_px": 1.47}, "test": {"rmse_px": 1.5}})
    far = words.agreement({"validation": {"rmse_px": 1.0}, "test": {"rmse_px": 1.5}})
    assert near is not None
    assert far is not None
    assert near["text"].startswith("They lie 2% apart. The error that decided")
    assert far["text"].startswith("They lie 33% apart. That is much")
    assert words.agreement({"validation": {"rmse_px": 1.0}, "test": None}) is None


def test_the_story_of_a_run_with_and_without_a_test():
    whole, bare = words.story(make_run()), words.story(make_run(parts=False))
    assert "went through mobilenet at 96×96 pixels" in whole[0]
    assert "15 keypoints by kernel ridge regression with the two-layer arc-cosine kernel" in whole[0]
    assert whole[1] == "The error is measured on 80 images of 20 subjects, never seen in fitting or choosing."
    assert bare[1].startswith("There was no test set. The error is cross-validated over 80 images of 20 ")


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
