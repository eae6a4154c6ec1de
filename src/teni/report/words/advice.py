"""The 2x2 table of data and similarity in plain words, each judgement with the number that it rests on."""

from typing import Any

from teni.advise.data_size import FEW
from teni.advise.similarity import SERVES, USEFUL
from teni.report.words.numbers import whole_percent
from teni.report.words.text import Text

NAV = Text("What the data suggest", "データからの見立て")
LABEL = Text("Table: few or many images, similar or not", "表：画像が少ないか多いか、似ているか否か")
ROWS = {True: Text("few images", "画像が少ない"), False: Text("many images", "画像が多い")}
COLUMNS = {
    True: Text("like what the network knows", "網の知るものに似ている"),
    False: Text("unlike what it knows", "網の知るものと違う"),
}
HERE = Text("measured here", "ここでの測定")
TRY = Text("try first", "まず試すもの")
_QUADRANTS = {
    (True, True): Text("Few images of what the network knows", "網の知るものの画像が少数"),
    (True, False): Text("Few images, unlike what the network knows", "網の知るものと違う画像が少数"),
    (False, True): Text("Many images of what the network knows", "網の知るものの画像が多数"),
    (False, False): Text("Many images, unlike what the network knows", "網の知るものと違う画像が多数"),
}


def title(advice: dict[str, Any]) -> Text:
    """Name the quadrant."""
    return _QUADRANTS[bool(advice["few"]), bool(advice["similar"])]


def evidence(advice: dict[str, Any]) -> list[Text]:
    """Say what was measured and what follows from it.

    Args:
        advice: as ``teni.advise.Advice.as_dict`` writes it.
    """
    found = advice["evidence"]
    gain, (low, high) = found["gain_of_twice_the_subjects"], found["gain_range"]
    gain, low, high, border = (whole_percent(share) for share in (gain, low, high, FEW))
    few = "few" if advice["few"] else "many"
    few_ja = "少ない" if advice["few"] else "多い"
    taps = found["taps"]
    best, last = min(taps, key=lambda tap: tap["error"]), taps[-1]
    times, like = found["last_over_best"], advice["similar"]
    said = [
        Text(
            f"Few or many? Twice the {found['subjects']:,} subjects would lower the error by about {gain} ({low} "
            f"to {high}, extrapolated from the learning curve). The border is {border}, so the data are {few}.",
            f"少ないか多いか：{found['subjects']:,}個体を倍にすると誤差は約{gain}減ります（学習曲線からの外挿、"
            f"{low}～{high}）。境は{border}なので、データは{few_ja}とみなします。",
        ),
        Text(
            f"Alike or not? The best tap is {best['tap']} (error {best['error']:.3g}); the deepest, {last['tap']}, "
            f"has {times:.2f} times its error. The border is {SERVES:.2f}, so what the network was trained for is "
            f"{'like' if like else 'not like'} this task.",
            f"似ているか：最良の層は{best['tap']}（誤差{best['error']:.3g}）、"
            f"最も深い{last['tap']}はその{times:.2f}倍です。境は{SERVES:.2f}なので、"
            f"網が学んだ課題とこの課題は{'似ています' if like else '似ていません'}。",
        ),
    ]
    useful = found["gain_over_random"]
    serves, serves_ja = ("", "") if advice["useful"] else (
        f" (less than {whole_percent(USEFUL)}: what was learned hardly serves here)",
        f"（{whole_percent(USEFUL)}未満で、学習済みの知識はほとんど役立っていません）",
    )  # fmt: skip
    said.append(
        Text(
            f"Is the pretraining of use? Learned weights lower the error of random ones by {whole_percent(useful)} "
            f"at that tap{serves}.",
            f"学習済みの重みは役立つか：その層で、乱数の重みより誤差を{whole_percent(useful)}減らします{serves_ja}。",
        )
    )
    return said


def verdict(advice: dict[str, Any], ranking: list[str]) -> Text:
    """Say whether the ladder bears the advice out, and whether a number lies near its border.

    Args:
        advice: as ``teni.advise.Advice.as_dict`` writes it.
        ranking: names of the strategies of that network, the best first.
    """
    wanted = list(advice["recommends"])
    places = [place for place, name in enumerate(ranking, 1) if name.split(":")[0] in wanted]
    sure = Text("", "") if advice["sure"] else Text(
        "A number lies near its border: compare before you believe it.", "境に近い値があります。"
        "比べてから判断してください。"
    )  # fmt: skip
    if not ranking:
        return sure
    won = ranking[0]
    if not places:
        said = Text(
            f"The ladder cannot tell: of single strategies {won} was best, and nothing that is recommended here was "
            "compared.",
            f"比較からは判断できません。単独の方法で最良は{won}ですが、ここで勧める方法は比べていません。",
        )
    elif places[0] == 1:
        said = Text(
            f"The ladder agrees: of single strategies {won} was best, which is recommended here.",
            f"比較の結果も同じです。単独の方法では、勧めた{won}が最良でした。",
        )
    else:
        met = ranking[places[0] - 1]
        said = Text(
            f"The ladder does not agree: of single strategies {won} was best; the best of what is recommended here, "
            f"{met}, is number "
            f"{places[0]}.",
            f"比較の結果は異なります。単独の方法で最良は{won}で、勧めた方法の中の最良である{met}は{places[0]}番目でした。",
        )
    return said + sure
