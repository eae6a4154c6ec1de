"""What fooling found, in words and as a table."""

import csv
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SURE = 0.99  # from this confidence on a class counts as fooled


def percent(confidence: float) -> str:
    """Write a confidence so that one that is nearly certain does not look certain.

    >>> percent(0.5), percent(0.99993), percent(0.9999999), percent(1.0)
    ('50.0%', '99.993%', '99.99999%', '100%')
    """
    if confidence >= 1.0:
        return "100%"
    doubt = 100 * (1 - confidence)
    digits = 1 if doubt >= 1 else min(int(np.ceil(-np.log10(doubt))) + 1, 7)
    shown = np.floor(np.round(100 * confidence * 10**digits, 6)) / 10**digits
    return f"{shown:.{digits}f}%" if digits == 1 else f"{shown:.{digits}f}".rstrip("0") + "%"


def share_fooled(confidences: Floats) -> float:
    """Return the share of classes in which the model is at least 99% confident of a picture of nothing.

    >>> share_fooled(np.array([0.999, 0.5]))
    0.5
    """
    return float((confidences >= SURE).mean())


def verdict(names: Sequence[str], confidences: Floats) -> str:
    """Answer in words: would the model know nonsense?

    Args:
        names: of the classes.
        confidences: of the best picture for each.

    >>> print(verdict(["cat", "dog"], np.array([0.9999, 0.25])))
    Would the model know nonsense? Only in part: in 1 of 2 classes (50%) it is at least 99% confident of a picture
    that shows nothing (median over classes 62.4%); it was not fooled in dog.
    """
    fooled = confidences >= SURE
    many, median = int(fooled.sum()), percent(float(np.median(confidences)))
    found = (
        f"in {many:,} of {len(fooled):,} classes ({100 * share_fooled(confidences):.0f}%) it is at least 99% "
        f"confident of a picture that shows nothing (median over classes {median})"
    )
    if fooled.all():
        return (
            f"Would the model know nonsense? No: {found}; a high confidence alone does not tell a real image."
        )
    spared = [name for name, hit in zip(names, fooled, strict=True) if not hit]
    told = ", ".join(spared[:5]) + (f" and {len(spared) - 5:,} more" if len(spared) > 5 else "")
    if not fooled.any():
        return f"Would the model know nonsense? This search did not fool it: {found}; a longer one may."
    return f"Would the model know nonsense? Only in part: {found}; it was not fooled in {told}."


def confidence_table(names: Sequence[str], history: Sequence[Floats], counted: str) -> bytes:
    """Write the confidence of each class over time as a CSV.

    Args:
        names: of the classes.
        history: ``(classes,)`` after each generation or step.
        counted: what is counted, e.g. ``generation``.

    >>> print(confidence_table(["cat", "dog"], [np.array([0.25, 0.75])], "generation").decode().strip())
    generation,median,cat,dog
    0,0.5,0.25,0.75
    """
    content = io.StringIO()
    table = csv.writer(content, lineterminator="\n")
    table.writerow([counted, "median", *names])
    for number, row in enumerate(history):
        table.writerow([number, *(f"{value:.8g}" for value in (np.median(row), *row))])
    return content.getvalue().encode()
