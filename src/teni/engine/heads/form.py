"""Which form a head is trained in: on the features themselves, or on their inner products."""

from typing import Literal

Form = Literal["plain", "gram"]

# What the inner products of all training rows may take up.
MOST_MEGABYTES = 4_000


def choose_form(rows: int, features: int) -> Form:
    """Choose the form that takes fewer operations a step, as long as its inner products fit into memory.

    A step on the features multiplies with ``features x units`` weights twice, forward and for the gradient, and
    passes over weights and momentum. On inner products it multiplies once with ``rows x units`` coefficients and
    passes over them once, and the gradient is there already: worth it up to twice as many rows as features.

    Args:
        rows: how many are trained on.
        features: how many numbers describe a row.

    >>> choose_form(3_424, 15_488), choose_form(3_424, 1_024), choose_form(60_000, 90_000)
    ('gram', 'plain', 'plain')
    """
    fits = 4 * rows * rows <= MOST_MEGABYTES * 1e6
    return "gram" if fits and rows <= 2 * features else "plain"
