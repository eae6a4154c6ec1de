"""Ways to transfer: each takes a data set, a split and a backbone, and hands over a plain Keras model."""

from teni.training.heads import MlpSettings as MlpSettings
from teni.transfer.closed_form import ClosedForm as ClosedForm
from teni.transfer.closed_form import closed_form as closed_form
from teni.transfer.ensemble import Ensemble as Ensemble
from teni.transfer.ensemble import Member as Member
from teni.transfer.freeze_below import freeze_below as freeze_below
from teni.transfer.gradual import gradual as gradual
from teni.transfer.layerwise import layerwise as layerwise
from teni.transfer.mlp import Mlp as Mlp
from teni.transfer.probe_then_tune import probe_then_tune as probe_then_tune
from teni.transfer.scratch import scratch as scratch
from teni.transfer.specialists import Specialists as Specialists
from teni.transfer.strategy import Fitted as Fitted
from teni.transfer.strategy import Strategy as Strategy
from teni.transfer.svm import Svm as Svm
from teni.transfer.svm import svm as svm
from teni.transfer.tuned import Tuned as Tuned
from teni.transfer.two_phase import two_phase as two_phase
