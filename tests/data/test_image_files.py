import io
import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from teni.data import image_files
from teni.data.image_files import find_pictures, read_picture
from teni.errors import TeniError

COLOURS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)


def png(width: int, height: int) -> bytes:
    """Make the header of a PNG, honest or not, with no pixels behind it."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", b""),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize(("channels", "expected"), [(3, COLOURS), (1, [[[76], [149]], [[29], [255]]])])
def test_colours_stay_or_become_luma(tmp_path: Path, channels: int, expected: object):
    file = tmp_path / "a.png"
    Image.fromarray(COLOURS).save(file)
    np.testing.assert_allclose(read_picture(file, channels), expected, atol=1)


def test_grey_is_repeated_for_three_channels(tmp_path: Path):
    file = tmp_path / "a.png"
    Image.new("L", (3, 2), 7).save(file)
    assert read_picture(file, 3).tolist() == [[[7, 7, 7]] * 3] * 2


def test_sixteen_bits_are_scaled_and_not_cut(tmp_path: Path):
    file = tmp_path / "a.png"
    Image.fromarray(np.array([[0, 257, 32768, 65535]], np.uint16)).save(file)
    assert read_picture(file, 1)[0, :, 0].tolist() == [0, 1, 128, 255]
    assert read_picture(file, 3).shape == (1, 4, 3)


def test_an_upright_picture_whatever_the_camera_held(tmp_path: Path):
    wide = Image.new("L", (32, 16), 0)
    wide.paste(255, (0, 0, 16, 16))  # the left half is bright
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter clockwise: left becomes top
    wide.save(tmp_path / "a.jpg", exif=exif, quality=95)
    upright = read_picture(tmp_path / "a.jpg", 1)[..., 0]
    assert upright.shape == (32, 16)
    assert upright[:15].min() > 240
    assert upright[17:].max() < 15


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_places_turn_white(tmp_path: Path, mode: str):
    image = Image.new("RGBA", (2, 1), (200, 0, 0, 0))
    image.putpixel((1, 0), (0, 0, 0, 255))
    image.convert(mode).save(tmp_path / "a.png", transparency=None)
    expected = [255, 0]
    if mode == "P":
        palette = Image.new("P", (2, 1))
        palette.putpalette([200, 0, 0, 0, 0, 0])
        palette.putpixel((1, 0), 1)
        palette.save(tmp_path / "a.png", transparency=0)
    assert read_picture(tmp_path / "a.png", 1)[0, :, 0].tolist() == expected


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM"])
def test_the_content_tells_the_format(tmp_path: Path, kind: str):
    (tmp_path / "a.jpg").write_bytes(encoded(Image.new("L", (16, 8), 200), kind))
    found = read_picture(tmp_path / "a.jpg", 1)
    assert found.shape == (8, 16, 1)
    assert abs(int(found.mean()) - 200) < 3


def test_cmyk_one_bit_and_palettes(tmp_path: Path):
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=95)
    np.testing.assert_allclose(read_picture(tmp_path / "a.jpg", 3)[4, 4], [255, 0, 0], atol=8)
    Image.new("1", (4, 4), 1).save(tmp_path / "b.png")
    assert read_picture(tmp_path / "b.png", 1).min() == 255


def test_text_called_a_picture(tmp_path: Path):
    (tmp_path / "a.png").write_text("left_eye_x,left_eye_y,Image\n")
    with pytest.raises(TeniError, match=r"a\.png: not a picture that can be read; expected one of PNG, JPEG"):
        read_picture(tmp_path / "a.png", 1)


def test_formats_that_start_other_programs_are_not_tried(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(encoded(Image.new("L", (4, 4)), "EPS"))
    with pytest.raises(TeniError, match="not a picture that can be read"):
        read_picture(tmp_path / "a.png", 1)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM"])
def test_truncated(tmp_path: Path, kind: str):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    whole = encoded(Image.fromarray(noise), kind)
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TeniError, match=r"a\.png: (a damaged picture \(.+\); get|not a picture)"):
        read_picture(tmp_path / "a.png", 1)


@pytest.mark.parametrize(("width", "height"), [(9_000, 8_000), (10_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_refused_by_its_header(tmp_path: Path, width: int, height: int):
    (tmp_path / "a.png").write_bytes(png(width, height))
    with pytest.raises(TeniError, match=r"a\.png: .* pixels, over the limit of 64 megapixels; make"):
        read_picture(tmp_path / "a.png", 1)


def test_the_limit_can_be_raised_and_lowered(tmp_path: Path):
    Image.new("1", (1500, 1000)).save(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png", 1).shape == (1000, 1500, 1)
    with pytest.raises(TeniError, match="1,500x1,000 pixels, over the limit of 1 megapixels"):
        read_picture(tmp_path / "a.png", 1, max_megapixels=1)
    (tmp_path / "b.png").write_bytes(png(10_000, 10_000))
    with pytest.raises(TeniError, match="damaged"):  # past the header, there are no pixels
        read_picture(tmp_path / "b.png", 1, max_megapixels=178)


def test_a_huge_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Image.new("L", (64, 64)).save(tmp_path / "a.bmp")
    monkeypatch.setattr(image_files, "MAX_FILE_BYTES", 1000)
    with pytest.raises(TeniError, match=r"a\.bmp: 0 MB, over the limit of 0 MB a picture; save it smaller"):
        read_picture(tmp_path / "a.bmp", 1)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "PNG", "WEBP"])
def test_several_pictures_in_a_file(tmp_path: Path, kind: str):
    frames = [Image.new("L", (8, 8), grey) for grey in (0, 100, 200)]
    frames[0].save(tmp_path / "a.gif", kind, save_all=True, append_images=frames[1:])
    with pytest.raises(TeniError, match=r"a\.gif: holds several pictures; expected one"):
        read_picture(tmp_path / "a.gif", 1)


def test_a_gif_of_one_picture(tmp_path: Path):
    Image.new("L", (8, 8), 90).save(tmp_path / "a.gif")
    assert read_picture(tmp_path / "a.gif", 1).tolist() == [[[90]] * 8] * 8


@pytest.mark.parametrize("values", [np.int32, np.float32])
def test_values_without_a_known_white(tmp_path: Path, values: type):
    Image.fromarray(np.ones((4, 4), values)).save(tmp_path / "a.tif")
    with pytest.raises(TeniError, match=r"a\.tif: 32-bit values, whose black and white are not known"):
        read_picture(tmp_path / "a.tif", 1)


def test_no_file_and_no_permission(tmp_path: Path):
    with pytest.raises(TeniError, match=r"a\.png: no such file; expected a picture"):
        read_picture(tmp_path / "a.png", 1)
    with pytest.raises(TeniError, match="not a file; expected a picture"):
        read_picture(tmp_path, 1)
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(TeniError, match="not a file; expected a picture"):
        read_picture(tmp_path / "pipe.png", 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else(tmp_path: Path):
    (tmp_path / "a.png").touch(mode=0)
    with pytest.raises(TeniError, match=r"a\.png: cannot be opened \(Permission denied\)"):
        read_picture(tmp_path / "a.png", 1)


def test_a_folder(tmp_path: Path):
    for name in ("b.PNG", "a.jpg", "notes.txt", ".hidden.png"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    found = find_pictures(tmp_path)
    assert found is not None
    assert found.ids == ("a.jpg", "b.PNG")
    assert found.notes == (f"{tmp_path}: 2 of the 4 entries are no pictures and were left out.",)


def test_a_folder_without_a_picture(tmp_path: Path):
    with pytest.raises(
        TeniError, match=r"no picture in this folder \(found nothing\); expected \w+ called \*"
    ):
        find_pictures(tmp_path)
    for name in "abcd":
        (tmp_path / f"{name}.txt").touch()
    with pytest.raises(TeniError, match=r"\(found a\.txt, b\.txt, c\.txt, \.\.\.\)"):
        find_pictures(tmp_path)


def test_a_file_by_its_name_or_its_first_bytes(tmp_path: Path):
    Image.new("L", (4, 4)).save(tmp_path / "photo", "JPEG")
    (tmp_path / "table").write_text("nose_x,nose_y,Image\n")
    Image.new("L", (4, 4)).save(tmp_path / "odd.csv", "PNG")
    assert find_pictures(tmp_path / "photo") is not None
    assert find_pictures(tmp_path / "table") is None
    assert find_pictures(tmp_path / "odd.csv") is None
    assert find_pictures(tmp_path / "missing") is None


def test_a_name_that_is_no_text(tmp_path: Path):
    (tmp_path / os.fsdecode(b"caf\xe9.png")).touch()
    found = find_pictures(tmp_path)
    assert found is not None
    assert found.ids == (r"caf\udce9.png",)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM"]),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
)
def test_damage_gives_a_picture_or_a_sentence(tmp_path: Path, kind: str, changes: list[tuple[int, int]]):
    content = bytearray(encoded(Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3)), kind))
    for place, value in changes:
        content[place % len(content)] = value
    (tmp_path / "a.png").write_bytes(content)
    with suppress(TeniError):  # and nothing else
        found = read_picture(tmp_path / "a.png", 3, max_megapixels=1)
        assert found.dtype == np.uint8
        assert found.shape[2] == 3
