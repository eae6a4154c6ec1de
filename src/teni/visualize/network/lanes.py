"""Where each step stands: one row each, and beside it a lane for every output that is still needed below."""

from collections.abc import Sequence
from dataclasses import dataclass

from teni.visualize.network.blocks import Block


@dataclass(frozen=True)
class Row:
    """One step and its place.

    Args:
        block: the step.
        lane: the lane in which it stands, from 0 at the left.
        joins: lanes whose outputs it takes.
        passes: lanes of other outputs that pass its row on their way down.
    """

    block: Block
    lane: int
    joins: tuple[int, ...]
    passes: tuple[int, ...]


def lay_out(blocks: Sequence[Block]) -> list[Row]:
    """Give each step a lane, so that no line runs through a step that it is not about.

    A step stands in the leftmost lane of an input that nobody else needs, or else in the first free lane. Its output
    keeps that lane down to the last step that takes it.

    Args:
        blocks: the steps, inputs before what takes them.

    Returns:
        A row for each, in the same order.

    >>> shortcut = [Block(n, "", "other", i, "") for n, i in (("x", ()), ("a", (0,)), ("sum", (0, 1)))]
    >>> [(row.block.name, row.lane, row.joins) for row in lay_out(shortcut)]
    [('x', 0, ()), ('a', 1, (0,)), ('sum', 0, (0, 1))]
    """
    last = dict(enumerate(range(len(blocks))))
    for place, block in enumerate(blocks):
        for source in block.inputs:
            last[source] = place
    lanes: dict[int, int] = {}  # lane -> the block whose output it carries
    lane_of: dict[int, int] = {}
    rows: list[Row] = []
    for place, block in enumerate(blocks):
        joins = tuple(dict.fromkeys(lane_of[source] for source in block.inputs))
        freed = [lane for lane in joins if last[lanes[lane]] == place]
        for lane in freed:
            del lanes[lane]
        lane = min(freed) if freed else next(n for n in range(len(lanes) + 1) if n not in lanes)
        rows.append(Row(block, lane, joins, tuple(sorted(set(lanes) - {lane}))))
        if last[place] > place:
            lanes[lane] = place
        lane_of[place] = lane
    return rows
