"""What the page says of labels that are probably wrong."""

from teni.report.words.text import Text

NAV = Text("Suspected labels", "疑わしい正解")
DOWNLOAD = Text("Download suspects.csv", "suspects.csv を保存")
TABLE = Text("Table of suspected labels", "疑わしい正解の表")
LIST = Text("All of them as a table", "表ですべて見る")
COLUMNS = (
    Text("image", "画像"),
    Text("part", "区分"),
    Text("subject", "個体"),
    Text("what", "種類"),
    Text("score", "度合い"),
    Text("where", "箇所"),
)
KINDS = {
    "swapped": Text("left and right swapped", "左右の取り違え"),
    "shifted": Text("all points shifted", "全点のずれ"),
    "far": Text("a point far off", "大きく外れた点"),
    "scattered": Text("most points off", "大半の点のずれ"),
    "class": Text("another class", "別のクラス"),
}
PARTS = {"test": Text("test", "テスト"), "validation": Text("validation", "検証")}
RULE = Text(
    "Each image was predicted by a model that had seen no picture of its subject. A label is suspected where it "
    "lies more than 5 usual spreads from that prediction. The usual spread is the keypoint’s own, over all images, "
    "or the subject’s, if its other images are less sure; the subject’s usual offset is taken off before, and on "
    "an image where everything is off the bar is higher. First it is tried whether swapping left and right, or one "
    "shift of all points, explains it.",
    "どの画像も、その個体を見ていないモデルで予測しました。"
    "正解が予測からふだんのばらつきの5倍より離れていれば疑います。ばらつきは全画像での特徴点ごとの値で、"
    "その個体の他の画像のほうが不確かならその値を使います。個体ごとのふだんのずれは先に差し引き、"
    "全体が外れた画像では基準を上げます。まず、左右の取り違えや全点の同じずれで説明できるかを調べます。",
)
RULE_CLASSES = Text(
    "Each image was predicted by a model that had seen no picture of its subject. A label is suspected where "
    "another class is three times likelier, and as likely as it usually is for its own images.",
    "どの画像も、その個体を見ていないモデルで予測しました。別のクラスが3倍以上確からしく、しかもそのクラスの画像での"
    "ふだんの確率に達していれば疑います。",
)
ADVICE = Text(
    "A suspect is no verdict: the model may be wrong. Look at the picture, mend the label where it is wrong, and "
    "fit again.",
    "疑いは断定ではありません。モデルの誤りかもしれません。画像を見て、誤った正解だけを直し、学習し直してください。",
)
NONE = Text("No label stands out.", "目立って疑わしい正解はありません。")
GRID = Text("Suspected images, the most suspect first", "疑わしい画像（疑いの強い順）")


def title(images: int, of: int) -> Text:
    """Say how many there are.

    >>> title(1, 300).en
    '1 of 300 images has a label to look at'
    """
    if not images:
        return Text("No suspected labels", "疑わしい正解はありません")
    have = "has a label" if images == 1 else "have labels"
    return Text(f"{images:,} of {of:,} images {have} to look at", f"{of:,}枚中{images:,}枚の正解は確認が必要")
