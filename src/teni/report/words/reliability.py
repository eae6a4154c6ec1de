"""What the page says of the errors that were announced: did they keep their word?"""

from typing import Any

from teni.report.words.numbers import whole_percent
from teni.report.words.spoken import Spoken
from teni.report.words.text import Text

NAV = Text("Announced and measured", "予告と実測")
TITLE = Text("Does the stated error hold?", "予告した誤差は当たるか")
LABEL = Text(
    "Dot chart: cross-validated error, test error and that of the mean, each with its 95% interval; the numbers "
    "are in the table below.",
    "点図：交差検証の誤差、テスト誤差、平均を答える誤差（95%区間つき）。数値は下の表にあります。",
)
CAPTION = Text("Each with its 95% interval over subjects.", "いずれも個体についての95%区間つき。")
TABLE = Text("Table of measures", "誤差の表")
ON = Text("measured on", "測定")
INTERVAL = Text("95% interval", "95%区間")
IMAGES, SUBJECTS = Text("images", "画像"), Text("subjects", "個体")
RADIUS_TITLE = Text("A circle round each keypoint", "特徴点のまわりの円")
RADIUS_LABEL = Text(
    "Line chart: the share of points that lie within their radius, over the share that was to lie there. The dotted "
    "diagonal is a radius that keeps its word. The numbers are in the table below.",
    "折れ線図：半径に入るはずの割合と、実際に入った割合。点線の対角線は当たっている場合です。"
    "数値は下の表にあります。",
)
RADIUS_CAPTION = Text(
    "Above the dotted line circles hold more points than they were to, below it fewer: then real errors are larger "
    "than announced. The grey lines are single keypoints.",
    "点線より上なら円に入る点が予告より多く、下なら少ない、つまり実際の誤差は予告より大きいことを示します。"
    "灰色の線は個々の特徴点です。",
)
WANTED = Text("share that was to lie within", "入るはずの割合")
WITHIN = Text("share that lies within", "実際に入った割合")
ALL = Text("all keypoints", "全特徴点")
RADIUS_TABLE = Text("Table of radii", "半径の表")
COLUMNS = (
    Text("keypoint", "特徴点"),
    Text("radius for half (px)", "半数の半径（px）"),
    Text("within", "実際"),
    Text("radius for 90% (px)", "90%の半径（px）"),
    Text("within", "実際"),
    Text("points", "点の数"),
)


SHARES = Text("the shares of the classes", "クラスの割合")  # whoever knows these alone has that log loss


def agreement(
    said: float, found: float, spoken: Spoken, solved: bool = True, ends: list[float] | None = None
) -> tuple[Text, Text]:
    """Say whether the cross-validated error kept its word on the test data.

    Args:
        said: the cross-validated error.
        found: the test error.
        spoken: how it is spoken of.
        solved: whether it was solved in closed form; what is trained was stopped by the validation subjects.
        ends: the 95% interval of the test error, None where there is none.

    Returns:
        Title and text.
    """
    apart = 100 * abs(said - found) / max(said, found) if found else 0.0
    text = Text(f"They lie {apart:.0f}% apart.", f"両者の差は{apart:.0f}%です。")
    if apart <= 8 and not solved:
        text += Text(
            "Training was stopped by the validation subjects, which makes their error a little kind; here that "
            "did little.",
            "学習を止める時点を検証の個体で決めたため検証誤差はやや良すぎますが、ここでの影響はわずかです。",
        )
    elif apart <= 8:
        text += Text(
            "The error that decided the choice is an honest forecast, because each subject was predicted by a fit "
            "that had seen no picture of them.",
            "どの個体も、その個体の画像を見ていない学習で予測したので、選択に使った誤差は正直な予告です。",
        )
    elif ends and ends[0] <= said <= ends[1]:
        between = spoken.between(ends)
        text += Text(
            f"The test has too few subjects to tell them apart: what was announced lies within its 95% interval, "
            f"{between.en}.",
            f"予告はテストの95%区間（{between.ja}）の中にあり、テストの個体数では違うとは言えません。",
        )
    else:
        text += Text(
            "That is much: the test images differ from the training images, or there are too few subjects to tell. "
            "Trust the test.",
            "これは大きな差です。テスト画像が学習画像と異なるか、個体が少なすぎます。テストの値を信じてください。",
        )
    ours, theirs = spoken.error(said), spoken.error(found)
    title = Text(
        f"{'Cross-validation' if solved else 'Validation'} said {ours}, the test {theirs}",
        f"予告（{'交差検証' if solved else '検証'}）は{ours}、テストは{theirs}",
    )
    return title, text


def radius(within: float, level: float, part: str, solved: bool = True) -> Text:
    """Say whether the radius of keypoints keeps its word.

    >>> radius(0.88, 0.9, "test").en[:80]
    'A circle that was to hold 90% of a keypoint’s points holds 88% of those of the t'
    """
    apart = within - level
    given, found = whole_percent(level), whole_percent(within)
    whose = (
        Text("those of the test images", "テスト画像")
        if part == "test"
        else Text("those of the other half of the subjects", "残り半分の個体")
    )
    verdict = Text("it keeps its word", "予告どおりです")
    if apart < -0.03:
        verdict = Text(
            "it is too small: expect larger errors than announced",
            "小さすぎます。予告より大きな誤差を見込んでください",
        )
    elif apart > 0.03:
        verdict = Text("it is on the safe side", "安全側です")
    return Text(
        f"A circle that was to hold {given} of a keypoint’s points holds {found} of {whose.en}: {verdict.en}. Each "
        f"radius was read off the {'cross-validated' if solved else 'validation'} errors of its keypoint.",
        f"特徴点の{given}が入るはずの円に、{whose.ja}では{found}が入りました。{verdict.ja}。"
        f"半径は各特徴点の{'交差検証' if solved else '検証'}誤差から求めました。",
    )


def radius_axes(about: dict[str, Any]) -> Text:
    """Say on how many points the calibration rests."""
    return Text(f"On {about['points']:,} points.", f"{about['points']:,}点による。")
