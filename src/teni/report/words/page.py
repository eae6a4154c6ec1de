"""What stands around the sections: title, switches, labels that scripts set, and what they say."""

from teni.report.words.text import Text

SKIP = Text("Skip to the content", "本文へ")
SECTIONS = Text("Sections", "目次")
LANGUAGE = Text("Language", "言語")
THEME = Text("Colours", "配色")
THEMES = {
    "auto": Text("as the system", "システムに合わせる"),
    "light": Text("light", "明るい"),
    "dark": Text("dark", "暗い"),
}
NUMBERS = Text("The numbers", "数値")
CLOSE = Text("Close", "閉じる")
NO_SCRIPTS = Text(
    "The chart needs scripts; its numbers are in the table below.",
    "図の表示にはスクリプトが必要です。数値は下の表にあります。",
)
LARGE = Text("An image, enlarged", "拡大した画像")
FOOTER = Text(
    "This page holds all it shows and asks for nothing over the network.",
    "このページは表示に必要なものをすべて含み、ネットワークには何も求めません。",
)

# What scripts say, by the name they know it by; {…} are filled in there.
SCRIPTS = {
    "of": Text("{first} to {last} of {many}", "{many}件中 {first}～{last}"),
    "none": Text("no image fits", "該当する画像はありません"),
    "off": Text("{name}: {px} px off", "{name}：ずれ {px} px"),
    "unlabelled": Text("{name}: not labelled", "{name}：正解なし"),
    "unpredicted": Text("{name}: not predicted", "{name}：予測なし"),
    "image": Text("Image {id}, {error}. Open it large.", "画像 {id}、{error}。拡大する"),
    "px": Text("{error} px", "{error} px"),
    "nothing": Text("no label", "正解なし"),
    "said": Text("{said} {share}", "{said} {share}"),
    "is": Text("is {truth} ({share})", "正解は{truth}（{share}）"),
    "part": Text("{part}", "{part}"),
    "test": Text("test", "テスト"),
    "validation": Text("validation", "検証"),
    "suspect": Text("suspected: {kind}", "疑い：{kind}"),
    "swapped": Text("left and right swapped", "左右の取り違え"),
    "shifted": Text("all points shifted", "全点のずれ"),
    "far": Text("a point far off", "大きく外れた点"),
    "scattered": Text("most points off", "大半の点のずれ"),
    "class": Text("another class", "別のクラス"),
    "keypoint": Text("keypoint", "特徴点"),
    "error_px": Text("error (px)", "誤差（px）"),
    "copied": Text("Copied", "コピーしました"),
    "uncopied": Text("Could not be copied: select it by hand", "コピーできません。手で選択してください"),
    "zoom_in": Text("Zoom in", "拡大"),
    "zoom_out": Text("Zoom out", "縮小"),
    "zoom_all": Text("Show all", "全体"),
    "logarithmic": Text("logarithmic", "対数目盛"),
    "lines": Text("Lines", "線"),
    "all_lines": Text("all", "すべて"),
    "subject": Text("subject {subject}", "個体 {subject}"),
    "chart_keys": Text("Left and right arrows read the values.", "左右の矢印キーで値を読みます。"),
    "chart_zoom": Text(
        "Drag to zoom, + and - zoom, 0 shows all.",
        "ドラッグで拡大、+ と - で拡大縮小、0 で全体を表示します。",
    ),
}
