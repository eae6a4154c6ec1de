"""What a run predicts for images, and how good that is."""

from teni.prediction.given import Given as Given
from teni.prediction.given import read_given as read_given
from teni.prediction.measure import answered as answered
from teni.prediction.measure import evaluate_run as evaluate_run
from teni.prediction.measure import matching_targets as matching_targets
from teni.prediction.model import flip_center as flip_center
from teni.prediction.model import image_shape as image_shape
from teni.prediction.model import load_model as load_model
from teni.prediction.overlay import draw_overlays as draw_overlays
from teni.prediction.predict import predict as predict
from teni.prediction.predict import predict_given as predict_given
from teni.prediction.table import points_csv as points_csv
from teni.prediction.table import points_dicts as points_dicts
from teni.prediction.table import predictions_csv as predictions_csv
from teni.prediction.table import predictions_dicts as predictions_dicts
from teni.prediction.table import submission_csv as submission_csv
