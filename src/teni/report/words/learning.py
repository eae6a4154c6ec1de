"""What the page says of more subjects: the learning curve."""

import numpy as np

from teni.report.tried import Row
from teni.report.words.spoken import Spoken
from teni.report.words.text import Text

NAV = Text("More subjects", "個体を増やすと")
AXIS = Text("subjects in training (logarithmic)", "学習した個体の数（対数）")
CAPTION = Text(
    "Cross-validated error over the number of subjects. The band runs from the lowest to the highest of the draws of "
    "subjects; where it closes, one draw was made.",
    "個体の数と交差検証の誤差。帯は個体の引き方による最小から最大まで。帯が閉じている所は一度だけ引いたものです。",
)
UNKNOWN = Text(
    "Nobody said who the images show: near-duplicates count as one subject here, other images as a subject each.",
    "誰が写っているかの情報がないため、ほぼ同じ画像を1個体、その他は1枚を1個体と数えます。",
)
COLUMNS = (Text("subjects", "個体"), Text("images", "画像"))
RANGE = Text("lowest to highest", "最小～最大")


def learning(curve: list[Row], spoken: Spoken) -> tuple[Text, Text] | None:
    """Say what more subjects would bring, from the slope of the learning curve.

    The later half of the points is taken for a straight line in logarithms: error ~ subjects ** slope.

    Args:
        curve: rows of ``learning_curve.csv`` that have subjects and an error, by rising number of subjects.
        spoken: how the error is spoken of.

    Returns:
        Title and text; None for fewer than two points.
    """
    if len(curve) < 2:
        return None
    subjects = np.array([row["subjects"] for row in curve], float)
    error = np.array([row[spoken.measure] for row in curve], float)
    recent = slice(-max(2, (len(curve) + 1) // 2), None)
    slope = float(np.polyfit(np.log(subjects[recent]), np.log(error[recent]), 1)[0])
    gain = float(error[-1] * (1 - 2**slope))
    few, all_of = spoken.error(float(error[0])), spoken.error(float(error[-1]))
    text = Text(
        f"With {subjects[0]:,.0f} subjects the error is {few}, with {subjects[-1]:,.0f} it is {all_of}.",
        f"{subjects[0]:,.0f}個体では誤差は{few}、{subjects[-1]:,.0f}個体では{all_of}です。",
    )
    if gain < 0.01 * error[-1]:
        return Text("More images would bring little", "画像を増やしても効果は小さい"), text + Text(
            "The curve is flat: another backbone or cleaner labels will help more than new images.",
            "曲線は平らです。新しい画像より、別の学習済みの網や、より正確な正解のほうが役立ちます。",
        )
    won = spoken.error(gain)
    return Text(f"Twice the subjects would bring about {won}", f"個体を倍にすると約{won}の改善"), text + Text(
        f"If the curve keeps its slope, twice as many subjects take another {won} off; since such curves flatten, "
        "expect a little less. New people bring more than more pictures of the same ones.",
        f"この傾きが続けば、個体を倍にするとさらに{won}減ります。こうした曲線は次第に平らになるので、"
        "実際は少し小さいでしょう。同じ個体の写真を増やすより、新しい個体を加えるほうが有効です。",
    )
