"""Training through a network: what is learned from, in which steps, and how it is resumed."""

from teni.training.budget import Budget as Budget
from teni.training.curves import CURVES as CURVES
from teni.training.curves import no_curves as no_curves
