"""What the page says of losses while something was trained."""

from teni.report.words.text import Text

NAV = Text("Training", "学習の経過")
TITLE = Text("Losses while it was trained", "学習中の損失")
LABEL = Text(
    "Line chart: training loss, solid, and validation loss, dashed, over the epochs. The table below has its "
    "numbers.",
    "折れ線図：エポックごとの学習損失（実線）と検証損失（破線）。数値は下の表にあります。",
)
CAPTION = Text(
    "Solid: on the training images. Dashed: on validation images. A dashed line that rises while the solid one falls "
    "says that the model learns its examples by heart.",
    "実線は学習画像、破線は検証画像。実線が下がるのに破線が上がるときは、例を丸暗記しています。",
)
EPOCH = Text("epoch", "エポック")
LOSS = Text("loss", "損失")
TRAINING = Text("training", "学習")
VALIDATION = Text("validation", "検証")
COLUMNS = (
    Text("model", "モデル"),
    Text("epochs", "エポック数"),
    Text("first loss", "最初の損失"),
    Text("last loss", "最後の損失"),
    Text("lowest validation loss", "最小の検証損失"),
    Text("at epoch", "そのエポック"),
)


def line(name: str, part: Text) -> Text:
    """Name a line of a model."""
    return Text(f"{name}, {part.en}", f"{name}、{part.ja}") if name else part
