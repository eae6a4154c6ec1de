"""Backbones: pretrained networks without their heads, by name or from a file, and their taps."""

from teni.backbones.backbone import Backbone as Backbone
from teni.backbones.edit import Edit as Edit
from teni.backbones.edit import edited as edited
from teni.backbones.edit import trained_layers as trained_layers
from teni.backbones.facial_cnn import Recipe as Recipe
from teni.backbones.facial_cnn import facial_recipe as facial_recipe
from teni.backbones.fingerprint import weights_fingerprint as weights_fingerprint
from teni.backbones.load import backbone as backbone
from teni.backbones.load import backbone_names as backbone_names
from teni.backbones.preprocessing import Preprocessing as Preprocessing
from teni.backbones.propose import propose_taps as propose_taps
from teni.backbones.resize import at_size as at_size
from teni.backbones.taps import check_tap as check_tap
from teni.backbones.taps import cut as cut
from teni.backbones.taps import tap_shape as tap_shape
