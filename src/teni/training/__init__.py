"""Training through a network: what is learned from, in which steps, and how it is resumed."""

from teni.training.augmentation import Augmentation as Augmentation
from teni.training.augmentation import flips_only as flips_only
from teni.training.budget import Budget as Budget
from teni.training.curves import CURVES as CURVES
from teni.training.curves import no_curves as no_curves
from teni.training.data import TrainingData as TrainingData
from teni.training.data import training_data as training_data
from teni.training.finder import RangeTest as RangeTest
from teni.training.finder import find_learning_rate as find_learning_rate
from teni.training.phases import Phase as Phase
from teni.training.settings import LearningRate as LearningRate
from teni.training.settings import TrainingSettings as TrainingSettings
from teni.training.train import Trained as Trained
from teni.training.train import train as train
from teni.training.units import seen_both_ways as seen_both_ways
from teni.training.units import to_answers as to_answers
