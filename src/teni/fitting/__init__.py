"""The main job: from a data set and a pretrained network to an evaluated model and its run folder."""

from teni.fitting.fit import fit as fit
from teni.fitting.fit import predict_points as predict_points
from teni.fitting.save import save_run as save_run
from teni.fitting.views import choose_views as choose_views
