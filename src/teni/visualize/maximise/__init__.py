"""Activation maximisation, in parts: objective, image, transforms, and the ascent that joins them."""

from teni.visualize.maximise.ascent import Ascent as Ascent
from teni.visualize.maximise.ascent import Plan as Plan
from teni.visualize.maximise.ascent import ascend as ascend
from teni.visualize.maximise.image import Fourier as Fourier
from teni.visualize.maximise.image import Parametrisation as Parametrisation
from teni.visualize.maximise.image import Plain as Plain
from teni.visualize.maximise.objective import Objective as Objective
from teni.visualize.maximise.objective import unit_objective as unit_objective
from teni.visualize.maximise.regularise import Regularisers as Regularisers
from teni.visualize.maximise.transforms import Views as Views
