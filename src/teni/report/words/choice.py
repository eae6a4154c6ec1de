"""What the page says of the choice that validation made."""

from typing import Any

from teni.report.tried import Candidate, best_by_tap, compared
from teni.report.words.spoken import Spoken
from teni.report.words.text import NOTHING, Text

NAV = Text("Choice", "選択")
TAP = Text("tap", "取り出し層")
SEEN_AT = Text("seen at", "入力の大きさ")
FACTS = {
    "kernel": Text("kernel", "カーネル"),
    "lambda": Text("lambda", "λ（正則化）"),
    "epochs": Text("epochs", "エポック"),
    "C": Text("C", "C"),
}
CHOSEN = Text("chosen", "選択")
TAPS_AXIS = Text("tap, from shallow to deep", "取り出し層（浅い順）")
LAMBDA_AXIS = Text("lambda (logarithmic)", "λ（対数）")
TAPS_CAPTION = Text(
    "The best error of each tap alone. Every point is an error over subjects that the fit had not seen.",
    "層を一つだけ使ったときの最良の誤差。どの点も、学習で見ていない個体での誤差です。",
)
LAMBDAS_CAPTION = Text(
    "Error over lambda, the strength that keeps the head simple: to the left it learns its examples by heart, to the "
    "right it is too stiff. The five best candidates are coloured, the others grey.",
    "λ（頭部を単純に保つ強さ）と誤差。左ほど例を丸暗記し、右ほど硬すぎます。上位5候補を色付き、"
    "残りを灰色で示します。",
)
AGAIN = Text(
    "The chosen one was solved again on all images: that is its own, lower line.",
    "選ばれた候補は全画像で解き直しました。それが別の線です。",
)
MACHINES = Text(
    "The layers were chosen by ridge regression. The chosen ones got support vector machines, for which lambda is "
    "one over the cost of errors: that is the line named svm.",
    "層はリッジ回帰で選びました。選ばれた層にはサポートベクターマシンを使い、λは誤りの費用の逆数です。"
    "それがsvmの線です。",
)
ALL = Text("all candidates", "すべての候補")
COLUMNS = (
    Text("taps", "層"),
    Text("size", "大きさ"),
    Text("kernel", "カーネル"),
    Text("stage", "段階"),
    Text("lambda", "λ"),
)
_LATE = {
    "keypoints": Text(
        "late ones know what is in the picture but no longer exactly where. Keypoints need both",
        "深い層は何が写っているかは分かっても正確な場所を失っています。特徴点には両方が必要です",
    ),
    "classes": Text(
        "late ones know little but what their own network was trained to name",
        "深い層はその網が名付けるよう学んだもの以外をほとんど知りません",
    ),
}


def all_images(name: Text) -> Text:
    """Name what was solved once more on all images."""
    return Text(f"{name.en}, all images", f"{name.ja}、全画像")


def other_mirror(name: Text) -> Text:
    """Name what was solved once more with mirror images made in another way, or without any."""
    return Text(f"{name.en}, mirror images otherwise", f"{name.ja}、鏡像の扱いを変更")


def axis(spoken: Spoken) -> Text:
    """Name the cross-validated error."""
    return Text(f"cross-validated {spoken.axis.en}", f"交差検証の{spoken.axis.ja}")


