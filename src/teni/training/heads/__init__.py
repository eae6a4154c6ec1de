"""The dense head: trained on features that stay as they are, whole epochs at once."""

from teni.training.heads.data import HeadData as HeadData
from teni.training.heads.settings import MlpSettings as MlpSettings
from teni.training.heads.train import Job as Job
from teni.training.heads.train import TrainedHead as TrainedHead
from teni.training.heads.train import train_heads as train_heads
