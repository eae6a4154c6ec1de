"""What the head of the page says."""

from typing import Any

from teni.card import is_solved, network_name
from teni.report.words.numbers import percent, pixels
from teni.report.words.spoken import Spoken
from teni.report.words.text import NOTHING, Text
from teni.run import Run, member_names
from teni.task import Classes

THIS = Text("this model", "このモデル")
KERNELS = {
    "linear": Text("ridge regression", "リッジ回帰"),
    "arc-cosine-1": Text(
        "kernel ridge regression with the one-layer arc-cosine kernel",
        "1層arc-cosineカーネルのカーネルリッジ回帰",
    ),
    "arc-cosine-2": Text(
        "kernel ridge regression with the two-layer arc-cosine kernel",
        "2層arc-cosineカーネルのカーネルリッジ回帰",
    ),
    "svm": Text("linear support vector machines", "線形サポートベクターマシン"),
}
PARTS = {
    "test": Text("test", "テスト"),
    "validation": Text("cross-validated", "交差検証"),
}
_STOPPED = Text("validation", "検証")


def part_name(part: str, solved: bool = True) -> Text:
    """Name a part of the data as a kind of error.

    Args:
        part: of the data.
        solved: whether validation is left-out subjects in turn; what is trained has one part of them to stop by.

    >>> part_name("validation").en, part_name("validation", solved=False).en
    ('cross-validated', 'validation')
    """
    return _STOPPED if part == "validation" and not solved else PARTS.get(part, Text(part, part))


def under(part: str, title: Text, solved: bool = True) -> Text:
    """Say what the large number is.

    >>> under("test", Text("RMSE", "RMSE")).en
    'test RMSE'
    """
    name = part_name(part, solved)
    return Text(f"{name.en} {title.en}", f"{name.ja}の{title.ja}")


def interval_of(low: str, high: str) -> Text:
    """Name the interval behind the large number."""
    return Text(f", 95% interval {low} to {high}", f"、95%区間 {low}～{high}")


def lead(rmse: float, mean: float | None, baseline: Text) -> Text:
    """Say how far off a predicted coordinate is, beside what no image would tell."""
    if not mean or not rmse:
        return NOTHING
    times = mean / rmse
    closer = f"{times:.1f} times closer than" if times > 1 else "no closer than"
    nearer = f"の{times:.1f}倍近く" if times > 1 else "と比べて近く"
    verdict = "当てています" if times > 1 else "はありません"
    return Text(
        f"A predicted coordinate is off by {pixels(rmse)} pixels in the root mean square, {closer} always "
        f"predicting {baseline.en}.",
        f"予測した座標のずれは二乗平均平方根で{pixels(rmse)}ピクセルです。"
        f"いつも{baseline.ja}を答える場合{nearer}{verdict}。",
    )


def lead_classes(block: dict[str, Any]) -> Text:
    """Say how often the likeliest class is right, beside always saying the majority class."""
    accuracy, mean = block["accuracy"], block["mean_predictor"]
    right, major = percent(accuracy), percent(mean["accuracy"])
    better = "better than" if accuracy > mean["accuracy"] else "no better than"
    besser = "より高い" if accuracy > mean["accuracy"] else "より高くない"
    return Text(
        f"The likeliest class is the right one for {right} of the images, {better} always saying the majority class "
        f"({major}). The log loss is {block['log_loss']:.3f}; whoever knows the shares of the classes alone has "
        f"{mean['log_loss']:.3f}.",
        f"最も確からしいクラスが正しい画像は{right}で、いつも最多のクラスを答える場合（{major}）{besser}値です。"
        f"対数損失は{block['log_loss']:.3f}、クラスの割合だけを知っている場合は{mean['log_loss']:.3f}です。",
    )


