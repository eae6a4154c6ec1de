"""Pictures of nothing in which a model is confident: by gradient ascent, and by evolution of pixels or networks."""

from teni.visualize.fooling.by_evolution import evolve_fooling as evolve_fooling
from teni.visualize.fooling.by_gradient import fool as fool
from teni.visualize.fooling.fooled import Fooled as Fooled
from teni.visualize.fooling.method import fool_by_cppn as fool_by_cppn
from teni.visualize.fooling.method import fool_by_gradient as fool_by_gradient
from teni.visualize.fooling.method import fool_by_pixels as fool_by_pixels
from teni.visualize.fooling.settings import AscentSettings as AscentSettings
from teni.visualize.fooling.settings import EvolutionSettings as EvolutionSettings
