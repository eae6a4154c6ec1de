"""What the page says of what the network sees."""

from teni.report.words.text import Text

NAV = Text("What it sees", "網の見ているもの")
TITLE = Text("What the network sees", "網の見ているもの")
LINK = Text("Open the gallery in the run folder", "実行フォルダーの画廊を開く")
CHOOSE = Text("Choose method, layer and unit", "方法・層・ユニットを選ぶ")
FRAME = Text("Gallery of what the network sees", "網の見ているものの画廊")


def sheet(title: str, many: int) -> Text:
    """Name a sheet of pictures."""
    return Text(f"{title}: {many} picture{'' if many == 1 else 's'}", f"{title}：{many}枚")
