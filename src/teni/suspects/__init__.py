"""Labels that are probably wrong: what a model that never saw an image says of it, against what the label says."""

from teni.suspects.find import find_suspects as find_suspects
from teni.suspects.suspect import KINDS as KINDS
from teni.suspects.suspect import Suspect as Suspect
from teni.suspects.table import suspects_csv as suspects_csv
from teni.suspects.table import suspects_table as suspects_table
