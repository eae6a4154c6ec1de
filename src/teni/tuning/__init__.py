"""Searching settings by validation error."""

from teni.tuning.search import Searched as Searched
from teni.tuning.search import search as search
from teni.tuning.space import OneOf as OneOf
from teni.tuning.space import Range as Range
from teni.tuning.space import Space as Space
from teni.tuning.spaces import space_of as space_of
from teni.tuning.tune import Tuned as Tuned
from teni.tuning.tune import Tuning as Tuning
from teni.tuning.tune import tune as tune
