"""What is predicted: its loss, its metrics, its flip rule, its drawing."""

from teni.task.classes import UNLABELLED as UNLABELLED
from teni.task.classes import Classes as Classes
from teni.task.evaluation import Metrics as Metrics
from teni.task.evaluation import evaluate as evaluate
from teni.task.evaluation import image_errors as image_errors
from teni.task.evaluation import measure_name as measure_name
from teni.task.flip import axis_position as axis_position
from teni.task.flip import flip_keypoints as flip_keypoints
from teni.task.flip import flip_permutation as flip_permutation
from teni.task.flip import flip_targets as flip_targets
from teni.task.keypoints import FlipCenter as FlipCenter
from teni.task.keypoints import Keypoints as Keypoints
from teni.task.loss import loss as loss
from teni.task.record import read_task as read_task
from teni.task.record import task_record as task_record
from teni.task.task import Targets as Targets
from teni.task.task import Task as Task
from teni.task.task import as_keypoints as as_keypoints
from teni.task.task import labelled as labelled
from teni.task.task import mean_prediction as mean_prediction
from teni.task.task import output_shape as output_shape
from teni.task.task import target_shape as target_shape
from teni.task.words import Words as Words
from teni.task.words import words as words
