"""Folders and zips of small pictures, made on the spot."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

Content = bytes | str


def picture(
    value: int = 0, size: tuple[int, int] = (8, 6), mode: str = "L", kind: str = "PNG", **options: object
) -> bytes:
    """Make a picture of noise around a grey value; `size` is width and height."""
    random = np.random.default_rng(value)
    shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], 3)
    noisy = np.clip(value + random.normal(0, 4, shape), 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noisy).save(stream, kind, **options)
    return stream.getvalue()


def write_folder(folder: Path, files: Mapping[str, Content]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def write_zip(path: Path, files: Mapping[str, Content]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def animals(each: int = 3, **options: object) -> dict[str, bytes]:
    """Return cats, which are dark, and dogs, which are light."""
    return {
        f"{name}/{i}.png": picture(base + i, **options)  # type: ignore[arg-type]
        for name, base in (("cat", 40), ("dog", 180))
        for i in range(1, each + 1)
    }
