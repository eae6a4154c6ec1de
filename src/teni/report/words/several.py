"""What the page of several runs says."""

from teni.report.words.text import Text

TITLE = Text("Runs side by side", "実行の比較")
NAV = Text("Runs", "実行")
LABEL = Text(
    "Dot chart: the error of each run with its 95% interval; the numbers are in the table below.",
    "点図：各実行の誤差と95%区間。数値は下の表にあります。",
)
SAME = Text("same images", "同じ画像")
RUN, MEASURED, TEST = Text("run", "実行"), Text("measured on", "測定"), Text("images", "画像")
BEHIND = Text("behind the first (95% interval)", "最良との差（95%区間）")
NETWORK, CHOICE, SEED = Text("network", "網"), Text("tap", "取り出し層"), Text("seed", "乱数の種")
KEYPOINTS_NAV = Text("Keypoints", "特徴点")
KEYPOINTS = Text("Each keypoint in every run", "特徴点ごとの比較")
KEYPOINTS_LABEL = Text(
    "Dot chart: the error of each keypoint in every run; the numbers are in the table below.",
    "点図：各実行の特徴点ごとの誤差。数値は下の表にあります。",
)
RAN_NAV = Text("What ran", "実行の記録")
RAN = Text("What ran", "実行の記録")
UNKNOWN = Text(
    "Nobody said who the images show, so each image counts as a subject of its own: intervals are too narrow.",
    "誰が写っているかの情報がなく、1枚を1個体とみなすため、区間は狭すぎます。",
)


def title(best: str, told: int, others: int) -> Text:
    """Say which run is best and whether that is sure.

    >>> title("a", 0, 1).en
    'a has the lowest error, but the other is not told apart from it'
    """
    if told == others:
        return Text(f"{best} has the lowest error", f"{best}の誤差が最小")
    if not told:
        rest = "the other is" if others == 1 else "none of the others is"
        tail = " not told apart from it" if others == 1 else " told apart from it"
        return Text(
            f"{best} has the lowest error, but {rest}{tail}",
            f"{best}の誤差が最小（ただし区別できる差はない）",
        )
    return Text(
        f"{best} has the lowest error; {told} of {others} others are told apart from it",
        f"{best}の誤差が最小（他の{others}件のうち{told}件とは区別できる差）",
    )


NOT_RANKED = Text("Measured on different images: not ranked", "測定した画像が異なるため、順位はつけません")
WHY_NOT = Text(
    "These runs were not measured on the same labelled images. A difference between their errors may come from the "
    "images, so none is computed and the order is that of the command.",
    "これらの実行は同じ正解つき画像で測られていません。誤差の差は画像の違いかもしれないので、差は計算せず、"
    "順序は指定どおりです。",
)


def why(images: int, subjects: int | None) -> Text:
    """Explain paired differences; subjects are None where nobody named them."""
    of = Text("", "") if subjects is None else Text(f" of {subjects:,} subjects", f"{subjects:,}個体の")
    return Text(
        f"All runs were measured on the same {images:,} images{of.en}. Differences are paired: "
        "each draw of subjects is the same for every run. An interval without 0 tells two runs apart.",
        f"すべての実行を同じ{of.ja}{images:,}枚で測りました。差は同じ個体の抽出どうしで求め、"
        "区間が0を含まなければ二つの実行は区別できます。",
    )
