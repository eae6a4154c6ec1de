"""Make the sheets of filters in docs/visualize.md: many pictures of one method and layer, small, side by side.

teni visualize RUN --layer conv3 --all --out classic
teni visualize RUN --layer conv3 --all --set recipe=readable --out readable
python scripts/filter_sheet.py classic/activation-conv3 docs/seen/classic.png --crop 48
python scripts/filter_sheet.py readable/activation-conv3 docs/seen/readable.png --side 64
"""

import argparse
import json
from pathlib import Path

from PIL import Image

GAP = 3  # pixels between two pictures


def main() -> None:
    """Read the pictures that `teni visualize` wrote, and stitch them without captions."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="of one method and layer, with seen.json")
    parser.add_argument("out", type=Path, help="the PNG to write")
    parser.add_argument("--across", type=int, default=16, help="pictures side by side")
    parser.add_argument("--crop", type=int, help="keep so many pixels a side, from the middle")
    parser.add_argument("--side", type=int, help="then shrink to so many pixels a side")
    given = parser.parse_args()
    about = json.loads((given.folder / "seen.json").read_text(encoding="utf-8"))
    tiles = [
        tile(Image.open(given.folder / unit["picture"]), given.crop, given.side) for unit in about["units"]
    ]
    wide, high = tiles[0].width + GAP, tiles[0].height + GAP
    down = -(-len(tiles) // given.across)
    sheet = Image.new(tiles[0].mode, (given.across * wide + GAP, down * high + GAP), "white")
    for i, each in enumerate(tiles):
        sheet.paste(each, (GAP + i % given.across * wide, GAP + i // given.across * high))
    sheet.save(given.out, optimize=True)


def tile(picture: Image.Image, crop: int | None, side: int | None) -> Image.Image:
    """Cut a picture's middle and shrink it; one without colours becomes grey, which is a smaller file."""
    if picture.convert("L").convert("RGB").tobytes() == picture.convert("RGB").tobytes():
        picture = picture.convert("L")
    if crop is not None:
        left, top = (picture.width - crop) // 2, (picture.height - crop) // 2
        picture = picture.crop((left, top, left + crop, top + crop))
    return picture if side is None else picture.resize((side, side), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
