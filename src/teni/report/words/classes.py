"""What the page says of classes."""

from teni.report.words.text import NOTHING, Text

NAV = Text("Classes", "クラス")
TITLE = Text("The classes", "クラス")
WHO = Text("Table of who is taken for whom", "取り違えの表")
WHO_CAPTION = Text(
    "Each row is what images show, each column what they are taken for; shaded by the share of the row.",
    "行は画像の正解、列は判定。濃さは行の中での割合です。",
)
SHOWS = Text("shows", "正解")
RECALL_LABEL = Text(
    "Dot chart: the share of each class's images that are recognised, with its 95% interval; the numbers are in "
    "the table below.",
    "点図：各クラスの画像のうち正しく判定された割合（95%区間つき）。数値は下の表にあります。",
)
RECALL_CAPTION = Text(
    "Recall: the share of each class’s images that are recognised, with its 95% interval over subjects. The dotted "
    "line is the accuracy over all.",
    "再現率：各クラスの画像のうち正しく判定された割合と、個体についての95%区間。点線は全体の正解率です。",
)
TABLE = Text("Table of classes", "クラスの表")
TABLE_CAPTION = Text(
    "Recall is the share of a class’s images that are recognised; precision the share of images taken for a class "
    "that show it.",
    "再現率はそのクラスの画像のうち正しく判定された割合、適合率はそのクラスと判定された画像のうち正しい割合です。",
)
RECALL, PRECISION = Text("recall", "再現率"), Text("precision", "適合率")
COLUMNS = (
    Text("class", "クラス"),
    RECALL,
    Text("95% interval", "95%区間"),
    PRECISION,
    Text("95% interval", "95%区間"),
    Text("images", "画像"),
    Text("taken for it", "判定数"),
)
SURE_TITLE = Text("Is it as sure as it is right?", "自信と正しさは一致するか")
SURE_LABEL = Text(
    "Line chart: accuracy over confidence, beside the diagonal of a model that is as sure as it is right.",
    "折れ線図：確信度と正解率。対角線は両者が一致する場合です。",
)
CONFIDENCE, ACCURACY = (
    Text("probability of the likeliest class", "最も確からしいクラスの確率"),
    Text("accuracy", "正解率"),
)
SURE_TABLE = Text("Table of confidence", "確信度の表")
SURE_COLUMNS = (Text("confidence", "確信度"), ACCURACY, Text("images", "画像"))
LOG_LOSS = Text("log loss", "対数損失")
CALIBRATION = Text("calibration error", "較正誤差")


def title(surest: str, hardest: str) -> Text:
    """Name the surest and the hardest."""
    return Text(f"Surest: {surest}; hardest: {hardest}", f"最も確か：{surest}、最も難しい：{hardest}")


def confused(pairs: list[tuple[str, str, int, int]]) -> Text:
    """Say which classes are most often taken for which: truth, taken for, how many, of how many.

    >>> confused([("dog", "cat", 1, 2)]).en
    'Most often taken for another: dog for cat (1 of 2).'
    """
    if not pairs:
        return NOTHING
    en = ", ".join(f"{own} for {other} ({many:,} of {of:,})" for own, other, many, of in pairs)
    ja = "、".join(f"{own}を{other}と（{of:,}枚中{many:,}枚）" for own, other, many, of in pairs)
    return Text(f"Most often taken for another: {en}.", f"取り違えの多い順：{ja}。")


def sure_caption(error: str) -> Text:
    """Explain the chart of confidence."""
    return Text(
        "Accuracy of the images whose likeliest class has about this probability; on the dotted line both are "
        f"equal. They lie {error} apart on average.",
        f"最も確からしいクラスの確率がこの程度の画像の正解率。点線上では両者が等しく、平均の差は{error}です。",
    )
