"""Backbones: pretrained networks without their heads, by name or from a file, and their taps."""

from teni.backbones.backbone import Backbone as Backbone
from teni.backbones.load import backbone as backbone
from teni.backbones.preprocessing import Preprocessing as Preprocessing
from teni.backbones.propose import propose_taps as propose_taps
from teni.backbones.taps import check_tap as check_tap
from teni.backbones.taps import cut as cut
from teni.backbones.taps import tap_shape as tap_shape
