"""Features: what a backbone says of an image at its taps, reduced to what a head can use."""

from teni.features.extract import extract as extract
from teni.features.extract import forward_pass as forward_pass
from teni.features.extract import images_a_batch as images_a_batch
from teni.features.network import View as View
from teni.features.network import feature_network as feature_network
from teni.features.projection import Projection as Projection
from teni.features.projection import fit_projection as fit_projection
from teni.features.source import EXTRACTED as EXTRACTED
from teni.features.source import Source as Source
from teni.features.source import require_finite as require_finite
from teni.features.store import FeatureStore as FeatureStore
from teni.features.store import open_store as open_store
from teni.features.stored import Counts as Counts
from teni.features.stored import Stored as Stored
