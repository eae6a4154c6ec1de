"""What the page says round the grid of images."""

from teni.report.words.text import Text

FACES = Text("Images", "画像一覧")
TITLE = Text("Every image, the worst first", "全画像（誤差の大きい順）")
HINT = Text(
    "Rest the pointer on a mark to read its name and error; choose an image to see it large, with all its points. "
    "Arrow keys go from image to image.",
    "印に触れると名前と誤差が出ます。画像を選ぶと拡大して全点を示します。矢印キーで隣の画像へ移ります。",
)
HINT_CLASSES = Text(
    "Below each image stands the likeliest class with its probability, and what it shows where that is another. "
    "Arrow keys go from image to image.",
    "画像の下は最も確からしいクラスと確率、正解が異なる場合はその正解です。矢印キーで隣の画像へ移ります。",
)
PART, SUBJECT, SORT, SHOW = (
    Text("Part", "区分"),
    Text("Subject", "個体"),
    Text("Error of", "誤差"),
    Text("Show", "表示"),
)
CLASS = Text("Shows", "正解")
EVERY, ALL_POINTS = Text("all", "すべて"), Text("all keypoints", "全特徴点")
TRUTH, PREDICTED = Text("labelled", "正解"), Text("predicted", "予測")
ONLY = Text("suspected only", "疑わしいもののみ")
WRONG = Text("wrong only", "誤りのみ")
POSITION = Text("Place in the order, from the worst to the best", "順位（誤差の大きい順）")
BEFORE, AFTER = Text("Previous", "前へ"), Text("Next", "次へ")
GRID = Text("Images", "画像")
PARTS = {"test": Text("test", "テスト"), "validation": Text("validation", "検証")}
NO_SCRIPTS = Text(
    "Choosing images needs scripts; figures/worst.png in the run folder has the worst.",
    "画像の選択にはスクリプトが必要です。実行フォルダーの figures/worst.png に誤差の大きい画像があります。",
)
OLD = Text(
    "This run has kept few images; a fit of today keeps all that it measures.",
    "この実行に残る画像は一部です。現在の版で学習すると、測った画像をすべて残します。",
)


def kept(shown: int, of: int) -> Text:
    """Say that not all images are here."""
    return Text(
        f"{shown:,} of {of:,} images are kept for this page: the half with the larger errors, and others evenly "
        "spread.",
        f"このページには{of:,}枚のうち{shown:,}枚があります（誤差の大きい側の半数と、その他から均等に選んだもの）。",
    )
