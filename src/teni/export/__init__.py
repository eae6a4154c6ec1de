"""A run's model for other runtimes, checked against the model before anything is written."""

from teni.export.folder import Exported as Exported
from teni.export.folder import export as export
from teni.export.formats import FORMATS as FORMATS
from teni.export.formats import PRECISIONS as PRECISIONS
