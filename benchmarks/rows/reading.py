"""Read a table of Kaggle's size."""

import atexit
import shutil
import tempfile
from pathlib import Path

from rows.row import Row, Work


def make(side: str, size: int) -> Work:
    from read_csv import read_with_pandas, read_with_teni, write_table

    path = Path(tempfile.mkdtemp()) / "training.csv"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    write_table(path, size)
    read = read_with_teni if side == "teni" else read_with_pandas

    def run() -> list[float]:
        images, points = read(path)
        return [float(images[::50].mean()), float(points.mean())]

    return Work(run)


ROWS = (Row("read the CSV", 8.0, ("teni", "pandas"), 7049, make, (1, 4, 16), 1e-5),)
