"""Which mirror images may be learned from, the default first; validation chooses."""

from teni.task import Classes, FlipCenter, Keypoints, Task

Mirror = FlipCenter | None
"""Where the mirror's axis lies; None for no mirror images."""


def mirror_choices(task: Task, centers: tuple[FlipCenter, ...]) -> tuple[Mirror, ...]:
    """List what validation chooses from.

    A mirrored face is a face. A mirrored digit is no digit: classes must be better for mirror images to get them.

    Args:
        task: what is predicted.
        centers: axes that the user allows; empty for no mirror images.

    >>> mirror_choices(Classes(("cat", "dog"), 4, 4), ("halves", "integers"))
    (None, 'halves')
    >>> mirror_choices(Keypoints(("nose",), 4, 4, (0,)), ("halves", "integers"))
    ('halves', 'integers')
    """
    if not centers:
        return (None,)
    match task:
        case Keypoints():
            return centers
        case Classes():
            return (None, centers[0])  # where the axis lies says nothing of a class
