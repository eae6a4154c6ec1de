"""Loss curves: one row an epoch, the same columns for every strategy that trains."""

import pandas as pd

# phase: name; epoch: from 1, over all phases; loss and validation_loss: what is minimised; validation_error: RMSE in
# pixels for keypoints, log loss for classes.
CURVES = ("phase", "epoch", "learning_rate", "loss", "validation_loss", "validation_error")


def no_curves() -> pd.DataFrame:
    """Return the table of a strategy that does not train.

    >>> len(no_curves()), no_curves().columns[0]
    (0, 'phase')
    """
    return pd.DataFrame(columns=list(CURVES))
