"""Searching settings by validation error."""

from teni.tuning.search import Searched as Searched
from teni.tuning.search import search as search
from teni.tuning.space import OneOf as OneOf
from teni.tuning.space import Range as Range
from teni.tuning.space import Space as Space