def choice(chosen: dict[str, Any], tried: list[Candidate], spoken: Spoken) -> tuple[Text, Text]:
    """Say what was chosen and why.

    Args:
        chosen: ``choice`` of run.json.
        tried: what validation tried, taps in the order of their depth.
        spoken: how the error is spoken of.

    Returns:
        Title and text.
    """
    taps = [str(tap) for tap in chosen["taps"]]
    best = best_by_tap(tried)
    title = Text(f"Chosen: {' + '.join(taps)}", f"選ばれた層：{' + '.join(taps)}")
    machines = chosen.get("kernel") == "svm"  # whose layers ridge regression chose
    rivals = [candidate for candidate in compared(tried) if not machines or candidate.kernel != "svm"]
    most = max((len(candidate.lambdas) for candidate in rivals), default=0)
    text = Text(
        f"Validation compared {_count(len(rivals), 'candidate')} at {_count(most, 'strength')} of lambda.",
        f"検証で{len(rivals):,}候補をそれぞれ{most:,}通りのλで比べました。",
    )
    if machines:
        costs = max((len(each.lambdas) for each in tried if each.kernel == "svm"), default=0)
        text += Text(
            f"They were compared by ridge regression; then support vector machines were tried with "
            f"{_count(costs, 'cost')} of errors.",
            f"この比較はリッジ回帰により、次にサポートベクターマシンを{costs:,}通りの誤りの費用で試しました。",
        )
    if len(best) < 2 or not set(taps) <= set(best):
        return title, text + Text(
            "The lowest error over left-out subjects decided.",
            "除いておいた個体での誤差が最も小さいものを採りました。",
        )
    first, *_, last = best
    middle = first not in taps and last not in taps
    if middle:
        layer = "A middle layer won" if len(taps) == 1 else "Middle layers won"
        title = Text(f"{layer}: {' + '.join(taps)}", f"中間の層が最良：{' + '.join(taps)}")
    at_first, at_last = spoken.error(best[first]), spoken.error(best[last])
    own = [f"{tap} to {spoken.error(best[tap])}" for tap in taps] if middle else []
    own_ja = [f"{tap}は{spoken.error(best[tap])}" for tap in taps] if middle else []
    late = _LATE[spoken.words.things]
    why = (
        f"; {' and '.join(own)}. Early layers see edges without knowing what they belong to; {late.en}"
        if own
        else ""
    )
    why_ja = f"、{'、'.join(own_ja)}。浅い層は輪郭を見ても何の輪郭か分からず、{late.ja}" if own_ja else ""
    return title, text + Text(
        f"Taken alone, the shallowest tap, {first}, comes to {at_first} and the deepest, {last}, to {at_last}{why}.",
        f"一つだけ使うと、最も浅い{first}は{at_first}、最も深い{last}は{at_last}{why_ja}。",
    )


def _count(many: int, what: str) -> str:
    return f"{many:,} {what}{'' if many == 1 else 's'}"


def screening(choice: dict[str, Any]) -> Text:
    """Say on how many images the candidates were compared, where that was not all.

    >>> screening({"screening_images": 700, "images": 2545}).en
    'The candidates were compared on 700 of the 2,545 images.'
    """
    some, every = choice.get("screening_images"), choice.get("images")
    if not some or not every or some >= every:
        return NOTHING
    return Text(
        f"The candidates were compared on {some:,} of the {every:,} images.",
        f"候補は{every:,}枚のうち{some:,}枚で比べました。",
    )


def flip(tried: dict[str, Any] | None, spoken: Spoken) -> Text:
    """Say how mirrored copies were made, and what the other way would have cost.

    Args:
        tried: ``flip`` of run.json.
        spoken: how the error is spoken of.
    """
    if not tried:
        return NOTHING
    center, errors = tried["center"], tried.get(f"validation_{spoken.measure}") or {}
    both = {"none", "halves"} <= set(errors)
    without, having = (spoken.error(errors.get(name)) for name in ("none", "halves"))
    if center is None:
        told = Text("No mirrored copies were learned from", "鏡像は学習に使っていません")
        if both:
            return Text(
                f"{told.en}: with them validation found {having}, without them {without}.",
                f"{told.ja}。検証では、使うと{having}、使わないと{without}でした。",
            )
        return Text(f"{told.en}.", f"{told.ja}。")
    if both:
        return Text(
            f"Mirrored copies were learned from: {having} against {without} without them.",
            f"鏡像も学習に使いました（{having}、使わないと{without}）。",
        )
    rule, rule_ja = ("width − x", "幅 − x") if center == "halves" else ("width − 1 − x", "幅 − 1 − x")
    place = "半画素" if center == "halves" else "整数"
    text = Text(
        f"Mirrored copies take x to {rule} (pixel centres at {center})",
        f"鏡像ではxを{rule_ja}に移します（画素の中心は{place}の位置）",
    )
    other = [error for name, error in errors.items() if name != center and error is not None]
    if errors.get(center) is None or not other:
        return Text(f"{text.en}.", f"{text.ja}。")
    ours, theirs = spoken.error(errors[center]), spoken.error(other[0])
    return Text(
        f"{text.en}: {ours} against {theirs} the other way.", f"{text.ja}。{ours}、もう一方では{theirs}。"
    )
