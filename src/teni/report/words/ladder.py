"""What the page says of strategies side by side."""

from teni.report.words.text import Text

NAV = Text("Ladder", "比較")
LABEL = Text(
    "Dot chart: validation and test error of each strategy with 95% intervals; the numbers are in the table below.",
    "点図：各方法の検証誤差とテスト誤差、95%区間つき。数値は下の表にあります。",
)
CAPTION = Text(
    "Each strategy on one split, the lowest validation error on top. The test had no say in the order.",
    "同じ分割での各方法。検証誤差の小さい順で、テストは順番に影響していません。",
)
COST_LABEL = Text(
    "Scatter chart: error of each strategy over the seconds that it took; the numbers are in the table below.",
    "散布図：各方法の所要時間（秒）と誤差。数値は下の表にあります。",
)
COST_CAPTION = Text(
    "What it cost: error over seconds, the winner in the other colour. Down and to the left is better. A number is a "
    "place in the table below, where there was no room for the name.",
    "費用：所要時間と誤差。別の色が最良の方法です。左下ほど良い結果です。番号は、名前の入る場所がない方法の、"
    "下の表での順位です。",
)
SECONDS = Text("seconds (logarithmic)", "秒（対数）")
VALIDATION, TEST = Text("validation", "検証"), Text("test", "テスト")
TABLE = Text("Table of strategies", "方法の表")
COLUMNS = (
    Text("strategy", "方法"),
    Text("validation", "検証"),
    Text("behind", "差"),
    Text("test", "テスト"),
    Text("seeds", "乱数の種"),
    Text("seconds", "秒"),
    Text("memory (MB)", "メモリ（MB）"),
    Text("parameters", "パラメータ"),
)


def error_axis(unit: str) -> Text:
    """Name the axis of errors."""
    return Text(f"error ({unit}), 95% intervals", f"誤差（{_japanese(unit)}）、95%区間")


def part_axis(part: Text, unit: str) -> Text:
    """Name the axis of the errors of one part."""
    return Text(f"{part.en} error ({unit})", f"{part.ja}誤差（{_japanese(unit)}）")


def _japanese(unit: str) -> str:
    return "対数損失" if unit == "log loss" else unit


def title(best: str, others: int, told: int) -> Text:
    """Say who won, and whether that is sure.

    Args:
        best: the winner.
        others: how many others there are.
        told: how many of them the data tell apart from it.

    >>> title("kernel", 2, 1).en
    'kernel won over 2 others; 1 of them is told apart from it'
    """
    if not others:
        return Text(f"{best} was alone", f"{best}のみ")
    said = Text(
        f"{best} won over {others} other{'' if others == 1 else 's'}", f"{others}方法の中で{best}が最良"
    )
    if others > 1:
        said = Text(said.en, f"他の{others}方法より{best}が良い")
    if not told:
        return Text(
            f"{said.en}, but none of them is told apart from it", f"{said.ja}（ただし区別できる差はない）"
        )
    if told < others:
        verb = "is" if told == 1 else "are"
        return Text(
            f"{said.en}; {told} of them {verb} told apart from it",
            f"{said.ja}（うち{told}方法とは区別できる差）",
        )
    return said


def caption(unit: str) -> Text:
    """Explain the table."""
    return Text(
        f"Errors in {unit} with 95% intervals over subjects. “Behind” is the difference to the winner over the same "
        "draws of validation subjects; an interval without 0 tells the two apart.",
        f"誤差（{_japanese(unit)}）と個体についての95%区間。「差」は検証個体の同じ抽出での最良との差で、"
        "区間が0を含まなければ両者は区別できます。",
    )


def failed(name: str, why: str) -> Text:
    """Say what could not be fitted."""
    return Text(f"{name} could not be fitted: {why}", f"{name}は学習できませんでした：{why}")
