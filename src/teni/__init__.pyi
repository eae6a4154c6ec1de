from .backbones import Backbone as Backbone
from .backbones import backbone as backbone
from .backbones import propose_taps as propose_taps
from .data import Dataset as Dataset
from .data import load as load
from .data import split as split
from .errors import TeniError as TeniError
from .task import Keypoints as Keypoints
