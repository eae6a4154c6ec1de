"""Few images or many? Read off the learning curve: what would twice as many people bring?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

# Twice the people must lower the error by this share for the images to be called few: training more of the network
# is worth its risk only where labels have stopped being what is missing.
FEW = 0.05
POINTS = 3


@dataclass(frozen=True)
class DataSize:
    """Whether labels are what is missing.

    Args:
        subjects: how many were learned from.
        images: how many images of them.
        gain: share by which twice the subjects would lower the error, extrapolated.
        low: the same with the curve as flat as its draws allow.
        high: the same with the curve as steep as its draws allow.
    """

    subjects: int
    images: int
    gain: float
    low: float
    high: float

    @property
    def few(self) -> bool:
        """Tell whether the data are few: more of them would help."""
        return self.gain >= FEW

    @property
    def sure(self) -> bool:
        """Tell whether the whole range is on one side."""
        return self.low >= FEW or self.high < FEW


def measure_data_size(curve: pd.DataFrame) -> DataSize | None:
    """Extrapolate a learning curve to twice its subjects, as a power of their number.

    Errors fall about as a power of the number of examples (J. Hestness et al., Deep Learning Scaling is Predictable,
    Empirically, 2017), so that the end of the curve is a line over logarithms.

    Args:
        curve: columns subjects, images, the error, its lowest and its highest over draws, in this order, as
            `teni.transfer.learning_curve.curve_columns` has them; one row a size, the largest last.

    Returns:
        None for a curve of fewer than two sizes.

    >>> curve = pd.DataFrame({"subjects": [10, 20, 40], "images": [50, 100, 200], "rmse_px": [4.0, 2.0, 1.0]})
    >>> found = measure_data_size(curve.assign(rmse_px_low=curve.rmse_px, rmse_px_high=curve.rmse_px))
    >>> round(found.gain, 6), found.few, found.sure
    (0.5, True, True)
    """
    if len(curve) < 2:
        return None
    end = curve.tail(POINTS)
    logs = np.log(end["subjects"].to_numpy(np.float64))
    middle, low, high = (np.log(end[name].to_numpy(np.float64)) for name in end.columns[2:5])
    # A sorted curve turned as flat or as steep as the draws of its smaller sizes allow; the last point has no draws.
    flat, steep = np.append(low[:-1], middle[-1]), np.append(high[:-1], middle[-1])
    gains = [1 - 2 ** float(np.polyfit(logs, errors, 1)[0]) for errors in (middle, flat, steep)]
    last = curve.iloc[-1]
    return DataSize(int(last["subjects"]), int(last["images"]), gains[0], min(gains), max(gains))
