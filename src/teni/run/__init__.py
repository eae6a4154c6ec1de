"""The run folder: everything a fit produced, written whole and read back by all that comes after."""

from teni.run.curve_figure import draw_curves as draw_curves
from teni.run.curve_figure import split_curves as split_curves
from teni.run.examples import Examples as Examples
from teni.run.examples import choose_examples as choose_examples
from teni.run.folder import Run as Run
from teni.run.folder import read_run as read_run
from teni.run.folder import write_run as write_run
from teni.run.members import member_names as member_names
from teni.run.pictures import Pictures as Pictures
from teni.run.pictures import make_pictures as make_pictures
from teni.run.tables import class_columns as class_columns
from teni.run.tables import classes_frame as classes_frame
from teni.run.tables import predictions_arrays as predictions_arrays
from teni.run.tables import predictions_table as predictions_table
