"""How errors are spoken of: the measure's name, its unit, and what a model is compared with."""

from dataclasses import dataclass

from teni.task.classes import Classes
from teni.task.keypoints import Keypoints
from teni.task.metrics import eye_centers
from teni.task.task import Task


@dataclass(frozen=True)
class Words:
    """Words for the error that validation lowers.

    Args:
        measure: as it is called in tables, e.g. ``rmse_px``.
        title: as it is called in sentences.
        unit: behind a number, with a space before; empty for plain numbers.
        digits: how many decimals tell errors apart.
        baseline: what whoever has seen labels but no image would say.
        mean: the same in a few words, as whose error it is.
        things: what is predicted, in the plural.
    """

    measure: str
    title: str
    unit: str
    digits: int
    baseline: str
    mean: str
    things: str

    @property
    def axis(self) -> str:
        """Write the measure with its unit, as above a column or beside an axis.

        >>> words(Keypoints(("nose",), 96, 96, (0,))).axis
        'RMSE (px)'
        """
        return f"{self.title} ({self.unit.strip()})" if self.unit else self.title

    def error(self, value: float | None, *, digits: int | None = None, sign: bool = False) -> str:
        """Write an error with its unit.

        Args:
            value: None is a dash.
            digits: decimals, as usual for this error if None.
            sign: whether a plus is written.

        >>> task = Classes(("cat", "dog"), 4, 4)
        >>> words(task).error(0.12345), words(task).error(None), words(task).error(0.12345, sign=True)
        ('0.123', '–', '+0.123')
        """
        if value is None:
            return "–"
        plus = "+" if sign else ""
        return f"{value:{plus}.{self.digits if digits is None else digits}f}{self.unit}"


def words(task: Task) -> Words:
    """Return the words for a task.

    >>> words(Keypoints(("left_eye", "right_eye"), 96, 96, (1, 0))).error(1.5)
    '1.50 px'
    >>> words(Keypoints(("wing_tip",), 96, 96, (0,))).baseline
    'the mean of the labels'
    """
    match task:
        case Keypoints():
            # Two eyes make a face; other keypoints have a mean too, but no face.
            mean = "mean of the labels" if eye_centers(task.names) is None else "mean face"
            return Words("rmse_px", "RMSE", " px", 2, f"the {mean}", mean, "keypoints")
        case Classes():
            return Words("log_loss", "log loss", "", 3, "the majority class", "class shares", "classes")
