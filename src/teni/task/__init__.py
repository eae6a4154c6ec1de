"""What is predicted: its metrics, its flip rule, its drawing."""

from teni.task.keypoints import FlipCenter as FlipCenter
from teni.task.keypoints import Keypoints as Keypoints
