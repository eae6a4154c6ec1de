"""Images that stand in a file are never copied into memory all at once, from the data to the run."""

from typing import Any

import numpy as np
import pytest

from blobs import blobs, split_of, tiny_network
from compare_parts import Constant
from teni.data import large
from teni.data.large import take_rows
from teni.fitting import fit

IMAGES = 3000


class Watched(np.memmap):
    """Images in a file that remember how many of them were copied at once."""

    most = 0

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        if isinstance(found, Watched) and found._mmap is None and found.ndim == 4:  # a copy, no view
            Watched.most = max(Watched.most, len(found))
        return found


@pytest.mark.parametrize("labelled", [True, False])
def test_a_run_is_put_together_in_blocks(monkeypatch, labelled: bool):
    data = blobs(IMAGES, 30)
    in_file = large.make_room(data.images.shape, in_memory=1).view(Watched)
    in_file[:] = data.images
    monkeypatch.setattr(
        "teni.data.dataset.take_rows",
        lambda images, rows: take_rows(images, rows, in_memory=1).view(Watched),
    )
    monkeypatch.setattr(Watched, "most", 0)
    object.__setattr__(data, "images", in_file)
    if not labelled:  # examples come from the images that were learned from then
        data.targets[np.isin(data.subjects, ["s0", "s1", "s10"])] = np.nan
    split = split_of(data)
    _, run = fit(data, split, tiny_network(), Constant(1.0, []))
    assert run.examples.parts[0] == ("test" if labelled else "validation")
    assert len(run.examples.images) == (3 if labelled else 18)  # of three people, of many
    assert 0 < Watched.most <= large._ROWS < (split.parts == "train").sum() / 2
