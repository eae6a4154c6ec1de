"""What the page says of the data."""

from teni.report.words.text import Text

NAV = Text("Data", "データ")
TITLE = Text("The data", "データ")
SIZE = Text("image size", "画像の大きさ")
NAMES = {
    "rows": Text("images", "画像"),
    "subjects": Text("subjects", "個体"),
    "complete": Text("with all keypoints", "全点に正解あり"),
    "near_duplicates": Text("near-duplicates", "ほぼ同じ画像"),
    "test_rows": Text("test images", "テスト画像"),
}
