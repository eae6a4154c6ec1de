"""What the page says of each subject."""

from teni.report.words.text import Text

NAV = Text("Subjects", "個体")
LABEL = Text(
    "Dot chart: the error of each subject, from the best to the worst; the numbers are in the table below.",
    "点図：個体ごとの誤差（小さい順）。数値は下の表にあります。",
)
CAPTION = Text(
    "Each dot is a subject, from the best to the worst; larger dots have more images. The dotted line is the error "
    "over all. Choose a subject in the table to see its images.",
    "点は1個体で、誤差の小さい順。大きい点ほど画像が多い個体です。点線は全体の誤差。表の個体を選ぶと、"
    "その画像が見られます。",
)
AXIS = Text("subjects, from the best to the worst", "個体（誤差の小さい順）")
TABLE = Text("Table of subjects", "個体の表")
ALL = Text("All subjects, the worst first", "全個体（誤差の大きい順）")
COLUMNS = (Text("subject", "個体"), Text("images", "画像"), Text("worst image", "最悪の画像"))


def dot(subject: str, error: str, images: int) -> Text:
    """Say what a dot is."""
    return Text(
        f"{subject}: {error}, {images} image{'' if images == 1 else 's'}", f"{subject}：{error}、{images}枚"
    )


def title(low: str, high: str, worst: str, error: str) -> Text:
    """Say how far subjects lie apart.

    >>> title("1.0 px", "1.5 px", "Ann", "4.0 px").en
    'Half of the subjects lie between 1.0 px and 1.5 px; the worst, Ann, at 4.0 px'
    """
    return Text(
        f"Half of the subjects lie between {low} and {high}; the worst, {worst}, at {error}",
        f"半数の個体は{low}から{high}の間、最も悪い{worst}は{error}",
    )


def show(subject: str) -> Text:
    """Name what shows the images of a subject."""
    return Text(f"Show the images of {subject}", f"{subject}の画像を見る")
