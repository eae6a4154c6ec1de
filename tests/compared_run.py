"""A run that came of a comparison, with its advice, and one whose labels have planted errors."""

from dataclasses import replace

import numpy as np
import pandas as pd

from fake_run import draw_face, make_run
from teni.run import Run, make_pictures, predictions_arrays

ADVICE = {
    "few": True, "similar": False, "useful": True, "sure": False, "recommends": ["kernel", "ridge"],
    "sentences": [], "evidence": {
        "subjects": 40, "gain_of_twice_the_subjects": 0.12, "gain_range": [0.08, 0.2], "last_over_best": 1.6,
        "gain_over_random": 0.3,
        "taps": [{"tap": "early", "error": 1.5}, {"tap": "late", "error": 2.4}],
    },
}  # fmt: skip


def strategy(name, error, behind=None, test=1.4, seconds=3.0, backbone="net"):
    validation = {"rmse_px": error, "rmse_px_ci95": [error - 0.1, error + 0.1], "seeds": [error]}
    validation |= {
        "behind_winner": None if behind is None else behind[0],
        "behind_winner_ci95": None if behind is None else behind[1],
    }
    cost = {"seconds": seconds, "peak_rss_mb": 900.0, "parameters": 1234}
    tested = None if test is None else {"rmse_px": test, "rmse_px_ci95": None, "seeds": [test]}
    return {"strategy": name, "backbone": backbone, "validation": validation, "test": tested, "cost": cost}


LADDER = (
    strategy("kernel", 1.5),
    strategy("ridge", 1.6, (0.1, [-0.05, 0.2]), seconds=1.0),
    strategy("scratch", 3.0, (1.5, [1.2, 1.8]), test=2.9, seconds=100.0),
)


def compared(*strategies, **more) -> Run:
    told = {
        "strategies": list(strategies),
        "winner": f"{strategies[0]['backbone']} {strategies[0]['strategy']}",
        "failed": {},
        "advice": {},
    }
    run = make_run()
    run.about["comparison"] = told | more
    return run


def curves(*models, epochs=12):
    tables = []
    for place, model in enumerate(models):
        loss = 2.0 / (place + 1) * np.exp(-np.arange(epochs) / 4) + 0.01
        tables.append(
            pd.DataFrame({
                "phase": "head", "epoch": np.arange(1, epochs + 1), "learning_rate": 0.1, "loss": loss,
                "validation_loss": loss * 1.3 + 0.02, "validation_error": loss, "model": model,
            })
        )  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def pictured(many=70, **wanted) -> Run:
    """A run with all its pictures, validation and test, and errors planted in the labels of images 5, 9 and 14."""
    run = make_run(many=many, **wanted)
    random = np.random.default_rng(1)
    table = run.predictions.copy()
    names = run.task.names
    nose, eyes = "nose_tip", ("left_eye_center", "right_eye_center")
    table.loc[5, [f"{nose}_x_true", f"{nose}_y_true"]] = [6.0, 90.0]
    for axis in "xy":
        known = [f"{eye}_{axis}_true" for eye in eyes]
        table.loc[9, known] = [float(table.loc[9, f"{eye}_{axis}"]) + 0.3 for eye in eyes[::-1]]
        table.loc[14, [f"{name}_{axis}_true" for name in names]] = [
            float(table.loc[14, f"{name}_{axis}"]) + 11.0 for name in names
        ]
    validation = make_run(many=many, seed=1).predictions.assign(part="validation")
    validation["id"] = [f"v{name}" for name in validation["id"]]
    both = pd.concat([validation, table], ignore_index=True)
    predicted, truth = predictions_arrays(both, names)
    images = np.stack([draw_face(points, random) for points in predicted])
    errors = np.sqrt(np.nanmean((predicted - truth) ** 2, axis=(1, 2)))
    return replace(run, predictions=both, pictures=make_pictures([images], errors))
