"""Every way to transfer on one split: errors with intervals, paired differences, costs, and the winner as a run."""

from teni.compare.comparison import Comparison as Comparison
from teni.compare.comparison import Row as Row
from teni.compare.comparison import comparison_text as comparison_text
from teni.compare.ensemble import ENSEMBLE as ENSEMBLE
from teni.compare.entries import Network as Network
from teni.compare.entries import make_entries as make_entries
from teni.compare.entry import Entry as Entry
from teni.compare.ladder import LADDER as LADDER
from teni.compare.ladder import SEEDS as SEEDS
from teni.compare.ladder import is_solved as is_solved
from teni.compare.ladder import seeds_of as seeds_of
from teni.compare.outcome import Outcome as Outcome
from teni.compare.run import Plan as Plan
from teni.compare.run import compare as compare
from teni.compare.run import without_validation as without_validation
from teni.compare.stored import comparison_of as comparison_of
from teni.compare.winner import fit_winner as fit_winner