def story(run: Run, part: str, block: dict[str, Any], spoken: Spoken, size: Text) -> list[Text]:
    """Say in a few sentences what was done and what came out."""
    chosen = run.about["choice"]
    taps, taps_ja = " and ".join(chosen["taps"]), "と".join(chosen["taps"])
    network, network_ja = network_name(run, "the pretrained network"), network_name(run, "学習済みの網")
    trained = bool(len(run.curves))
    many, classes = len(run.task.names), isinstance(run.task, Classes)
    sentences: list[Text] = []
    if listed := member_names(chosen):
        sentences.append(
            Text(
                f"The model averages what {len(listed)} others answer: {', '.join(listed)}.",
                f"{len(listed)}個のモデルの答えの加重平均です：{'、'.join(listed)}。",
            )
        )
    elif trained:
        name = run.about.get("strategy") or chosen.get("strategy") or "a trained head"
        sentences.append(
            Text(
                f"The images went through {network} at {size.en} pixels. A new head for {many} {spoken.things.en} "
                f"was put on {taps} and trained ({name}).",
                f"画像を{size.ja}ピクセルで{network_ja}に通し、"
                f"{taps_ja}の上に{many}個の{spoken.things.ja}のための新しい頭部を置いて学習しました（{name}）。",
            )
        )
    else:
        kernel = KERNELS.get(
            chosen.get("kernel", ""), Text(str(chosen.get("kernel", "?")), str(chosen.get("kernel", "?")))
        )
        how = Text(
            f"{kernel.en}, a closed-form step without training", f"{kernel.ja}（学習の反復を要しない解析解）"
        )
        if chosen.get("kernel") == "svm":
            how = Text(f"{kernel.en}, solved to their only optimum", f"{kernel.ja}（唯一の最適解）")
        if classes:
            how = Text(
                f"{kernel.en}, one class against the rest, and the scores were calibrated to probabilities",
                f"{kernel.ja}（1クラス対その他、得点は確率に較正）",
            )
        sentences.append(
            Text(
                f"The images went through {network} at {size.en} pixels, whose weights were left as they are. What "
                f"it sees at {taps} was joined to the {many} {spoken.things.en} by {how.en}.",
                f"画像を{size.ja}ピクセルで{network_ja}に通しました（重みは元のまま）。{taps_ja}に現れる特徴を"
                f"{how.ja}で{many}個の{spoken.things.ja}に結びつけました。",
            )
        )
    return [*sentences, *_measured_on(part, block, is_solved(run))]


def _measured_on(part: str, block: dict[str, Any], solved: bool) -> list[Text]:
    people, images = block.get("subjects"), block.get("images")
    if not people or not images:
        return []
    whom = Text(f"{images:,} images of {people:,} subjects", f"{people:,}個体の{images:,}枚")
    if block.get("subjects_known") is False:
        whom = Text(
            f"{images:,} images (nobody said who they show, so the interval takes each for a subject)",
            f"{images:,}枚（誰が写っているか不明のため、区間では1枚を1個体とみなす）",
        )
    if part == "test":
        return [
            Text(
                f"The error is measured on {whom.en}, never seen in fitting or choosing.",
                f"誤差は、学習にも選択にも使っていない{whom.ja}で測りました。",
            )
        ]
    if not solved:
        return [
            Text(
                f"There was no test set. The error is measured on {whom.en} kept for validation, by whom training "
                "was stopped, so it is a little kind.",
                f"テスト用データはありません。誤差は検証用の{whom.ja}で測りましたが、学習を止める時点もこれで決めたので、"
                "やや良すぎます。",
            )
        ]
    return [
        Text(
            f"There was no test set. The error is cross-validated over {whom.en}: each was predicted by a fit "
            "without that subject.",
            f"テスト用データはありません。誤差は{whom.ja}の交差検証で、"
            "どの画像もその個体を除いた学習で予測しました。",
        )
    ]


def seen_at(chosen: dict[str, Any]) -> Text:
    """Say how large the backbone saw the images, wide x high; several sizes in the order of the taps.

    >>> seen_at({"size": [96, 120]}).en
    '120×96'
    >>> views = [{"tap": "a", "size": [96, 96]}, {"tap": "b", "size": [144, 144]}]
    >>> seen_at({"size": [96, 96], "views": views}).en
    '96×96 and 144×144'
    """
    sizes = [view["size"] for view in chosen.get("views") or [chosen]]
    listed = list(dict.fromkeys(f"{width}×{height}" for height, width in sizes))
    return Text(" and ".join(listed), "と".join(listed))
