"""Data sets: readers, splits, the embedded faces."""

from teni.data.dataset import Dataset as Dataset
from teni.data.duplicates import Lookalikes as Lookalikes
from teni.data.duplicates import group_lookalikes as group_lookalikes
from teni.data.kaggle_write import write_kaggle as write_kaggle
from teni.data.labels import ClassSummary as ClassSummary
from teni.data.labels import LabelSummary as LabelSummary
from teni.data.labels import require_labels as require_labels
from teni.data.load import load as load
from teni.data.load_classes import PictureOptions as PictureOptions
from teni.data.overlap import Overlap as Overlap
from teni.data.overlap import check_overlap as check_overlap
from teni.data.split import Split as Split
from teni.data.split import folds as folds
from teni.data.split import group_rows as group_rows
from teni.data.split import split as split
from teni.data.split_file import load_split as load_split
from teni.data.split_file import save_split as save_split
from teni.data.summary import Summary as Summary
from teni.data.summary import summary as summary
from teni.data.summary import summary_text as summary_text
