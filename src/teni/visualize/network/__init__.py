"""The network as a picture: one row a step, branches as lines beside it."""

from teni.visualize.network.blocks import Block as Block
from teni.visualize.network.blocks import blocks_of as blocks_of
from teni.visualize.network.lanes import Row as Row
from teni.visualize.network.lanes import lay_out as lay_out
from teni.visualize.network.page import draw_png as draw_png
from teni.visualize.network.page import draw_svg as draw_svg
