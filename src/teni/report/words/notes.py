"""What a fit noted, in Japanese too: notes are stored in English, and each comes of one of these sentences.

``{name}`` stands for any text, which stays as it is; ``{…_count}`` for a number with the noun behind it, of which the
number stays. A note that is none of these is shown in English. The test holds every sentence against the source.
"""

import re
from functools import cache

from teni.report.words.text import Text, same

SENTENCES = {
    # heads
    "Mirror images were learned from, and the model looks at each image both ways.":
        "鏡像も学習に使い、モデルはどの画像も両方の向きで見ます。",
    "Mirror images were learned from.": "鏡像も学習に使いました。",
    "Mirror images were tried and left out: validation found them no better.":
        "鏡像も試しましたが、検証で良くならなかったので使っていません。",
    "Keypoints with few labels lean on {names}, which more images label: validation found that better than learning "
    "them alone.":
        "正解の少ない特徴点は、正解の多い{names}を手がかりにします。検証では、単独で学ぶより良い結果でした。",
    "{images} images are more than one decomposition holds: the head learns from all of them, and compares an image "
    "with {landmarks} of them, drawn by subject.":
        "{images}枚は一度の分解に収まりません。頭部は全部から学び、画像を個体ごとに引いた{landmarks}枚と比べます。",
    "The kernel head was compressed to {components} components; that moved the validation {error} by {cost}.":
        "カーネルの頭部を{components}成分に圧縮しました。検証の{error}の変化は{cost}です。",
    "Probabilities are calibrated on the scores of images that were left out; the error that is announced comes from "
    "calibrations that had not seen the image's group either.":
        "確率は、学習から除いた画像の得点で較正しました。予告する誤差も、その画像の群を見ていない較正によります。",
    # networks
    "{file} does not hold the weights of {layers}: {network} ends at {end}, and {many} of its layers are cut off":
        "{file}には{layers}の重みがありません。{network}は{end}で終わり、{many}層を切り落としました",
    "{network}: {layers} kept initial values, as allowed": "{network}：{layers}は許可により初期値のままです",
    "{network}: cut off from {layer} on, its weights fit images of {height} x {width} pixels only":
        "{network}：{layer}以降を切り落としました。重みは{width}x{height}画素の画像にしか合いません",
    # training
    "In the range test the loss fell fastest at a learning rate of {rate}, which was taken; {usual} is usual.":
        "範囲試験で損失が最も速く下がった学習率{rate}を使いました。通常は{usual}です。",
    "The range test saw the loss fall at no learning rate; the usual one, {usual}, was kept.":
        "範囲試験ではどの学習率でも損失が下がらず、通常の{usual}を使いました。",
    "Training diverged in epoch {epoch} (a loss that is no number) and stopped; the best weights before were kept.":
        "学習はエポック{epoch}で発散して（損失が数値でなくなり）止まりました。それまでで最良の重みを採りました。",
    "No epoch of training was better on the validation images than the start, which was kept.":
        "検証画像では、どのエポックも開始時より良くならなかったので、開始時の重みを採りました。",
    "{which} went astray (its loss is no number any more): lower its learning rates.":
        "{which}：損失が数値でなくなりました。学習率を下げてください。",
    "{which} was trained for {epochs} epochs; the weights of epoch {best} were best on the validation rows, whose "
    "error is a little too good for that.":
        "{which}：{epochs}エポック学習し、検証ではエポック{best}の重みが最良でした。"
        "それで選んだため、検証誤差はやや良すぎます。",
    "The model averages {many} others: {members}.": "{many}個のモデルの加重平均です：{members}。",
    "the mean of {members}; its validation error is that of ensembles chosen without the person predicted":
        "{members}の平均。検証誤差は、予測する個体を除いて選んだ平均によるものです",
    "{many} specialists, each for keypoints of its own: {groups}.":
        "特徴点の組ごとに専門のモデルが{many}個あります：{groups}。",
    # data
    "synthetic faces, look {look}, seed {seed}": "合成した顔、外観{look}、乱数の種{seed}",
    "{file}: columns that mean nothing here were ignored: {columns}.":
        "{file}：関係のない列は無視しました：{columns}。",
    "{file}: points with only x or only y count as not labelled: {many}.":
        "{file}：xかyの一方しかない点は正解なしとみなします：{many}点。",
    "{file}: {coordinates_count} in {rows_count} outside the image of {width}x{height} pixels, kept (the "
    "first: {first}).":
        "{file}：{rows_count}行の{coordinates_count}個の座標が{width}x{height}画素の画像の外にあり、そのまま使います"
        "（最初：{first}）。",
    "No subjects are given: {images_count} in {groups_count} kept together, but different images of one subject may "
    "stand on both sides of the split and make its errors look too good.":
        "個体の指定がありません。ほぼ同じ{images_count}枚（{groups_count}群）は分けていませんが、同じ個体の別の画像が"
        "分割の両側にあり、誤差が良く見えすぎるかもしれません。",
    "{part} of {images_count} nearly equal to training images; the test error may be too good.":
        "テスト画像{images_count}枚のうち{part}枚は学習画像とほぼ同じで、テスト誤差は良すぎるかもしれません。",
    "{subjects_count} both in the training set and in the test set; the test error does not tell how well new "
    "subjects are predicted.":
        "{subjects_count}個体が学習とテストの両方にいます。テスト誤差からは、新しい個体をどれだけ予測できるか"
        "分かりません。",
    "{classes_count} no image in the {part} part ({names}): how well {they} {are} recognised is not measured there.":
        "{classes_count}クラス（{names}）の画像が{part}にないため、そこでは測れません。",
    "{file}: {rows_count} without a class, not labelled.":
        "{file}：クラスのない{rows_count}行は正解なしとみなします。",
    "{file}: {files_count} left out, no pictures by their names: {names}.":
        "{file}：名前から画像でない{files_count}個のファイルは除きました：{names}。",
    "{file}: {files_count} passed over (such as .DS_Store).": "{file}：隠しファイル{files_count}個は除きました。",
    "Nobody said who the test images show: its intervals take each image for a subject of its own and are narrower "
    "than they should be; --test-subjects says who they show.":
        "テスト画像に誰が写っているかの指定がなく、1枚を1個体とみなすため、区間は狭すぎます。"
        "--test-subjectsで指定できます。",
    "{images_count} of the data that the split keeps for a test neither learned from nor measured on: another test "
    "set was given.":
        "別のテスト用データが指定されたため、分割でテストに残した{images_count}枚は学習にも測定にも使っていません。",
    "On {images} faces of people it has not seen: transfer {ours} px, the same network from scratch on the same rows "
    "in the same time ({epochs} epochs) {scratch} px, the mean face {mean} px.":
        "見ていない人の顔{images}枚で：転移{ours} px、同じ網を同じ行で同じ時間（{epochs}エポック）ゼロから学習すると"
        "{scratch} px、平均の顔{mean} px。",
}  # fmt: skip

