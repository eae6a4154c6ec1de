"""Train the facial-cnn-6 of which docs/visualize.md shows the filters: from scratch, on drawn faces, seven minutes.

    python scripts/drawn_network.py runs/drawn

How many epochs fit into the time depends on the machine: twelve on two CPU cores.
"""

import sys
from pathlib import Path

from teni.backbones import backbone
from teni.data import split
from teni.data.faces import synthetic_faces
from teni.fitting import fit, save_run
from teni.report import build_report
from teni.training import Budget
from teni.transfer import Tuned, scratch


def main(out: Path) -> None:
    """Draw the faces, train, and keep the run."""
    faces = synthetic_faces(3000, look="source", seed=5)
    parts = split(faces, test=0.1, validation=0.1, seed=0)
    network = backbone("facial-cnn-6", size=(96, 96), seed=0)
    model, run = fit(faces, parts, network, Tuned(scratch), seed=0, budget=Budget(seconds=420))
    run.about |= {"strategy": "scratch", "command": sys.argv, "arguments": {}}
    saved = save_run(out, model, run, report=build_report)
    print(f"{saved.path}: {run.metrics['test']['rmse_px']:.2f} px on people whom it has not seen")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
