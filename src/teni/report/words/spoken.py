"""How the error of a task is spoken of in both languages."""

from dataclasses import dataclass

from teni.report.words.text import Text
from teni.task import Classes, Task, Words
from teni.task import words as words_of

_THINGS = {"keypoints": "特徴点", "classes": "クラス"}
_BASELINES = {
    "the mean face": Text("the mean face", "平均の顔"),
    "the mean of the labels": Text("the mean of the labels", "正解の平均"),
    "the majority class": Text("the majority class", "最多のクラス"),
}


@dataclass(frozen=True)
class Spoken:
    """Words for the error that validation lowers.

    Args:
        words: in English, as all of teni speaks of it.
        things: what is predicted, in the plural.
        baseline: what whoever has seen labels but no image would say.
        title: of the error.
    """

    words: Words
    things: Text
    baseline: Text
    title: Text

    @property
    def measure(self) -> str:
        """As the error is called in tables."""
        return self.words.measure

    @property
    def axis(self) -> Text:
        """The error with its unit, beside an axis or above a column."""
        return Text(self.words.axis, self.words.axis if self.words.unit else self.title.ja)

    def error(self, value: float | None, *, sign: bool = False) -> str:
        """Write an error with its unit."""
        return self.words.error(value, sign=sign)

    def plain(self, value: float | None) -> str:
        """Write an error without its unit, which stands above the column."""
        return self.words.error(value).removesuffix(self.words.unit)

    def between(self, ends: list[float] | None) -> Text:
        """Write an interval without its unit; a dash where there is none."""
        if not ends:
            return Text("–", "–")
        low, high = self.plain(ends[0]), self.plain(ends[1])
        return Text(f"{low} to {high}", f"{low}～{high}")


def spoken_of(task: Task) -> Spoken:
    """Return the words for a task.

    >>> from teni.task import Keypoints
    >>> spoken_of(Keypoints(("wing_tip",), 96, 96, (0,))).baseline
    Text(en='the mean of the labels', ja='正解の平均')
    """
    words = words_of(task)
    title = Text(words.title, "対数損失" if isinstance(task, Classes) else words.title)
    return Spoken(words, Text(words.things, _THINGS[words.things]), _BASELINES[words.baseline], title)
