"""What the page says of each keypoint."""

from teni.report.words.text import Text

NAV = Text("Keypoints", "特徴点")
TITLE = Text("The keypoints", "特徴点")
LABEL = Text(
    "Dot chart: the error of each keypoint with its 95% interval, announced and measured; the numbers are in the "
    "table below.",
    "点図：各特徴点の誤差と95%区間（予告と実測）。数値は下の表にあります。",
)
CAPTION = Text(
    "RMSE of each keypoint with its 95% interval over subjects, the surest on top. The dotted line is the error "
    "over all.",
    "各特徴点のRMSEと個体についての95%区間（確かな順）。点線は全体の誤差です。",
)
MAP_LABEL = Text(
    "The keypoints at their mean places, each a disc whose radius is its error",
    "平均の位置に置いた特徴点。円の半径がその誤差",
)
MAP_CAPTION = Text(
    "Drawn to scale: the radius of each disc is its keypoint’s error.", "実寸：円の半径が各特徴点の誤差です。"
)
TABLE = Text("Table of keypoints", "特徴点の表")
RELATIVE = Text(
    "NME and PCK are relative to the distance of the eye centres.", "NMEとPCKは両眼中心の距離に対する値です。"
)
KEYPOINT, INTERVAL, LABELS = (
    Text("keypoint", "特徴点"),
    Text("95% interval", "95%区間"),
    Text("labelled", "正解の数"),
)


def title(surest: str, hardest: str) -> Text:
    """Name the surest and the hardest.

    >>> title("nose", "ear").en
    'Surest: nose; hardest: ear'
    """
    return Text(f"Surest: {surest}; hardest: {hardest}", f"最も確か：{surest}、最も難しい：{hardest}")
