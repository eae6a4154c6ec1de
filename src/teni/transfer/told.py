"""What a closed-form fit tells about itself: what was chosen, what was tried, what compressing cost."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from teni.features import Projection, View
from teni.task import Task, words
from teni.transfer.compress import Reduced
from teni.transfer.head import Head
from teni.transfer.search import Choice, Tried


def describe_views(choice: Choice, projections: Mapping[View, Projection]) -> dict[str, Any]:
    """Say in plain values at which views features were taken.

    >>> describe_views(Choice((View((8, 6), "a"),), "linear", None), {View((8, 6), "a"): Projection(None, 1.0)})
    {'taps': ['a'], 'size': [8, 6], 'views': [{'tap': 'a', 'size': [8, 6]}], 'channels_kept': [1.0]}
    """
    return {
        "taps": [view.tap for view in choice.views],
        "size": list(choice.views[0].size),
        "views": [{"tap": v.tap, "size": list(v.size)} for v in choice.views],
        "channels_kept": [round(projections[view].kept, 4) for view in choice.views],
    }


def describe_choice(
    choice: Choice, head: Head, projections: Mapping[View, Projection], task: Task
) -> dict[str, Any]:
    """Say in plain values what a head was solved with.

    Args:
        choice: views and kernel.
        head: its lambda and its anchors.
        projections: of each view.
        task: names the anchors.

    Returns:
        ``taps``, ``size`` (of the first view), ``views``, ``kernel``, ``lambda``, ``channels_kept`` (the share of
        each view's variance, 0 to 1) and ``anchors`` (keypoints that others lean on).
    """
    return {
        **describe_views(choice, projections),
        "kernel": choice.kernel,
        "lambda": head.lam,
        "anchors": sorted({task.names[column // 2] for column in head.anchors}, key=task.names.index),
    }


def describe_flip(choice: Choice, tried: Sequence[Tried], task: Task) -> dict[str, Any]:
    """Say which mirror images were chosen, and the validation error of each that was tried on the same head.

    >>> from teni.task import Keypoints
    >>> from teni.transfer.search import Choice
    >>> view, kernel = View((8, 8), "a"), "linear"
    >>> both = [Choice((view,), kernel, "halves"), Choice((view,), kernel, "integers")]
    >>> tried = [Tried("views", both[0], {0.1: 1.5}), Tried("mirror", both[1], {0.1: 1.7})]
    >>> describe_flip(both[0], tried, Keypoints(("nose",), 8, 8, (0,)))
    {'center': 'halves', 'validation_rmse_px': {'halves': 1.5, 'integers': 1.7}}
    """
    errors = {
        t.choice.center or "none": t.best
        for t in tried
        if t.stage != "final" and (t.choice.views, t.choice.kernel) == (choice.views, choice.kernel)
    }
    return {"center": choice.center, f"validation_{words(task).measure}": errors}


def describe_compression(
    reduced: Reduced | None, whole: Head, head: Head, task: Task
) -> dict[str, Any] | None:
    """Say how far a kernel head was compressed, and its validation error before and after.

    Args:
        reduced: the components; None for a linear head, which needs none.
        whole: solved on all features, at the same lambda.
        head: solved on the components.
        task: names the error.
    """
    name = f"validation_{words(task).measure}"
    if reduced is None:
        return None
    return {
        "components": sum(b.shape[1] for b in reduced.bases),
        "variance_kept": reduced.kept,
        f"{name}_before": whole.errors[whole.lam],
        name: head.errors[head.lam],
    }


def notes(about: Mapping[str, Any], task: Task) -> tuple[str, ...]:
    """Say in sentences what a reader should know of a fit.

    Args:
        about: ``choice``, ``flip`` and ``compression``, from the functions above.
        task: what is predicted.

    >>> from teni.task import Keypoints
    >>> about = {"choice": {"anchors": []}, "flip": {"center": "halves"}, "compression": None}
    >>> notes(about, Keypoints(("nose",), 8, 8, (0,)))
    ('Mirror images were learned from, and the model looks at each image both ways.',)
    """
    said: list[str] = []
    spoken = words(task)
    anchors = about["choice"]["anchors"]
    if anchors:
        said.append(
            f"Keypoints with few labels lean on {', '.join(anchors)}, which more images label: validation "
            "found that better than learning them alone."
        )
    said += mirror_notes(about["flip"], task)
    landmarks, images = about["choice"].get("landmarks"), about["choice"].get("images")
    if landmarks:
        said.append(
            f"{images:,} images are more than one decomposition holds: the head learns from all of them, and "
            f"compares an image with {landmarks:,} of them, drawn by subject."
        )
    compression = about["compression"]
    if compression and not landmarks:
        name = f"validation_{spoken.measure}"
        cost = spoken.error(compression[name] - compression[f"{name}_before"], digits=3, sign=True)
        said.append(
            f"The kernel head was compressed to {compression['components']:,} components; that moved the "
            f"validation {spoken.title} by {cost}."
        )
    return tuple(said)


def mirror_notes(flip: Mapping[str, Any], task: Task) -> tuple[str, ...]:
    """Say what became of mirror images.

    Args:
        flip: from `describe_flip`.
        task: what is predicted.
    """
    if flip["center"] is not None:
        return ("Mirror images were learned from, and the model looks at each image both ways.",)
    if len(flip[f"validation_{words(task).measure}"]) > 1:
        return ("Mirror images were tried and left out: validation found them no better.",)
    return ()


def history(tried: Sequence[Tried], task: Task) -> pd.DataFrame:
    """Write down every candidate with every lambda; the chosen row is the best of the final stage.

    >>> from teni.task import Keypoints
    >>> choice = Choice((View((8, 6), "a"), View((16, 12), "b")), "linear", "halves")
    >>> task = Keypoints(("nose",), 8, 8, (0,))
    >>> history([Tried("final", choice, {0.1: 1.5, 1.0: 1.6})], task)[["size", "taps", "chosen"]].values.tolist()
    [['6x8+12x16', 'a+b', True], ['6x8+12x16', 'a+b', False]]
    """
    rows: list[dict[str, Any]] = []
    for t in tried:
        sizes = [f"{view.size[1]}x{view.size[0]}" for view in t.choice.views]
        sizes = sizes if len(set(sizes)) > 1 else sizes[:1]
        for lam, error in t.errors.items():
            rows.append(
                {
                    "stage": t.stage,
                    "size": "+".join(sizes),
                    "taps": "+".join(view.tap for view in t.choice.views),
                    "kernel": t.choice.kernel,
                    "lambda": lam,
                    words(task).measure: error,
                    "chosen": t.stage == "final" and lam == t.best_lam,
                }
            )
    return pd.DataFrame(rows)
