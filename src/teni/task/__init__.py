"""What is predicted: its metrics, its flip rule, its drawing."""

from teni.task.evaluation import Metrics as Metrics
from teni.task.evaluation import evaluate as evaluate
from teni.task.keypoints import FlipCenter as FlipCenter
from teni.task.keypoints import Keypoints as Keypoints
