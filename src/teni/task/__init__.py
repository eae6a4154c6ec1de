"""What is predicted: its metrics, its flip rule, its drawing."""

from teni.task.evaluation import Metrics as Metrics
from teni.task.evaluation import evaluate as evaluate
from teni.task.flip import flip_keypoints as flip_keypoints
from teni.task.flip import flip_permutation as flip_permutation
from teni.task.keypoints import FlipCenter as FlipCenter
from teni.task.keypoints import Keypoints as Keypoints
