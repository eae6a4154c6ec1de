"""Advice before anything is compared: few or many, similar or not, measured and in words."""

from teni.advise.advice import Advice as Advice
from teni.advise.data_size import DataSize as DataSize
from teni.advise.data_size import measure_data_size as measure_data_size
from teni.advise.measure import measure_advice as measure_advice
from teni.advise.similarity import Depth as Depth
from teni.advise.similarity import Similarity as Similarity
from teni.advise.transferability import h_score as h_score
from teni.advise.transferability import log_evidence as log_evidence
