"""Ways to transfer: each takes a data set, a split and a backbone, and hands over a plain Keras model."""

from teni.training.heads import MlpSettings as MlpSettings
from teni.transfer.closed_form import ClosedForm as ClosedForm
from teni.transfer.closed_form import closed_form as closed_form
from teni.transfer.freeze_below import FreezeBelow as FreezeBelow
from teni.transfer.gradual import Gradual as Gradual
from teni.transfer.layerwise import Layerwise as Layerwise
from teni.transfer.mlp import Mlp as Mlp
from teni.transfer.probe_then_tune import ProbeThenTune as ProbeThenTune
from teni.transfer.scratch import Scratch as Scratch
from teni.transfer.specialists import Specialists as Specialists
from teni.transfer.strategy import Fitted as Fitted
from teni.transfer.strategy import Strategy as Strategy
from teni.transfer.svm import Svm as Svm
from teni.transfer.svm import svm as svm
from teni.transfer.two_phase import TwoPhase as TwoPhase
