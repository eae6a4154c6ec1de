"""Data sets: readers, splits, the embedded faces."""

from teni.data.dataset import Dataset as Dataset
