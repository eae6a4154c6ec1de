"""What a network sees: one algorithm a file, arrays first, pictures second; models are read, never trained."""

from teni.visualize.layers import Part as Part
from teni.visualize.layers import find_layer as find_layer
from teni.visualize.layers import part as part
from teni.visualize.open import open_model as open_model
from teni.visualize.opened import Opened as Opened
from teni.visualize.opened import open_network as open_network
from teni.visualize.pictured import Pictured as Pictured
from teni.visualize.pictured import Seen as Seen
from teni.visualize.render import render as render
from teni.visualize.request import Method as Method
from teni.visualize.request import Request as Request
