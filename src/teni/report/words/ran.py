"""What the page says of cost, weights, and what ran."""

from teni.report.words.text import Text

COST_NAV = Text("Cost", "費用")
COST = Text("Cost", "費用")
STEPS = Text("Seconds by step", "段階ごとの秒数")
WEIGHTS_NAV = Text("Weights", "重み")
WEIGHTS = Text("Every tensor of the network, and what became of it.", "網のすべてのテンソルと、その扱い。")
TENSORS = Text("Table of tensors", "テンソルの表")
NAV = Text("What ran", "実行の記録")
TITLE = Text("What ran, and how to repeat it", "実行の記録と再現方法")
COMMAND = Text("The command", "コマンド")
COPY = Text("Copy the command", "コマンドをコピー")
PRINTS = Text("Fingerprints (SHA-256)", "指紋（SHA-256）")
VERSIONS = Text("Versions", "版")
PRINT_NAMES = {
    "data": Text("data", "データ"),
    "split": Text("split", "分割"),
    "test": Text("test", "テスト"),
    "weights": Text("weights", "重み"),
}


def repeat(seed: object) -> Text:
    """Say how to get the same numbers."""
    return Text(
        f"The same command with the same seed, {seed}, gives the same numbers on the same machine.",
        f"同じコマンドと同じ乱数の種（{seed}）で、同じ計算機なら同じ数値になります。",
    )


def cost(seconds: float | None, megabytes: float | None) -> Text:
    """Say what it cost.

    >>> cost(41.7, 2210).en, cost(None, None).en
    ('It took 42 seconds and 2.2 GB of memory', 'Cost')
    """
    if seconds is None:
        return COST
    if not megabytes:
        return Text(f"It took {seconds:.0f} seconds", f"{seconds:.0f}秒かかりました")
    gigabytes = megabytes / 1000
    return Text(
        f"It took {seconds:.0f} seconds and {gigabytes:.1f} GB of memory",
        f"{seconds:.0f}秒、メモリ{gigabytes:.1f} GB",
    )


_ACTIONS = {
    "loaded": "読込",
    "transposed": "転置",
    "kernel-flipped": "カーネル反転",
    "rows-permuted": "行の並べ替え",
    "merged": "併合",
    "rescaled": "拡大縮小",
    "squared": "二乗",
    "composed": "合成",
    "skipped": "対象外",
    "missing": "欠落",
}


def weights(actions: list[tuple[str, int]]) -> Text:
    """Say what became of the pretrained weights."""
    told = ", ".join(f"{count:,} {action}" for action, count in actions)
    told_ja = "、".join(f"{_ACTIONS.get(action, action)}{count:,}" for action, count in actions)
    return Text(f"Pretrained weights: {told}", f"学習済みの重み：{told_ja}")


def tensors(many: int) -> Text:
    """Say how many there are."""
    return Text(f"All {many:,} tensors", f"全{many:,}テンソル")


def page_title(things: int, kind: Text, network: str) -> Text:
    """Name the page."""
    return Text(f"{things} {kind.en} from {network}", f"{network}による{things}個の{kind.ja}")
