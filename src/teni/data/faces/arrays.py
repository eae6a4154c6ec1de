"""What the drawing's arrays are for the type checker: single precision, wherever NumPy's types can tell."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