# What is filled in and is a word of teni's own.
_FILLED = {"The head": "頭部", "test": "テスト", "validation": "検証", "log loss": "対数損失"}
_HEAD_OF = "The head of "
_PLACE = re.compile(r"\{(\w+)\}")


def note(said: object) -> Text:
    """Say a note in both languages; one that is not known, in English alone.

    >>> note("mouth: Mirror images were learned from.").ja
    'mouth：鏡像も学習に使いました。'
    >>> note("12 test images nearly equal to something").ja
    '12 test images nearly equal to something'
    """
    english = str(said)
    return Text(english, _japanese(english) or english)


def _japanese(english: str, names: int = 3) -> str | None:
    for pattern, japanese in _patterns():
        if found := pattern.fullmatch(english):
            return japanese.format(**{name: _told(each) for name, each in found.groupdict().items()})
    who, colon, rest = english.partition(": ")  # a member of several says the same under its name
    told = _japanese(rest, names - 1) if colon and names else None
    return None if told is None else f"{who}：{told}"


def _told(filled: str) -> str:
    if filled.startswith(_HEAD_OF):
        return f"{filled.removeprefix(_HEAD_OF)}の頭部"
    return _FILLED.get(filled, filled)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(_pattern(english), japanese) for english, japanese in SENTENCES.items()]


def _pattern(english: str) -> re.Pattern[str]:
    first, *rest = _PLACE.split(english)  # text, name, text, name, …
    # What is filled in ends where the text behind it first comes, once and for all (an atomic group): a note that
    # is no such sentence is then passed over in one go, however it was written.
    pairs = list(zip(rest[::2], rest[1::2], strict=True))
    told = [f"(?>{_filled(name)}{re.escape(text)})" if text else _filled(name) for name, text in pairs[:-1]]
    told += [_filled(name) + re.escape(text) for name, text in pairs[-1:]]
    return re.compile(re.escape(first) + "".join(told), re.DOTALL)


def _filled(name: str) -> str:
    return rf"(?P<{name}>[\d,]++)[^.:;]*?" if name.endswith("_count") else f"(?P<{name}>.+?)"


# Steps that cost seconds.
STEPS = {
    "read": "読み込み",
    "choosing": "選択",
    "features": "特徴の抽出",
    "heads": "頭部",
    "solving": "求解",
    "learning curve": "学習曲線",
    "cost of compressing": "圧縮の費用",
    "assembling": "モデルの組み立て",
    "range test": "学習率の範囲試験",
    "training": "学習",
    "training before it was interrupted": "中断前の学習",
    "predicting": "予測",
    "evaluation": "評価",
    "save": "保存",
}


def step(name: str) -> Text:
    """Name a step in both languages.

    >>> step("solving"), step("thinking")
    (Text(en='solving', ja='求解'), Text(en='thinking', ja='thinking'))
    """
    return Text(name, STEPS[name]) if name in STEPS else same(name)
